//! Provers beside one another, stopped at any moment, inside other pools, and under observers that panic.

mod common;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{PROOF, batch};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use sheaf::{Aggregate, Batch, Error, MAX_THREADS, Options, PROD, Prover, Rate, TEST, verify};

/// Batches of eight shapes, each with its rate.
fn batches() -> Vec<(Batch, Rate)> {
    let test: [&[usize]; 7] = [&[1], &[2, 3], &[17], &[5; 5], &[33, 1], &[1; 8], &[40]];
    let mut all: Vec<_> = test.iter().map(|sizes| batch(TEST, sizes)).collect();
    all.push(batch(PROD, &[2]));
    all.into_iter().zip(Rate::ALL.into_iter().cycle()).collect()
}

fn alone(batch: &Batch, rate: Rate) -> Aggregate {
    Prover::new(1)
        .unwrap()
        .aggregate(batch, Options::proof(rate))
        .unwrap()
}

#[test]
fn eight_provers_side_by_side() {
    let batches = batches();
    let expected: Vec<Aggregate> = batches.iter().map(|(b, rate)| alone(b, *rate)).collect();
    let start = Barrier::new(batches.len());
    std::thread::scope(|scope| {
        for (i, ((batch, rate), expected)) in batches.iter().zip(&expected).enumerate() {
            let start = &start;
            scope.spawn(move || {
                // Pools of one to three threads.
                let prover = Prover::new(1 + i % 3).unwrap();
                start.wait();
                for _ in 0..3 {
                    let aggregate = prover.aggregate(batch, Options::proof(*rate)).unwrap();
                    assert_eq!(aggregate, *expected, "batch {i}");
                    verify(&batch.claims(), &aggregate).unwrap();
                }
            });
        }
    });
}

#[test]
fn one_prover_under_eight_threads() {
    let batches = batches();
    let expected: Vec<Aggregate> = batches.iter().map(|(b, rate)| alone(b, *rate)).collect();
    let prover = Prover::new(2).unwrap();
    std::thread::scope(|scope| {
        for ((batch, rate), expected) in batches.iter().zip(&expected) {
            let prover = &prover;
            scope.spawn(move || {
                for _ in 0..2 {
                    assert_eq!(
                        prover.aggregate(batch, Options::proof(*rate)).unwrap(),
                        *expected
                    );
                }
            });
        }
    });
}

/// Another thread raises a flag at a random moment; the observer stops when it sees it.
#[test]
fn cancelled_at_random_moments() {
    let mut rng = StdRng::seed_from_u64(6);
    let (small, large) = (batch(TEST, &[2, 1]), batch(TEST, &[30]));
    let prover = Prover::new(2).unwrap();
    let expected = [&small, &large].map(|batch| alone(batch, Rate::Half));
    let start = Instant::now();
    prover.aggregate(&large, PROOF).unwrap();
    let usual = start.elapsed();

    let (mut stopped, mut finished) = (0, 0);
    for round in 0..60 {
        let flag = AtomicBool::new(false);
        let wait = Duration::from_nanos(rng.random_range(0..usual.as_nanos() as u64));
        let result = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(wait);
                flag.store(true, Ordering::Relaxed);
            });
            prover.aggregate_observed(&large, PROOF, |_| match flag.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        });
        match result {
            Ok(aggregate) => {
                finished += 1;
                assert_eq!(aggregate, expected[1]);
            }
            Err(error) => {
                stopped += 1;
                assert_eq!(error, Error::Cancelled);
            }
        }
        // The same prover, with the memory that the stopped proof left.
        let (batch, expected) = match round % 2 {
            0 => (&small, &expected[0]),
            _ => (&large, &expected[1]),
        };
        assert_eq!(prover.aggregate(batch, PROOF).unwrap(), *expected);
    }
    assert!(stopped > 0, "{stopped} stopped, {finished} finished");
}

