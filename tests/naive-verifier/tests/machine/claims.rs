//! Both verifiers on statements that are false, or are not what has been proved.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sheaf_guests::{membership, sorting};
use sheaf_naive_verifier::Reject;
use sheaf_naive_verifier::machine::is_program;
use sheaf_program::Program;
use sheaf_transcript::{EF, F};

use crate::honest::SHAPES;
use crate::random;
use crate::verdict::Claimed;

fn small() -> Claimed {
    Claimed::of_case(&sorting::program(), &sorting::case(&[7, 5, 9]), 3)
}

/// A run of a program with gaps, of rows with either permutation and none.
fn with_gaps() -> Claimed {
    let (program, run) = random::run(&SHAPES[7], 5);
    Claimed::of_run(&program, &run, 2)
}

#[test]
fn another_public_tuple() {
    let claimed = small();
    for position in 0..claimed.public.len() {
        for coefficient in 0..5 {
            let mut other = claimed.clone();
            let mut one = [F::new(0); 5];
            one[coefficient] = F::new(1);
            other.public[position] += EF::new(one);
            assert_eq!(other.verdict(), Err(Reject::Balance));
        }
    }
    // Zeros at the end say the same and are another message.
    for length in 0..=40 {
        let mut other = claimed.clone();
        other.public.resize(length, EF::default());
        let expected = match length {
            _ if length == claimed.public.len() => Ok(()),
            0..=32 => Err(Reject::Balance),
            _ => Err(Reject::Claims),
        };
        assert_eq!(other.verdict(), expected);
    }
}

#[test]
fn other_counts() {
    for claimed in [small(), with_gaps()] {
        for kind in 0..claimed.counts.zone_b.len() {
            for count in [0, 1, 3, 1 << 12, (1 << 24) - 1, 1 << 24, u32::MAX] {
                let mut other = claimed.clone();
                other.counts.zone_b[kind] = count;
                assert_eq!(other.verdict().is_ok(), other.counts == claimed.counts);
            }
        }
        for instances in [0, 1, 8, 9, 16, 17, u32::MAX] {
            for log_block in [0, 1, 3, 4, 5, u32::MAX] {
                let mut other = claimed.clone();
                other.counts.instances = instances;
                other.counts.log_block = log_block;
                assert_eq!(other.verdict().is_ok(), other.counts == claimed.counts);
            }
        }
        let mut other = claimed.clone();
        other.counts.zone_b.push(0);
        assert_eq!(other.verdict(), Err(Reject::Claims));
        other.counts.zone_b.truncate(1);
        assert_eq!(other.verdict(), Err(Reject::Claims));
    }
}

#[test]
fn other_live_slices_and_rates() {
    for claimed in [small(), with_gaps()] {
        for stair in 0..12 {
            for blocks in [0, 1, 2, 8, 9, 16, 17, 255] {
                let mut other = claimed.clone();
                other.live.0[stair] = blocks;
                assert_eq!(other.verdict().is_ok(), other.live == claimed.live);
            }
        }
        let mut other = claimed.clone();
        other.live.0 = [0; 12];
        assert_eq!(other.verdict(), Err(Reject::Parameters));
        for rate in 0..=6 {
            let other = Claimed {
                rate,
                ..claimed.clone()
            };
            assert_eq!(other.verdict().is_ok(), rate == claimed.rate, "{rate}");
        }
    }
}

/// One coefficient is another one, or is left out, or stands at another place; another program.
#[test]
fn other_programs() {
    let claimed = small();
    let bytes = claimed.program.encode();
    let mut programs = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let decoded = Program::decode(&changed);
        assert_eq!(decoded.is_ok(), is_program(&changed), "byte {at}");
        if let Ok(program) = decoded
            && at % 16 == 0
        {
            let other = Claimed {
                program,
                ..claimed.clone()
            };
            assert!(other.verdict().is_err());
            programs += 1;
        }
    }
    assert!(programs > 50, "{programs}");
    for end in 0..bytes.len() {
        assert!(!is_program(&bytes[..end]));
    }
    assert!(!is_program(&[&bytes[..], &[0]].concat()));
    let program = membership::program().program;
    assert!(Claimed { program, ..claimed }.verdict().is_err());
}

/// An honest prover who is asked to prove a run that is none: one cell, or the public tuple, is another.
#[test]
fn a_proof_is_valid_if_and_only_if_the_run_is() {
    let mut random = StdRng::seed_from_u64(1);
    let mut steps = Vec::new();
    for (number, shape) in (0..).zip(&SHAPES[..8]) {
        for _ in 0..6 {
            let (program, mut run) = random::run(shape, number);
            match random.random_range(0..8) {
                0 => run.public = vec![EF::new([F::new(1); 5])],
                _ => {
                    let at = random.random_range(0..run.cells.len());
                    run.cells[at] += F::new(1);
                }
            }
            let verdict = Claimed::of_run(&program, &run, 2).verdict();
            // What stands in gaps is nobody's.
            let is_gap = matches!(
                run.check(&program),
                Err(sheaf_program::RunError::Gap { .. })
            );
            assert_eq!(verdict.is_ok(), is_gap || run.check(&program).is_ok());
            if let Err(step) = verdict
                && !steps.contains(&step)
            {
                steps.push(step);
            }
        }
    }
    for step in [Reject::Balance, Reject::Product] {
        assert!(steps.contains(&step), "{step:?} is not in {steps:?}");
    }
}
