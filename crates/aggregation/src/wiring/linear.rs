//! What is linear in the constraints and involves no row, as a form in the columns at the constraint sumcheck's lane point.

use sheaf_transcript::Extension;
use sheaf_xmss::params::{DIGEST, PARAMETER};

use super::rows::add_remainders;
use crate::constraints::Constraints;
use crate::constraints::digits::REMAINDERS;
use crate::constraints::outputs::{Target, WeighedBlock};
use crate::idle_outputs;
use crate::linear_form::Form;
use crate::link;
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::summary::Summary;
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
/// so that `linear - output24 + known` is `form` less the capacities that other lanes take over ([`crate::link`]).
pub(crate) fn linear_form<E: Extension>(
    shape: &Shape,
    summary: &Summary,
    constraints: &Constraints<E>,
    public: &PublicEvaluations<E>,
    lane_point: &[E],
) -> Linear<E> {
    let mut targets = Targets {
        shape,
        public,
        form: Form::default(),
        known: E::ZERO,
    };
    for block in &constraints.outputs.blocks {
        match block.block.target {
            Target::Message => targets.message(block),
            Target::Capacities => targets.capacities(block),
            Target::Nodes { first_level } => targets.nodes(block, first_level),
            // Cells of other lanes, and what is known below.
            Target::Key => {}
        }
    }
    let weights = constraints.outputs.key_weights();
    targets.known += link::last_capacities(lane_point, shape.lanes, &summary.capacities, &weights);

    let mut form = Form::default();
    form.add_form(-E::ONE, targets.form);
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
    let known = constraints.sum * element(shape.scheme.target_sum as usize) * public.live
        + targets.known
        + public.idle() * idle_outputs::wired_sum(&constraints.outputs);
    Linear { form, known }
}

/// The targets of wired outputs, weighted: cells as a form, public columns as a value.
struct Targets<'a, E> {
    shape: &'a Shape,
    public: &'a PublicEvaluations<'a, E>,
    form: Form<E>,
    known: E,
}

impl<E: Extension> Targets<'_, E> {
    /// `127 * (digits) + remainder`, minus the feed-forward of the message.
    fn message(&mut self, block: &WeighedBlock<E>) {
        let shape = self.shape;
        for &row in &block.rows {
            let places =
                (0..shape.scheme.digits_per_element).scan(element(REMAINDERS), |place, _| {
                    let this = *place;
                    *place *= element(shape.scheme.base as usize);
                    Some(this)
                });
            let places: Vec<_> = places.collect();
            let digits = block
                .elements
                .iter()
                .flat_map(|&w| places.iter().map(move |&p| w * p));
            self.form
                .add_run(shape.columns.digit, row, digits.collect());
            add_remainders(&mut self.form, shape, row, &block.elements);
            for (i, &w) in block.elements.iter().enumerate() {
                self.known -= row * w * self.public.by_group(|g| g.message[i]);
            }
        }
    }

    fn capacities(&mut self, block: &WeighedBlock<E>) {
        let (octet, last) = block.elements.split_at(DIGEST);
        let columns = &self.shape.columns;
        self.form
            .add_octets(columns.capacity, block.rows.clone(), octet.to_vec());
        for &last in last {
            self.form
                .add_run(columns.capacity_last, last, block.rows.clone());
        }
    }

    /// Children of the next level or the root, minus the feed-forward of the input's first eight elements.
    fn nodes(&mut self, block: &WeighedBlock<E>, first_level: usize) {
        let Self { shape, public, .. } = *self;
        let columns = &shape.columns;
        let levels = || (first_level..).zip(&block.rows);
        let children = levels().take_while(|&(level, _)| level < shape.height);
        let (left, right) = children
            .map(|(level, &w)| {
                let right = w * public.is_right(level);
                (w - right, right)
            })
            .unzip();
        for (table, rows) in [(columns.left, left), (columns.right, right)] {
            let first = table + DIGEST * first_level;
            self.form.add_octets(first, rows, block.elements.clone());
        }
        let roots: Vec<E> = levels()
            .filter(|&(level, _)| level == shape.height)
            .map(|(_, &w)| w)
            .collect();
        self.form
            .add_octets(columns.root, roots, block.elements.clone());

        if first_level == 0 {
            return;
        }
        let sum: E = block.rows.iter().copied().sum();
        let (parameter, others) = block.elements.split_at(PARAMETER);
        self.form
            .add_run(columns.parameter, -sum, parameter.to_vec());
        let tweaks = levels().map(|(level, &w)| public.node_tweak(level).map(|digit| w * digit));
        let tweaks = tweaks.fold([E::ZERO; 2], |[a, b], [x, y]| [a + x, b + y]);
        for (&w, tweak) in others.iter().zip(tweaks) {
            self.known -= w * tweak;
        }
        let child = others.iter().skip(2).map(|&w| -w).collect();
        let first = columns.left + DIGEST * (first_level - 1);
        self.form.add_octets(first, block.rows.clone(), child);
    }
}
