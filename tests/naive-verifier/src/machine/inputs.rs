//! Inputs: from the share of the cells and the inputs of permutations to one evaluation.

use super::layout::LOG_COLUMNS;
use super::rows::Rows;
use super::{forms, outputs};
use crate::Reject;
use crate::columns::{self, Evaluation};
use crate::field::{EF, eq_table, power};
use crate::form::Joined;
use crate::transcript::Transcript;

pub(crate) fn verify(
    rows: &Rows,
    forms: &forms::Open,
    outputs: &outputs::Open,
    transcript: &mut Transcript,
) -> Result<Evaluation, Reject> {
    let delta = transcript.challenge();
    // zc(y*, r*)
    let at_rows = eq_table(&forms.rows);
    let of_cells = |&column: &EF| at_rows.iter().map(|&row| column * row).collect();
    let mut joined = Joined {
        weights: eq_table(&forms.columns).iter().map(of_cells).collect(),
        value: forms.cells,
    };
    // The inputs of either width, each over its own rows.
    for (width, inputs, first) in [(24, &outputs.inputs24, 1), (16, &outputs.inputs16, 25)] {
        for (c, &input) in inputs.iter().enumerate() {
            let coefficient = power(delta, first + c);
            joined.value += coefficient * input;
            for r in rows.permuted(width) {
                joined.weights[c][r] += coefficient * outputs.weights[r];
            }
        }
    }
    columns::verify(LOG_COLUMNS, rows.log_rows, &joined, transcript)
}
