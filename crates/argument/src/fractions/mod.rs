//! Sums of fractions, one sum per lane, all shown to be zero.
//!
//! **Claims.** For every lane `x` in `{0,1}^l`,
//!
//! ```text
//!     sum_c numerator_c(x) / denominator_c(x) = 0,      c in {0,1}^b
//! ```
//!
//! in the sense that the numerator of the sum over the common denominator
//! `prod_c denominator_c(x)` is zero. Whoever calls this knows that no
//! denominator of a lane that matters is zero.
//!
//! **Reduction** (fractional sumcheck, eprint 2023/1284). Fractions are added
//! pairwise in a binary tree over `c`; layer `i` has `2^i` nodes per lane,
//!
//! ```text
//!     P_i(c, x) = P_{i+1}(c0, x) Q_{i+1}(c1, x) + P_{i+1}(c1, x) Q_{i+1}(c0, x)
//!     Q_i(c, x) = Q_{i+1}(c0, x) Q_{i+1}(c1, x).
//! ```
//!
//! The root claim is `P_0(r) = 0` at a random lane point `r`, with `Q_0(r)` sent.
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
//! **Error.** `l / |EF|` for the root; layer `i` adds `1` for the batching,
//! `3 (l + i)` for the sumcheck and `1` for the joining, each over `|EF|`.

#[cfg(feature = "prover")]
pub mod prove;
pub mod verify;

use sheaf_security::ErrorTerm;
use sheaf_transcript::{EF, Label};

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

pub(crate) const ROOT: Label = Label::new("fractions/root");
pub(crate) const ROUND: Label = Label::new("fractions/round");
pub(crate) const CHILDREN: Label = Label::new("fractions/children");

/// The error of one such sum: every challenge of the root and of all layers, in one term.
#[must_use]
pub fn error_terms(log_lanes: usize, log_leaves: usize) -> Vec<ErrorTerm> {
    let layers = (0..log_leaves).map(|i| 2 + 3 * (log_lanes + i));
    let roots = log_lanes + layers.sum::<usize>();
    vec![
        ErrorTerm::roots("fractions", &[roots], "eprint 2023/1284")
            .because("root, and per layer batching, 3 per round, joining"),
    ]
}
