//! Constraints: in every row, `sum_i A_gi B_gi = C_g` for every `g`.

use super::layout::{LOG_CONSTRAINTS, LOG_TERMS};
use super::messages;
use crate::Reject;
use crate::field::EF;
use crate::fractions::{eq_round, plain_round};
use crate::transcript::Transcript;

/// What is left open: five values of forms, at a point in the rows.
pub(crate) struct Open {
    pub rows: Vec<EF>,
    /// Weighs the constraints whose result is left.
    pub tau: Vec<EF>,
    /// The constraint and the term whose factors are left.
    pub constraint: Vec<EF>,
    pub term: Vec<EF>,
    pub multiplicity: EF,
    pub fingerprint: EF,
    pub result: EF,
    pub left: EF,
    pub right: EF,
}

pub(crate) fn verify(
    messages: &messages::Open,
    transcript: &mut Transcript,
) -> Result<Open, Reject> {
    let lambda = transcript.challenge();
    let tau = transcript.point(LOG_CONSTRAINTS);

    // sum_r eq(r1, r) [ sum_g eq(tau, g) (sum_i A_gi B_gi - C_g) + lambda M + lambda^2 T ]
    let mut claim = lambda * messages.multiplicity + lambda * lambda * messages.fingerprint;
    let mut rows = messages.rows.clone();
    // From the least significant bit on.
    for r in rows.iter_mut().rev() {
        let message = transcript.elements("machine/constraint row round", 2)?;
        let x = transcript.challenge();
        claim = eq_round(claim, *r, &message, x);
        *r = x;
    }

    // What is linear leaves the claim.
    let linear = transcript.elements("machine/linear forms", 3)?;
    let [multiplicity, fingerprint, result] = [linear[0], linear[1], linear[2]];
    claim -= lambda * multiplicity + lambda * lambda * fingerprint - result;

    // sum_i sum_g eq(tau, g) A_gi B_gi
    let mut term = Vec::new();
    for _ in 0..LOG_TERMS {
        let message = transcript.elements("machine/term round", 2)?;
        let x = transcript.challenge();
        claim = plain_round(claim, &message, x);
        term.push(x);
    }
    let mut constraint = Vec::new();
    for &r in &tau {
        let message = transcript.elements("machine/constraint round", 2)?;
        let x = transcript.challenge();
        claim = eq_round(claim, r, &message, x);
        constraint.push(x);
    }
    let discrepancy = |factors: &[EF]| factors[0] * factors[1] - claim;
    let factors = transcript.checked("machine/factors", 2, Reject::Product, discrepancy)?;
    Ok(Open {
        rows,
        tau,
        constraint,
        term,
        multiplicity,
        fingerprint,
        result,
        left: factors[0],
        right: factors[1],
    })
}
