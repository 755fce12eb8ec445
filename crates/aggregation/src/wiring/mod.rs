//! Wiring by substitution: what the reductions leave open, as one claim about the committed columns.
//!
//! Two lane points carry claims. At the constraint sumcheck's point `r2`, row values, linear terms and the capacities
//! that lanes start from ([`rows`], [`linear`], [`crate::link`]); at the permutation argument's point `r3`, every input
//! column of every table ([`inputs`]). A claim on a virtual value is replaced by the cells and public columns that it is
//! wired to; no wire costs a cell.
//!
//! **Consumes** all of them, joined by powers of one challenge, from 0: the row values in the order of
//! [`crate::constraints::Row`], with `output` short of the claim about the steps' outputs; `linear`, short of the claim about
//! wired outputs; the first capacities; the 16 input columns of the narrow table, and the 24 of the wide one if there is one.
//!
//! **Leaves** a claim in three terms for [`sheaf_argument::columns`]: a form at `r2`, one at `r3`, and the capacities
//! of keys under the lane weights of [`crate::link`].
//!
//! **Error** over `|E|`: the number of claims minus one, and that of [`crate::link`].

mod inputs;
mod linear;
mod rows;
mod sources;

#[cfg(feature = "prover")]
use sheaf_argument::columns::prove::Term;
use sheaf_argument::permutation::{Block, InputClaim, OutputClaim};
#[cfg(feature = "search")]
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::weights::Weights;
#[cfg(feature = "prover")]
use sheaf_transcript::EF;
use sheaf_transcript::Extension;
use sheaf_xmss::layout::Width;

use crate::checks::Check;
#[cfg(feature = "search")]
use crate::constraints::ROW_COLUMNS;
use crate::constraints::{ConstraintClaims, Constraints};
use crate::linear_form::{ColumnBasis, Form, FormClaim};
use crate::link::{self, Links};
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::streams::CAPACITY;

pub(crate) use linear::linear_form;
#[cfg(feature = "prover")]
pub(crate) use rows::honest_step_outputs;

/// The error of joining both output claims into one ([`output_claim`]).
#[cfg(feature = "search")]
pub(crate) fn output_error_terms() -> Vec<ErrorTerm> {
    vec![
        ErrorTerm::roots("joining the outputs", &[1], SCHWARTZ_ZIPPEL).because("degree 1 in theta"),
    ]
}

/// The error of joining all claims about columns.
#[cfg(feature = "search")]
pub(crate) fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let permutations = shape.permutations();
    let narrow = permutations.narrow.map_or(0, |_| 16);
    let wide = permutations.wide.map_or(0, |_| 24);
    let claims = ROW_COLUMNS + 2 + narrow + wide;
    vec![
        ErrorTerm::roots("batching", &[claims - 1], SCHWARTZ_ZIPPEL)
            .because("one power per claim, from the zeroth on"),
    ]
}

/// The claim that all others have become.
#[derive(Debug)]
#[must_use = "a claim that nobody opens proves nothing"]
pub(crate) struct Wired<E> {
    /// At lane point `r2`.
    constraint_point: Vec<E>,
    constraint_form: Form<E>,
    /// At lane point `r3`.
    input_point: Vec<E>,
    input_form: Form<E>,
    /// `sum_j g_j cap_j`, under the lane weights with the two coefficients.
    capacities: Form<E>,
    next: E,
    first: E,
    pub value: E,
}

/// The extensions of the weights of lanes at a lane point.
#[derive(Clone, Debug)]
pub(crate) struct LaneWeights<E> {
    /// Of the form at `r2`.
    pub constraints: E,
    /// Of the form at `r3`.
    pub inputs: E,
    /// Of the capacities: the factors of their two coefficients.
    pub capacities: [E; 2],
}

/// Everything that is known when the claims are joined.
pub(crate) struct Claims<'a, E> {
    pub shape: &'a Shape,
    pub links: Links<E>,
    pub constraints: &'a Constraints<E>,
    pub at_constraints: &'a PublicEvaluations<E>,
    pub constraint_claims: &'a ConstraintClaims<E>,
    pub at_inputs: &'a PublicEvaluations<E>,
    pub inputs: &'a InputClaim<E>,
}

