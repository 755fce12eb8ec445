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

use sheaf_argument::columns::EvaluationClaim;
use sheaf_pcs::{Claim, Layout, ParameterError, Parameters};
#[cfg(feature = "prover")]
use sheaf_transcript::{F, PF};

use crate::security::OPENING_CLAIMS;
use crate::shape::{MIN_LOG_LANES, Shape};

/// How columns and lanes are split into slices.
#[derive(Clone, Debug)]
pub(crate) struct Stacking {
    /// High column bits among the slice variables.
    column_bits: usize,
    /// High lane bits among the slice variables.
    lane_bits: usize,
    pub layout: Layout,
}

impl Stacking {
    fn new(shape: &Shape, column_bits: usize, lane_bits: usize) -> Self {
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

    /// The split with the cheapest commitment, and its parameters. A function of public data only.
    ///
    /// # Errors
    /// If no split has parameters for this rate and target.
    pub(crate) fn choose(
        shape: &Shape,
        log_inv_rate: usize,
        target_bits: f64,
    ) -> Result<(Self, Parameters), ParameterError> {
        let max_column_bits = shape.log_columns().min(5);
        let max_lane_bits = (shape.log_lanes - MIN_LOG_LANES).min(4);
        let mut splits: Vec<Self> = (1..=max_column_bits)
            .flat_map(|column_bits| {
                (0..=max_lane_bits).map(move |lane_bits| (column_bits, lane_bits))
            })
            .filter(|(column_bits, lane_bits)| (4..=8).contains(&(column_bits + lane_bits)))
            .map(|(column_bits, lane_bits)| Self::new(shape, column_bits, lane_bits))
            .collect();
        if splits.is_empty() {
            splits.push(Self::new(shape, max_column_bits, max_lane_bits));
        }
        // Exact prices cost half a millisecond each, so only the most promising splits get one.
        splits.sort_by_key(|split| split.rough_price(log_inv_rate));
        let mut best: Result<(u64, Self, Parameters), Option<ParameterError>> = Err(None);
        for (tried, split) in splits.into_iter().enumerate() {
            if tried >= EXACT_PRICES && best.is_ok() {
                break;
            }
            match Parameters::new(&split.layout, log_inv_rate, target_bits, OPENING_CLAIMS) {
                Ok(parameters) => {
                    let price = price(&parameters);
                    if best.as_ref().map_or(true, |best| price < best.0) {
                        best = Ok((price, split, parameters));
                    }
                }
                Err(error) => best = best.map_err(|_| Some(error)),
            }
        }
        match best {
            Ok((_, split, parameters)) => Ok((split, parameters)),
            // There is at least one split, so there is an error if none has parameters.
            Err(error) => Err(error.unwrap_or(ParameterError::LiveSlices { slice_variables: 0 })),
        }
    }

    /// An estimate of [`price`] for comparing splits: hashing two oracles, and opening rows of the first.
    ///
    /// In 64 bits on every machine: the choice is part of the protocol.
    fn rough_price(&self, log_inv_rate: usize) -> u64 {
        // One permutation per 15 elements, half a microsecond on two cores.
        let hashing = |elements: u64| elements / 15 * 500;
        let queries = 240 / log_inv_rate as u64;
        let width = self.layout.width() as u64;
        let first = (width << self.layout.inner_variables) << log_inv_rate;
        // Five coefficients per element, at a rate of about 1/8.
        let second = 40u64 << self.layout.inner_variables;
        let opened = 4 * queries * width;
        hashing(first + second) + NANOSECONDS_PER_BYTE * opened
    }

    /// An evaluation at a column point and a lane point, as a claim about the commitment.
    pub(crate) fn claim(&self, evaluation: &EvaluationClaim) -> Claim {
        let (column_high, column_low) = evaluation.column_point.split_at(self.column_bits);
        let (lane_high, lane_low) = evaluation.lane_point.split_at(self.lane_bits);
        Claim {
            point: [column_high, lane_high, column_low, lane_low].concat(),
            value: evaluation.value,
        }
    }

    /// The commitment's message matrix, from the cells of all lane groups.
    #[cfg(feature = "prover")]
    pub(crate) fn message(&self, shape: &Shape, cells: &[PF]) -> Vec<F> {
        use p3_field::{PackedValue, PrimeCharacteristicRing};
        use rayon::prelude::*;

        let count = shape.columns.count;
        let inner_columns = 1 << (shape.log_columns() - self.column_bits);
        let inner_lanes = 1 << (shape.log_lanes - self.lane_bits);
        let width = self.layout.width();
        let inner_groups = inner_lanes / PF::WIDTH;
        let groups = cells.len() / count;
        let mut message = F::zero_vec(width << self.layout.inner_variables);
        // One block: the rows of one register of lanes in one low column.
        message
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
        message
    }
}

/// What one byte of proof is worth in proving time: 2.5 ms per KiB.
const NANOSECONDS_PER_BYTE: u64 = 2441;

/// How many splits are compared exactly.
const EXACT_PRICES: usize = 2;

/// What a split costs, in nanoseconds of proving.
fn price(parameters: &Parameters) -> u64 {
    1000 * parameters.prover_microseconds_estimate() as u64
        + NANOSECONDS_PER_BYTE * 4 * parameters.proof_elements_estimate() as u64
}
