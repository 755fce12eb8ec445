//! An instance with everything computed the slow way.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use p3_koala_bear::{default_koalabear_poseidon1_16, default_koalabear_poseidon1_24};
use p3_symmetric::Permutation;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_transcript::field::from_coefficients;
use sheaf_transcript::{EF, F, PF};

use crate::permutation::{Block, InputClaim, OutputClaim, Shape, Trace};

/// Inputs and outputs by lane and slot, over all positions.
struct Table<const W: usize> {
    inputs: Vec<Vec<[F; W]>>,
    outputs: Vec<Vec<[F; W]>>,
    blocks: Vec<Block>,
}

pub(super) struct Instance {
    shape: Shape,
    narrow: Table<16>,
    wide: Table<24>,
    lane_point: Vec<EF>,
}

fn element(rng: &mut SmallRng) -> EF {
    from_coefficients(core::array::from_fn(|_| rng.random()))
}

/// All slots but every fifth one, each with weights of its own.
fn single_slots(rng: &mut SmallRng, slots: usize, width: usize) -> Vec<Block> {
    (0..slots)
        .filter(|slot| slot % 5 != 4)
        .map(|slot| Block {
            first_slot: slot,
            slots: vec![EF::ONE],
            first_element: 0,
            elements: (0..width).map(|_| element(rng)).collect(),
        })
        .collect()
}

/// Products: two that overlap, one of unused slots, an empty one; some slots and elements are in none.
fn products(rng: &mut SmallRng, slots: usize, width: usize) -> Vec<Block> {
    let mut block = |slots: core::ops::Range<usize>, elements: core::ops::Range<usize>| Block {
        first_slot: slots.start,
        slots: slots.map(|_| element(rng)).collect(),
        first_element: elements.start,
        elements: elements.map(|_| element(rng)).collect(),
    };
    vec![
        block(0..slots / 2, 0..width),
        block(1..3, 3..width - 2),
        block(slots / 2 + 1..slots - 1, 2..9),
        block(slots - 1..slots, width - 1..width),
        block(0..0, 0..width),
    ]
}

impl<const W: usize> Table<W> {
    fn random(
        rng: &mut SmallRng,
        permutation: &impl Permutation<[F; W]>,
        shape: &Shape,
        slots: (usize, usize),
    ) -> Self {
        let idle = permutation.permute([F::ZERO; W]);
        let mut table = Self {
            inputs: vec![vec![[F::ZERO; W]; 1 << slots.0]; 1 << shape.log_lanes],
            outputs: vec![vec![idle; 1 << slots.0]; 1 << shape.log_lanes],
            blocks: single_slots(rng, 1 << slots.0, W),
        };
        for lane in 0..shape.lanes {
            for slot in 0..slots.1 {
                let input = core::array::from_fn(|_| rng.random());
                table.inputs[lane][slot] = input;
                table.outputs[lane][slot] = permutation.permute(input);
            }
        }
        table
    }

    fn output(&self, lane_point: &[EF]) -> EF {
        let lanes = eq::table(lane_point);
        let mut sum = EF::ZERO;
        for (e, outputs) in lanes.into_iter().zip(&self.outputs) {
            for block in &self.blocks {
                for (k, &slot) in block.slots.iter().enumerate() {
                    for (j, &element) in block.elements.iter().enumerate() {
                        let output = outputs[block.first_slot + k][block.first_element + j];
                        sum += e * slot * element * output;
                    }
                }
            }
        }
        sum
    }

    fn input(&self, lane_point: &[EF], slot_weights: &[EF]) -> [EF; W] {
        let lanes = eq::table(lane_point);
        let mut sums = [EF::ZERO; W];
        for (e, inputs) in lanes.into_iter().zip(&self.inputs) {
            for (input, &w) in inputs.iter().zip(slot_weights) {
                let weight = e * w;
                for (sum, &i) in sums.iter_mut().zip(input) {
                    *sum += weight * i;
                }
            }
        }
        sums
    }

    /// Packs the inputs of one slot of one group; lanes that are not live hold garbage.
    fn packed(&self, shape: &Shape, group: usize, slot: usize) -> [PF; W] {
        core::array::from_fn(|j| {
            PF::from_fn(|l| {
                let lane = group * PF::WIDTH + l;
                if lane < shape.lanes {
                    self.inputs[lane][slot][j]
                } else {
                    F::from_usize(lane * 77 + j)
                }
            })
        })
    }

    fn check_outputs(&self, shape: &Shape, group: usize, slot: usize, outputs: &[PF; W]) {
        for l in 0..PF::WIDTH {
            let lane = group * PF::WIDTH + l;
            if lane < shape.lanes {
                let output = outputs.map(|x| x.as_slice()[l]);
                assert_eq!(output, self.outputs[lane][slot]);
            }
        }
    }
}

impl Instance {
    pub(super) fn random(shape: Shape) -> Self {
        let mut rng = SmallRng::seed_from_u64(shape.lanes as u64);
        let narrow = default_koalabear_poseidon1_16();
        let wide = default_koalabear_poseidon1_24();
        Self {
            shape,
            narrow: Table::random(
                &mut rng,
                &narrow,
                &shape,
                (shape.log_slots16, shape.slots16),
            ),
            wide: Table::random(&mut rng, &wide, &shape, (shape.log_slots24, shape.slots24)),
            lane_point: (0..shape.log_lanes).map(|_| element(&mut rng)).collect(),
        }
    }

    /// The same instance under weights that are products.
    pub(super) fn with_products(mut self) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        self.narrow.blocks = products(&mut rng, 1 << self.shape.log_slots16, 16);
        self.wide.blocks = products(&mut rng, 1 << self.shape.log_slots24, 24);
        self
    }

    /// Records all permutations and compares their outputs with the reference.
    pub(super) fn record(&self, trace: &mut Trace) {
        trace.reset(self.shape);
        trace.groups_mut().enumerate().for_each(|(g, mut group)| {
            for slot in 0..self.shape.slots16 {
                let output = group.permute16(slot, self.narrow.packed(&self.shape, g, slot));
                self.narrow.check_outputs(&self.shape, g, slot, &output);
            }
            for slot in 0..self.shape.slots24 {
                let output = group.permute24(slot, self.wide.packed(&self.shape, g, slot));
                self.wide.check_outputs(&self.shape, g, slot, &output);
            }
        });
    }

    /// The true claim.
    pub(super) fn output_claim(&self) -> OutputClaim {
        OutputClaim {
            lane_point: self.lane_point.clone(),
            narrow: self.narrow.blocks.clone(),
            wide: self.wide.blocks.clone(),
            value: self.narrow.output(&self.lane_point) + self.wide.output(&self.lane_point),
        }
    }

    /// Whether the inputs satisfy the claim.
    pub(super) fn check(&self, claim: &InputClaim) -> Result<(), &'static str> {
        let narrow = self.narrow.input(&claim.lane_point, &claim.slot_weights16);
        let wide = self.wide.input(&claim.lane_point, &claim.slot_weights24);
        if narrow != claim.inputs16 {
            return Err("width 16");
        }
        if wide != claim.inputs24 {
            return Err("width 24");
        }
        Ok(())
    }
}
