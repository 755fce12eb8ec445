//! Filling the prover's tables from the witness.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::{EF, EPF, F, PF};
use sheaf_xmss::params::MAX_DIGEST;

use super::batch::Constraints;
use super::digits::{TOP_DIGIT, digit_interpolation, no_carry_coefficients};
use super::inputs::Inputs;
use super::lane_tables::{LaneTables, Widths};
use super::outputs::Target;
use super::row::{ROW_COLUMNS, Row, RowWeights};
use crate::public_columns::PublicColumns;
use crate::shape::Shape;
use crate::tweaks::element;

/// Fills the lane tables from the witness.
pub(super) fn build(inputs: &Inputs, weights: &[RowWeights]) -> LaneTables<PF, EPF> {
    let Inputs {
        shape,
        public,
        witness,
        fingerprints,
        constraints,
        ..
    } = *inputs;
    let columns = &shape.columns;
    let groups = witness.groups();
    let varying = public.varying_levels(shape.height);
    let lane_groups = LaneGroups::new(public, groups);
    let table = |first: usize, width: usize| -> Vec<PF> {
        (0..groups)
            .flat_map(|g| {
                let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
                cells[first..first + width].iter().copied()
            })
            .collect()
    };
    let low = columns.digit + shape.elements * shape.scheme.digits_per_element;
    let eight = F::from_u8(8);
    let sixty_four = F::from_u8(64);
    let remainder = (0..groups)
        .flat_map(|g| {
            let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
            (0..shape.elements).map(move |i| {
                cells[low + i]
                    + cells[low + shape.elements + i] * eight
                    + cells[columns.remainder_top + i] * sixty_four
            })
        })
        .collect();

    let mut at_end = EPF::zero_vec(groups * shape.steps);
    let mut fraction = EPF::zero_vec(groups * shape.scheme.chains);
    let mut linear = EPF::zero_vec(groups);
    let mut at_side = EPF::zero_vec(groups * varying.len());
    let beta = constraints.fingerprint.number;
    let side_weights = side_weights(shape, constraints, &varying);
    let digit_weights: Vec<EF> = constraints
        .denominator_digits
        .iter()
        .map(|&d| constraints.denominators * d + constraints.sum)
        .collect();
    let live_weight = constraints.sum * element(shape.scheme.target_sum as usize)
        + weights
            .iter()
            .map(|w| w.inverse - w.carry_count)
            .sum::<EF>();
    at_end
        .par_chunks_exact_mut(shape.steps)
        .zip(fraction.par_chunks_exact_mut(shape.scheme.chains))
        .zip(&mut linear)
        .enumerate()
        .for_each(|(g, ((at_end, fraction), linear))| {
            let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
            let live = witness.live[g];
            let inputs = &fingerprints.inputs[g * shape.steps..(g + 1) * shape.steps];
            let outputs = &fingerprints.outputs[g * shape.steps..(g + 1) * shape.steps];
            let live_beta = EPF::from(beta) * live;
            for (k, slot) in at_end.iter_mut().enumerate() {
                let w = &weights[k];
                // The transition's weight is zero in the last row.
                let next = inputs.get(k + 1).copied().unwrap_or(EPF::ZERO);
                let transition = (next - outputs[k] - live_beta) * w.transition;
                *slot = -((outputs[k] + live) * w.residue + transition);
                *linear += transition;
                if shape.carries {
                    *linear -= EPF::from(w.carry_count) * cells[columns.carry + k];
                }
            }
            for (c, slot) in fraction.iter_mut().enumerate() {
                let end = fingerprints.ends[g * shape.scheme.chains + c];
                let w = &weights[c];
                *slot = end * w.numerator + EPF::from(w.numerator_live) * live;
            }
            for (c, &w) in digit_weights.iter().enumerate() {
                *linear += EPF::from(w) * cells[columns.digit + c];
            }
            *linear -= EPF::from(live_weight) * live;
        });
    // Where the side bit varies: sum of outputs * (out + feed-forward - left - b (right - left)).
    // The witness is valid, so the part without b equals b (right - left) on every lane.
    for g in 0..groups {
        let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
        for (i, (&level, w)) in varying.iter().zip(&side_weights).enumerate() {
            let child = columns.digest * level;
            let difference: EPF = (0..columns.digest)
                .map(|j| {
                    EPF::from(w[j])
                        * (cells[columns.right + child + j] - cells[columns.left + child + j])
                })
                .sum();
            let side = lane_groups.live_column(g, |group| {
                F::from_bool(public.groups[group].tweaks.is_right(level))
            });
            at_side[g * varying.len() + i] = -difference;
            linear[g] += difference * side;
        }
    }
    let no_carry = if shape.carries {
        let interpolation = digit_interpolation();
        let tables: Vec<Vec<[F; TOP_DIGIT + 1]>> = public
            .groups
            .iter()
            .map(|group| {
                let threshold = group.tweaks.threshold();
                (0..shape.scheme.chains)
                    .map(|c| no_carry_coefficients(&shape.scheme, &interpolation, threshold, c))
                    .collect()
            })
            .collect();
        (0..groups)
            .flat_map(|g| (0..shape.scheme.chains * (TOP_DIGIT + 1)).map(move |entry| (g, entry)))
            .map(|(g, entry)| {
                let (chain, degree) = (entry / (TOP_DIGIT + 1), entry % (TOP_DIGIT + 1));
                lane_groups.live_column(g, |group| tables[group][chain][degree])
            })
            .collect()
    } else {
        Vec::new()
    };
    let side = (0..groups)
        .flat_map(|g| varying.iter().map(move |&level| (g, level)))
        .map(|(g, level)| {
            lane_groups.live_column(g, |group| {
                F::from_bool(public.groups[group].tweaks.is_right(level))
            })
        })
        .collect();
    let carries = if shape.carries { shape.steps } else { 0 };
    LaneTables {
        widths: Widths {
            steps: shape.steps,
            digits: shape.digits,
            chains: shape.scheme.chains,
            elements: shape.elements,
            carries,
            sides: varying.len(),
        },
        rows: groups,
        end: table(columns.chain_end, shape.steps),
        at_end,
        digit: table(columns.digit, shape.digits),
        fraction,
        top: table(columns.remainder_top, shape.elements),
        remainder,
        inverse: table(columns.remainder_inverse, shape.elements),
        carry: table(columns.carry, carries),
        no_carry,
        side,
        at_side,
        live: witness.live.clone(),
        linear,
    }
}

