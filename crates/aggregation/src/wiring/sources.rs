//! What the inputs of permutations are made of: cells, public columns and constants.
//!
//! Claims about inputs and the feed-forward of outputs both replace elements of inputs by their sources. So both go through
//! [`Sources`], which knows of each part of each layout where it comes from.

use sheaf_sumcheck::weights::Weights;
use sheaf_transcript::Extension;
use sheaf_xmss::layout::{Layout, Part, places};
use sheaf_xmss::params::MAX_PARAMETER;
use sheaf_xmss::tree::lengths;

use crate::linear_form::Form;
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::streams::{Absorption, CAPACITY};
use crate::tweaks::element;

/// A call of a hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// The chain steps, which are the rows.
    Step,
    /// One call of the message hash, a single row.
    Message,
    /// The nodes from level 1 on, which are the rows.
    Node,
}

/// A weighted sum of elements of inputs, in terms of what they are made of.
pub(super) struct Sources<'a, E> {
    shape: &'a Shape,
    public: &'a PublicEvaluations<E>,
    /// The cells.
    form: Form<E>,
    /// What does not depend on cells.
    pub known: E,
    /// The weights of the parameter, which many inputs have in common.
    parameter: [E; MAX_PARAMETER],
}

impl<'a, E: Extension> Sources<'a, E> {
    pub(super) fn new(shape: &'a Shape, public: &'a PublicEvaluations<E>) -> Self {
        Self {
            shape,
            public,
            form: Form::new(shape.columns.digest),
            known: E::ZERO,
            parameter: [E::ZERO; MAX_PARAMETER],
        }
    }

    /// The cells that have been added, and what does not depend on cells.
    pub(super) fn into_form(self) -> (Form<E>, E) {
        let Self {
            shape,
            mut form,
            known,
            parameter,
            ..
        } = self;
        let parameter = &parameter[..shape.scheme.sizes.parameter];
        form.add_run(shape.columns.parameter, E::ONE, parameter.to_vec());
        (form, known)
    }

    /// Adds `rows[k] * elements[j]` times element `j` of the input in row `k`, for the elements that there are.
    pub(super) fn add(&mut self, call: Call, layout: &Layout, rows: &Weights<E>, elements: &[E]) {
        for (part, first) in places(self.shape.scheme.sizes, layout.parts) {
            let elements = elements.get(first..).unwrap_or_default();
            let length = part.length(self.shape.scheme.sizes).min(elements.len());
            if length > 0 {
                self.add_part(call, part, rows, &elements[..length]);
            }
        }
    }

    fn add_part(&mut self, call: Call, part: Part, rows: &Weights<E>, elements: &[E]) {
        let columns = &self.shape.columns;
        let sum = || rows.sum();
        let cells = |form: &mut Form<E>, first: usize| {
            form.add_rows(first, rows.clone(), elements.to_vec());
        };
        match (call, part) {
            (_, Part::Parameter) => add_scaled(&mut self.parameter, sum(), elements),
            (_, Part::Value) => cells(&mut self.form, columns.chain_value),
            (_, Part::Left) => cells(&mut self.form, columns.left),
            (_, Part::Right) => cells(&mut self.form, columns.right),
            (_, Part::Randomness) => self.add_run(columns.randomness, sum(), elements),
            (_, Part::Previous(_)) => self.add_run(columns.previous, sum(), elements),
            (_, Part::Message) => {
                self.known += sum() * dot(elements, &self.public.message);
            }
            (Call::Step, Part::Tweak) => self.add_step_tweaks(rows, elements),
            (Call::Message, Part::Tweak) => {
                self.known += sum() * dot(elements, &self.public.message_tweak);
            }
            (Call::Node, Part::Tweak) => {
                for (tweak, &row) in self.public.node_tweaks.iter().skip(1).zip(rows.list()) {
                    self.known += row * dot(elements, tweak);
                }
            }
            // What has no source is zero. Lengths are a part of the leaf alone.
            (_, Part::Zeros(_) | Part::Lengths(_)) => {}
        }
    }

    /// The tweak `(b0 + scale q, b1 + carry)`.
    fn add_step_tweaks(&mut self, rows: &Weights<E>, elements: &[E]) {
        let columns = &self.shape.columns;
        let scale = element(self.shape.scheme.step_numbers.scale);
        self.known += rows.sum() * dot(elements, &self.public.chain_tweak);
        let (position, carry) = (columns.chain_position, columns.carry);
        if let Some(&low) = elements.first() {
            self.form.add_run(position, low * scale, rows.clone());
        }
        if let (true, Some(&high)) = (self.shape.carries, elements.get(1)) {
            self.form.add_run(carry, high, rows.clone());
        }
    }

