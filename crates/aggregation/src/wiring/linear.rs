//! What is linear in the constraints and involves no row, as a form in the columns at the constraint sumcheck's lane point.

use sheaf_sumcheck::weights::Weights;
use sheaf_transcript::Extension;
use sheaf_xmss::layout::Layout;

use super::rows::add_remainders;
use super::sources::{Call, Sources};
use crate::constraints::Constraints;
use crate::constraints::outputs::{Target, WeighedBlock};
use crate::idle_outputs;
use crate::linear_form::Form;
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::element;

/// The parts of `linear`.
pub(crate) struct Linear<E> {
    /// Cells of the lane itself.
    pub form: Form<E>,
    /// What does not depend on cells.
    pub known: E,
}

/// What `linear` is made of:
///
/// ```text
///     linear = denominators * digits + sum * (digits - target live)
///            + sum of weight * (out - target of the output) - idle * (weighted outputs of zero)
/// ```
///
/// where the capacities that the last lanes lead to, `last`, are known ([`crate::link::Links`]);
/// so that `linear - wired + known` is `form` less the capacities that other lanes take over ([`crate::link`]).
pub(crate) fn linear_form<E: Extension>(
    shape: &Shape,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    last: E,
) -> Linear<E> {
    let mut targets = Targets {
        shape,
        public,
        form: Form::new(shape.columns.digest),
        forward: Sources::new(shape, public),
    };
    for block in &constraints.outputs.blocks {
        targets.add(block);
    }
    let (forward, forward_known) = targets.forward.into_form();
    let mut targets = targets.form;
    targets.add_form(-E::ONE, forward);

    let mut form = Form::new(shape.columns.digest);
    form.add_form(-E::ONE, targets);
    let digits = &constraints.denominator_digits;
    form.add_run(
        shape.columns.digit,
        constraints.denominators,
        digits.clone(),
    );
    form.add_run(
        shape.columns.digit,
        constraints.sum,
        vec![E::ONE; digits.len()],
    );
    let known = constraints.sum * element(shape.scheme.target_sum as usize) * public.live + last
        - forward_known
        + public.idle() * idle_outputs::wired_sum(&constraints.outputs);
    Linear { form, known }
}

/// The targets of wired outputs, weighted, without the feed-forward of inputs.
struct Targets<'a, E> {
    shape: &'a Shape,
    public: &'a PublicEvaluations<E>,
    form: Form<E>,
    /// What inputs add to the outputs of their permutations.
    forward: Sources<'a, E>,
}

impl<E: Extension> Targets<'_, E> {
    fn add(&mut self, block: &WeighedBlock<E>) {
        let Self { shape, .. } = *self;
        let columns = &shape.columns;
        let (rows, elements) = (Weights::from(block.rows.clone()), &block.elements[..]);
        let messages = shape.scheme.hashes.message;
        match block.block.target {
            Target::Previous(call) => {
                let scale = rows.sum();
                self.form
                    .add_run(columns.previous, scale, elements.to_vec());
                self.feed_forward(Call::Message, &messages[call], block);
            }
            Target::Message(call) => {
                self.digits(block);
                self.feed_forward(Call::Message, &messages[call], block);
            }
            Target::Capacities => {
                self.form
                    .add_capacities(&columns.capacity, 0, &rows, elements);
            }
            Target::Leaf => self.nodes(block, 0),
            Target::Nodes => {
                self.nodes(block, 1);
                self.feed_forward(Call::Node, &shape.scheme.hashes.node, block);
            }
            Target::KeyCapacities => {
                self.form
                    .add_capacities(&columns.key_capacity, 1, &rows, elements);
            }
            // Cells of other lanes, and the last capacities.
            Target::Key => {}
        }
    }

    /// The elements of the input that are added to these outputs.
    fn feed_forward(&mut self, call: Call, layout: &Layout, block: &WeighedBlock<E>) {
        let rows = Weights::from(block.rows.clone());
        self.forward.add(call, layout, &rows, &block.elements);
    }

    /// The digits and the remainder of elements of the message hash, each with its weight.
    fn digits(&mut self, block: &WeighedBlock<E>) {
        let shape = self.shape;
        let scheme = &shape.scheme;
        let digit_weight = element(scheme.digit_weight as usize);
        let places = (0..scheme.digits_per_element).scan(digit_weight, |place, _| {
            let this = *place;
            *place *= element(scheme.base as usize);
            Some(this)
        });
        let places: Vec<_> = places.collect();
        let remainder_weight = element(scheme.remainder_weight as usize);
        for &row in &block.rows {
            let digits = block
                .elements
                .iter()
                .flat_map(|&w| places.iter().map(move |&p| w * p));
            self.form
                .add_run(shape.columns.digit, row, digits.collect::<Vec<_>>());
            let scale = row * remainder_weight;
            add_remainders(&mut self.form, shape, scale, &block.elements.clone().into());
        }
    }

    /// Children of the next level, or the root, of rows that are nodes from `first_level` on.
    fn nodes(&mut self, block: &WeighedBlock<E>, first_level: usize) {
        let Self { shape, public, .. } = *self;
        let columns = &shape.columns;
        let levels = || (first_level..).zip(&block.rows);
        let children = levels().take_while(|&(level, _)| level < shape.height);
        let (left, right): (Vec<E>, Vec<E>) = children
            .map(|(level, &w)| {
                let right = w * public.right[level];
                (w - right, right)
            })
            .unzip();
        for (table, rows) in [(columns.left, left), (columns.right, right)] {
            let first = table + columns.digest * first_level;
            self.form.add_rows(first, rows, block.elements.clone());
        }
        let roots: Vec<E> = levels()
            .filter(|&(level, _)| level == shape.height)
            .map(|(_, &w)| w)
            .collect();
        self.form
            .add_rows(columns.root, roots, block.elements.clone());
    }
}
