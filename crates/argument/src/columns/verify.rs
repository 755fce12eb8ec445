//! The verifier of the column reduction.

use sheaf_sumcheck::round::{self, Claimed};
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::{Channel, TranscriptError};
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
pub fn verify<C: Channel>(
    log_columns: usize,
    claims: &[(&[C::Extension], C::Extension)],
    channel: &mut C,
) -> Result<EvaluationClaims<C::Extension>, Error> {
    let psi = univariate::powers(channel.sample(), claims.len());
    let mut claim: C::Extension = claims.iter().zip(&psi).map(|(c, &psi)| psi * c.1).sum();
    let mut column_point = Vec::with_capacity(log_columns);
    for _ in 0..log_columns {
        let (x, next) = round::receive(ROUND, 2, claim, Claimed::Sum, channel)?;
        claim = next;
        column_point.push(x);
    }
    let values = channel.receive(VALUES, claims.len())?;
    let basis = eq::table(&column_point);
    let expected: C::Extension = claims
        .iter()
        .zip(&psi)
        .zip(&values)
        .map(|(((weights, _), &psi), &value)| {
            let weight: C::Extension = weights.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
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
