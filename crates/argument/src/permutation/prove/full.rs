//! Full layers: the sum of the weighted cubes of all columns.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use sheaf_sumcheck::cube_root::cube_roots;
use sheaf_sumcheck::quintic::{Eight, Multiplier, Quintic, add, dot_base, eight, zero};
use sheaf_sumcheck::rounds::{Cubes, Row, Table, set_column};
use sheaf_sumcheck::skip;
use sheaf_sumcheck::skip_kernel::{self, BATCH, Extender, accumulate};
use sheaf_transcript::{EF, PF};

use super::component::{Component, Rounds, Rows, weights};
use super::geometry::Lanes;
use crate::permutation::record::Idle;
use crate::permutation::state::Point;
use crate::permutation::states::States;

/// Columns that one task of the univariate round works on.
const COLUMNS: usize = 8;
/// Batches of blocks that are worth a task of their own.
const TASK: usize = 16;

/// One width of a full layer.
pub(super) struct Full<'a, const W: usize> {
    pub(super) states: &'a States<W>,
    /// Index among the full rounds.
    pub(super) round: usize,
    pub(super) idle: &'a Idle<W>,
    pub(super) weights: &'a [EF; W],
}

/// Sums over blocks for every node.
pub(super) type NodeSums = [Quintic<PF>; skip::CUBE_SIZE];

pub(super) fn add_sums(mut a: NodeSums, b: &NodeSums) -> NodeSums {
    for (a, b) in a.iter_mut().zip(b) {
        *a = add(a, b);
    }
    a
}

impl<const W: usize> Full<'_, W> {
    /// The coefficients of this width's share of the univariate round.
    pub(super) fn skip(&self, point: &Point, lanes: &Lanes) -> [EF; skip::CUBE_SIZE] {
        let coordinates = lanes.blocks(point, self.states.blocks);
        let weights = weights(&coordinates, self.states.span());
        let tail = EF::ONE - weights.iter().copied().sum::<EF>();
        let weights: Vec<Eight> = weights.chunks(BATCH).map(eight).collect();
        let sums = (0..weights.len().div_ceil(TASK) * (W / COLUMNS))
            .into_par_iter()
            .map(|task| {
                let (chunk, first_column) = (task / (W / COLUMNS), task % (W / COLUMNS) * COLUMNS);
                let first = chunk * TASK;
                let weights = &weights[first..weights.len().min(first + TASK)];
                self.node_sums(weights, first * BATCH, first_column)
            })
            .reduce(|| [zero(); skip::CUBE_SIZE], |a, b| add_sums(a, &b));
        let values = sums.map(|s| sheaf_sumcheck::quintic::weighted_sum(&s, &lanes.inner_weights));
        let mut coefficients = skip_kernel::cube_coefficients(&values);
        coefficients[0] += tail * self.tail_value();
        coefficients
    }

    /// Weighted cubes of eight columns at all nodes, summed over consecutive blocks.
    fn node_sums(&self, weights: &[Eight], first_block: usize, first_column: usize) -> NodeSums {
        let extender = Extender::default();
        let blocks = self.states.len();
        let mut sums = [[zero(); skip::CUBE_SIZE]; COLUMNS];
        let mut cubes = [[PF::ZERO; BATCH]; skip::CUBE_SIZE];
        for (i, weights) in weights.iter().enumerate() {
            let first = first_block + i * BATCH;
            for (j, sums) in sums.iter_mut().enumerate() {
                for block in 0..BATCH.min(blocks - first) {
                    let octet = &self.states.full(self.round, first + block)[first_column + j];
                    extender.cubes(octet, block, &mut cubes);
                }
                // Whatever is left in the other blocks has weight zero.
                accumulate(sums, &cubes, weights);
            }
        }
        let mut total = [zero(); skip::CUBE_SIZE];
        for (sums, &weight) in sums.iter().zip(&self.weights[first_column..]) {
            let weight = Multiplier::new(weight);
            total = add_sums(total, &sums.map(|s| weight.apply(&s)));
        }
        total
    }

    /// The gate on the states of idle lanes.
    fn tail_value(&self) -> EF {
        let idle = &self.idle.full[self.round];
        self.weights
            .iter()
            .zip(idle)
            .map(|(&v, a)| v * a.cube())
            .sum()
    }

    /// The component for the rounds that follow.
    pub(super) fn component<'a>(
        &'a self,
        point: &Point,
        lanes: &Lanes,
        claim: EF,
        table: &'a mut Table<PF, W>,
    ) -> impl Rounds + 'a {
        let coordinates = lanes.blocks(point, self.states.blocks);
        // Random weights are zero with probability 2^-154; such a proof fails to verify.
        let roots = cube_roots(self.weights);
        let factors: [Eight; W] =
            from_fn(|j| eight(&point.skip.values().map(|l| l * roots[j].root)));
        let idle = &self.idle.full[self.round];
        let source = move |index: usize, row: &mut Row<PF, W>| {
            let octets = self.states.full(self.round, index);
            for (j, (octet, factor)) in octets.iter().zip(&factors).enumerate() {
                set_column(row, j, &dot_base(octet, factor));
            }
        };
        let rows = Rows {
            source,
            span: self.states.span(),
            tail: from_fn(|j| roots[j].root * idle[j]),
            unscale: from_fn(|j| roots[j].inverse),
        };
        Component::<Cubes, _, W>::new(table, rows, lanes, coordinates, claim)
    }
}