#[test]
fn a_pool_of_one_inside_another() {
    let batch = batch(TEST, &[5, 2]);
    let expected = Prover::new(4)
        .unwrap()
        .aggregate(&batch, Options::proof(Rate::Quarter))
        .unwrap();
    let (outer, inner) = (Prover::new(1).unwrap(), Prover::new(1).unwrap());
    assert_eq!(
        inner
            .aggregate(&batch, Options::proof(Rate::Quarter))
            .unwrap(),
        expected
    );
    let nested = outer
        .run(|| {
            inner
                .aggregate(&batch, Options::proof(Rate::Quarter))
                .unwrap()
        })
        .unwrap();
    assert_eq!(nested, expected);
    // From a thread of its own.
    let own = inner
        .run(|| {
            inner
                .aggregate(&batch, Options::proof(Rate::Quarter))
                .unwrap()
        })
        .unwrap();
    assert_eq!(own, expected);
}

#[test]
fn an_observer_that_panics_harms_nobody() {
    let batch = batch(TEST, &[3]);
    let prover = Prover::new(2).unwrap();
    let expected = prover.aggregate(&batch, PROOF).unwrap();
    for phase in 0..4 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            prover.aggregate_observed(&batch, PROOF, |progress| {
                assert!(progress.done < phase, "an observer that fails");
                ControlFlow::Continue(())
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(prover.aggregate(&batch, PROOF).unwrap(), expected);
    }
}

#[test]
fn the_queue_moves_on_when_an_observer_panics() {
    let batch = batch(TEST, &[2]);
    let prover = Prover::new(2).unwrap();
    let expected = prover.aggregate(&batch, PROOF).unwrap();
    let callers = 8;
    let together = Barrier::new(callers);
    std::thread::scope(|scope| {
        for i in 0..callers {
            let (batch, prover, expected, together) = (&batch, &prover, &expected, &together);
            scope.spawn(move || {
                together.wait();
                // Some panic at their first report, which most get while they wait, others in the middle of their proof.
                let result = catch_unwind(AssertUnwindSafe(|| {
                    prover.aggregate_observed(batch, PROOF, |progress| {
                        let fails = i % 4 == 0 || i % 4 == 1 && progress.done == 3;
                        assert!(!fails, "an observer that fails");
                        ControlFlow::Continue(())
                    })
                }));
                match i % 4 {
                    0 | 1 => assert!(result.is_err()),
                    _ => assert_eq!(result.unwrap().as_ref(), Ok(expected)),
                }
            });
        }
    });
    assert_eq!(prover.aggregate(&batch, PROOF).unwrap(), expected);
}

/// While it waits for a proof, a thread of a rayon pool takes up other work: the next proof, which waits for the first.
#[test]
fn many_proofs_are_asked_for_from_threads_of_another_pool() {
    let batch = batch(TEST, &[2]);
    let (prover, pool) = (Prover::new(1).unwrap(), Prover::new(2).unwrap());
    let expected = prover.aggregate(&batch, PROOF).unwrap();
    let (done, all_done) = std::sync::mpsc::channel();
    // Not a scoped thread: it would never end if the proofs waited for one another, and the test should fail instead.
    std::thread::spawn(move || {
        let aggregates: Vec<_> = pool
            .run(|| {
                (0..32)
                    .into_par_iter()
                    .map(|_| prover.aggregate(&batch, PROOF))
                    .collect()
            })
            .unwrap();
        let panicked = pool.run(|| {
            catch_unwind(AssertUnwindSafe(|| {
                prover.aggregate_observed(&batch, PROOF, |_| panic!("an observer that fails"))
            }))
        });
        let reason = *panicked.unwrap().unwrap_err().downcast::<&str>().unwrap();
        done.send((aggregates, reason)).unwrap();
    });
    let (aggregates, reason) = all_done.recv_timeout(Duration::from_secs(60)).unwrap();
    for aggregate in aggregates {
        assert_eq!(aggregate.unwrap(), expected);
    }
    assert_eq!(reason, "an observer that fails");
}

#[test]
fn too_many_threads_are_an_error() {
    for threads in [MAX_THREADS + 1, 1 << 20, usize::MAX] {
        let error = Prover::new(threads).unwrap_err();
        assert!(matches!(error, Error::Threads { threads: t, .. } if t == threads));
    }
}
