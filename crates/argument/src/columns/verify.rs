//! The verifier of the column reduction.

use sheaf_sumcheck::round::{self, Claimed};
use sheaf_transcript::{Channel, TranscriptError};
use thiserror::Error;

use crate::checks::{Check, applies};

use super::{COLUMN_ROUND, EvaluationClaim, LANE_ROUND, VALUE};

/// Why a column reduction is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The evaluation does not give the claimed value.
    #[error("the column evaluation does not match the claims")]
    Mismatch,
}

/// Verifies that all terms sum to `value`, up to the returned evaluation.
///
/// `weight` is the extension of the weights, `sum_terms lanes(lane_point) columns(column_point)`, at those points.
///
/// # Errors
/// If the proof is malformed or inconsistent.
pub fn verify<C: Channel>(
    log_lanes: usize,
    log_columns: usize,
    value: C::Extension,
    weight: impl FnOnce(&[C::Extension], &[C::Extension]) -> C::Extension,
    channel: &mut C,
) -> Result<EvaluationClaim<C::Extension>, Error> {
    let mut claim = value;
    let mut rounds = |label, count: usize| {
        let mut point = Vec::with_capacity(count);
        for _ in 0..count {
            let (x, next) = round::receive(label, 2, claim, Claimed::Sum, channel)?;
            claim = next;
            point.push(x);
        }
        Ok::<_, TranscriptError>(point)
    };
    let lane_point = rounds(LANE_ROUND, log_lanes)?;
    let column_point = rounds(COLUMN_ROUND, log_columns)?;
    let value = channel.receive_one(VALUE)?;
    if claim != weight(&lane_point, &column_point) * value && applies(Check::Columns) {
        return Err(Error::Mismatch);
    }
    Ok(EvaluationClaim {
        lane_point,
        column_point,
        value,
    })
}
