//! The input columns of the permutation tables, as forms in the columns at the permutation argument's lane point.

use core::array::from_fn;

use sheaf_argument::permutation::{InputClaim, TableClaim};
use sheaf_sumcheck::weights::Weights;
use sheaf_transcript::Extension;
use sheaf_xmss::layout::Width;

use super::sources::{Call, Sources};
use crate::checks::Check;
use crate::linear_form::{Form, FormClaim};
use crate::public_columns::PublicEvaluations;
use crate::shape::{Shape, Slots};

/// Weighs the claims on all input columns, and returns the cells that they are made of.
pub(super) fn input_forms<E: Extension>(
    shape: &Shape,
    public: &PublicEvaluations<E>,
    claim: &InputClaim<E>,
    joined: &mut FormClaim<E>,
) -> Form<E> {
    let narrow = claim.narrow.as_ref();
    let wide = claim.wide.as_ref();
    let narrow = narrow.map(|table| TableWeights::new(table, Check::NarrowInput, joined));
    let wide = wide.map(|table| TableWeights::new(table, Check::WideInput, joined));
    let of = |slots: &Slots| -> (Weights<E>, &[E]) {
        let weights = match slots.width {
            Width::Narrow => &narrow,
            Width::Wide => &wide,
        };
        let weights = weights
            .as_ref()
            .map(|w| (w.slots.range(slots.range()), &w.elements[..]));
        weights.unwrap_or((Vec::new().into(), &[]))
    };

    let (hashes, calls) = (&shape.scheme.hashes, &shape.calls);
    let mut sources = Sources::new(shape, public);
    let (rows, elements) = of(&calls.steps);
    sources.add(Call::Step, &hashes.step, &rows, elements);
    for (layout, slots) in hashes.message.iter().zip(&calls.message) {
        let (rows, elements) = of(slots);
        sources.add(Call::Message, layout, &rows, elements);
    }
    let (rows, elements) = of(&calls.leaf);
    sources.add_leaf(&rows, elements);
    let (rows, elements) = of(&calls.key);
    sources.add_key(&rows, elements);
    let (rows, elements) = of(&calls.nodes);
    sources.add(Call::Node, &hashes.node, &rows, elements);

    let (form, known) = sources.into_form();
    joined.value -= known;
    form
}

/// The weights of the inputs of one table, which are products.
struct TableWeights<E> {
    slots: Weights<E>,
    elements: Vec<E>,
}

impl<E: Extension> TableWeights<E> {
    /// Joins the claims of a table to the others.
    fn new<const W: usize>(
        table: &TableClaim<W, E>,
        check: impl Fn(usize) -> Check,
        joined: &mut FormClaim<E>,
    ) -> Self {
        let elements: [E; W] = from_fn(|j| joined.weigh(check(j), table.inputs[j]));
        Self {
            slots: table.slots.weights(),
            elements: elements.to_vec(),
        }
    }
}
