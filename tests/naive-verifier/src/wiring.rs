//! What every input of every permutation is.

use crate::calls::Call;
use crate::field::{EF, F, eq_table, f};
use crate::form::{Claim, Form};
use crate::permutations::InputClaim;
use crate::poseidon::{CAPACITY, permute24};
use crate::shape::Shape;
use crate::statement::{Family, Lane, Scheme, base_p};

/// What an element of an input is a sum of.
enum Term {
    /// A committed cell, times a constant.
    Cell(usize, usize),
    /// A public column, zero in idle lanes.
    Public(Box<dyn Fn(&Lane) -> F>),
}

/// One element of an input; zero if it has no terms.
pub(crate) struct Wire(Vec<Term>);

impl Wire {
    fn cell(column: usize) -> Self {
        Self(vec![Term::Cell(column, 1)])
    }

    fn public(value: impl Fn(&Lane) -> F + 'static) -> Self {
        Self(vec![Term::Public(Box::new(value))])
    }

    /// Adds the element to a form at the lane point with these weights.
    pub(crate) fn add_to(&self, form: &mut Form, shape: &Shape, lanes: &[EF], weight: EF) {
        for term in &self.0 {
            match term {
                Term::Cell(column, scale) => form.cell(*column, weight * f(*scale)),
                Term::Public(value) => form.known(weight * shape.column(lanes, value)),
            }
        }
    }
}

fn cells(first: usize, count: usize) -> Vec<Wire> {
    (first..first + count).map(Wire::cell).collect()
}

/// The same in every live lane.
fn constant(x: F) -> Wire {
    Wire::public(move |_| x)
}

fn zeros(count: usize) -> Vec<Wire> {
    (0..count).map(|_| Wire(Vec::new())).collect()
}

fn node_tweak(level: usize) -> Vec<Wire> {
    let element = |i: usize| Wire::public(move |lane| lane.node_tweak(level)[i]);
    (0..2).map(element).collect()
}

fn message_tweak() -> Vec<Wire> {
    let element = |i: usize| Wire::public(move |lane| lane.message_tweak()[i]);
    (0..2).map(element).collect()
}

fn message(elements: usize) -> Vec<Wire> {
    let element = |i: usize| Wire::public(move |lane| lane.message[i]);
    (0..elements).map(element).collect()
}

/// `b0 + scale q | b1 + carry`, of step `k`.
fn step_tweak(shape: &Shape, k: usize) -> Vec<Wire> {
    let (scheme, columns) = (shape.scheme, &shape.columns);
    let mut low = Wire::public(|lane| lane.chain_tweak()[0]);
    low.0.push(Term::Cell(
        columns.chain_position + k,
        scheme.number_scale(),
    ));
    let mut high = Wire::public(|lane| lane.chain_tweak()[1]);
    high.0.push(if shape.carries {
        Term::Cell(columns.carry + k, 1)
    } else {
        // The same for every step.
        Term::Public(Box::new(move |lane| lane.carry(scheme.number(0, 1))))
    });
    vec![low, high]
}

/// The input of a permutation, without the zeros at its end.
pub(crate) fn input(shape: &Shape, call: Call) -> Vec<Wire> {
    let (scheme, columns) = (&shape.scheme, &shape.columns);
    let digest = scheme.digest();
    let parameter = || cells(columns.parameter, scheme.parameter());
    let randomness = || cells(columns.randomness, scheme.randomness());
    let parts: Vec<Vec<Wire>> = match (scheme.family, call) {
        (_, Call::Leaf(t)) => return leaf_input(shape, t),
        (_, Call::Key(t)) => return key_input(shape, t),
        (Family::BothWidths, Call::Step(k)) => vec![
            cells(columns.value(k), digest),
            parameter(),
            step_tweak(shape, k),
        ],
        (Family::Compact, Call::Step(k)) => vec![
            step_tweak(shape, k),
            zeros(2),
            cells(columns.value(k), digest),
            parameter(),
        ],
        (Family::BothWidths, Call::Message(_)) => {
            vec![message(9), parameter(), message_tweak(), randomness()]
        }
        (Family::Compact, Call::Message(0)) => {
            vec![message(8), randomness(), message_tweak()]
        }
        (Family::Compact, Call::Message(_)) => {
            vec![cells(columns.previous, scheme.previous()), parameter()]
        }
        (family, Call::Node(level)) => {
            let gap = match family {
                Family::BothWidths => [parameter(), node_tweak(level)],
                Family::Compact => [
                    node_tweak(level).into_iter().chain(zeros(2)).collect(),
                    parameter(),
                ],
            };
            let children = columns.children(level).map(|first| cells(first, digest));
            gap.into_iter().chain(children).collect()
        }
    };
    parts.into_iter().flatten().collect()
}

