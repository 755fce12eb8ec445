//! The constraints of a signature, as one sumcheck.
//!
//! # Tables
//! Within a lane, constraints run over *rows*. Row `s` has the values [`Row`]:
//! chain step `s`, digit `s`, end of chain `s` and element `s` of the message
//! hash; what a table lacks is zero. With `beta` a challenge, digests, of
//! `d` elements, enter by their *fingerprint*
//!
//! ```text
//!     fp(q, y) = beta q + sum_{j<d} beta^(2+j) y_j.
//! ```
//!
//! # Constraints
//! `live` is the indicator of live lanes, `e` marks the last step of a chain,
//! `x` is a digit, `R(x) = prod_{j<8} (x - j)`, `T(x)` the polynomial of degree
//! 7 that is 1 at 7 and 0 at 0..6.
//!
//! | name | for | claim |
//! |---|---|---|
//! | transition | `k + 1 < K` | `(1 - e_k) (fp(q_{k+1}, in_{k+1}) - fp(q_k, out_k) - beta live) = 0` |
//! | range | each digit | `R(x) = 0` |
//! | top bit | each element | `w (w - 1) = 0` |
//! | inverse | each element | `(rem - 127) inv = live`, with `rem = low + 8 mid + 64 w` |
//! | sum | | `sum_c x_c = target live` |
//! | output | each wired output | it equals what it feeds: cells of the lane, of lane `o + 16`, or a capacity of the statement |
//! | carry bit | `k < K` | `g_k (g_k - 1) = 0` |
//! | carry step | `k + 1 < K` | `g_k (live - g_{k+1}) = 0` |
//! | carry count | | `sum_k (live - g_k) = sum_c (steps of chain c after x_c that do not carry)` |
//!
//! The last three exist only where carries are committed. Since `q` ascends
//! along the rows, the carries must be 0 up to some row and 1 from there on, and
//! the number of zeros says which row.
//!
//! Powers of `zeta`, from 0: numerators of the fractions, their denominators, sum,
//! transition, carry bit, carry step, carry count (these three keep their powers where
//! there are no carries); then row by row: range of digit `s`, top bit and inverse of
//! element `s`; then the wired outputs in the order of [`outputs`]. Transition, carry bit and carry step are summed over rows with
//! weights `eq(tau, row)`.
//!
//! Two claims come from the chain-end fractions (see [`crate::chain_ends`]), at
//! lane point `r1`: numerators and denominators at the leaf point. All
//! constraints are batched by powers of `zeta` and weighted by `eq(r1, lane)`.
//! Every term vanishes in a lane whose cells are all zero, so idle lanes are free.
//!
//! # Reduction
//! Lane variables are bound first: the inner round polynomials have degree 8.
//! Everything linear that does not involve a row (digit sums, denominators, wired
//! outputs) is then one number, `linear`, which the prover sends. The row
//! variables follow (degree 9), and the ten values of [`Row`] are sent, in its order.
//! The most significant variable is bound first. Round polynomials are sent as their
//! coefficients but the constant one; those of lanes without their factor `eq`.
//!
//! **Leaves open**, all at the new lane point `r2`: the ten row values, `linear`,
//! and the two claims about outputs of permutations, of chain steps and of the others (sent as well).
//!
//! **Error** over `|EF|`: number of batched constraints and of variables of lanes and rows (the weights `eq`), plus
//! `9` per round of either sumcheck.

mod batch;
#[cfg(feature = "prover")]
mod build;
pub(crate) mod digits;
#[cfg(feature = "prover")]
mod inputs;
#[cfg(feature = "prover")]
mod lane_tables;
pub(crate) mod outputs;
#[cfg(feature = "prover")]
pub(crate) mod prove;
mod row;
pub(crate) mod verify;
#[cfg(feature = "prover")]
mod weigh;

#[cfg(feature = "search")]
use sheaf_security::{ErrorTerm, SCHWARTZ_ZIPPEL};
use sheaf_transcript::{EF, Label};

#[cfg(feature = "search")]
use crate::shape::Shape;

pub(crate) use batch::Constraints;
#[cfg(feature = "prover")]
pub(crate) use inputs::Inputs;
pub(crate) use row::{ROW_COLUMNS, Row, row_term};

/// A round of the lanes.
pub const LANE_ROUND: Label = Label::new("constraints/lane round");
/// The linear value.
pub const LINEAR: Label = Label::new("constraints/linear");
/// A round of the rows.
pub const ROW_ROUND: Label = Label::new("constraints/row round");
/// The row values.
pub const ROW_VALUES: Label = Label::new("constraints/row values");
/// The claims about outputs.
pub const OUTPUTS: Label = Label::new("constraints/outputs");

/// Degree of the lane rounds, eq factor not counted.
pub const LANE_DEGREE: usize = 8;
/// Degree of the row rounds, weights included.
pub const ROW_DEGREE: usize = 9;

/// The number of batched constraints, which bounds the degree in `zeta`.
#[cfg(feature = "search")]
fn count(shape: &Shape) -> usize {
    7 + shape.digits + 2 * shape.elements + outputs::count(shape)
}

/// The error of batching the constraints, and of their sumcheck.
#[cfg(feature = "search")]
pub(crate) fn error_terms(shape: &Shape) -> Vec<ErrorTerm> {
    let batching = count(shape) + shape.log_lanes + shape.log_rows;
    let sumcheck = (LANE_DEGREE + 1) * shape.log_lanes + ROW_DEGREE * shape.log_rows;
    vec![
        ErrorTerm::roots("batching", &[batching], SCHWARTZ_ZIPPEL)
            .because("degree in zeta, eq over lanes and rows"),
        ErrorTerm::roots(
            "sumcheck",
            &[sumcheck],
            "Lund, Fortnow, Karloff, Nisan 1992",
        )
        .because("9 per round"),
    ]
}

/// What the constraint sumcheck leaves open.
#[derive(Clone, Debug)]
#[must_use = "every value must be tied to committed cells"]
pub(crate) struct ConstraintClaims<E = EF> {
    pub lane_point: Vec<E>,
    pub row_point: Vec<E>,
    /// The row values at `(row_point, lane_point)`.
    pub row: Row<E>,
    /// The terms without rows at `lane_point`.
    pub linear: E,
    /// `sum_{k<K} eq(row_point, k) sum_{j<d} beta^(2+j) out_{k,j}(lane_point)` over the chain steps' permutations.
    pub step_outputs: E,
    /// `sum over wired outputs of weight * out(lane_point)`.
    pub wired_outputs: E,
}
