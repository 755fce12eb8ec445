//! Wiring by substitution: what the reductions leave open, as linear forms in the committed columns.
//!
//! Two lane points carry claims. At the constraint sumcheck's point, row values
//! and linear terms ([`constraint_forms`]); at the permutation argument's point,
//! every input column of both tables ([`input_forms`]). A claim on a virtual
//! value is replaced by the cells and public columns that it is wired to; no
//! wire costs a cell.
//!
//! The claims of one lane point are joined by powers of a challenge, from 0: at the
//! first the row values in the order of [`crate::constraints::Row`], with `output`
//! short of the width-16 output claim, then `linear`, short of the width-24 output
//! claim; at the second the 16 and the 24 input columns.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::{InputClaim, OutputClaim};
#[cfg(feature = "search")]
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_sumcheck::eq;
use sheaf_transcript::EF;
use sheaf_xmss::params::{CAPACITY, DIGEST, MESSAGE, PARAMETER, RANDOMNESS, RATE, TWEAK};
use sheaf_xmss::tree::leaf_capacity;

use crate::checks::Check;
#[cfg(feature = "search")]
use crate::constraints::ROW_COLUMNS;
use crate::constraints::{ConstraintClaims, Constraints, OutputTarget};
use crate::form::{Form, FormClaim};
use crate::idle::IdleOutputs;
use crate::public::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::{Carry, element};

/// Position of the parameter in the input of a chain step.
const STEP_PARAMETER: usize = DIGEST;
/// Position of the tweak in the input of a chain step.
const STEP_TWEAK: usize = STEP_PARAMETER + PARAMETER;

/// The error of joining the output claims of both widths into one ([`output_claim`]).
#[cfg(feature = "search")]
pub(crate) fn output_error_terms() -> Vec<ErrorTerm> {
    vec![ErrorTerm::roots("joining the widths", &[1], SCHWARTZ_ZIPPEL).because("degree 1 in theta")]
}

/// The error of joining the claims of both lane points, each into one form.
#[cfg(feature = "search")]
pub(crate) fn error_terms() -> Vec<ErrorTerm> {
    vec![
        ErrorTerm::roots("batching", &[ROW_COLUMNS + 16 + 24], SCHWARTZ_ZIPPEL)
            .because("one power per claim at either lane point"),
    ]
}

/// Where one element of a permutation's input comes from.
#[derive(Clone, Copy, Debug)]
enum Wire {
    Cell(usize),
    Public(EF),
}

/// Writes `weight * fp(q_k, in_k)`.
fn add_input_fingerprint(
    form: &mut Form,
    shape: &Shape,
    constraints: &Constraints,
    k: usize,
    weight: EF,
) {
    let columns = &shape.columns;
    form.add(
        columns.chain_position + k,
        weight * constraints.fingerprint[0],
    );
    form.add_run(
        columns.chain_value + DIGEST * k,
        constraints.fingerprint[1..].iter().map(|&b| weight * b),
    );
}

/// Writes `weight * (low + 8 mid + 64 top)` of remainder `i`.
fn add_remainder(form: &mut Form, shape: &Shape, i: usize, weight: EF) {
    let low = shape.columns.digit + shape.elements * shape.scheme.digits_per_element + i;
    form.add(low, weight);
    form.add(low + shape.elements, weight * element(8));
    form.add(shape.columns.remainder_top + i, weight * element(64));
}

