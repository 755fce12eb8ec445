//! The soundness error of a whole proof: the terms of its reductions, and where each stands.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs::Parameters;
use sheaf_program::layout::COLUMN_BITS;
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL, SecurityReport};
use sheaf_transcript::field::EXTENSION_BITS;

use crate::constraints::{CONSTRAINT_BITS, TERM_BITS};
use crate::statement::Statement;
use crate::{messages, permutations};

/// The security level that a proof must reach, in bits.
pub const TARGET_BITS: f64 = 128.0;

/// What the commitment is asked for, so that all terms together meet the target.
///
/// Grinding keeps the messages below `2^-133.6`, and all other terms below `2^-139`: a twentieth of a bit leaves room for `2^-132.9`.
pub(crate) const COMMITMENT_BITS: f64 = TARGET_BITS + 0.05;

const SUMCHECK: &str = "Lund, Fortnow, Karloff, Nisan 1992";

/// Every term of the error budget of one proof, in transcript order.
pub(crate) fn report(statement: &Statement, parameters: &Parameters) -> SecurityReport {
    let rows = statement.rows();
    let h = rows.log_rows();
    let roots = |name: &str, roots: usize, source, reason: &str| {
        ErrorTerm::roots(name, &[roots], source).because(reason)
    };
    let mut report = SecurityReport::default();

    let mut balance = ErrorTerm::roots("balance", &[5, messages::fractions(rows)], SCHWARTZ_ZIPPEL);
    let grinding = messages::grinding(rows);
    if grinding > 0 {
        balance.bits += grinding as f64;
        balance.formula += &format!(" / 2^{grinding}");
    }
    let balance = balance.because("5 variables of the fingerprint, fractions of all rows");
    report.add("messages", [balance]);
    report.add(
        "messages",
        fractions::error_terms(0, messages::log_leaves(rows)),
    );

    let batching = h + CONSTRAINT_BITS + 2;
    let rounds = 2 * (h + CONSTRAINT_BITS + TERM_BITS);
    report.add(
        "constraints",
        [
            roots(
                "batching",
                batching,
                SCHWARTZ_ZIPPEL,
                "row variables, constraint variables, powers of lambda",
            ),
            roots("sumcheck", rounds, SUMCHECK, "2 per round"),
        ],
    );
    report.add(
        "forms",
        [
            roots("batching", 4, SCHWARTZ_ZIPPEL, "five claims"),
            roots("sumcheck", 2 * (h + COLUMN_BITS), SUMCHECK, "2 per round"),
        ],
    );
    if let Some(shape) = permutations::shape(statement.header(), rows) {
        report.add("permutations", permutation::error_terms(&shape));
    }
    report.add(
        "inputs",
        [roots(
            "batching",
            40,
            SCHWARTZ_ZIPPEL,
            "inputs of both widths",
        )],
    );
    report.add("inputs", columns::error_terms(h, COLUMN_BITS));
    report.add("commitment", parameters.error_terms());
    report.add("transcript", [capacity_collision("sponge")]);
    report.add("program", [capacity_collision("identity")]);
    report
}

/// An inner collision of a sponge whose capacity is nine elements: half of `9 log2 p`.
fn capacity_collision(name: &str) -> ErrorTerm {
    let bits = 4.5 * EXTENSION_BITS / 5.0;
    ErrorTerm::collision(name, bits, "p^(9/2)", "birthday bound on the capacity")
}
