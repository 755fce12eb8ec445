//! Cheating provers.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, F, ProverTranscript, Transcript, TranscriptError, VerifierTranscript};

use super::commit::commit_with;
use super::open::open_with;
use super::strategy::{Honest, Strategy};
use crate::checks::{Check, switch};
use crate::merkle::Digest;
use crate::{Claim, Error, Layout, Parameters, receive_commitment, verify_opening};

/// A slice that is publicly zero.
const DEAD: usize = 5;

fn layout() -> Layout {
    Layout {
        inner_variables: 11,
        slice_variables: 3,
        live: vec![0, 1, 2, 4, 6],
    }
}

/// What is false about a claim.
#[derive(Clone, Copy, PartialEq)]
enum Lie {
    None,
    Value,
    Point,
    /// The value of a polynomial whose dead slice is one everywhere.
    DeadSlice,
}

/// Runs a prover with two claims, of which the second may be false.
fn run(strategy: &impl Strategy, lie: Lie) -> Result<(), Error> {
    let layout = layout();
    let parameters = Parameters::new(&layout, 1, 100.0, 2).unwrap();
    assert_eq!(parameters.rounds().len(), 2, "the tests assume two oracles");
    let mut rng = SmallRng::seed_from_u64(3);
    let cells: Vec<F> = (0..layout.height() * layout.width())
        .map(|_| F::from_u32(rng.random_range(0..0x7f00_0001)))
        .collect();

    let mut transcript = ProverTranscript::new();
    let committed = commit_with(&parameters, cells.clone(), strategy, &mut transcript);
    let points = [0, 1].map(|_| transcript.sample_point(layout.variables()));
    let mut claims = points.map(|point| Claim {
        value: evaluate(&layout, &cells, &point, lie == Lie::DeadSlice),
        point,
    });
    match lie {
        Lie::Value => claims[1].value += EF::ONE,
        Lie::Point => claims[1].point[7] += EF::ONE,
        Lie::None | Lie::DeadSlice => {}
    }
    open_with(&parameters, committed, &claims, strategy, &mut transcript);

    let proof = transcript.into_bytes();
    let mut transcript = VerifierTranscript::new(&proof);
    let commitment = receive_commitment(&parameters, &mut transcript)?;
    for _ in 0..2 {
        transcript.sample_point(layout.variables());
    }
    verify_opening(&parameters, commitment, &claims, &mut transcript)?;
    Ok(transcript.finish()?)
}

fn evaluate(layout: &Layout, cells: &[F], point: &[EF], dead_slice_is_one: bool) -> EF {
    let outer = eq::table(&point[..layout.slice_variables]);
    let inner = eq::table(&point[layout.slice_variables..]);
    let live: EF = cells
        .chunks_exact(layout.width())
        .zip(inner)
        .map(|(row, weight)| {
            let row = row.iter().zip(&layout.live).map(|(&x, &s)| outer[s] * x);
            weight * row.sum::<EF>()
        })
        .sum();
    live + if dead_slice_is_one {
        outer[DEAD]
    } else {
        EF::ZERO
    }
}

/// A false claim or a cheat is rejected, and accepted without the check that it breaks.
fn assert_needed(strategy: &impl Strategy, lie: Lie, error: Error, check: Check) {
    assert_eq!(run(strategy, lie), Err(error));
    let without = switch::without(&[check], || run(strategy, lie));
    assert_eq!(without, Ok(()), "without {check:?}");
}

/// Changes two coefficients without changing the sum against the weights.
fn perturb(polynomial: &mut [EF], weights: &[EF]) {
    polynomial[0] += weights[1];
    polynomial[1] -= weights[0];
}

#[test]
fn the_honest_prover_is_believed() {
    run(&Honest, Lie::None).unwrap();
}

#[test]
fn false_claims_are_rejected() {
    for lie in [Lie::Value, Lie::Point] {
        for check in [Check::Claim(1), Check::FinalSum] {
            assert_needed(&Honest, lie, Error::FinalSum, check);
        }
    }
    // Here both claims are false.
    assert_needed(&Honest, Lie::DeadSlice, Error::FinalSum, Check::FinalSum);
    // The other claim stands for nothing here.
    let without = switch::without(&[Check::Claim(0)], || run(&Honest, Lie::Value));
    assert_eq!(without, Err(Error::FinalSum));
}

#[test]
fn a_wrong_out_of_domain_answer_is_rejected() {
    struct Cheat(usize);
    impl Strategy for Cheat {
        fn out_of_domain(&self, oracle: usize, value: &mut EF) {
            if oracle == self.0 {
                *value += EF::ONE;
            }
        }
    }
    for oracle in 0..2 {
        for check in [Check::Sample(oracle), Check::FinalSum] {
            assert_needed(&Cheat(oracle), Lie::None, Error::FinalSum, check);
        }
    }
}

