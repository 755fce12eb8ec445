//! The verifier of the constraint sumcheck.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::{EF, Transcript, TranscriptError, VerifierTranscript};
use thiserror::Error;

use super::{
    ConstraintClaims, Constraints, LANE_DEGREE, LANE_ROUND, LINEAR, OUTPUTS, ROW_COLUMNS,
    ROW_DEGREE, ROW_ROUND, ROW_VALUES, ROW_WEIGHTS, Row, RowWeights, row_term,
};
use crate::checks::{Check, applies};
use crate::public::{PublicColumns, PublicEvaluations};
use crate::shape::Shape;
use crate::statement::Statement;

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

/// Verifies the constraints up to the returned claims.
pub(crate) fn verify<'a>(
    statement: &Statement,
    shape: &Shape,
    public: &'a PublicColumns,
    constraints: &Constraints,
    leaf: &LeafClaim,
    transcript: &mut VerifierTranscript,
) -> Result<(ConstraintClaims, PublicEvaluations<'a>), Error> {
    let mut claim = constraints.claim;

    let mut lane_point = Vec::with_capacity(shape.log_lanes);
    for &r in &leaf.lane_point {
        let message = transcript.receive(LANE_ROUND, LANE_DEGREE)?;
        let x = transcript.sample();
        claim = next_lane_claim(claim, r, &message, x);
        lane_point.push(x);
    }
    let public = public.at(statement, shape, &lane_point);
    let linear = transcript.receive_one(LINEAR)?;
    claim -= linear;

    let mut row_point = Vec::with_capacity(shape.log_rows);
    for _ in 0..shape.log_rows {
        let message = transcript.receive(ROW_ROUND, ROW_DEGREE)?;
        let x = transcript.sample();
        claim = next_row_claim(claim, &message, x);
        row_point.push(x);
    }
    let values = transcript.receive(ROW_VALUES, ROW_COLUMNS)?;
    let row = Row::from_array(core::array::from_fn(|i| values[i]));
    let weights = weights_at(&constraints.row_weights(shape, &public), &row_point);
    let expected = row_term(&row, &weights, public.live, constraints.fingerprint[0]);
    if claim != expected && applies(Check::Rows) {
        return Err(Error::Unsatisfied);
    }
    let outputs = transcript.receive(OUTPUTS, 2)?;
    Ok((
        ConstraintClaims {
            lane_point,
            row_point,
            row,
            linear,
            output16: outputs[0],
            output24: outputs[1],
        },
        public,
    ))
}

/// `g(x)`, where `(1 - r) g(0) + r g(1) = claim` and `message` holds the coefficients of `g` from the linear one on.
pub(super) fn next_lane_claim(claim: EF, r: EF, message: &[EF], x: EF) -> EF {
    let constant = claim - r * message.iter().copied().sum::<EF>();
    constant + x * univariate::horner(message, x)
}

/// `g(x)`, where `g(0) + g(1) = claim` and `message` holds the coefficients of `g` from the linear one on.
pub(super) fn next_row_claim(claim: EF, message: &[EF], x: EF) -> EF {
    let constant = (claim - message.iter().copied().sum::<EF>()).halve();
    constant + x * univariate::horner(message, x)
}

/// The extensions of the row weights at a row point.
fn weights_at(rows: &[[EF; ROW_WEIGHTS]], point: &[EF]) -> RowWeights {
    let mut sums = [EF::ZERO; ROW_WEIGHTS];
    for (row, basis) in rows.iter().zip(eq::table(point)) {
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum += weight * basis;
        }
    }
    RowWeights::from_array(sums)
}
