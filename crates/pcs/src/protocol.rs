//! What prover and verifier have in common: the messages and what they are bound to.

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use sheaf_transcript::{EF, F, Label, Transcript};

use crate::layout::Claim;
use crate::parameters::Parameters;

/// The parameters and the layout: public, absorbed first.
const STATEMENT: Label = Label::new("pcs/statement");
/// The claims to be opened: public.
const CLAIMS: Label = Label::new("pcs/claims");
/// The root of an oracle.
pub(crate) const ROOT: Label = Label::new("pcs/root");
/// The value of an oracle's polynomial at a random point.
pub(crate) const OUT_OF_DOMAIN: Label = Label::new("pcs/out of domain");
/// A round polynomial `g`: the value at 0 and the coefficient of `X^2`.
pub(crate) const SUMCHECK: Label = Label::new("pcs/sumcheck");
/// Proof of work before a folding challenge.
pub(crate) const FOLD_GRINDING: Label = Label::new("pcs/fold grinding");
/// Proof of work before query positions.
pub(crate) const QUERY_GRINDING: Label = Label::new("pcs/query grinding");
/// The last polynomial, in clear.
pub(crate) const FINAL: Label = Label::new("pcs/final polynomial");
/// Opened rows of an oracle (a hint).
pub(crate) const ROWS: Label = Label::new("pcs/rows");
/// Siblings that complete the paths of the opened rows (a hint).
pub(crate) const NODES: Label = Label::new("pcs/nodes");

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
pub(crate) fn absorb_claims(claims: &[Claim], transcript: &mut impl Transcript) {
    let elements: Vec<EF> = claims
        .iter()
        .flat_map(|claim| claim.point.iter().copied().chain([claim.value]))
        .collect();
    transcript.absorb(CLAIMS, &EF::flatten_to_base(elements));
}

/// The positions queried in an oracle of `2^bits` rows, sorted, without repetition.
pub(crate) fn query_positions(
    queries: usize,
    bits: usize,
    transcript: &mut impl Transcript,
) -> Vec<usize> {
    let mut positions = transcript.sample_indices(queries, bits);
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// `g(x)` for the round polynomial with `g(0) + g(1) = sum`.
pub(crate) fn evaluate_round(sum: EF, at_zero: EF, quadratic: EF, x: EF) -> EF {
    let linear = sum - at_zero.double() - quadratic;
    (quadratic * x + linear) * x + at_zero
}

/// `sum_b coefficients[b] x^b`.
pub(crate) fn horner(coefficients: &[EF], x: F) -> EF {
    coefficients
        .iter()
        .rev()
        .fold(EF::ZERO, |value, &c| value * x + c)
}
