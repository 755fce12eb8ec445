//! The error terms of the argument.

use sheaf_security::ErrorTerm;

use super::layers::Layer;
use super::shape::{SKIP, Shape};

const SOURCE: &str = "Goldwasser, Kalai, Rothblum 2008; eprint 2024/108";

/// All error terms for tables of the given shape: the ways in which a false output claim can become a true input claim.
///
/// Live lanes play no role: the claims are about all lane positions.
#[must_use]
pub fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let (lanes, slots) = (shape.log_lanes, shape.log_slots());
    let rounds = lanes + slots - SKIP;
    let layers = Layer::after_output(shape);
    let partial = layers.iter().filter(|l| l.is_partial()).count();
    let full = layers.len() - partial;
    let columns = Layer::output(shape).evaluations();
    // The power of the challenge that u24 has, if there is one, or else u16.
    let (degree, elements) = match (shape.narrow, shape.wide) {
        (Some(_), Some(_)) => (2, "u16 and u24"),
        (None, _) => (2, "u24"),
        (_, None) => (1, "u16"),
    };
    let term = |name: &str, factors: &[usize]| ErrorTerm::roots(name, factors, SOURCE);
    vec![
        term("output layer: lane rounds", &[3, lanes]),
        term("output layer: slot rounds", &[4, slots]),
        term("skip rounds", &[21, full + partial]),
        term("full layers: rounds", &[3, rounds, full]),
        term("partial layers: rounds", &[3, rounds, partial]),
        // The output layer and every full layer but the last, which leaves its evaluations as they are.
        term(
            &format!("output and full layers: batching of {columns} evaluations"),
            &[columns, full],
        ),
        term(
            &format!("partial layers: batching of {elements}"),
            &[degree, partial],
        ),
    ]
}