    /// Adds `scale * elements[j]` times column `first + j`.
    fn add_run(&mut self, first: usize, scale: E, elements: &[E]) {
        self.form.add_run(first, scale, elements.to_vec());
    }

    /// Adds `rows[t] * elements[j]` times element `j` of the input of permutation `t` of the leaf's sponge.
    pub(super) fn add_leaf(&mut self, weights: &Weights<E>, elements: &[E]) {
        let rows = weights.list();
        let Self { shape, public, .. } = *self;
        let (sizes, leaf) = (shape.scheme.sizes, &shape.scheme.hashes.leaf);
        let rate = leaf.rate();
        let (capacity, block) = elements.split_at(leaf.capacity);
        let tweak = public.node_tweaks[0];
        let lengths = lengths(&shape.scheme).map(|x| public.live * x);
        let mut add = |part: Part, i: usize, weight: E| match part {
            Part::Parameter => self.parameter[i] += weight,
            Part::Tweak => self.known += weight * tweak[i],
            Part::Lengths(_) => self.known += weight * lengths[i],
            _ => {}
        };
        for (part, first) in places(sizes, leaf.start) {
            for i in 0..part.length(sizes) {
                add(part, i, rows[0] * capacity[first + i]);
            }
        }
        for (part, first) in places(sizes, leaf.prefix) {
            for i in 0..part.length(sizes) {
                let at = first + i;
                add(part, i, rows[at / rate] * block[at % rate]);
            }
        }
        let columns = &shape.columns.capacity;
        let after_first = weights.range(1..rows.len());
        self.form.add_capacities(columns, 0, &after_first, capacity);
        self.add_ends(rows, block);
    }

    /// The ends of the chains, behind the prefix in the blocks of the leaf's sponge.
    ///
    /// Some number of ends fill some number of blocks, and from there on they lie alike in their blocks.
    fn add_ends(&mut self, rows: &[E], block: &[E]) {
        let shape = self.shape;
        let (digest, chains) = (shape.columns.digest, shape.scheme.chains);
        let rate = block.len();
        let common = greatest_common_divisor(rate, digest);
        let (ends, blocks) = (rate / common, digest / common);
        let prefix: usize =
            sheaf_xmss::layout::length(shape.scheme.sizes, shape.scheme.hashes.leaf.prefix);
        for first in 0..ends.min(chains) {
            let count = (chains - first).div_ceil(ends);
            let start = prefix + digest * first;
            let (row, place) = (start / rate, start % rate);
            let here = digest.min(rate - place);
            let every = |row: usize| -> Vec<E> {
                let rows = rows[row..].iter().step_by(blocks).take(count);
                rows.copied().collect()
            };
            let column = shape.columns.end_value + digest * first;
            let elements = block[place..][..here].to_vec();
            self.form.add_spread(column, ends, every(row), elements);
            if here < digest {
                let elements = block[..digest - here].to_vec();
                self.form
                    .add_spread(column + here, ends, every(row + 1), elements);
            }
        }
    }

    /// Adds `rows[t] * elements[j]` times element `j` of the input of permutation `t` of the key: a capacity, and of
    /// `root | parameter | 1` a block.
    pub(super) fn add_key(&mut self, weights: &Weights<E>, elements: &[E]) {
        let rows = weights.list();
        let shape = self.shape;
        let sizes = shape.scheme.sizes;
        let (capacity, block) = elements.split_at(CAPACITY);
        let columns = &shape.columns.key_capacity;
        self.form.add_capacities(columns, 0, weights, capacity);
        let how = Absorption::of_keys(&shape.scheme);
        let weight = |at: usize| rows[at / how.rate()] * block[at % how.rate()];
        let root: Vec<E> = (0..sizes.digest).map(weight).collect();
        self.form.add_run(shape.columns.root, E::ONE, root);
        for (i, parameter) in self.parameter[..sizes.parameter].iter_mut().enumerate() {
            *parameter += weight(sizes.digest + i);
        }
        self.known += weight(how.elements - 1) * self.public.live;
    }
}

fn add_scaled<E: Extension>(sums: &mut [E], scale: E, weights: &[E]) {
    for (sum, &w) in sums.iter_mut().zip(weights) {
        *sum += scale * w;
    }
}

fn dot<E: Extension>(weights: &[E], values: &[E]) -> E {
    weights.iter().zip(values).map(|(&w, &x)| w * x).sum()
}

const fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
