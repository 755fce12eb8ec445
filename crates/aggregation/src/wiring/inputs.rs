//! The input columns of both permutation tables, as forms in the columns at the permutation argument's lane point.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::TableClaim;
use sheaf_transcript::Extension;
use sheaf_xmss::params::{CAPACITY, DIGEST, MESSAGE, PARAMETER, RANDOMNESS, RATE, TWEAK};
use sheaf_xmss::tree::leaf_capacity;

use crate::checks::Check;
use crate::linear_form::{Form, FormClaim};
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::{Carry, element};

/// Position of the parameter in the input of a chain step.
const STEP_PARAMETER: usize = DIGEST;
/// Position of the tweak in the input of a chain step.
const STEP_TWEAK: usize = STEP_PARAMETER + PARAMETER;

/// Weighs the claims on all 16 + 24 input columns, and returns the cells that they are made of.
pub(super) fn input_forms<E: Extension>(
    shape: &Shape,
    public: &PublicEvaluations<E>,
    (narrow, wide): (&TableClaim<16, E>, &TableClaim<24, E>),
    joined: &mut FormClaim<E>,
) -> Form<E> {
    let mut inputs = Inputs {
        shape,
        form: Form::default(),
        parameter: [E::ZERO; PARAMETER],
    };
    let slots = &narrow.slot_weights[..shape.steps];
    let known = narrow_known(shape, public, slots);
    let weights: [E; 16] =
        from_fn(|j| joined.weigh(Check::NarrowInput(j), narrow.inputs[j] - known[j]));
    inputs.chain_steps(slots, &weights);

    let slots = &wide.slot_weights[..shape.slots24()];
    let known = wide_known(shape, public, slots);
    let weights: [E; 24] =
        from_fn(|j| joined.weigh(Check::WideInput(j), wide.inputs[j] - known[j]));
    inputs.message(slots[Shape::MESSAGE_SLOT], &weights);
    inputs.leaf(slots, &weights);
    inputs.key(slots[shape.key_slot()], &weights);
    inputs.nodes(&slots[shape.node_slot(1)..], &weights);

    let Inputs {
        mut form,
        parameter,
        ..
    } = inputs;
    form.add_run(shape.columns.parameter, E::ONE, parameter.to_vec());
    form
}

/// What is public in the inputs of the chain steps, under the weights of the slots.
///
/// A chain step takes `value 8 | parameter 5 | tweak 2 | 0`. The tweak is `(b0 + 256 q, b1 + carry)`.
fn narrow_known<E: Extension>(
    shape: &Shape,
    public: &PublicEvaluations<E>,
    slots: &[E],
) -> [E; 16] {
    // Idle rows have an all-zero input.
    let live_slots: E = slots.iter().copied().sum();
    let [b0, mut b1] = public.by_group_each(|g| g.tweaks.chain);
    if !shape.carries {
        b1 += public
            .by_group(|g| PrimeCharacteristicRing::from_bool(g.tweaks.carry == Carry::Always));
    }
    from_fn(|j| match j {
        STEP_TWEAK => live_slots * b0,
        _ if j == STEP_TWEAK + 1 => live_slots * b1,
        _ => E::ZERO,
    })
}

/// What is public in the inputs of the wide table, under the weights of the slots.
fn wide_known<E: Extension>(shape: &Shape, public: &PublicEvaluations<E>, slots: &[E]) -> [E; 24] {
    let mut known = [E::ZERO; 24];
    let mut add = |first: usize, weight: E, values: &[E]| {
        for (sum, &x) in known[first..].iter_mut().zip(values) {
            *sum += weight * x;
        }
    };
    let message = slots[Shape::MESSAGE_SLOT];
    add(0, message, &public.by_group_each(|g| g.message));
    let tweak = public.by_group_each(|g| g.tweaks.message);
    add(MESSAGE + PARAMETER, message, &tweak);

    let first = slots[shape.sponge_slot(0)];
    let capacity = leaf_capacity(&shape.scheme).map(|x| public.live * x);
    add(0, first, &capacity);
    add(CAPACITY + PARAMETER, first, &public.node_tweak(0));

    // Behind root and parameter stands a one.
    add(
        CAPACITY + DIGEST + PARAMETER,
        slots[shape.key_slot()],
        &[public.live],
    );

    for (level, &slot) in (1..).zip(&slots[shape.node_slot(1)..]) {
        add(PARAMETER, slot, &public.node_tweak(level));
    }
    known
}

