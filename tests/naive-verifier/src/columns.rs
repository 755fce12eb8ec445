//! From linear forms in all columns at two lane points to one evaluation at each.

use crate::Reject;
use crate::field::{EF, dot, eq_table};
use crate::form::Claim;
use crate::fractions::plain_round;
use crate::transcript::Transcript;

/// The evaluations of the committed polynomial that are left open.
pub(crate) struct Evaluations {
    pub column_point: Vec<EF>,
    /// At `(column_point, r)` for the lane point `r` of each claim.
    pub values: Vec<EF>,
}

pub(crate) fn verify(
    log_columns: usize,
    claims: &[Claim; 2],
    transcript: &mut Transcript,
) -> Result<Evaluations, Reject> {
    let psi = transcript.challenge();
    let value = |claim: &Claim| claim.value - claim.form.known;
    let mut claim = value(&claims[0]) + psi * value(&claims[1]);
    let mut column_point = Vec::new();
    for _ in 0..log_columns {
        let message = transcript.elements("columns/round", 2)?;
        let x = transcript.challenge();
        claim = plain_round(claim, &message, x);
        column_point.push(x);
    }
    let columns = eq_table(&column_point);
    let weights = claims
        .each_ref()
        .map(|claim| dot(&claim.form.cells, &columns));
    let discrepancy = |values: &[EF]| weights[0] * values[0] + psi * weights[1] * values[1] - claim;
    let values = transcript.checked("columns/values", 2, Reject::Columns, discrepancy)?;
    Ok(Evaluations {
        column_point,
        values,
    })
}
