//! Partial layers: one weighted cube plus a linear column.
//!
//! The linear column `L` of a width is a combination of base-field columns that gains
//! one or two of them per layer. It is kept explicitly, one extension-field value per
//! slot and lane, and brought up to date in the pass of the univariate round:
//!
//! ```text
//!     L := <w, a_{r+1}> - v_0 u_r^3          in the first partial layer
//!     L := L + w_0 u_{r+1} - v_0 u_r^3       in the others
//! ```
//!
//! where `v_0 u_r^3` is absent when the width idles, and `w_0 u_{r+1}` when it already
//! idled in the layer before.

use core::array::from_fn;

use p3_field::{Algebra, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::cube_root::{CubeRoot, cube_roots};
use sheaf_sumcheck::quintic::{Eight, Quintic, add, dot, dot_base, eight, zero};
use sheaf_sumcheck::rounds::{CubePlusLinear, Linear, Row};
use sheaf_sumcheck::skip;
use sheaf_sumcheck::skip_kernel::{self, BATCH, Extender, accumulate, node_of};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, F, PF};

use super::component::{Component, Rounds, Rows};
use super::full::{NodeSums, add_sums};
use super::geometry::Lanes;
use crate::permutation::poseidon::HALF_FULL_ROUNDS;
use crate::permutation::record::Idle;
use crate::permutation::scratch::{ExtensionOctet, LinearColumn, PartialScratch};
use crate::permutation::state::Point;
use crate::permutation::states::{Octet, States};

/// Batches of blocks that are worth a task of their own.
const TASK: usize = 8;

/// What is added to the linear column before the cube is subtracted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Update<'a, const W: usize> {
    /// The column becomes this form in the state that enters the last full rounds.
    Form(&'a [EF; W]),
    /// Element 0 of a partial round, with a coefficient.
    Element(usize, EF),
    /// Nothing.
    Nothing,
}

/// One width of a partial layer.
pub(super) struct Partial<'a, const W: usize> {
    pub(super) states: &'a States<W>,
    pub(super) idle: &'a Idle<W>,
    /// Index among the partial rounds, and weight of the cube; none if the width idles.
    pub(super) cube: Option<(usize, EF)>,
}