/// The claims at the constraint sumcheck's lane point.
///
/// Consumes all row values, `linear` and both output claims; leaves one form.
pub(crate) fn constraint_forms(
    shape: &Shape,
    constraints: &Constraints,
    idle: &IdleOutputs,
    public: &PublicEvaluations,
    claims: &ConstraintClaims,
    challenge: EF,
) -> FormClaim {
    let columns = &shape.columns;
    let steps = shape.steps;
    let rows = eq::table(&claims.row_point);
    let row = &claims.row;
    let mut forms = FormClaim::new(columns.count, challenge);

    forms.push(Check::RowValue(0), row.end, |form, w| {
        form.add_run(columns.chain_end, rows[..steps].iter().map(|&r| w * r));
    });
    forms.push(Check::RowValue(1), row.next_input, |form, w| {
        for k in 1..steps {
            add_input_fingerprint(form, shape, constraints, k, w * rows[k - 1]);
        }
    });
    // output = sum_{k<K} eq_k (fp(q_k, in_k + permutation_k) - idle * fp(0, permutation of zero))
    let live_rows: EF = rows[..steps].iter().copied().sum();
    let idle_output: EF = idle.narrow_fingerprint(&constraints.fingerprint);
    forms.push(
        Check::RowValue(2),
        row.output - claims.output16 + live_rows * public.idle() * idle_output,
        |form, w| {
            for (k, &r) in rows[..steps].iter().enumerate() {
                add_input_fingerprint(form, shape, constraints, k, w * r);
            }
        },
    );
    forms.push(Check::RowValue(3), row.digit, |form, w| {
        form.add_run(columns.digit, rows[..shape.digits].iter().map(|&r| w * r));
    });
    forms.push(Check::RowValue(4), row.chain_end, |form, w| {
        for (c, &r) in rows[..shape.scheme.chains].iter().enumerate() {
            form.add_run(
                columns.end_value + DIGEST * c,
                constraints.fingerprint[1..].iter().map(|&b| w * r * b),
            );
        }
    });
    forms.push(Check::RowValue(5), row.top, |form, w| {
        form.add_run(
            columns.remainder_top,
            rows[..shape.elements].iter().map(|&r| w * r),
        );
    });
    forms.push(Check::RowValue(6), row.remainder, |form, w| {
        for (i, &r) in rows[..shape.elements].iter().enumerate() {
            add_remainder(form, shape, i, w * r);
        }
    });
    forms.push(Check::RowValue(7), row.inverse, |form, w| {
        form.add_run(
            columns.remainder_inverse,
            rows[..shape.elements].iter().map(|&r| w * r),
        );
    });
    if shape.carries {
        forms.push(Check::RowValue(8), row.carry, |form, w| {
            form.add_run(columns.carry, rows[..steps].iter().map(|&r| w * r));
        });
        forms.push(Check::RowValue(9), row.next_carry, |form, w| {
            form.add_run(columns.carry + 1, rows[..steps - 1].iter().map(|&r| w * r));
        });
    } else {
        // There is no such column: the values must be zero.
        forms.push(Check::RowValue(8), row.carry, |_, _| {});
        forms.push(Check::RowValue(9), row.next_carry, |_, _| {});
    }

    let (linear, known) = linear_form(shape, constraints, idle, public);
    forms.push(
        Check::Linear,
        claims.linear - claims.output24 + known,
        |form, w| {
            form.add_run(0, linear.weights.iter().map(|&x| w * x));
        },
    );
    forms
}

/// What `linear` is made of:
///
/// ```text
///     linear = denominators * digits + sum * (digits - target live)
///            + sum of weight * (out - target of the output) - idle * (weighted outputs of zero)
/// ```
///
/// Returns the cells in it as a form, and the public part `known` such that
/// `form = linear - output24 + known`.
pub(crate) fn linear_form(
    shape: &Shape,
    constraints: &Constraints,
    idle: &IdleOutputs,
    public: &PublicEvaluations,
) -> (Form, EF) {
    let (mut form, public_targets) = output_targets(shape, constraints, public);
    for weight in &mut form.weights {
        *weight = -*weight;
    }
    for (c, &d) in constraints.denominator_digits.iter().enumerate() {
        form.add(
            shape.columns.digit + c,
            constraints.denominators * d + constraints.sum,
        );
    }
    let known = constraints.sum * element(shape.scheme.target_sum as usize) * public.live
        + public_targets
        + public.idle() * idle.wired_sum(constraints);
    (form, known)
}

/// The values of both output claims in an honest proof, from the columns at its lane point.
#[cfg(feature = "prover")]
pub(crate) fn honest_outputs(
    shape: &Shape,
    constraints: &Constraints,
    idle: &IdleOutputs,
    public: &PublicEvaluations,
    claims: &ConstraintClaims,
    columns: &[EF],
) -> (EF, EF) {
    let rows = eq::table(&claims.row_point);
    let live_rows: EF = rows[..shape.steps].iter().copied().sum();
    let mut inputs = Form::zero(shape.columns.count);
    for (k, &r) in rows[..shape.steps].iter().enumerate() {
        add_input_fingerprint(&mut inputs, shape, constraints, k, r);
    }
    let output16 = claims.row.output
        + live_rows * public.idle() * idle.narrow_fingerprint(&constraints.fingerprint)
        - inputs.eval(columns);
    let (linear, known) = linear_form(shape, constraints, idle, public);
    (output16, claims.linear + known - linear.eval(columns))
}

