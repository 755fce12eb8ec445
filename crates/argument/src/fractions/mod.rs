//! Sums of fractions, one sum per lane.
//!
//! **Claims.** For leaves `numerator_c(x) / denominator_c(x)`, with `c` in `{0,1}^b` and lanes `x` in `{0,1}^l`, let
//!
//! ```text
//!     P_0(x) / Q_0(x) = sum_c numerator_c(x) / denominator_c(x),      Q_0(x) = prod_c denominator_c(x)
//! ```
//!
//! be the sum over the common denominator. The [`RootClaim`] says what the extensions of `P_0` and `Q_0` are at one lane
//! point. What that means is for its maker to say, who knows where denominators aren't zero: that `P_0` is zero in every lane, if
//! the point is random; or, without lanes, that the sum of all fractions is a public value.
//!
//! The claim is not absorbed: it must be a function of what the transcript has absorbed already.
//!
//! A sum over lanes, too, is that of a tree without lanes whose leaves are the sums of the lanes: what it leaves open at a
//! leaf point is the root claim of the lanes' own trees, at that lane point.
//!
//! **Reduction** (fractional sumcheck, eprint 2023/1284). Fractions are added
//! pairwise in a binary tree over `c`; layer `i` has `2^i` nodes per lane,
//!
//! ```text
//!     P_i(c, x) = P_{i+1}(c0, x) Q_{i+1}(c1, x) + P_{i+1}(c1, x) Q_{i+1}(c0, x)
//!     Q_i(c, x) = Q_{i+1}(c0, x) Q_{i+1}(c1, x).
//! ```
//!
//! Each layer batches its two claims with a challenge and runs a sumcheck over
//! lanes, then nodes; four evaluations are sent and joined by a challenge for
//! the new node bit.
//!
//! **Messages.** The round polynomial is `eq(r, X) g(X)`; of the quadratic `g` the
//! coefficients of `X` and `X^2` are sent. Lane variables are bound first, each kind from
//! the most significant one. The evaluations of the children are `P` at 0 and 1, then `Q`
//! at 0 and 1. The claims of a layer are batched as `P + lambda Q`.
//!
//! **Leaves open.** The multilinear extensions of the leaves' numerators and
//! denominators at one point `(leaf_point, lane_point)`.
//!
//! **Error.** Layer `i` adds `1` for the batching, `3 (l + i)` for the sumcheck
//! and `1` for the joining, each over `|EF|`.

#[cfg(feature = "prover")]
pub mod prove;
#[cfg(all(test, feature = "prover"))]
mod tests;
pub mod verify;

use sheaf_security::ErrorTerm;
use sheaf_transcript::{EF, Label};

/// The sums of all lanes, over their common denominators, at one lane point.
#[derive(Clone, Debug)]
#[must_use = "a claim that is not reduced is not proven"]
pub struct RootClaim<E = EF> {
    /// The point in the lane variables, most significant first; empty if there are no lanes.
    pub lane_point: Vec<E>,
    /// Claimed extension of `P_0`.
    pub numerator: E,
    /// Claimed extension of `Q_0`.
    pub denominator: E,
}

/// Evaluations of the leaves at one point: what a fraction sum leaves open.
#[derive(Clone, Debug)]
#[must_use = "the leaves must be tied to committed data"]
pub struct LeafClaim<E = EF> {
    /// The point in the leaf variables, most significant first.
    pub leaf_point: Vec<E>,
    /// The point in the lane variables.
    pub lane_point: Vec<E>,
    /// Claimed extension of the numerators.
    pub numerator: E,
    /// Claimed extension of the denominators.
    pub denominator: E,
}

/// Two coefficients of a round.
pub const ROUND: Label = Label::new("fractions/round");
/// `P` at 0 and 1, then `Q` at 0 and 1.
pub const CHILDREN: Label = Label::new("fractions/children");

/// The error of the reduction: every challenge of all layers, in one term.
#[must_use]
pub fn error_terms(log_lanes: usize, log_leaves: usize) -> Vec<ErrorTerm> {
    let roots = (0..log_leaves).map(|i| 2 + 3 * (log_lanes + i)).sum();
    vec![
        ErrorTerm::roots("fractions", &[roots], "eprint 2023/1284")
            .because("per layer batching, 3 per round, joining"),
    ]
}
