//! Provers are handles: many at once, on any number of threads, and stopped when the caller likes.

mod common;

use std::ops::ControlFlow;

use common::{PROOF, batch, reversed};
use sheaf::{Error, Options, Phase, Prover, Rate, TEST, verify};

#[test]
fn threads_and_order_change_no_byte() {
    let batch = batch(TEST, &[5, 1, 3]);
    let expected = Prover::new(1).unwrap().aggregate(&batch, PROOF).unwrap();
    for threads in [2, 3, 0] {
        let prover = Prover::new(threads).unwrap();
        assert!(prover.threads() == threads || threads == 0);
        assert_eq!(
            prover.aggregate(&reversed(&batch), PROOF).unwrap(),
            expected
        );
    }
}

#[test]
fn scratch_carries_nothing_from_one_proof_to_the_next() {
    let prover = Prover::new(2).unwrap();
    let (small, large) = (batch(TEST, &[1]), batch(TEST, &[40, 2]));
    let first = prover.aggregate(&small, PROOF).unwrap();
    prover
        .aggregate(&large, Options::proof(Rate::Quarter))
        .unwrap();
    assert_eq!(prover.aggregate(&small, PROOF).unwrap(), first);
    prover.release_memory();
    assert_eq!(prover.aggregate(&small, PROOF).unwrap(), first);
}

#[test]
fn provers_work_side_by_side() {
    let batch = batch(TEST, &[3, 2]);
    let shared = Prover::new(2).unwrap();
    let aggregates: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..4)
            .map(|i| {
                let (batch, shared) = (&batch, &shared);
                scope.spawn(move || match i {
                    0 | 1 => shared.aggregate(batch, PROOF).unwrap(),
                    threads => Prover::new(threads - 1)
                        .unwrap()
                        .aggregate(batch, PROOF)
                        .unwrap(),
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    assert!(aggregates.windows(2).all(|pair| pair[0] == pair[1]));
    verify(&batch.claims(), &aggregates[0]).unwrap();
}

#[test]
fn an_observer_sees_every_phase_and_may_stop_at_each() {
    let prover = Prover::new(2).unwrap();
    let batch = batch(TEST, &[2]);
    for stop in 0..=Phase::ALL.len() {
        let mut seen = Vec::new();
        let result = prover.aggregate_observed(&batch, PROOF, |progress| {
            assert_eq!(
                (progress.done, progress.total),
                (seen.len(), Phase::ALL.len())
            );
            seen.push(progress.phase);
            if progress.done == stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(seen, Phase::ALL[..Phase::ALL.len().min(stop + 1)]);
        match result {
            Ok(aggregate) => {
                assert_eq!(stop, Phase::ALL.len());
                verify(&batch.claims(), &aggregate).unwrap();
            }
            Err(error) => assert_eq!(error, Error::Cancelled),
        }
    }
    // A cancelled proof leaves the prover as it was.
    let aggregate = prover.aggregate(&batch, PROOF).unwrap();
    verify(&batch.claims(), &aggregate).unwrap();
}

#[test]
fn the_pool_is_open_to_other_work() {
    let prover = Prover::new(3).unwrap();
    assert_eq!(prover.run(rayon_threads), Ok(3));
}

fn rayon_threads() -> usize {
    // Named after the prover, since the library has no pool but its own.
    let name = std::thread::current().name().map(str::to_owned);
    assert!(name.is_some_and(|name| name.starts_with("sheaf-")));
    3
}

#[test]
fn a_proof_waits_for_the_one_before_and_may_be_cancelled_while_it_waits() {
    let (prover, batch) = (Prover::new(1).unwrap(), batch(TEST, &[1]));
    let (begun, first_begins) = std::sync::mpsc::channel();
    let (go_on, second_is_over) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let mut second_is_over = Some(second_is_over);
            let (prover, batch) = (&prover, &batch);
            prover.aggregate_observed(batch, PROOF, move |progress| {
                assert!(!progress.waiting);
                if let Some(second_is_over) = second_is_over.take() {
                    begun.send(()).unwrap();
                    second_is_over.recv().unwrap();
                }
                ControlFlow::Continue(())
            })
        });
        first_begins.recv().unwrap();
        let mut asked = 0;
        let second = prover.aggregate_observed(&batch, PROOF, |progress| {
            assert!(progress.waiting, "the first has not ended");
            asked += 1;
            if asked < 3 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        assert_eq!((second, asked), (Err(Error::Cancelled), 3));
        go_on.send(()).unwrap();
        assert!(first.join().unwrap().is_ok());
    });
    assert!(prover.aggregate(&batch, PROOF).is_ok());
}
