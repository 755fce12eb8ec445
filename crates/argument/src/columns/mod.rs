//! From linear forms in many columns, at many lane points, to one evaluation.
//!
//! The commitment is to a polynomial `f(c, x)`: column `c`, lane `x`.
//!
//! **Claim.** For a few *terms*, each with public weights of the lanes and public weights of the columns,
//!
//! ```text
//!     sum_terms sum_x lanes(x) sum_c columns(c) f(c, x) = value.
//! ```
//!
//! A linear form in the columns at a lane point `r` is a term with `lanes(x) = eq(r, x)`; forms in shifted or masked
//! columns have other weights. Several claims are one after batching, which is the caller's.
//!
//! The claim is not absorbed: it must be a function of what the transcript has absorbed already.
//!
//! **Reduction.** A sumcheck over the lanes, whose tables have an entry per term and lane, then one over the columns,
//! at the point `x` of the first: for this the terms are one form, with the weights `sum_terms lanes(x) columns(c)`.
//!
//! **Messages.** Quadratic round polynomials ([`sheaf_sumcheck::round`]), those of lanes first; the most
//! significant variable of each kind is bound first. Then the evaluation.
//!
//! **Leaves open.** `f(column_point, lane_point)`.
//!
//! **Error.** `2 * (log_lanes + log_columns)`, over `|EF|`.

#[cfg(feature = "prover")]
mod cells;
#[cfg(feature = "prover")]
pub mod prove;
pub mod verify;

use sheaf_security::ErrorTerm;
use sheaf_transcript::{EF, Label};

#[cfg(feature = "prover")]
pub use cells::{Columns, evaluate_columns};

/// An evaluation of the committed polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the evaluation must be opened"]
pub struct EvaluationClaim<E = EF> {
    /// The point in the lane variables, most significant first.
    pub lane_point: Vec<E>,
    /// The point in the column variables.
    pub column_point: Vec<E>,
    /// The claimed value at `(column_point, lane_point)`.
    pub value: E,
}

/// Two coefficients of a round over the lanes.
pub const LANE_ROUND: Label = Label::new("columns/lane round");
/// Two coefficients of a round over the columns.
pub const COLUMN_ROUND: Label = Label::new("columns/round");
/// The evaluation.
pub const VALUE: Label = Label::new("columns/value");

/// The error of both sumchecks.
#[must_use]
pub fn error_terms(log_lanes: usize, log_columns: usize) -> Vec<ErrorTerm> {
    let roots = 2 * (log_lanes + log_columns);
    let source = "Lund, Fortnow, Karloff, Nisan 1992";
    vec![
        ErrorTerm::roots("sumcheck", &[roots], source)
            .because("2 per round over lanes and columns"),
    ]
}
