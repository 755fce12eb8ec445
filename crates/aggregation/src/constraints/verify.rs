//! The verifier of the constraint sumcheck.

use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::round::{self, Claimed};
use sheaf_transcript::{Channel, TranscriptError};
use thiserror::Error;

use super::batch::Constraints;
use super::row::{ROW_COLUMNS, Row, row_term};
use super::{
    ConstraintClaims, LANE_DEGREE, LANE_ROUND, LINEAR, OUTPUTS, ROW_DEGREE, ROW_ROUND, ROW_VALUES,
};
use crate::checks::{Check, applies};
use crate::public_columns::{PublicColumns, PublicEvaluations};
use crate::shape::Shape;

/// Why the constraint sumcheck is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The row values do not satisfy the batched constraints.
    #[error("the constraints do not hold")]
    Unsatisfied,
}

/// The claims, and the public columns at their lane point.
type Verified<E> = (ConstraintClaims<E>, PublicEvaluations<E>);

/// Verifies the constraints up to the returned claims.
pub(crate) fn verify<C: Channel>(
    shape: &Shape,
    public: &PublicColumns,
    constraints: &Constraints<C::Extension>,
    leaf: &LeafClaim<C::Extension>,
    channel: &mut C,
) -> Result<Verified<C::Extension>, Error> {
    let (lane_point, mut claim) = round::receive_all(
        LANE_ROUND,
        LANE_DEGREE,
        constraints.claim,
        &leaf.lane_point,
        channel,
    )?;
    let public = public.at(&lane_point);
    let linear = channel.receive_one(LINEAR)?;
    claim -= linear;

    let mut row_point = Vec::with_capacity(shape.log_rows);
    for _ in 0..shape.log_rows {
        let (x, next) = round::receive(ROW_ROUND, ROW_DEGREE, claim, Claimed::Sum, channel)?;
        claim = next;
        row_point.push(x);
    }
    let values = channel.receive(ROW_VALUES, ROW_COLUMNS)?;
    let row = Row::from_array(core::array::from_fn(|i| values[i]));
    let weights = constraints.row_weights_at(shape, &public, &row_point);
    let expected = row_term(&row, &weights, public.live, constraints.fingerprint.number);
    if claim != expected && applies(Check::Rows) {
        return Err(Error::Unsatisfied);
    }
    let outputs = channel.receive(OUTPUTS, 2)?;
    Ok((
        ConstraintClaims {
            lane_point,
            row_point,
            row,
            linear,
            step_outputs: outputs[0],
            wired_outputs: outputs[1],
        },
        public,
    ))
}
