//! What every input of every permutation is.

use crate::field::{F, eq_table, f};
use crate::form::{Claim, Form};
use crate::permutations::InputClaim;
use crate::poseidon::permute24;
use crate::shape::Shape;
use crate::statement::{Lane, Scheme, base_p};

/// One element of an input.
enum Wire {
    /// A committed cell.
    Cell(usize),
    /// A public column, zero in idle lanes.
    Public(Box<dyn Fn(&Lane) -> F>),
}

fn cells(first: usize, count: usize) -> impl Iterator<Item = Wire> {
    (first..first + count).map(Wire::Cell)
}

/// The same in every live lane.
fn constant(x: F) -> Wire {
    Wire::Public(Box::new(move |_| x))
}

fn node_tweak(level: usize) -> impl Iterator<Item = Wire> {
    (0..2).map(move |i| Wire::Public(Box::new(move |lane| lane.node_tweak(level)[i])))
}

/// The input of a width-24 permutation, without the zeros at its end.
fn wide_input(shape: &Shape, slot: usize) -> Vec<Wire> {
    let columns = &shape.columns;
    let parameter = || cells(columns.parameter, 5);
    let capacity = |t: usize| (0..9).map(move |j| Wire::Cell(columns.capacity(t, j)));
    if slot == 0 {
        let message = (0..9).map(|i| Wire::Public(Box::new(move |lane: &Lane| lane.message[i])));
        let tweak =
            (0..2).map(|i| Wire::Public(Box::new(move |lane: &Lane| lane.message_tweak()[i])));
        let randomness = cells(columns.randomness, 7);
        message
            .chain(parameter())
            .chain(tweak)
            .chain(randomness)
            .collect()
    } else if slot <= shape.sponge {
        let t = slot - 1;
        let capacity: Vec<Wire> = if t == 0 {
            let initial = initial_capacity(&shape.scheme);
            initial.into_iter().map(constant).collect()
        } else {
            capacity(t).collect()
        };
        let absorbed = parameter()
            .chain(node_tweak(0))
            .chain(cells(columns.end_value, 8 * shape.scheme.chains));
        let block = absorbed.skip(15 * t).take(15);
        capacity.into_iter().chain(block).collect()
    } else if slot == shape.key_slot() {
        capacity(shape.sponge)
            .chain(cells(columns.root, 8))
            .chain(parameter())
            .chain([constant(f(1))])
            .collect()
    } else {
        let level = slot - shape.key_slot();
        parameter()
            .chain(node_tweak(level))
            .chain(cells(columns.left + 8 * (level - 1), 8))
            .chain(cells(columns.right + 8 * (level - 1), 8))
            .collect()
    }
}

/// What the leaf sponge starts from: a hash of the lengths of its input.
fn initial_capacity(scheme: &Scheme) -> Vec<F> {
    let lengths = 5u128 << 96 | 2 << 64 | (scheme.chains as u128) << 32 | 8;
    let digits = base_p(lengths, 24);
    let input: [F; 24] = core::array::from_fn(|i| digits[i]);
    let output = permute24(input);
    (0..9).map(|i| output[i] + input[i]).collect()
}

/// The claims about all 16 + 24 input columns, as forms.
pub(crate) fn input_claims(shape: &Shape, claim: &InputClaim) -> Vec<Claim> {
    let lanes = eq_table(&claim.lane_point);
    let mut narrow = vec![Form::zero(1 << shape.log_columns); 16];
    for (k, &weight) in claim.slots16[..shape.steps].iter().enumerate() {
        // value 8 | parameter 5 | tweak 2 | 0
        for (j, form) in narrow.iter_mut().enumerate() {
            let public = |value: &dyn Fn(&Lane) -> F| weight * shape.column(&lanes, value);
            match j {
                0..8 => form.cell(shape.columns.chain_value + 8 * k + j, weight),
                8..13 => form.cell(shape.columns.parameter + j - 8, weight),
                13 => {
                    // b0 + 256 q
                    form.known(public(&|lane| lane.chain_tweak()[0]));
                    form.cell(shape.columns.chain_position + k, weight * f(256));
                }
                14 => {
                    // b1 + carry
                    form.known(public(&|lane| lane.chain_tweak()[1]));
                    if shape.carries {
                        form.cell(shape.columns.carry + k, weight);
                    } else {
                        // The same for every position.
                        form.known(public(&|lane| lane.carry(1)));
                    }
                }
                _ => {}
            }
        }
    }
    let mut wide = vec![Form::zero(1 << shape.log_columns); 24];
    for slot in 0..shape.slots24 {
        let weight = claim.slots24[slot];
        for (form, wire) in wide.iter_mut().zip(wide_input(shape, slot)) {
            match wire {
                Wire::Cell(column) => form.cell(column, weight),
                Wire::Public(value) => form.known(weight * shape.column(&lanes, value)),
            }
        }
    }
    let forms = narrow.into_iter().chain(wide);
    let values = claim.inputs16.iter().chain(&claim.inputs24);
    forms
        .zip(values)
        .map(|(form, &value)| Claim::new(&lanes, form, value))
        .collect()
}
