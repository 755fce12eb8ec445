//! The error terms of the argument.

use sheaf_security::ErrorTerm;

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};
use super::{SKIP, Shape};

const SOURCE: &str = "Goldwasser, Kalai, Rothblum 2008; eprint 2024/108";

/// All error terms for tables of the given shape: the ways in which a false output claim can become a true input claim.
#[must_use]
pub fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let (lanes, slots) = (shape.log_lanes, shape.log_slots());
    let rounds = lanes + slots - SKIP;
    let full = 2 * HALF_FULL_ROUNDS - 1;
    let partial = Poseidon::wide().partial_rounds();
    let term = |name, factors: &[usize]| ErrorTerm::roots(name, factors, SOURCE);
    vec![
        term("output layer: lane rounds", &[3, lanes]),
        term("output layer: slot rounds", &[4, slots]),
        term("skip rounds", &[21, full + partial]),
        term("full layers: rounds", &[3, rounds, full]),
        term("partial layers: rounds", &[3, rounds, partial]),
        // The output layer and every full layer but the last, which leaves its evaluations as they are.
        term(
            "output and full layers: batching of 40 evaluations",
            &[40, full],
        ),
        term("partial layers: batching of u16 and u24", &[2, partial]),
    ]
}
