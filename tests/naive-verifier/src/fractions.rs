//! The tree of fraction additions, from the sum at its root to one claim about its leaves.

use p3_field::PrimeCharacteristicRing;

use crate::Reject;
use crate::field::{EF, polynomial};
use crate::transcript::Transcript;

/// The extensions of the leaves' numerators and denominators at one point.
pub(crate) struct LeafClaim {
    pub leaf_point: Vec<EF>,
    pub lane_point: Vec<EF>,
    pub numerator: EF,
    pub denominator: EF,
}

/// `g(x)`, for the polynomial `g` that continues `sum_b eq(r, b) g(b) = claim`, sent without its constant coefficient.
pub(crate) fn eq_round(claim: EF, r: EF, message: &[EF], x: EF) -> EF {
    let mut g = vec![EF::ZERO];
    g.extend(message);
    // (1 - r) g(0) + r g(1) = g_0 + r (g_1 + g_2 + ..)
    g[0] = claim - r * polynomial(&g, EF::ONE);
    assert_eq!(
        (EF::ONE - r) * polynomial(&g, EF::ZERO) + r * polynomial(&g, EF::ONE),
        claim
    );
    polynomial(&g, x)
}

/// `g(x)`, for the polynomial `g` with `g(0) + g(1) = claim`, sent without its constant coefficient.
pub(crate) fn plain_round(claim: EF, message: &[EF], x: EF) -> EF {
    let mut g = vec![EF::ZERO];
    g.extend(message);
    g[0] = (claim - polynomial(&g, EF::ONE)).halve();
    assert_eq!(polynomial(&g, EF::ZERO) + polynomial(&g, EF::ONE), claim);
    polynomial(&g, x)
}

impl LeafClaim {
    /// The claim about a root: a fraction for every lane, at this point in the lanes.
    pub(crate) fn root(lane_point: Vec<EF>, numerator: EF, denominator: EF) -> Self {
        Self {
            leaf_point: Vec::new(),
            lane_point,
            numerator,
            denominator,
        }
    }
}

/// From the root of each lane's tree to its `2^log_leaves` leaves. A layer that is inconsistent is a `failure`.
pub(crate) fn verify(
    root: LeafClaim,
    log_leaves: usize,
    failure: impl Fn(usize) -> Reject,
    transcript: &mut Transcript,
) -> Result<LeafClaim, Reject> {
    let mut claim_at = root;
    for layer in 0..log_leaves {
        let lambda = transcript.challenge();
        let mut claim = claim_at.numerator + lambda * claim_at.denominator;
        let point = claim_at.lane_point.iter_mut();
        for r in point.chain(&mut claim_at.leaf_point) {
            let message = transcript.elements("fractions/round", 2)?;
            let x = transcript.challenge();
            claim = eq_round(claim, *r, &message, x);
            *r = x;
        }
        // p0 / q0 + p1 / q1 = (p0 q1 + p1 q0) / (q0 q1)
        let discrepancy = |children: &[EF]| {
            let [p0, p1, q0, q1] = [children[0], children[1], children[2], children[3]];
            p0 * q1 + p1 * q0 + lambda * q0 * q1 - claim
        };
        let children = transcript.checked("fractions/children", 4, failure(layer), discrepancy)?;
        let [p0, p1, q0, q1] = [children[0], children[1], children[2], children[3]];
        // Both children are multilinear in the new node bit.
        let bit = transcript.challenge();
        claim_at.numerator = (EF::ONE - bit) * p0 + bit * p1;
        claim_at.denominator = (EF::ONE - bit) * q0 + bit * q1;
        claim_at.leaf_point.push(bit);
    }
    Ok(claim_at)
}