/// Which group of the statement each lane belongs to.
struct LaneGroups {
    of_lane: Vec<Option<usize>>,
}

impl LaneGroups {
    fn new(public: &PublicColumns, groups: usize) -> Self {
        let mut of_lane: Vec<Option<usize>> = public
            .groups
            .iter()
            .enumerate()
            .flat_map(|(i, g)| core::iter::repeat_n(Some(i), g.lanes))
            .collect();
        of_lane.resize(groups * PF::WIDTH, None);
        Self { of_lane }
    }

    /// A column that is constant in every group and zero in idle lanes.
    fn live_column(&self, g: usize, value: impl Fn(usize) -> F) -> PF {
        PF::from_fn(|lane| self.of_lane[g * PF::WIDTH + lane].map_or(F::ZERO, &value))
    }
}

/// The output weights of the nodes that are children where sides vary.
fn side_weights(
    shape: &Shape,
    constraints: &Constraints,
    varying: &[usize],
) -> Vec<[EF; MAX_DIGEST]> {
    varying
        .iter()
        .map(|&level| {
            let mut weights = [EF::ZERO; MAX_DIGEST];
            for b in &constraints.outputs.blocks {
                let first_level = match b.block.target {
                    Target::Leaf => 0,
                    Target::Nodes => 1,
                    _ => continue,
                };
                let row = level.checked_sub(first_level).and_then(|i| b.rows.get(i));
                if level < shape.height
                    && let Some(&row) = row
                {
                    for (weight, &x) in weights.iter_mut().zip(&b.elements) {
                        *weight += row * x;
                    }
                }
            }
            weights
        })
        .collect()
}

/// The row table at the lane point.
pub(super) fn row_values(
    inputs: &Inputs,
    columns: &[EF],
    outputs: &[EF],
) -> Vec<[EF; ROW_COLUMNS]> {
    let Inputs {
        shape, constraints, ..
    } = *inputs;
    let at = &shape.columns;
    let fingerprint = &constraints.fingerprint;
    let dot = |first: usize| -> EF {
        fingerprint
            .elements
            .iter()
            .zip(&columns[first..first + at.digest])
            .map(|(&b, &x)| b * x)
            .sum()
    };
    let input = |k: usize| {
        fingerprint.number * columns[at.chain_position + k] + dot(at.chain_value + at.digest * k)
    };
    let mut rows = vec![[EF::ZERO; ROW_COLUMNS]; shape.rows()];
    let low = at.digit + shape.elements * shape.scheme.digits_per_element;
    for (s, row) in rows.iter_mut().enumerate() {
        let mut value = Row::from_array([EF::ZERO; ROW_COLUMNS]);
        if s < shape.steps {
            value.end = columns[at.chain_end + s];
            value.output = outputs[s];
        }
        if s + 1 < shape.steps {
            value.next_input = input(s + 1);
        }
        if shape.carries && s < shape.steps {
            value.carry = columns[at.carry + s];
            if s + 1 < shape.steps {
                value.next_carry = columns[at.carry + s + 1];
            }
        }
        if s < shape.digits {
            value.digit = columns[at.digit + s];
        }
        if s < shape.scheme.chains {
            value.chain_end = dot(at.end_value + at.digest * s);
        }
        if s < shape.elements {
            value.top = columns[at.remainder_top + s];
            value.inverse = columns[at.remainder_inverse + s];
            value.remainder = columns[low + s]
                + columns[low + shape.elements + s] * F::from_u8(8)
                + value.top * F::from_u8(64);
        }
        *row = value.to_array();
    }
    rows
}
