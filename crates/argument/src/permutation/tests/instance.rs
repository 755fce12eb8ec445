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

use crate::permutation::{InputClaim, OutputClaim, Shape, Trace};

/// Inputs and outputs by lane and slot, over all positions.
struct Table<const W: usize> {
    inputs: Vec<Vec<[F; W]>>,
    outputs: Vec<Vec<[F; W]>>,
    weights: Vec<[EF; W]>,
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
            // Some slots and some single columns without weight.
            weights: (0..1 << slots.0)
                .map(|slot| match slot % 5 {
                    4 => [EF::ZERO; W],
                    _ => core::array::from_fn(|_| element(rng)),
                })
                .collect(),
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
            for (output, weights) in outputs.iter().zip(&self.weights) {
                for (&o, &w) in output.iter().zip(weights) {
                    sum += e * w * o;
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

    /// The true claim, with a few single columns without weight.
    pub(super) fn output_claim(&self) -> OutputClaim {
        OutputClaim {
            lane_point: self.lane_point.clone(),
            weights16: self.narrow.weights.clone(),
            weights24: self.wide.weights.clone(),
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
