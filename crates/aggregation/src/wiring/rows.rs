//! The row values of the constraint sumcheck, as forms in the columns at its lane point.

use sheaf_sumcheck::weights::Weights;
use sheaf_transcript::Extension;

use super::sources::{Call, Sources};
use crate::chain_ends::Fingerprint;
use crate::checks::Check;
use crate::constraints::{ConstraintClaims, Constraints};
use crate::idle_outputs;
use crate::linear_form::{Form, FormClaim};
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::element;

/// Weighs all row values, and returns the cells that they are made of.
///
/// `output = sum_{k<K} eq_k (fp(q_k, forward_k + permutation_k) - idle * fp(0, permutation of zero))`, where the permutations
/// are the claim about the steps' outputs, and `forward` the first elements of the steps' inputs.
pub(super) fn row_forms<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    claims: &ConstraintClaims<E>,
    joined: &mut FormClaim<E>,
) -> Form<E> {
    let columns = &shape.columns;
    let row = &claims.row;
    let all = Weights::of_point(&claims.row_point, shape.steps.max(shape.digits));
    let rows = |count: usize| all.range(0..count);
    let live_rows = rows(shape.steps).sum();
    let output =
        row.output - claims.step_outputs + idle_output(shape, constraints, public, live_rows);

    let end = joined.weigh(Check::RowValue(0), row.end);
    let next_input = joined.weigh(Check::RowValue(1), row.next_input);
    let output = joined.weigh(Check::RowValue(2), output);
    let digit = joined.weigh(Check::RowValue(3), row.digit);
    let chain_end = joined.weigh(Check::RowValue(4), row.chain_end);
    let top = joined.weigh(Check::RowValue(5), row.top);
    let remainder = joined.weigh(Check::RowValue(6), row.remainder);
    let inverse = joined.weigh(Check::RowValue(7), row.inverse);
    let carry = joined.weigh(Check::RowValue(8), row.carry);
    let next_carry = joined.weigh(Check::RowValue(9), row.next_carry);

    let mut form = Form::new(columns.digest);
    form.add_run(columns.chain_end, end, rows(shape.steps));
    // The input of row k + 1 stands in row k.
    add_next_input(
        &mut form,
        shape,
        constraints,
        next_input,
        rows(shape.steps - 1),
    );
    let (forward, known) = forward_fingerprint(shape, constraints, public, &rows(shape.steps));
    form.add_form(output, forward);
    joined.value -= output * known;
    form.add_run(columns.digit, digit, rows(shape.digits));
    form.add_rows(
        columns.end_value,
        rows(shape.scheme.chains),
        constraints
            .fingerprint
            .elements
            .iter()
            .map(|&b| chain_end * b)
            .collect(),
    );
    form.add_run(columns.remainder_top, top, rows(shape.elements));
    add_remainders(&mut form, shape, remainder, &rows(shape.elements));
    form.add_run(columns.remainder_inverse, inverse, rows(shape.elements));
    // Where there are no such columns, the values must be zero.
    if shape.carries {
        form.add_run(columns.carry, carry, rows(shape.steps));
        form.add_run(columns.carry + 1, next_carry, rows(shape.steps - 1));
    }
    form
}

/// What idle lanes add to the claim about the steps' outputs.
fn idle_output<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    live_rows: E,
) -> E {
    let width = shape.calls.steps.width;
    live_rows * public.idle() * idle_outputs::fingerprint(width, &constraints.fingerprint)
}

/// Adds `scale * rows[k] * fp(q_{k+1}, in_{k+1})`, where `in` is the value that a step takes.
fn add_next_input<E: Extension>(
    form: &mut Form<E>,
    shape: &Shape,
    constraints: &Constraints<E>,
    scale: E,
    rows: Weights<E>,
) {
    let columns = &shape.columns;
    let elements = constraints.fingerprint.elements.iter().map(|&b| scale * b);
    let values = columns.chain_value + columns.digest;
    form.add_rows(values, rows.clone(), elements.collect());
    let position = scale * constraints.fingerprint.number;
    form.add_run(columns.chain_position + 1, position, rows);
}

/// `sum_k rows[k] fp(q_k, forward_k)`, where `forward` is what a step's input adds to the output of its permutation: a form, and
/// what does not depend on cells.
fn forward_fingerprint<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    rows: &Weights<E>,
) -> (Form<E>, E) {
    let Fingerprint { number, elements } = &constraints.fingerprint;
    let mut sources = Sources::new(shape, public);
    sources.add(Call::Step, &shape.scheme.hashes.step, rows, elements);
    let (mut form, known) = sources.into_form();
    form.add_run(shape.columns.chain_position, *number, rows.clone());
    (form, known)
}

/// Adds `scale * weights[i] * (low + 8 mid + 64 top)` of remainder `i`.
pub(super) fn add_remainders<E: Extension>(
    form: &mut Form<E>,
    shape: &Shape,
    scale: E,
    weights: &Weights<E>,
) {
    let low = shape.columns.digit + shape.elements * shape.scheme.digits_per_element;
    let tables = [
        (low, 1),
        (low + shape.elements, 8),
        (shape.columns.remainder_top, 64),
    ];
    for (table, place) in tables {
        form.add_run(table, scale * element(place), weights.clone());
    }
}

/// The claim about the steps' outputs in an honest proof, from the columns at its lane point.
#[cfg(feature = "prover")]
pub(crate) fn honest_step_outputs<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    claims: &ConstraintClaims<E>,
    columns: &[E],
) -> E {
    let rows = Weights::of_point(&claims.row_point, shape.steps);
    let live_rows = rows.sum();
    let (forward, known) = forward_fingerprint(shape, constraints, public, &rows);
    claims.row.output + idle_output(shape, constraints, public, live_rows)
        - forward.eval(columns)
        - known
}
