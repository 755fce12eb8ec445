//! One polynomial from all columns.
//!
//! The committed polynomial is `f(c, x)`, column `c` and lane `x`. Its variables
//! are reordered so that what is publicly zero falls into whole slices of the
//! commitment (see [`sheaf_pcs::Layout`]), where it costs nothing:
//!
//! ```text
//!     ( high bits of c | high bits of x || low bits of c | low bits of x )
//!       ---- slice variables ---------     ---- inner variables -------
//! ```
//!
//! A slice is live if it holds a column below the column count and a lane below
//! the lane count. What is left of padding inside live slices is not trusted to
//! be zero: columns beyond the last have weight zero in every form, and
//! constraints hold lane by lane, so an idle lane can't help a live one.

#[cfg(feature = "search")]
mod choose;

use sheaf_argument::columns::EvaluationClaim;
use sheaf_pcs::{Claim, Layout};
use sheaf_transcript::Extension;
#[cfg(feature = "prover")]
use sheaf_transcript::{F, PF};

use crate::shape::Shape;

/// The claims about the committed polynomial: one per lane point.
pub(crate) const OPENING_CLAIMS: usize = 1;

/// How columns and lanes are split into slices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stacking {
    /// High column bits among the slice variables.
    pub column_bits: usize,
    /// High lane bits among the slice variables.
    pub lane_bits: usize,
    pub layout: Layout,
}

impl Stacking {
    /// The split that makes this many high bits slice variables; there are no fewer bits.
    pub(crate) fn new(shape: &Shape, column_bits: usize, lane_bits: usize) -> Self {
        let inner_columns = shape.log_columns() - column_bits;
        let inner_lanes = shape.log_lanes - lane_bits;
        let live = (0..shape.columns.count.div_ceil(1 << inner_columns))
            .flat_map(|c| {
                (0..shape.lanes.div_ceil(1 << inner_lanes)).map(move |x| (c << lane_bits) + x)
            })
            .collect();
        Self {
            column_bits,
            lane_bits,
            layout: Layout {
                inner_variables: inner_columns + inner_lanes,
                slice_variables: column_bits + lane_bits,
                live,
            },
        }
    }

    /// An evaluation at a column point and a lane point, as a claim about the commitment.
    pub(crate) fn claim<E: Extension>(&self, evaluation: &EvaluationClaim<E>) -> Claim<E> {
        let (column_high, column_low) = evaluation.column_point.split_at(self.column_bits);
        let (lane_high, lane_low) = evaluation.lane_point.split_at(self.lane_bits);
        Claim {
            point: [column_high, lane_high, column_low, lane_low].concat(),
            value: evaluation.value,
        }
    }

    /// The matrix of cells that is committed to, from the cells of all lane groups.
    #[cfg(feature = "prover")]
    pub(crate) fn stack(&self, shape: &Shape, cells: &[PF]) -> Vec<F> {
        use p3_field::{PackedValue, PrimeCharacteristicRing};
        use rayon::prelude::*;

        let count = shape.columns.count;
        let inner_columns = 1 << (shape.log_columns() - self.column_bits);
        let inner_lanes = 1 << (shape.log_lanes - self.lane_bits);
        let width = self.layout.width();
        let inner_groups = inner_lanes / PF::WIDTH;
        let groups = cells.len() / count;
        let mut matrix = F::zero_vec(width << self.layout.inner_variables);
        // One block: the rows of one register of lanes in one low column.
        matrix
            .par_chunks_exact_mut(width * PF::WIDTH)
            .enumerate()
            .for_each(|(block, rows)| {
                let (column, group) = (block / inner_groups, block % inner_groups);
                for (i, &slice) in self.layout.live.iter().enumerate() {
                    let c = (slice >> self.lane_bits) * inner_columns + column;
                    let g = (slice & ((1 << self.lane_bits) - 1)) * inner_groups + group;
                    if c < count && g < groups {
                        let lanes = cells[g * count + c];
                        for (row, &x) in rows[i..].iter_mut().step_by(width).zip(lanes.as_slice()) {
                            *row = x;
                        }
                    }
                }
            });
        matrix
    }
}