/// The targets of the wired outputs, weighted: cells as a form, public columns as a value.
fn output_targets(
    shape: &Shape,
    constraints: &Constraints,
    public: &PublicEvaluations,
) -> (Form, EF) {
    let columns = &shape.columns;
    let digits = shape.scheme.digits_per_element;
    let sides: Vec<EF> = (0..shape.height)
        .map(|level| public.is_right(level))
        .collect();
    let tweaks: Vec<[EF; 2]> = (0..=shape.height)
        .map(|level| public.node_tweak(level))
        .collect();
    let mut form = Form::zero(columns.count);
    let mut value = EF::ZERO;
    for (output, &weight) in constraints.wired.iter().zip(&constraints.outputs) {
        match output.target {
            OutputTarget::Message { element: i } => {
                let mut scale = weight * element(super::constraints::REMAINDERS);
                for d in 0..digits {
                    form.add(columns.digit + i * digits + d, scale);
                    scale *= element(shape.scheme.base as usize);
                }
                add_remainder(&mut form, shape, i, weight);
                value -= weight * public.by_group(|g| g.message[i]);
            }
            OutputTarget::Capacity { t, j } => {
                form.add(columns.capacity + CAPACITY * (t - 1) + j, weight);
            }
            OutputTarget::Node { level, j } => {
                if level < shape.height {
                    let child = DIGEST * level + j;
                    form.add(columns.left + child, weight * (EF::ONE - sides[level]));
                    form.add(columns.right + child, weight * sides[level]);
                } else {
                    value += weight * public.root[j];
                }
                if level > 0 {
                    // Feed-forward of the input's first eight elements.
                    match j {
                        0..PARAMETER => value -= weight * public.parameter[j],
                        PARAMETER..7 => {
                            value -= weight * tweaks[level][j - PARAMETER];
                        }
                        _ => form.add(columns.left + DIGEST * (level - 1), -weight),
                    }
                }
            }
        }
    }
    (form, value)
}

/// The claim that the permutation argument starts from.
///
/// Consumes both output claims, joined by `theta`.
pub(crate) fn output_claim(
    shape: &Shape,
    constraints: &Constraints,
    claims: &ConstraintClaims,
    theta: EF,
) -> OutputClaim {
    let permutations = shape.permutations();
    let mut weights16 = vec![[EF::ZERO; 16]; 1 << permutations.log_slots16];
    let rows = eq::table(&claims.row_point);
    for (weights, &row) in weights16.iter_mut().zip(&rows[..shape.steps]) {
        for (weight, &b) in weights.iter_mut().zip(&constraints.fingerprint[1..]) {
            *weight = row * b;
        }
    }
    let mut weights24 = vec![[EF::ZERO; 24]; 1 << permutations.log_slots24];
    for (output, &weight) in constraints.wired.iter().zip(&constraints.outputs) {
        weights24[output.slot][output.column] = theta * weight;
    }
    OutputClaim {
        lane_point: claims.lane_point.clone(),
        weights16,
        weights24,
        value: claims.output16 + theta * claims.output24,
    }
}

/// The claims on all 16 + 24 input columns, at the permutation argument's lane point.
pub(crate) fn input_forms(
    shape: &Shape,
    public: &PublicEvaluations,
    claim: &InputClaim,
    challenge: EF,
) -> FormClaim {
    let mut forms = FormClaim::new(shape.columns.count, challenge);
    chain_step_inputs(shape, public, claim, &mut forms);
    wide_inputs(shape, public, claim, &mut forms);
    forms
}

