//! Step 3: all constraints hold; and the messages' claims, at the same point of the rows.
//!
//! **Claims.** For every row `r` of a kind and every `g`: `sum_(i<4) A_gi(r) B_gi(r) = C_g(r)`. And `M(m1, r1) = mu1`,
//! `T(m1, r1) = tau1`. Forms are tables over the rows, zero in gaps and after the last row; all claims are about the extensions of these tables.
//!
//! **Reduction.** With `lambda` and `tau` drawn,
//!
//! ```text
//!     lambda mu1 + lambda^2 tau1
//!         = sum_r eq(r1, r) [ sum_g eq(tau, g) ( sum_(i<4) A_gi B_gi - C_g )(r) + lambda M(m1, r) + lambda^2 T(m1, r) ].
//! ```
//!
//! 1. Rows: `h` rounds of degree 2, `eq(r1, .)` left out, the *least* significant variable first, which leaves rows of one kind
//!    together. At `r2` the values `mu2 = M(m1, r2)`, `tau2 = T(m1, r2)` and `cc = sum_g eq(tau, g) C_g(r2)` are sent, and leave the claim.
//! 2. Terms: 2 rounds of degree 2 over `i`, no factor: the claim is a plain sum.
//! 3. Constraints: 4 rounds of degree 2 over `g`, `eq(tau, .)` left out. `a = A(g2, i2, r2)` and `b = B(g2, i2, r2)` are sent; the claim is `a b`.
//!
//! **Leaves open.** Five values of forms at one row point.
//!
//! **Error.** `h + 4 + 2` for the point `r1`, `tau` and `lambda`, and 2 per round.

#[cfg(feature = "prover")]
pub(crate) mod prove;

use sheaf_program::layout::{CONSTRAINTS, TERMS};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{self, Claimed};
use sheaf_transcript::{Channel, EF, Extension, Label, Transcript};

use crate::checks::{Check, applies};
use crate::error::VerifyError;
use crate::functional::FormWeights;
use crate::messages::{Fingerprint, MessageClaim};

/// A round polynomial of the rows.
pub const ROW_ROUND: Label = Label::new("machine/constraint row round");
/// What is linear in the forms.
pub const LINEAR: Label = Label::new("machine/linear forms");
/// A round polynomial of the terms.
pub const TERM_ROUND: Label = Label::new("machine/term round");
/// A round polynomial of the constraints.
pub const CONSTRAINT_ROUND: Label = Label::new("machine/constraint round");
/// The two factors that are left.
pub const FACTORS: Label = Label::new("machine/factors");

/// Bits of the number of a term.
pub const TERM_BITS: usize = TERMS.trailing_zeros() as usize;
/// Bits of the number of a constraint.
pub const CONSTRAINT_BITS: usize = CONSTRAINTS.trailing_zeros() as usize;

/// The challenges before the rows.
pub(crate) struct Challenges<E = EF> {
    pub(crate) lambda: E,
    pub(crate) tau: Vec<E>,
}

impl<E: Extension> Challenges<E> {
    pub(crate) fn draw(transcript: &mut impl Transcript<Extension = E>) -> Self {
        Self {
            lambda: transcript.sample(),
            tau: transcript.sample_point(CONSTRAINT_BITS),
        }
    }

    /// The sum that step 3 begins with.
    pub(crate) fn claim(&self, messages: &MessageClaim<E>) -> E {
        self.lambda * (messages.multiplicity + self.lambda * messages.tuple)
    }

    /// What the linear forms add to the claim about products.
    pub(crate) fn linear(&self, [mu, tuple, results]: [E; 3]) -> E {
        self.lambda * (mu + self.lambda * tuple) - results
    }
}

/// Five values of forms at one row point: what is left of messages and constraints.
#[derive(Clone, Debug)]
#[must_use = "the values of forms must be tied to the columns"]
pub(crate) struct FormClaims<E = EF> {
    /// `r2`.
    pub(crate) row_point: Vec<E>,
    /// `m1`.
    pub(crate) message_point: Vec<E>,
    /// `tau`.
    pub(crate) tau: Vec<E>,
    /// `(g2, i2)`.
    pub(crate) term_point: Vec<E>,
    /// The weights of positions of tuples.
    pub(crate) fingerprint: Fingerprint<E>,
    /// Multiplicities, tuples, left and right factors, results.
    pub(crate) values: [E; 5],
}

impl<E: Extension> FormClaims<E> {
    /// The weights of all forms in the sum of the five claims with these scales.
    pub(crate) fn weights(&self, scales: &[E; 5]) -> FormWeights<E> {
        let messages = eq::table(&self.message_point);
        FormWeights::new()
            .multiplicities(scales[0], &messages)
            .tuples(scales[1], &messages, &self.fingerprint.positions)
            .factors([scales[2], scales[3]], &eq::table(&self.term_point))
            .results(scales[4], &eq::table(&self.tau))
    }
}

/// Reduces all constraints and the messages' claims to values of forms.
pub(crate) fn verify<C: Channel>(
    messages: MessageClaim<C::Extension>,
    channel: &mut C,
) -> Result<FormClaims<C::Extension>, VerifyError> {
    let challenges = Challenges::draw(channel);
    let mut claim = challenges.claim(&messages);
    // The least significant variable first.
    let mut row_point = messages.row_point;
    for x in row_point.iter_mut().rev() {
        (*x, claim) = round::receive(ROW_ROUND, 2, claim, Claimed::Eq(*x), channel)?;
    }
    let linear = channel.receive(LINEAR, 3)?;
    let linear = [linear[0], linear[1], linear[2]];
    claim -= challenges.linear(linear);
    let mut terms = Vec::with_capacity(TERM_BITS);
    for _ in 0..TERM_BITS {
        let (x, next) = round::receive(TERM_ROUND, 2, claim, Claimed::Sum, channel)?;
        terms.push(x);
        claim = next;
    }
    let (mut term_point, claim) =
        round::receive_all(CONSTRAINT_ROUND, 2, claim, &challenges.tau, channel)?;
    term_point.extend(terms);
    let factors = channel.receive(FACTORS, 2)?;
    let (a, b) = (factors[0], factors[1]);
    if a * b != claim && applies(Check::Product) {
        return Err(VerifyError::Product);
    }
    let [mu, tuple, results] = linear;
    Ok(FormClaims {
        row_point,
        message_point: messages.message_point,
        tau: challenges.tau,
        term_point,
        fingerprint: messages.fingerprint,
        values: [mu, tuple, a, b, results],
    })
}
