//! The prover of the column reduction.

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::univariate;
use sheaf_transcript::{EF, ProverTranscript, Transcript};

use super::{EvaluationClaims, ROUND, VALUES};

/// One claim, with the columns' values at its lane point.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The weights of the form, one per column.
    pub weights: Vec<EF>,
    /// The value of each column at the lane point.
    pub columns: Vec<EF>,
    /// `sum_c weights[c] columns[c]`.
    pub value: EF,
}

/// Proves the claims, up to the returned evaluations.
pub fn prove(
    log_columns: usize,
    openings: Vec<Opening>,
    transcript: &mut ProverTranscript,
) -> EvaluationClaims {
    let psi = univariate::powers(transcript.sample(), openings.len());
    let mut claim: EF = openings
        .iter()
        .zip(&psi)
        .map(|(o, &psi)| psi * o.value)
        .sum();
    let mut tables: Vec<[Vec<EF>; 2]> = openings
        .into_iter()
        .zip(&psi)
        .map(|(o, &psi)| {
            let mut weights: Vec<EF> = o.weights.into_iter().map(|w| w * psi).collect();
            let mut columns = o.columns;
            weights.resize(1 << log_columns, EF::ZERO);
            columns.resize(1 << log_columns, EF::ZERO);
            [weights, columns]
        })
        .collect();
    let mut column_point = Vec::with_capacity(log_columns);
    for round in 0..log_columns {
        let half = 1 << (log_columns - 1 - round);
        let [mut at_zero, mut quadratic] = [EF::ZERO; 2];
        for [weights, columns] in &tables {
            for i in 0..half {
                at_zero += weights[i] * columns[i];
                quadratic += (weights[i + half] - weights[i]) * (columns[i + half] - columns[i]);
            }
        }
        let message = [claim - at_zero.double() - quadratic, quadratic];
        transcript.send(ROUND, &message);
        let x = transcript.sample();
        claim = next_claim(claim, Claimed::Sum, &message, x);
        for table in tables.iter_mut().flatten() {
            for i in 0..half {
                let delta = table[i + half] - table[i];
                table[i] += x * delta;
            }
            table.truncate(half);
        }
        column_point.push(x);
    }
    let values: Vec<EF> = tables.iter().map(|[_, columns]| columns[0]).collect();
    transcript.send(VALUES, &values);
    EvaluationClaims {
        column_point,
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Check, switch};
    use crate::columns::verify::{Error, verify};
    use sheaf_sumcheck::eq;
    use sheaf_transcript::counting::{Cost, Counted, Counting};
    use sheaf_transcript::{F, VerifierTranscript};

    fn opening(seed: usize, columns: usize) -> Opening {
        let weights: Vec<EF> = (0..columns).map(|i| EF::from_usize(i * i + seed)).collect();
        let columns: Vec<EF> = (0..columns)
            .map(|i| EF::from_usize(7 * i + seed + 1))
            .collect();
        let value = weights.iter().zip(&columns).map(|(&w, &c)| w * c).sum();
        Opening {
            weights,
            columns,
            value,
        }
    }

    #[test]
    fn true_claims_leave_true_evaluations() {
        let openings = vec![opening(3, 13), opening(1000, 13)];
        let mut transcript = ProverTranscript::new();
        let proved = prove(4, openings.clone(), &mut transcript);
        let bytes = transcript.into_bytes();
        let claims: Vec<(&[EF], EF)> = openings.iter().map(|o| (&o.weights[..], o.value)).collect();
        let mut transcript = VerifierTranscript::new(&bytes);
        let got = verify(4, &claims, &mut transcript).unwrap();
        transcript.finish().unwrap();
        assert_eq!(got.values, proved.values);
        let basis = eq::table(&got.column_point);
        for (o, &value) in openings.iter().zip(&got.values) {
            let expected: EF = o.columns.iter().zip(&basis).map(|(&c, &b)| c * b).sum();
            assert_eq!(value, expected);
        }
    }

    #[test]
    fn a_false_value_is_rejected() {
        let honest = vec![opening(3, 13), opening(1000, 13)];
        let mut false_claims = honest.clone();
        false_claims[1].value += EF::ONE;
        let mut transcript = ProverTranscript::new();
        let _ = prove(4, honest, &mut transcript);
        let bytes = transcript.into_bytes();
        let claims: Vec<(&[EF], EF)> = false_claims
            .iter()
            .map(|o| (&o.weights[..], o.value))
            .collect();
        let run = || verify(4, &claims, &mut VerifierTranscript::new(&bytes));
        assert_eq!(run().unwrap_err(), Error::Mismatch);
        assert!(switch::without(Check::Columns, run).is_ok());
    }

    #[test]
    fn false_messages_are_rejected_or_leave_false_evaluations() {
        let openings = vec![opening(3, 13), opening(1000, 13)];
        let mut transcript = ProverTranscript::new();
        let _ = prove(4, openings.clone(), &mut transcript);
        let proof = transcript.into_proof();
        let claims: Vec<(&[EF], EF)> = openings.iter().map(|o| (&o.weights[..], o.value)).collect();
        for i in 0..proof.len() {
            let mut bad = proof.clone();
            bad[i] += F::ONE;
            let bytes = VerifierTranscript::encode(&bad);
            let run = || verify(4, &claims, &mut VerifierTranscript::new(&bytes));
            assert_eq!(run().unwrap_err(), Error::Mismatch, "element {i}");
            assert!(switch::without(Check::Columns, run).is_ok());
        }
    }

    #[test]
    fn the_cost_is_that_of_the_formulas() {
        let openings = vec![opening(3, 13), opening(1000, 13)];
        let mut transcript = ProverTranscript::new();
        let _ = prove(4, openings.clone(), &mut transcript);
        let bytes = transcript.into_bytes();
        let weights: Vec<Vec<Counted>> = openings
            .iter()
            .map(|o| o.weights.iter().copied().map(Counted).collect())
            .collect();
        let claims: Vec<(&[Counted], Counted)> = weights
            .iter()
            .zip(&openings)
            .map(|(weights, o)| (&weights[..], Counted(o.value)))
            .collect();
        let mut channel = Counting::new(VerifierTranscript::new(&bytes));
        let _ = verify(4, &claims, &mut channel).unwrap();
        // Two claims batched, four rounds, the basis of four variables, and of each claim its 13 weights, its
        // value and its power of psi.
        let ext = 2 + 4 * 2 + 15 + 2 * (13 + 2);
        // One for psi; one in each round; the evaluations are not followed by a challenge.
        let expected = Cost {
            ext,
            transcript_permutations: 1 + 4,
            ..Cost::default()
        };
        assert_eq!(channel.cost(), expected);
        channel.finish().unwrap();
    }
}
