//! Permutations: from the share of the outputs to their inputs.

use p3_field::PrimeCharacteristicRing;

use super::forms;
use super::layout::CELLS;
use super::rows::Rows;
use crate::Reject;
use crate::field::{EF, dot, eq_table};
use crate::permutations::{self, OutputClaim, OutputWeight, Tables};
use crate::poseidon::permute;
use crate::transcript::Transcript;

/// The bits of a row that number a slot; those above and below number a lane.
const SLOT_BITS: usize = 3;
const LOW_BITS: usize = 4;

/// What is left open: `sum_(r in R) weights(r) zc(c, r)` for the inputs `c` of either width, over the rows `R` with a
/// permutation of that width.
pub(crate) struct Open {
    pub weights: Vec<EF>,
    pub inputs16: Vec<EF>,
    pub inputs24: Vec<EF>,
}

pub(crate) fn verify(
    rows: &Rows,
    forms: &forms::Open,
    transcript: &mut Transcript,
) -> Result<Open, Reject> {
    let Some(share) = forms.outputs else {
        return Ok(Open {
            weights: Vec::new(),
            inputs16: Vec::new(),
            inputs24: Vec::new(),
        });
    };
    let columns = eq_table(&forms.columns);
    let point = &forms.rows[rows.log_rows - rows.log_permuted..];
    let (upper, low) = point.split_at(point.len() - LOW_BITS);
    let (high, slot) = upper.split_at(upper.len() - SLOT_BITS);
    let lane_point = [high, low].concat();

    // A row without a permutation of a width has the outputs of the input zero there.
    let at_point = eq_table(point);
    let mut sum = share;
    let mut weights = Vec::new();
    for width in [16, 24] {
        if !rows.has_table(width) {
            continue;
        }
        let of_outputs = &columns[CELLS..CELLS + width];
        let live: EF = rows.permuted(width).iter().map(|&r| at_point[r]).sum();
        let idle: Vec<EF> = permute(width, &[]).into_iter().map(EF::from).collect();
        sum += (EF::ONE - live) * dot(of_outputs, &idle);
        for (number, &of_slot) in eq_table(slot).iter().enumerate() {
            for (element, &of_output) in of_outputs.iter().enumerate() {
                weights.push(OutputWeight {
                    width,
                    slot: number,
                    element,
                    weight: of_slot * of_output,
                });
            }
        }
    }
    let table = |width: usize| rows.has_table(width).then_some(SLOT_BITS);
    let tables = Tables {
        log_slots16: table(16),
        log_slots24: table(24),
    };
    let outputs = OutputClaim {
        lane_point,
        weights,
        sum,
    };
    let claim = permutations::verify(tables, outputs, transcript)?;

    // Both tables have the same slots.
    let slots = match rows.has_table(24) {
        true => claim.slots24,
        false => claim.slots16,
    };
    let lanes = eq_table(&claim.lane_point);
    let weight = |row: usize| {
        let slot = (row >> LOW_BITS) % (1 << SLOT_BITS);
        let lane = (row >> (LOW_BITS + SLOT_BITS) << LOW_BITS) + row % (1 << LOW_BITS);
        slots[slot] * lanes[lane]
    };
    Ok(Open {
        weights: (0..1 << rows.log_permuted).map(weight).collect(),
        inputs16: claim.inputs16,
        inputs24: claim.inputs24,
    })
}