#[test]
fn a_wrong_sumcheck_message_is_rejected() {
    /// The constant coefficient is never sent, so every message is consistent.
    struct Cheat(usize);
    impl Strategy for Cheat {
        fn sumcheck(&self, oracle: usize, linear: &mut EF, quadratic: &mut EF) {
            if oracle == self.0 {
                *linear += EF::ONE;
                *quadratic -= EF::TWO;
            }
        }
    }
    // The third one is that of the final polynomial.
    for oracle in 0..3 {
        assert_needed(&Cheat(oracle), Lie::None, Error::FinalSum, Check::FinalSum);
    }
}

#[test]
fn a_corrupted_codeword_is_rejected() {
    struct Cheat(usize);
    impl Strategy for Cheat {
        fn codeword(&self, oracle: usize, codeword: &mut [F]) {
            if oracle == self.0 {
                let half = codeword.len() / 2;
                for x in &mut codeword[half..] {
                    *x += F::ONE;
                }
            }
        }
    }
    for oracle in 0..2 {
        let check = Check::Queries(oracle);
        assert_needed(&Cheat(oracle), Lie::None, Error::FinalSum, check);
    }
}

#[test]
fn a_nonzero_dead_slice_is_rejected() {
    /// Proves consistently about a polynomial whose dead slice is one everywhere.
    struct Cheat;
    impl Strategy for Cheat {
        fn slice_values(&self, values: &mut [EF]) {
            values[DEAD] = EF::ONE;
        }
        fn fold(&self, oracle: usize, fold_weights: &[EF], folded: &mut [EF]) {
            if oracle == 0 {
                for x in folded {
                    *x += fold_weights[DEAD];
                }
            }
        }
    }
    assert_needed(&Cheat, Lie::DeadSlice, Error::FinalSum, Check::Queries(0));
}

#[test]
fn a_wrong_fold_is_rejected() {
    /// Goes on with another polynomial that has the same sum.
    struct Cheat;
    impl Strategy for Cheat {
        fn polynomial(&self, oracle: usize, polynomial: &mut [EF], weights: &[EF]) {
            if oracle == 1 {
                perturb(polynomial, weights);
            }
        }
    }
    assert_needed(&Cheat, Lie::None, Error::FinalSum, Check::Queries(0));
}

#[test]
fn a_wrong_final_polynomial_is_rejected() {
    struct Cheat {
        keep_sum: bool,
    }
    impl Strategy for Cheat {
        fn polynomial(&self, oracle: usize, polynomial: &mut [EF], weights: &[EF]) {
            match (oracle, self.keep_sum) {
                (2, true) => perturb(polynomial, weights),
                (2, false) => polynomial[3] += EF::ONE,
                _ => {}
            }
        }
    }
    assert_needed(
        &Cheat { keep_sum: false },
        Lie::None,
        Error::FinalSum,
        Check::FinalSum,
    );
    assert_needed(
        &Cheat { keep_sum: true },
        Lie::None,
        Error::FinalSum,
        Check::Queries(1),
    );
}

#[test]
fn wrong_openings_are_rejected() {
    struct Cheat {
        oracle: usize,
        change_row: bool,
    }
    impl Strategy for Cheat {
        fn opening(&self, oracle: usize, rows: &mut [F], siblings: &mut [Digest]) {
            if oracle == self.oracle {
                if self.change_row {
                    rows[0] += F::ONE;
                } else {
                    siblings.swap(0, 1);
                }
            }
        }
    }
    for oracle in 0..2 {
        let [row, siblings] = [true, false].map(|change_row| Cheat { oracle, change_row });
        // Without its path, such a row would still fold to another value.
        assert_eq!(run(&row, Lie::None), Err(Error::Rows { oracle }));
        assert_needed(
            &siblings,
            Lie::None,
            Error::Rows { oracle },
            Check::Rows(oracle),
        );
    }
}

#[test]
fn rows_of_another_codeword_are_rejected() {
    /// Commits to another codeword than the one it opens.
    struct Cheat(usize);
    impl Strategy for Cheat {
        fn codeword(&self, oracle: usize, codeword: &mut [F]) {
            if oracle == self.0 {
                for x in codeword {
                    *x += F::ONE;
                }
            }
        }
        fn opening(&self, oracle: usize, rows: &mut [F], _: &mut [Digest]) {
            if oracle == self.0 {
                for x in rows {
                    *x -= F::ONE;
                }
            }
        }
    }
    for oracle in 0..2 {
        assert_needed(
            &Cheat(oracle),
            Lie::None,
            Error::Rows { oracle },
            Check::Rows(oracle),
        );
    }
}

#[test]
fn weak_nonces_are_rejected() {
    /// Meets a difficulty of one bit wherever more is asked for.
    struct Cheat;
    impl Strategy for Cheat {
        fn grinding(&self, bits: usize) -> usize {
            bits.min(1)
        }
    }
    assert!(matches!(
        run(&Cheat, Lie::None),
        Err(Error::Transcript(TranscriptError::Grinding { .. }))
    ));
    let without = switch::without(&[Check::Grinding], || run(&Cheat, Lie::None));
    assert_eq!(without, Ok(()));
}
