//! From linear forms in many columns to one evaluation per lane point.
//!
//! The commitment is to a polynomial `f(c, x)`: column `c`, lane `x`.
//!
//! **Claims.** For each of a few lane points `r_i`, a public linear form in the
//! columns' extensions: `sum_c weights_i[c] f(c, r_i) = value_i`.
//!
//! The claims are not absorbed: they must be functions of what the transcript has
//! absorbed already.
//!
//! **Reduction.** The claims are batched by powers of a challenge `psi` and
//! summed over `c` by a sumcheck whose tables have one entry per column: the
//! prover evaluates every column at `r_i` once, all else is independent of the
//! number of lanes.
//!
//! **Messages.** Quadratic round polynomials ([`sheaf_sumcheck::round`]); the most
//! significant variable is bound first. Then
//! the evaluations, in the order of the claims.
//!
//! **Leaves open.** `f(column_point, r_i)` for each `i`, at one column point.
//!
//! **Error.** `(number of claims - 1) + 2 * log_columns`, over `|EF|`.

#[cfg(feature = "prover")]
pub mod prove;
pub mod verify;

use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_transcript::{EF, Label};

/// One evaluation of the committed polynomial per lane point.
#[derive(Clone, Debug)]
#[must_use = "the evaluations must be opened"]
pub struct EvaluationClaims {
    /// The point in the column variables, most significant first.
    pub column_point: Vec<EF>,
    /// The evaluation at `(column_point, r_i)`.
    pub values: Vec<EF>,
}

pub(crate) const ROUND: Label = Label::new("columns/round");
pub(crate) const VALUES: Label = Label::new("columns/values");

/// The error for `claims` forms, of which there is at least one: batching and sumcheck, in one term.
#[must_use]
pub fn error_terms(claims: usize, log_columns: usize) -> Vec<ErrorTerm> {
    let roots = claims - 1 + 2 * log_columns;
    vec![ErrorTerm::roots("sumcheck", &[roots], SCHWARTZ_ZIPPEL).because("batching, 2 per round")]
}
