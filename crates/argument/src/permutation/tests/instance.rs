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

use crate::permutation::{Block, InputClaim, OutputClaim, Shape, TableClaim, TableShape, Trace};

/// Inputs and outputs by lane and slot, over all positions.
struct Table<const W: usize> {
    shape: TableShape,
    inputs: Vec<Vec<[F; W]>>,
    outputs: Vec<Vec<[F; W]>>,
    blocks: Vec<Block>,
}

pub(super) struct Instance {
    shape: Shape,
    narrow: Option<Table<16>>,
    wide: Option<Table<24>>,
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
            slots: vec![EF::ONE].into(),
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
        log_lanes: usize,
        shape: TableShape,
    ) -> Self {
        let idle = permutation.permute([F::ZERO; W]);
        let slots = 1 << shape.log_slots;
        let mut table = Self {
            shape,
            inputs: vec![vec![[F::ZERO; W]; slots]; 1 << log_lanes],
            outputs: vec![vec![idle; slots]; 1 << log_lanes],
            blocks: single_slots(rng, slots, W),
        };
        for lane in shape.first..shape.lanes {
            for slot in 0..shape.slots {
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
                for (k, &slot) in block.slots.list().iter().enumerate() {
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

    /// Records the permutations of one group, if it has a live lane, and compares their outputs with the reference.
    fn record(&self, group: usize, mut permute: impl FnMut(usize, [PF; W]) -> [PF; W]) {
        let lanes = group * PF::WIDTH..self.shape.lanes.min((group + 1) * PF::WIDTH);
        if lanes.is_empty() || lanes.end <= self.shape.first {
            return;
        }
        for slot in 0..self.shape.slots {
            // Lanes that are not live hold garbage.
            let input = core::array::from_fn(|j| {
                PF::from_fn(|l| match lanes.start + l {
                    lane if (self.shape.first..lanes.end).contains(&lane) => {
                        self.inputs[lane][slot][j]
                    }
                    lane => F::from_usize(lane * 77 + j),
                })
            });
            let output = permute(slot, input);
            for lane in lanes.clone() {
                let output = output.map(|x| x.as_slice()[lane - lanes.start]);
                assert_eq!(output, self.outputs[lane][slot]);
            }
        }
    }

    fn check(&self, lane_point: &[EF], claim: &TableClaim<W>) -> bool {
        self.input(lane_point, claim.slots.weights().list()) == claim.inputs
    }
}

impl Instance {
    pub(super) fn random(shape: Shape) -> Self {
        let lanes = [shape.narrow, shape.wide].map(|t| t.map_or(0, |t| t.lanes));
        let mut rng = SmallRng::seed_from_u64(lanes[0].max(lanes[1]) as u64);
        let rng = &mut rng;
        let log_lanes = shape.log_lanes;
        let narrow = default_koalabear_poseidon1_16();
        let wide = default_koalabear_poseidon1_24();
        Self {
            shape,
            narrow: shape
                .narrow
                .map(|t| Table::random(rng, &narrow, log_lanes, t)),
            wide: shape.wide.map(|t| Table::random(rng, &wide, log_lanes, t)),
            lane_point: (0..log_lanes).map(|_| element(rng)).collect(),
        }
    }

    /// The same where another range of lanes is live; lanes that were not have zero inputs.
    pub(super) fn within(mut self, shape: Shape) -> Self {
        self.shape = shape;
        if let (Some(table), Some(shape)) = (&mut self.narrow, shape.narrow) {
            table.shape = shape;
        }
        if let (Some(table), Some(shape)) = (&mut self.wide, shape.wide) {
            table.shape = shape;
        }
        self
    }

    /// The same instance under weights that are products.
    pub(super) fn with_products(mut self) -> Self {
        let mut rng = SmallRng::seed_from_u64(7);
        if let Some(table) = &mut self.narrow {
            table.blocks = products(&mut rng, 1 << table.shape.log_slots, 16);
        }
        if let Some(table) = &mut self.wide {
            table.blocks = products(&mut rng, 1 << table.shape.log_slots, 24);
        }
        self
    }

    /// Records all permutations and compares their outputs with the reference.
    pub(super) fn record(&self, trace: &mut Trace) {
        self.record_in(&self.shape, trace);
    }

    /// The same in a trace of another shape, with more slots in use.
    pub(super) fn record_in(&self, shape: &Shape, trace: &mut Trace) {
        trace.reset(*shape);
        trace.groups_mut().enumerate().for_each(|(g, mut group)| {
            if let Some(table) = &self.narrow {
                table.record(g, |slot, input| group.permute16(slot, input));
            }
            if let Some(table) = &self.wide {
                table.record(g, |slot, input| group.permute24(slot, input));
            }
        });
    }

    /// The true claim.
    pub(super) fn output_claim(&self) -> OutputClaim {
        let (narrow, wide) = (self.narrow.as_ref(), self.wide.as_ref());
        let values = [
            narrow.map(|t| t.output(&self.lane_point)),
            wide.map(|t| t.output(&self.lane_point)),
        ];
        OutputClaim {
            lane_point: self.lane_point.clone(),
            narrow: narrow.map_or(Vec::new(), |t| t.blocks.clone()),
            wide: wide.map_or(Vec::new(), |t| t.blocks.clone()),
            value: values.into_iter().flatten().sum(),
        }
    }

    /// Whether the inputs satisfy the claim, which is about the tables that there are.
    pub(super) fn satisfies(&self, claim: &InputClaim) -> bool {
        let narrow = match (&self.narrow, &claim.narrow) {
            (Some(table), Some(inputs)) => table.check(&claim.lane_point, inputs),
            (table, inputs) => table.is_none() && inputs.is_none(),
        };
        let wide = match (&self.wide, &claim.wide) {
            (Some(table), Some(inputs)) => table.check(&claim.lane_point, inputs),
            (table, inputs) => table.is_none() && inputs.is_none(),
        };
        narrow && wide
    }
}
