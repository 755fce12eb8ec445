//! From a weighted sum of all cells to one evaluation.

use crate::Reject;
use crate::field::{EF, dot, eq_table};
use crate::form::Joined;
use crate::fractions::plain_round;
use crate::transcript::Transcript;

/// The evaluation of the committed polynomial that is left open.
pub(crate) struct Evaluation {
    pub column_point: Vec<EF>,
    pub lane_point: Vec<EF>,
    pub value: EF,
}

pub(crate) fn verify(
    log_columns: usize,
    log_lanes: usize,
    claim: &Joined,
    transcript: &mut Transcript,
) -> Result<Evaluation, Reject> {
    let mut sum = claim.value;
    let mut bind = |label, variables| {
        let mut point = Vec::new();
        for _ in 0..variables {
            let message = transcript.elements(label, 2)?;
            let x = transcript.challenge();
            sum = plain_round(sum, &message, x);
            point.push(x);
        }
        Ok(point)
    };
    let lane_point = bind("columns/lane round", log_lanes)?;
    let column_point = bind("columns/round", log_columns)?;
    // The weights at the point of the evaluation.
    let lanes = eq_table(&lane_point);
    let by_column: Vec<EF> = claim.weights.iter().map(|w| dot(w, &lanes)).collect();
    let weight = dot(&by_column, &eq_table(&column_point));
    let discrepancy = |value: &[EF]| weight * value[0] - sum;
    let value = transcript.checked("columns/value", 1, Reject::Columns, discrepancy)?[0];
    Ok(Evaluation {
        column_point,
        lane_point,
        value,
    })
}