/// Joins all claims.
pub(crate) fn wire<E: Extension>(claims: &Claims<E>, challenge: E) -> Wired<E> {
    let Claims {
        shape,
        links,
        constraints,
        at_constraints,
        constraint_claims,
        at_inputs,
        inputs,
    } = *claims;
    let mut joined = FormClaim::new(challenge);
    let r2 = &constraint_claims.lane_point;
    let mut constraint_form = rows::row_forms(
        shape,
        constraints,
        at_constraints,
        constraint_claims,
        &mut joined,
    );

    let linear = linear_form(shape, constraints, at_constraints, links.last);
    let value = constraint_claims.linear - constraint_claims.wired_outputs + linear.known;
    let weight = joined.weigh(Check::Linear, value);
    constraint_form.add_form(weight, linear.form);
    // Targets of outputs count negative.
    let next = -weight;

    let key_weights = constraints.outputs.key_weights();
    let first = joined.weigh(Check::FirstCapacities, links.first);

    let input_form = inputs::input_forms(shape, at_inputs, inputs, &mut joined);
    Wired {
        constraint_point: r2.clone(),
        constraint_form,
        input_point: inputs.lane_point.clone(),
        input_form,
        capacities: capacity_form(shape, &key_weights),
        next,
        first,
        value: joined.value,
    }
}

/// `sum_j g_j cap_j`, the capacity that the first permutation of the key starts from.
fn capacity_form<E: Extension>(shape: &Shape, weights: &[E; CAPACITY]) -> Form<E> {
    let mut form = Form::new(shape.columns.digest);
    for (column, &weight) in shape.columns.key_capacity.row(0).zip(weights) {
        form.add(column, weight);
    }
    form
}

impl<E: Extension> Wired<E> {
    /// The extension of the weights of all cells, at a lane point and a column point.
    pub(crate) fn weight_at(&self, shape: &Shape, lane_point: &[E], column_point: &[E]) -> E {
        let r2 = &self.constraint_point;
        let lanes = LaneWeights {
            constraints: eq::eval(r2, lane_point),
            inputs: eq::eval(&self.input_point, lane_point),
            capacities: link::lane_weights_at(shape.lanes, r2, lane_point),
        };
        self.weight(shape, &lanes, column_point)
    }

    /// The same, where the weights of lanes are known.
    pub(crate) fn weight(&self, shape: &Shape, lanes: &LaneWeights<E>, column_point: &[E]) -> E {
        let basis = ColumnBasis::new(column_point, shape.columns.digest, shape.columns.count);
        let [next, first] = lanes.capacities;
        lanes.constraints * self.constraint_form.at(&basis)
            + lanes.inputs * self.input_form.at(&basis)
            + (self.next * next + self.first * first) * self.capacities.at(&basis)
    }
}

#[cfg(feature = "prover")]
impl Wired<EF> {
    /// The weights of all cells.
    pub(crate) fn terms(&self, shape: &Shape) -> Vec<Term> {
        let lanes = |point: &[EF]| eq::table(point);
        let at_constraints = lanes(&self.constraint_point);
        let capacities = link::lane_weights(shape.lanes, &at_constraints, self.next, self.first);
        let term = |lanes: Vec<EF>, form: &Form| Term {
            lanes,
            columns: form.weights(shape.columns.count),
        };
        vec![
            term(at_constraints, &self.constraint_form),
            term(lanes(&self.input_point), &self.input_form),
            term(capacities, &self.capacities),
        ]
    }
}

/// The claim that the permutation argument starts from.
///
/// Consumes both output claims, joined by `theta`.
pub(crate) fn output_claim<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    claims: &ConstraintClaims<E>,
    theta: E,
) -> OutputClaim<E> {
    let mut narrow = Vec::new();
    let mut wide = Vec::new();
    let mut add = |width: Width, block: Block<E>| match width {
        Width::Narrow => narrow.push(block),
        Width::Wide => wide.push(block),
    };
    let steps = shape.calls.steps;
    let block = Block {
        first_slot: steps.first,
        slots: Weights::of_point(&claims.row_point, steps.count),
        first_element: 0,
        elements: constraints.fingerprint.elements.clone(),
    };
    add(steps.width, block);
    for weighed in &constraints.outputs.blocks {
        let block = Block {
            first_slot: weighed.block.slots.first,
            slots: weighed.rows.clone().into(),
            first_element: weighed.block.column,
            elements: weighed.elements.iter().map(|&x| theta * x).collect(),
        };
        add(weighed.block.slots.width, block);
    }
    OutputClaim {
        lane_point: claims.lane_point.clone(),
        narrow,
        wide,
        value: claims.step_outputs + theta * claims.wired_outputs,
    }
}