/// The leaf sponge: prod absorbs parameter and tweak before the ends, compact starts from them and absorbs zeros first.
fn leaf_input(shape: &Shape, t: usize) -> Vec<Wire> {
    let (scheme, columns) = (&shape.scheme, &shape.columns);
    let parameter = || cells(columns.parameter, scheme.parameter());
    let (start, prefix): (Vec<Wire>, Vec<Wire>) = match scheme.family {
        Family::BothWidths => {
            let lengths = lengths(scheme).into_iter().map(constant).collect();
            let prefix = parameter().into_iter().chain(node_tweak(0));
            (lengths, prefix.collect())
        }
        Family::Compact => {
            let tweak = node_tweak(0).into_iter().chain(zeros(2));
            (tweak.chain(parameter()).collect(), zeros(8))
        }
    };
    let capacity = match t {
        0 => start,
        _ => (0..scheme.leaf_capacity())
            .map(|j| Wire::cell(columns.leaf_capacity(t, j)))
            .collect(),
    };
    let ends = cells(columns.end_value, scheme.digest() * scheme.chains);
    let absorbed = prefix.into_iter().chain(ends);
    let rate = scheme.leaf_rate();
    capacity
        .into_iter()
        .chain(absorbed.skip(rate * t).take(rate))
        .collect()
}

/// A capacity, and a block of root, parameter and 1.
fn key_input(shape: &Shape, t: usize) -> Vec<Wire> {
    let (scheme, columns) = (&shape.scheme, &shape.columns);
    let absorbed = cells(columns.root, scheme.digest())
        .into_iter()
        .chain(cells(columns.parameter, scheme.parameter()))
        .chain([constant(f(1))]);
    let rate = scheme.key_rate();
    (0..CAPACITY)
        .map(|j| Wire::cell(columns.key_capacity(t, j)))
        .chain(absorbed.skip(rate * t).take(rate))
        .collect()
}

/// What the leaf sponge of prod and test starts from: a hash of the lengths of its input.
pub(crate) fn lengths(scheme: &Scheme) -> Vec<F> {
    let lengths = 5u128 << 96 | 2 << 64 | (scheme.chains as u128) << 32 | 8;
    let digits = base_p(lengths, 24);
    let input: [F; 24] = core::array::from_fn(|i| digits[i]);
    let output = permute24(input);
    (0..9).map(|i| output[i] + input[i]).collect()
}

/// The claims about all input columns, as forms: 16 of the narrow table, and 24 of the wide one if there is one.
pub(crate) fn input_claims(shape: &Shape, claim: &InputClaim) -> Vec<Claim> {
    let lanes = eq_table(&claim.lane_point);
    let forms = |width: usize| vec![Form::zero(1 << shape.log_columns); width];
    let (mut narrow, mut wide) = (forms(claim.inputs16.len()), forms(claim.inputs24.len()));
    for placed in shape.scheme.calls() {
        let (forms, weight) = match placed.width {
            16 => (&mut narrow, claim.slots16[placed.slot]),
            _ => (&mut wide, claim.slots24[placed.slot]),
        };
        for (form, wire) in forms.iter_mut().zip(input(shape, placed.call)) {
            wire.add_to(form, shape, &lanes, weight);
        }
    }
    let forms = narrow.into_iter().chain(wide);
    let values = claim.inputs16.iter().chain(&claim.inputs24);
    forms
        .zip(values)
        .map(|(form, &value)| Claim::new(&lanes, form, value))
        .collect()
}
