//! The soundness error of a whole proof: the terms of its reductions, and where each stands.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs::Parameters;
use sheaf_security::{ErrorTerm, SecurityReport};
use sheaf_transcript::field::EXTENSION_BITS;

use crate::shape::Shape;
use crate::{chain_ends, constraints, link, wiring};

/// The security level that a proof must reach, in bits.
pub const TARGET_BITS: f64 = 128.0;

/// What the commitment is asked for, so that all terms together meet the target.
///
/// The terms of the reductions are below `2^-139` for every supported size; a
/// twentieth of a bit is far more than they need.
pub(crate) const COMMITMENT_BITS: f64 = TARGET_BITS + 0.05;

/// Every term of the error budget of one proof, in transcript order.
pub(crate) fn report(shape: &Shape, parameters: &Parameters) -> SecurityReport {
    let (lanes, columns) = (shape.log_lanes, shape.log_columns());
    let mut report = SecurityReport::default();
    report.add("chain ends", chain_ends::error_terms(shape));
    report.add("chain ends", fractions::error_terms(lanes, shape.log_ends));
    report.add("constraints", constraints::error_terms(shape));
    report.add("permutations", wiring::output_error_terms());
    let permutations = shape.permutations();
    report.add("permutations", permutation::error_terms(&permutations));
    report.add("wiring", wiring::error_terms(shape));
    report.add("link", link::error_terms(shape));
    report.add("columns", columns::error_terms(lanes, columns));
    report.add("commitment", parameters.error_terms());
    report.add("transcript", [capacity_collision("sponge")]);
    report.add("statement", [capacity_collision("digest")]);
    report
}

/// An inner collision of a sponge whose capacity is nine elements: half of `9 log2 p`.
fn capacity_collision(name: &str) -> ErrorTerm {
    let bits = 4.5 * EXTENSION_BITS / 5.0;
    ErrorTerm::collision(name, bits, "p^(9/2)", "birthday bound on the capacity")
}

#[cfg(test)]
mod tests {
    use crate::setup::security_report;

    #[test]
    fn every_step_is_in_the_report() {
        let report = security_report(sheaf_xmss::PROD, 1000, 1).unwrap();
        let step = |name: &str| name.split_once(": ").map(|(step, _)| step.to_owned());
        let mut steps: Vec<_> = report
            .terms
            .iter()
            .filter_map(|term| step(&term.name))
            .collect();
        assert_eq!(steps.len(), report.terms.len());
        steps.dedup();
        let expected = [
            "chain ends",
            "constraints",
            "permutations",
            "wiring",
            "link",
            "columns",
            "commitment",
            "transcript",
            "statement",
        ];
        assert_eq!(steps, expected);
    }
}
