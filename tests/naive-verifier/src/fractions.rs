//! The tree of fraction additions that shows that every chain ends where it should.

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

pub(crate) fn verify(
    log_lanes: usize,
    log_leaves: usize,
    transcript: &mut Transcript,
) -> Result<LeafClaim, Reject> {
    // The root: P_0(r) = 0 and Q_0(r) = what is sent.
    let mut lane_point = transcript.point(log_lanes);
    let mut leaf_point: Vec<EF> = Vec::new();
    let (mut p, mut q) = (EF::ZERO, transcript.element("fractions/root")?);
    for layer in 0..log_leaves {
        let lambda = transcript.challenge();
        let mut claim = p + lambda * q;
        for r in lane_point.iter_mut().chain(&mut leaf_point) {
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
        let failure = Reject::ChainEnds(layer);
        let children = transcript.checked("fractions/children", 4, failure, discrepancy)?;
        let [p0, p1, q0, q1] = [children[0], children[1], children[2], children[3]];
        // Both children are multilinear in the new node bit.
        let bit = transcript.challenge();
        p = (EF::ONE - bit) * p0 + bit * p1;
        q = (EF::ONE - bit) * q0 + bit * q1;
        leaf_point.push(bit);
    }
    Ok(LeafClaim {
        leaf_point,
        lane_point,
        numerator: p,
        denominator: q,
    })
}
