//! Forms: what they are of the cells, the constant and the outputs.

use p3_field::PrimeCharacteristicRing;

use super::layout::{CONSTANT, FORMS, LOG_COLUMNS, left, multiplicity, position, result, right};
use super::program::Program;
use super::rows::{Row, Rows};
use super::{constraints, messages};
use crate::Reject;
use crate::field::{EF, eq_table, power};
use crate::fractions::plain_round;
use crate::transcript::Transcript;

/// What is left open: the extensions of cells and of outputs at a point.
pub(crate) struct Open {
    pub columns: Vec<EF>,
    pub rows: Vec<EF>,
    /// `zc(columns, rows)`
    pub cells: EF,
    /// `sum_j eq(columns, 96 + j) o(96 + j, rows)`, over the rows below `2^hp`; none if nothing is permuted.
    pub outputs: Option<EF>,
}

/// The weight of every form in the five values, joined by powers of `d`.
fn weights(messages: &messages::Open, constraints: &constraints::Open, d: EF) -> Vec<EF> {
    let mut weights = vec![EF::ZERO; FORMS];
    for (m, &of_message) in eq_table(&messages.messages).iter().enumerate() {
        weights[multiplicity(m)] = of_message;
        for (j, &of_position) in eq_table(&messages.beta).iter().enumerate() {
            weights[position(m, j)] = d * of_message * of_position;
        }
    }
    for (g, &of_constraint) in eq_table(&constraints.constraint).iter().enumerate() {
        for (i, &of_term) in eq_table(&constraints.term).iter().enumerate() {
            weights[left(g, i)] = power(d, 2) * of_constraint * of_term;
            weights[right(g, i)] = power(d, 3) * of_constraint * of_term;
        }
    }
    for (g, &of_result) in eq_table(&constraints.tau).iter().enumerate() {
        weights[result(g)] = power(d, 4) * of_result;
    }
    weights
}

pub(crate) fn verify(
    program: &Program,
    rows: &Rows,
    messages: &messages::Open,
    constraints: &constraints::Open,
    transcript: &mut Transcript,
) -> Result<Open, Reject> {
    let d = transcript.challenge();
    let values = [
        constraints.multiplicity,
        constraints.fingerprint,
        constraints.left,
        constraints.right,
        constraints.result,
    ];
    let mut claim: EF = (0..).zip(values).map(|(i, x)| power(d, i) * x).sum();

    // sum_r sum_y z(y, r) W(y, r), where W(y, r) = eq(r2, r) U_k(y) on the rows of kind k.
    let mut bind = |label, variables| {
        let mut point = Vec::new();
        for _ in 0..variables {
            let message = transcript.elements(label, 2)?;
            let x = transcript.challenge();
            claim = plain_round(claim, &message, x);
            point.push(x);
        }
        Ok(point)
    };
    // Rows from the least significant bit on, columns from the most significant one.
    let mut row_point = bind("machine/form row round", rows.log_rows)?;
    row_point.reverse();
    let column_point = bind("machine/form column round", LOG_COLUMNS)?;

    // The extension of W, which is linear in each variable.
    let of_form = weights(messages, constraints, d);
    let of_column = eq_table(&column_point);
    let mut of_kind = vec![EF::ZERO; program.header.iter().sum()];
    for c in &program.coefficients {
        of_kind[c.kind] += of_form[c.form] * of_column[c.column] * c.value;
    }
    let (at_r2, at_point) = (eq_table(&constraints.rows), eq_table(&row_point));
    let of_row = |(r, row): (usize, &Row)| {
        let kind = row.kind.map_or(EF::ZERO, |k| of_kind[k]);
        kind * at_r2[r] * at_point[r]
    };
    let weight: EF = rows.rows.iter().enumerate().map(of_row).sum();

    // Rows that no permutation can stand on have no outputs.
    let idle_bits = rows.log_rows - rows.log_permuted;
    let permuted: EF = row_point[..idle_bits]
        .iter()
        .map(|&x| EF::ONE - x)
        .product();
    let has_outputs = rows.has_table(16) || rows.has_table(24);
    let discrepancy = |shares: &[EF]| {
        let outputs = if has_outputs { shares[1] } else { EF::ZERO };
        (shares[0] + of_column[CONSTANT] + permuted * outputs) * weight - claim
    };
    let count = 1 + usize::from(has_outputs);
    let shares = transcript.checked("machine/shares", count, Reject::Shares, discrepancy)?;
    Ok(Open {
        columns: column_point,
        rows: row_point,
        cells: shares[0],
        outputs: shares.get(1).copied(),
    })
}
