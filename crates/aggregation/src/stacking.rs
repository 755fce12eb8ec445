//! The columns of all lanes as one table, whose rows are the lanes, for the commitment (see [`sheaf_pcs::stacking`]).
//!
//! What is left of padding inside live slices is not trusted to be zero: columns beyond the last have weight zero in every
//! form, constraints hold lane by lane, and what links lanes has no weight in idle ones ([`crate::link`]), so an idle
//! lane can't help a live one.

#[cfg(feature = "search")]
mod choose;

use sheaf_argument::columns::EvaluationClaim;
use sheaf_pcs::stacking::{Split, Stacking, Table};
use sheaf_pcs::{Claim, ParameterError};
use sheaf_transcript::Extension;

use crate::shape::Shape;

#[cfg(feature = "search")]
pub(crate) use choose::choose;

/// The claims about the committed polynomial.
pub(crate) const OPENING_CLAIMS: usize = 1;

/// The stacking that makes this many high bits slice variables.
pub(crate) fn of_lanes(
    shape: &Shape,
    column_bits: usize,
    lane_bits: usize,
) -> Result<Stacking, ParameterError> {
    let table = Table {
        columns: shape.columns.count,
        rows: shape.lanes,
        log_rows: shape.log_lanes,
    };
    let split = Split {
        column_bits,
        row_bits: lane_bits,
    };
    Stacking::new(&[(table, split)])
}

/// An evaluation at a column point and a lane point, as a claim about the commitment.
pub(crate) fn claim<E: Extension>(
    stacking: &Stacking,
    evaluation: &EvaluationClaim<E>,
) -> Claim<E> {
    let EvaluationClaim {
        column_point,
        lane_point,
        value,
    } = evaluation;
    stacking.claim(0, column_point, lane_point, *value)
}
