//! How columns and lanes make one committed polynomial, and the parameters of the commitment.
//!
//! Any split would be sound; this is the one that the prover uses (`docs/parameters.md`). It is bound by the transcript.

use crate::Reject;
use crate::field::{EF, log2_ceil};
use crate::parameters::{Layout, Parameters};
use crate::shape::{Columns, log_lanes};
use crate::statement::{PROD, Scheme};

/// How many splits are priced exactly, if they have parameters.
const PRICED: usize = 3;

pub(crate) struct Stacking {
    column_bits: usize,
    lane_bits: usize,
    layout: Layout,
}

impl Stacking {
    /// The highest bits of columns and of lanes select a slice; slices without a live column and a live lane are zero.
    fn new(columns: usize, lanes: usize, column_bits: usize, lane_bits: usize) -> Self {
        let variables = [log2_ceil(columns), log_lanes(lanes)];
        let columns_per_slice = 1 << (variables[0] - column_bits);
        let lanes_per_slice = 1 << (variables[1] - lane_bits);
        let is_live = |slice: &usize| {
            let (column, lane) = (slice >> lane_bits, slice % (1 << lane_bits));
            column * columns_per_slice < columns && lane * lanes_per_slice < lanes
        };
        let slice_variables = column_bits + lane_bits;
        Self {
            column_bits,
            lane_bits,
            layout: Layout {
                slice_variables,
                inner_variables: variables[0] + variables[1] - slice_variables,
                live: (0..1 << slice_variables).filter(is_live).collect(),
            },
        }
    }

    /// The split and the parameters of a proof about so many lanes. In prod the search is run for a full class without carries,
    /// and only which slices are live is of the exact size.
    pub(crate) fn of_lanes(
        scheme: &Scheme,
        lanes: usize,
        carries: bool,
        rate: usize,
    ) -> Result<(Self, Parameters), Reject> {
        let columns = Columns::new(scheme, carries).count;
        if *scheme != PROD {
            return Self::choose(columns, lanes, rate);
        }
        let full = Columns::new(scheme, false).count;
        let (split, mut parameters) = Self::choose(full, 1 << log_lanes(lanes), rate)?;
        let exact = Self::new(columns, lanes, split.column_bits, split.lane_bits);
        parameters.rounds[0].row = exact.layout.live.len();
        parameters.layout = exact.layout.clone();
        Ok((exact, parameters))
    }

    /// The split with the lowest price; prices are part of the protocol.
    fn choose(columns: usize, lanes: usize, rate: usize) -> Result<(Self, Parameters), Reject> {
        let max_column_bits = log2_ceil(columns).min(5);
        let max_lane_bits = (log_lanes(lanes) - 4).min(4);
        let mut splits = Vec::new();
        for column_bits in 1..=max_column_bits {
            for lane_bits in 0..=max_lane_bits {
                if (4..=8).contains(&(column_bits + lane_bits)) {
                    splits.push(Self::new(columns, lanes, column_bits, lane_bits));
                }
            }
        }
        if splits.is_empty() {
            splits.push(Self::new(columns, lanes, max_column_bits, max_lane_bits));
        }
        splits.sort_by_key(|split| split.rough_price(rate));
        // The first three are priced exactly, or as many as it takes until one has parameters.
        let mut priced: Vec<(u64, Self, Parameters)> = Vec::new();
        for (tried, split) in splits.into_iter().enumerate() {
            if tried >= PRICED && !priced.is_empty() {
                break;
            }
            if let Some(parameters) = Parameters::new(&split.layout, rate) {
                priced.push((parameters.price(), split, parameters));
            }
        }
        let best = priced.into_iter().min_by_key(|&(price, ..)| price);
        let (_, split, parameters) = best.ok_or(Reject::Parameters)?;
        Ok((split, parameters))
    }

    fn rough_price(&self, rate: usize) -> u64 {
        let (width, inner) = (self.layout.live.len() as u64, self.layout.inner_variables);
        let first = (width << inner) << rate;
        let second = 40 << inner;
        let opened = 4 * (240 / rate as u64) * width;
        (first + second) / 15 * 500 + 2441 * opened
    }

    pub(crate) fn point(&self, columns: &[EF], lanes: &[EF]) -> Vec<EF> {
        point(columns, self.column_bits, lanes, self.lane_bits)
    }
}

/// `(high column bits, high lane bits, low column bits, low lane bits)`.
pub(crate) fn point(columns: &[EF], column_bits: usize, lanes: &[EF], lane_bits: usize) -> Vec<EF> {
    let (column_high, column_low) = columns.split_at(column_bits);
    let (lane_high, lane_low) = lanes.split_at(lane_bits);
    [column_high, lane_high, column_low, lane_low].concat()
}
