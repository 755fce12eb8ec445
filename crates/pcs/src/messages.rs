//! What prover and verifier have in common: the messages and what they are bound to.

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_transcript::{Extension, F, Label, Transcript};

use crate::layout::{Claim, Layout};
use crate::parameters::Parameters;

/// The parameters and the layout: public, absorbed first.
pub const STATEMENT: Label = Label::new("pcs/statement");
/// The claims to be opened: public.
pub const CLAIMS: Label = Label::new("pcs/claims");
/// The root of an oracle.
pub const ROOT: Label = Label::new("pcs/root");
/// The value of an oracle's polynomial at a random point.
pub const OUT_OF_DOMAIN: Label = Label::new("pcs/out of domain");
/// A round polynomial ([`sheaf_sumcheck::round`]) of the variables that an oracle folds.
pub const SUMCHECK: Label = Label::new("pcs/sumcheck");
/// Proof of work before a folding challenge.
pub const FOLD_GRINDING: Label = Label::new("pcs/fold grinding");
/// Proof of work before query positions.
pub const QUERY_GRINDING: Label = Label::new("pcs/query grinding");
/// A round polynomial of the variables of the last polynomial.
pub const FINAL_SUMCHECK: Label = Label::new("pcs/final sumcheck");
/// The last polynomial, in clear.
pub const FINAL: Label = Label::new("pcs/final polynomial");
/// Opened rows of an oracle (a hint).
pub const ROWS: Label = Label::new("pcs/rows");
/// Siblings that complete the paths of the opened rows (a hint).
pub const NODES: Label = Label::new("pcs/nodes");

/// Binds everything that follows to the parameters, in the order of [`Parameters::description`].
pub(crate) fn absorb_statement(parameters: &Parameters, transcript: &mut impl Transcript) {
    let numbers: Vec<F> = parameters
        .description()
        .into_iter()
        .map(F::from_usize)
        .collect();
    transcript.absorb(STATEMENT, &numbers);
}

/// Binds everything that follows to the claims.
pub(crate) fn absorb_claims<T: Transcript>(claims: &[Claim<T::Extension>], transcript: &mut T) {
    let elements: Vec<F> = claims
        .iter()
        .flat_map(|claim| claim.point.iter().copied().chain([claim.value]))
        .flat_map(Extension::coefficients)
        .collect();
    transcript.absorb(CLAIMS, &elements);
}

/// The positions queried in an oracle of `2^bits` rows.
#[derive(Clone, Debug)]
pub(crate) struct Positions {
    /// In the order in which they are drawn, with repetition: this is how their values are batched.
    pub(crate) drawn: Vec<usize>,
    /// Sorted, without repetition: this is how their rows are opened.
    pub(crate) distinct: Vec<usize>,
}

impl Positions {
    pub(crate) fn draw(queries: usize, bits: usize, transcript: &mut impl Transcript) -> Self {
        let drawn = transcript.sample_indices(queries, bits);
        let mut distinct = drawn.clone();
        distinct.sort_unstable();
        distinct.dedup();
        Self { drawn, distinct }
    }

    /// The folded rows in drawn order. `rows` are those at the distinct positions.
    pub(crate) fn fold<E: Extension>(
        &self,
        rows: &[F],
        row_elements: usize,
        weights: &[E],
    ) -> Vec<E> {
        let folded: Vec<E> = rows
            .chunks_exact(row_elements)
            .map(|row| fold_row(row, weights))
            .collect();
        self.drawn
            .iter()
            .map(|position| match self.distinct.binary_search(position) {
                Ok(i) => folded.get(i).copied().unwrap_or_default(),
                Err(_) => E::ZERO,
            })
            .collect()
    }
}

/// The weights of the live slices of oracle `index` at the challenges that fold it.
pub(crate) fn fold_weights<E: Extension>(layout: &Layout, index: usize, point: &[E]) -> Vec<E> {
    let table = eq::table(point);
    if index > 0 {
        return table;
    }
    layout
        .live
        .iter()
        .filter_map(|&slice| table.get(slice).copied())
        .collect()
}

/// The inner product of a row and the weights.
///
/// A row of base-field elements has as many as there are weights; otherwise its
/// elements are the coefficients of that many extension-field elements.
fn fold_row<E: Extension>(row: &[F], weights: &[E]) -> E {
    if row.len() == weights.len() {
        return weights.iter().zip(row).map(|(&w, &x)| w * x).sum();
    }
    let (elements, _) = row.as_chunks();
    elements
        .iter()
        .zip(weights)
        .map(|(&x, &w)| E::from_coefficients(x) * w)
        .sum()
}