impl<const W: usize> Partial<'_, W> {
    fn element(&self, round: usize, index: usize) -> &Octet {
        self.states.partial(self.idle.partial.len(), round, index)
    }

    /// Updates the linear column and returns the coefficients of this width's share of the
    /// univariate round.
    pub(super) fn skip(
        &self,
        update: Update<'_, W>,
        column: &mut LinearColumn,
        point: &Point,
        lanes: &Lanes,
    ) -> [EF; skip::CUBE_SIZE] {
        let blocks = self.states.len();
        let coordinates = lanes.blocks(point, self.states.blocks);
        let weights = super::component::weights(&coordinates, self.states.span());
        let tail_mass = EF::ONE - weights.iter().copied().sum::<EF>();
        let weights: Vec<Eight> = weights.chunks(BATCH).map(eight).collect();

        if column.values.len() < blocks {
            column.values.resize(blocks, [[PF::ZERO; skip::SIZE]; 5]);
        }
        let update = self.prepare(update);
        let (cubes, linear) = column.values[..blocks]
            .par_chunks_mut(TASK * BATCH)
            .zip(weights.par_chunks(TASK))
            .enumerate()
            .map(|(task, (values, weights))| {
                self.sums(&update, values, weights, task * TASK * BATCH)
            })
            .reduce(
                || ([zero(); skip::CUBE_SIZE], [zero(); skip::SIZE]),
                |a, b| (add_sums(a.0, &b.0), from_fn(|x| add(&a.1[x], &b.1[x]))),
            );

        let inner = |s| sheaf_sumcheck::quintic::weighted_sum(&s, &lanes.inner_weights);
        let linear = skip_kernel::domain_coefficients(&linear.map(inner));
        let mut coefficients = [EF::ZERO; skip::CUBE_SIZE];
        coefficients[..skip::SIZE].copy_from_slice(&linear);
        column.tail = self.updated_tail(&update, column.tail);
        let mut tail = column.tail;
        if let Some((round, weight)) = self.cube {
            let cubes = skip_kernel::cube_coefficients(&cubes.map(inner));
            for (c, cube) in coefficients.iter_mut().zip(cubes) {
                *c += weight * cube;
            }
            tail += weight * self.idle.partial[round].cube();
        }
        coefficients[0] += tail_mass * tail;
        coefficients
    }

    fn prepare(&self, update: Update<'_, W>) -> Prepared<W> {
        let base = match update {
            Update::Form(weights) => {
                let weights = weights.map(coefficients);
                Base::Form(Box::new(from_fn(|i| weights.map(|w| w[i]))))
            }
            Update::Element(round, coefficient) => Base::Element(round, coefficient),
            Update::Nothing => Base::Nothing,
        };
        let cube = self.cube.map_or(EF::ZERO, |(_, weight)| -weight);
        Prepared { base, cube }
    }

    fn updated_tail(&self, update: &Prepared<W>, tail: EF) -> EF {
        let base = match &update.base {
            Base::Form(weights) => {
                let state = &self.idle.full[HALF_FULL_ROUNDS];
                sheaf_transcript::field::from_coefficients(from_fn(|i| {
                    F::dot_product(&weights[i], state)
                }))
            }
            Base::Element(round, coefficient) => tail + *coefficient * self.idle.partial[*round],
            Base::Nothing => tail,
        };
        let cube = self
            .cube
            .map_or(F::ZERO, |(round, _)| self.idle.partial[round].cube());
        base + update.cube * cube
    }

    /// Updates consecutive blocks of the linear column; weighted sums of the cubes and of it.
    fn sums(
        &self,
        update: &Prepared<W>,
        values: &mut [ExtensionOctet],
        weights: &[Eight],
        first_block: usize,
    ) -> (NodeSums, [Quintic<PF>; skip::SIZE]) {
        let extender = Extender::default();
        let mut cube_sums = [zero(); skip::CUBE_SIZE];
        let mut linear_sums = [zero(); skip::SIZE];
        let mut cubes = [[PF::ZERO; BATCH]; skip::CUBE_SIZE];
        let mut linear = [[[PF::ZERO; BATCH]; 5]; skip::SIZE];
        for (i, (values, weights)) in values.chunks_mut(BATCH).zip(weights).enumerate() {
            for (block, value) in values.iter_mut().enumerate() {
                let index = first_block + i * BATCH + block;
                let mut cube = [PF::ZERO; skip::SIZE];
                if let Some((round, _)) = self.cube {
                    extender.cubes(self.element(round, index), block, &mut cubes);
                    cube = from_fn(|x| cubes[node_of(x)][block]);
                }
                self.update(update, index, &cube, value);
                for (x, linear) in linear.iter_mut().enumerate() {
                    for i in 0..5 {
                        linear[i][block] = value[i][x];
                    }
                }
            }
            // Whatever is left in the other blocks has weight zero.
            if self.cube.is_some() {
                accumulate(&mut cube_sums, &cubes, weights);
            }
            for (sum, linear) in linear_sums.iter_mut().zip(&linear) {
                *sum = add(sum, &dot(linear, weights));
            }
        }
        (cube_sums, linear_sums)
    }

    /// Updates one block of the linear column.
    #[inline]
    fn update(&self, update: &Prepared<W>, index: usize, cube: &Octet, value: &mut ExtensionOctet) {
        let cube_factor = coefficients(update.cube);
        match &update.base {
            Base::Form(weights) => {
                let state = self.states.full(HALF_FULL_ROUNDS, index);
                for (value, (weights, cube_factor)) in
                    value.iter_mut().zip(weights.iter().zip(cube_factor))
                {
                    for x in 0..skip::SIZE {
                        let state: [PF; W] = from_fn(|j| state[j][x]);
                        value[x] = PF::mixed_dot_product(&state, weights) + cube[x] * cube_factor;
                    }
                }
            }
            Base::Element(round, coefficient) => {
                let element = self.element(*round, index);
                let factors = coefficients(*coefficient);
                for (i, value) in value.iter_mut().enumerate() {
                    let factors = [factors[i], cube_factor[i]];
                    for x in 0..skip::SIZE {
                        value[x] += PF::mixed_dot_product(&[element[x], cube[x]], &factors);
                    }
                }
            }
            Base::Nothing => {}
        }
    }

    /// The component for the rounds that follow.
    pub(super) fn component<'a>(
        &'a self,
        point: &Point,
        lanes: &Lanes,
        claim: EF,
        scratch: &'a mut PartialScratch,
    ) -> Box<dyn Rounds + 'a> {
        let coordinates = lanes.blocks(point, self.states.blocks);
        let span = self.states.span();
        let PartialScratch {
            cube,
            carried,
            column,
        } = scratch;
        let column = &*column;
        let low = point.skip.values();
        let factor = eight(&low);
        let linear = move |index: usize| dot(&column.values[index], &factor);
        let Some((round, weight)) = self.cube else {
            let source = move |index: usize, row: &mut Row<PF, 1>| {
                *row = linear(index).map(|c| [c]);
            };
            let rows = Rows {
                source,
                span,
                tail: [column.tail],
                unscale: [EF::ONE],
            };
            let component =
                Component::<Linear, _, 1>::new(carried, rows, lanes, coordinates, claim);
            return Box::new(component);
        };
        // A random weight is zero with probability 2^-154; such a proof fails to verify.
        let CubeRoot { root, inverse } = cube_roots(&[weight])[0];
        let root_factor = eight(&low.map(|l| l * root));
        let source = move |index: usize, row: &mut Row<PF, 2>| {
            let u = dot_base(self.element(round, index), &root_factor);
            let l = linear(index);
            *row = from_fn(|i| [u[i], l[i]]);
        };
        let rows = Rows {
            source,
            span,
            tail: [root * self.idle.partial[round], column.tail],
            unscale: [inverse, EF::ONE],
        };
        let component =
            Component::<CubePlusLinear, _, 2>::new(cube, rows, lanes, coordinates, claim);
        Box::new(component)
    }
}

/// An update with its factors laid out for the kernel.
struct Prepared<const W: usize> {
    base: Base<W>,
    /// Factor of the cube.
    cube: EF,
}

enum Base<const W: usize> {
    Form(Box<[[F; W]; 5]>),
    Element(usize, EF),
    Nothing,
}
