//! The verifier of the column reduction.

use sheaf_sumcheck::round::{self, Claimed};
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::{Channel, EF, Transcript, TranscriptError, VerifierTranscript};
use thiserror::Error;

use crate::checks::{Check, applies};

use super::{EvaluationClaims, ROUND, VALUES};

/// Why a column reduction is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The evaluations do not give the claimed values of the forms.
    #[error("the column evaluations do not match the claims")]
    Mismatch,
}

/// Verifies claims `sum_c weights[c] f(c, r_i) = value`, given as `(weights, value)`, up to the returned evaluations.
///
/// Every `weights` has at most `2^log_columns` entries; missing ones are zero.
///
/// # Errors
/// If the proof is malformed or inconsistent.
pub fn verify(
    log_columns: usize,
    claims: &[(&[EF], EF)],
    transcript: &mut VerifierTranscript,
) -> Result<EvaluationClaims, Error> {
    let psi = univariate::powers(transcript.sample(), claims.len());
    let mut claim: EF = claims.iter().zip(&psi).map(|(c, &psi)| psi * c.1).sum();
    let mut column_point = Vec::with_capacity(log_columns);
    for _ in 0..log_columns {
        let (x, next) = round::receive(ROUND, 2, claim, Claimed::Sum, transcript)?;
        claim = next;
        column_point.push(x);
    }
    let values = transcript.receive(VALUES, claims.len())?;
    let basis = eq::table(&column_point);
    let expected: EF = claims
        .iter()
        .zip(&psi)
        .zip(&values)
        .map(|(((weights, _), &psi), &value)| {
            let weight: EF = weights.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
            psi * weight * value
        })
        .sum();
    if claim != expected && applies(Check::Columns) {
        return Err(Error::Mismatch);
    }
    Ok(EvaluationClaims {
        column_point,
        values,
    })
}
