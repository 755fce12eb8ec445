//! The error terms of the argument.

use sheaf_transcript::field::EXTENSION_BITS;

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};
use super::{SKIP, Shape};

/// One way in which a false output claim can become a true input claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorTerm {
    /// What the prover would have to guess.
    pub name: &'static str,
    /// `-log2` of the probability.
    pub bits: f64,
    /// The probability, as a formula.
    pub formula: String,
}

/// All error terms for tables of the given shape; the error is at most their sum.
///
/// Every term is a number of roots that a nonzero polynomial, fixed before its
/// challenge, can have: Schwartz-Zippel over a field of `2^154.94` elements.
#[must_use]
pub fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let (lanes, slots) = (shape.log_lanes, shape.log_slots());
    let rounds = lanes + slots - SKIP;
    let full = 2 * HALF_FULL_ROUNDS - 1;
    let partial = Poseidon::wide().partial_rounds();
    let term = |name, roots: usize, formula: String| ErrorTerm {
        name,
        bits: EXTENSION_BITS - libm::log2(roots as f64),
        formula: format!("{formula} / |EF|"),
    };
    vec![
        term(
            "output layer: lane rounds",
            3 * lanes,
            format!("3 * {lanes}"),
        ),
        term(
            "output layer: slot rounds",
            4 * slots,
            format!("4 * {slots}"),
        ),
        term(
            "skip rounds",
            21 * (full + partial),
            format!("21 * {}", full + partial),
        ),
        term(
            "full layers: rounds",
            3 * rounds * full,
            format!("3 * {rounds} * {full}"),
        ),
        term(
            "partial layers: rounds",
            3 * rounds * partial,
            format!("3 * {rounds} * {partial}"),
        ),
        // The output layer and every full layer but the last, which leaves its evaluations as they are.
        term(
            "output and full layers: batching of 40 evaluations",
            40 * full,
            format!("40 * {full}"),
        ),
        term(
            "partial layers: batching of u16 and u24",
            2 * partial,
            format!("2 * {partial}"),
        ),
    ]
}