/// The input of a chain step: `value 8 | parameter 5 | tweak 2 | 0`.
fn chain_step_inputs(
    shape: &Shape,
    public: &PublicEvaluations,
    claim: &InputClaim,
    forms: &mut FormClaim,
) {
    let columns = &shape.columns;
    let slots = &claim.slot_weights16[..shape.steps];
    // Idle rows have an all-zero input.
    let live_slots: EF = slots.iter().copied().sum();
    let input = &claim.inputs16;
    for (j, &value) in input[..DIGEST].iter().enumerate() {
        forms.push(Check::NarrowInput(j), value, |form, w| {
            for (k, &slot) in slots.iter().enumerate() {
                form.add(columns.chain_value + DIGEST * k + j, w * slot);
            }
        });
    }
    for (i, &parameter) in public.parameter.iter().enumerate() {
        let j = STEP_PARAMETER + i;
        forms.push(
            Check::NarrowInput(j),
            input[j] - live_slots * parameter,
            |_, _| {},
        );
    }
    // b0 + 256 q
    let b0 = public.by_group(|g| g.tweaks.chain[0]);
    let first = input[STEP_TWEAK] - live_slots * b0;
    forms.push(Check::NarrowInput(STEP_TWEAK), first, |form, w| {
        form.add_run(
            columns.chain_position,
            slots.iter().map(|&slot| w * slot * element(256)),
        );
    });
    // b1 + carry
    let b1 = public.by_group(|g| g.tweaks.chain[1]);
    let check = Check::NarrowInput(STEP_TWEAK + 1);
    let second = input[STEP_TWEAK + 1] - live_slots * b1;
    if shape.carries {
        forms.push(check, second, |form, w| {
            form.add_run(columns.carry, slots.iter().map(|&slot| w * slot));
        });
    } else {
        let carry = public
            .by_group(|g| PrimeCharacteristicRing::from_bool(g.tweaks.carry == Carry::Always));
        forms.push(check, second - live_slots * carry, |_, _| {});
    }
    for (j, &padding) in input.iter().enumerate().skip(STEP_TWEAK + TWEAK) {
        forms.push(Check::NarrowInput(j), padding, |_, _| {});
    }
}

/// The inputs of message hash, leaf sponge and tree nodes.
fn wide_inputs(
    shape: &Shape,
    public: &PublicEvaluations,
    claim: &InputClaim,
    forms: &mut FormClaim,
) {
    let leaf_tweak = public.node_tweak(0);
    let slots: Vec<Vec<Wire>> = (0..shape.slots24())
        .map(|slot| wide_wires(shape, public, leaf_tweak, slot))
        .collect();
    for (j, &value) in claim.inputs24.iter().enumerate() {
        let known: EF = slots
            .iter()
            .zip(&claim.slot_weights24)
            .map(|(wires, &weight)| match wires[j] {
                Wire::Public(x) => weight * x,
                Wire::Cell(_) => EF::ZERO,
            })
            .sum();
        forms.push(Check::WideInput(j), value - known, |form, w| {
            for (wires, &weight) in slots.iter().zip(&claim.slot_weights24) {
                if let Wire::Cell(column) = wires[j] {
                    form.add(column, w * weight);
                }
            }
        });
    }
}

/// The 24 input elements of one slot of the wide table.
fn wide_wires(
    shape: &Shape,
    public: &PublicEvaluations,
    leaf_tweak: [EF; 2],
    slot: usize,
) -> Vec<Wire> {
    let columns = &shape.columns;
    let cells = |first: usize, count: usize| (first..first + count).map(Wire::Cell);
    let parameter = public.parameter.iter().map(|&x| Wire::Public(x));
    let mut wires: Vec<Wire> = if slot == Shape::MESSAGE_SLOT {
        let message = (0..MESSAGE).map(|i| Wire::Public(public.by_group(|g| g.message[i])));
        let tweak = (0..TWEAK).map(|i| Wire::Public(public.by_group(|g| g.tweaks.message[i])));
        message
            .chain(parameter)
            .chain(tweak)
            .chain(cells(columns.randomness, RANDOMNESS))
            .collect()
    } else if slot <= shape.sponge {
        let t = slot - 1;
        let mut wires: Vec<Wire> = if t == 0 {
            leaf_capacity(&shape.scheme)
                .iter()
                .map(|&x| Wire::Public(public.live * x))
                .collect()
        } else {
            cells(columns.capacity + CAPACITY * (t - 1), CAPACITY).collect()
        };
        let tweak = leaf_tweak.map(Wire::Public);
        let ends = cells(columns.end_value, shape.scheme.chains * DIGEST);
        let absorbed = parameter.chain(tweak).chain(ends);
        wires.extend(absorbed.skip(RATE * t).take(RATE));
        wires
    } else {
        let level = slot - shape.sponge;
        let tweak = public.node_tweak(level).map(Wire::Public);
        parameter
            .chain(tweak)
            .chain(cells(columns.left + DIGEST * (level - 1), DIGEST))
            .chain(cells(columns.right + DIGEST * (level - 1), DIGEST))
            .collect()
    };
    wires.resize(24, Wire::Public(EF::ZERO));
    wires
}