/// The cells in the inputs, under the weights of slots and columns.
struct Inputs<'a, E> {
    shape: &'a Shape,
    form: Form<E>,
    /// The weights of the parameter, which all inputs have in common.
    parameter: [E; PARAMETER],
}

impl<E: Extension> Inputs<'_, E> {
    /// Adds `scale * weights[first..]` to the parameter's cells.
    fn add_parameter(&mut self, scale: E, weights: &[E], first: usize) {
        for (sum, &w) in self.parameter.iter_mut().zip(&weights[first..]) {
            *sum += scale * w;
        }
    }

    /// `value 8 | parameter 5 | tweak 2 | 0`.
    fn chain_steps(&mut self, slots: &[E], weights: &[E; 16]) {
        let columns = &self.shape.columns;
        let rows = || slots.to_vec();
        let values = weights[..DIGEST].to_vec();
        self.form.add_octets(columns.chain_value, rows(), values);
        let position = weights[STEP_TWEAK] * element(256);
        self.form.add_run(columns.chain_position, position, rows());
        if self.shape.carries {
            self.form
                .add_run(columns.carry, weights[STEP_TWEAK + 1], rows());
        }
        self.add_parameter(slots.iter().copied().sum(), weights, STEP_PARAMETER);
    }

    /// `message 9 | parameter 5 | tweak 2 | randomness 7 | 0`.
    fn message(&mut self, slot: E, weights: &[E; 24]) {
        self.add_parameter(slot, weights, MESSAGE);
        let randomness = &weights[MESSAGE + PARAMETER + TWEAK..][..RANDOMNESS];
        self.form
            .add_run(self.shape.columns.randomness, slot, randomness.to_vec());
    }

    /// The sponge over `parameter 5 | tweak 2 | chain ends`, and the capacities of its permutations and of the key's.
    fn leaf(&mut self, slots: &[E], weights: &[E; 24]) {
        let (shape, columns) = (self.shape, &self.shape.columns);
        let slots = &slots[shape.sponge_slot(0)..=shape.key_slot()];
        self.add_parameter(slots[0], weights, CAPACITY);
        let (capacity, rate) = weights.split_at(CAPACITY);
        let (octet, last) = capacity.split_at(DIGEST);
        let later = slots[1..].to_vec();
        self.form
            .add_octets(columns.capacity, later.clone(), octet.to_vec());
        for &last in last {
            self.form
                .add_run(columns.capacity_last, last, later.clone());
        }

        // Fifteen chain ends fill eight blocks, so the ends of every fifteenth chain lie alike in their blocks.
        for first in 0..RATE.min(shape.scheme.chains) {
            let count = (shape.scheme.chains - first).div_ceil(RATE);
            let start = PARAMETER + TWEAK + DIGEST * first;
            let (block, place) = (start / RATE, start % RATE);
            let here = DIGEST.min(RATE - place);
            let rows = |block: usize| -> Vec<E> {
                slots[block..]
                    .iter()
                    .step_by(DIGEST)
                    .take(count)
                    .copied()
                    .collect()
            };
            let column = columns.end_value + DIGEST * first;
            let elements = rate[place..][..here].to_vec();
            self.form.add_spread(column, RATE, rows(block), elements);
            if here < DIGEST {
                let elements = rate[..DIGEST - here].to_vec();
                self.form
                    .add_spread(column + here, RATE, rows(block + 1), elements);
            }
        }
    }

    /// `capacity 9 | root 8 | parameter 5 | 1 | 0`; the capacity is among those of the leaf's sponge.
    fn key(&mut self, slot: E, weights: &[E; 24]) {
        let root = weights[CAPACITY..][..DIGEST].to_vec();
        self.form
            .add_octets(self.shape.columns.root, vec![slot], root);
        self.add_parameter(slot, weights, CAPACITY + DIGEST);
    }

    /// `parameter 5 | tweak 2 | left 8 | right 8 | 0`.
    fn nodes(&mut self, slots: &[E], weights: &[E; 24]) {
        self.add_parameter(slots.iter().copied().sum(), weights, 0);
        let left = PARAMETER + TWEAK;
        let columns = &self.shape.columns;
        for (table, first) in [(columns.left, left), (columns.right, left + DIGEST)] {
            let elements = weights[first..][..DIGEST].to_vec();
            self.form.add_octets(table, slots.to_vec(), elements);
        }
    }
}
