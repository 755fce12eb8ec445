//! Step 2: all messages and the public tuple cancel.
//!
//! **Claim.** Over all rows and messages, the tuples with their multiplicities and `-1` times the public tuple `t` add up to zero,
//! tuple by tuple.
//!
//! **Reduction.** A tuple has the fingerprint `fp(t) = sum_j eq(beta, j) t_j`, injective as a polynomial in `beta`. Messages
//! cancel if the rational function
//!
//! ```text
//!     sum_(m,r) M(m, r) / (X - fp(T(m, .)(r)))  -  1 / (X - fp(t))
//! ```
//!
//! is zero, which is asked at `X = alpha`. A message that a row does not have is a form that is zero: a fraction `0 / alpha`, and nothing has to
//! know that it is absent; so are the fractions of gaps and of rows after the last. The prover computes none of them:
//! their sums are known. The sum is that of a tree ([`sheaf_argument::fractions`]) over `(row, message)`, whose root `P / Q` is sent. `Q != 0`, so that no denominator is zero, and `P (alpha - fp(t)) = Q`.
//!
//! **Messages.** A nonce, before `beta` and `alpha` are drawn; `P` and `Q`; the tree's.
//!
//! **Leaves open.** `M(m1, r1)` and `T(m1, r1)`, the extensions of multiplicities and fingerprints.
//!
//! **Error.** The numerator has degree `5 N` in `(beta, alpha)` for at most `N = 8 end + 1` fractions; grinding makes up for `N` beyond
//! `2^19`. Then that of the tree.

#[cfg(feature = "prover")]
pub(crate) mod prove;

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::fractions::{self, LeafClaim, RootClaim};
use sheaf_program::Rows;
use sheaf_program::layout::MESSAGES;
use sheaf_sumcheck::eq;
use sheaf_transcript::{Channel, EF, Extension, Label, Transcript, TranscriptError};

use crate::checks::{Check, applies};
use crate::error::VerifyError;
use crate::functional::lift;

/// Proof of work before the challenges of the fingerprint.
pub const GRINDING: Label = Label::new("machine/message grinding");
/// The sum of all fractions.
pub const ROOT: Label = Label::new("machine/message root");

/// Bits of a position of a tuple.
pub const POSITION_BITS: usize = 5;
/// Bits of the number of a message.
pub const MESSAGE_BITS: usize = MESSAGES.trailing_zeros() as usize;
/// Fractions of which so many bits need no grinding.
const FREE_BITS: usize = 19;
/// Bits of rows beyond which each takes one more bit of grinding: `8 end + 1` fractions take three bits more than rows.
pub const FREE_ROW_BITS: usize = FREE_BITS - MESSAGE_BITS;

/// Fractions of all rows and of the public tuple.
pub(crate) const fn fractions(rows: &Rows) -> usize {
    MESSAGES * rows.end() + 1
}

/// Log of the leaves of the tree.
pub(crate) fn log_leaves(rows: &Rows) -> usize {
    rows.log_rows() + MESSAGE_BITS
}

/// The difficulty of the nonce.
pub(crate) fn grinding(rows: &Rows) -> usize {
    let log = fractions(rows).next_power_of_two().trailing_zeros() as usize;
    log.saturating_sub(FREE_BITS)
}

/// The challenges of the fingerprint.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint<E = EF> {
    /// `eq(beta, j)`.
    pub(crate) positions: Vec<E>,
    pub(crate) alpha: E,
}

impl<E: Extension> Fingerprint<E> {
    pub(crate) fn draw(transcript: &mut impl Transcript<Extension = E>) -> Self {
        Self {
            positions: eq::table(&transcript.sample_point(POSITION_BITS)),
            alpha: transcript.sample(),
        }
    }

    /// The fingerprint of a public tuple.
    pub(crate) fn of(&self, tuple: &[EF]) -> E {
        let terms = self.positions.iter().zip(tuple);
        terms.map(|(&w, &x)| w * lift::<E>(x)).sum()
    }
}

/// What is left of the messages: two evaluations.
#[derive(Clone, Debug)]
#[must_use = "the messages must be tied to the program's forms"]
pub(crate) struct MessageClaim<E = EF> {
    /// What makes a tuple an element.
    pub(crate) fingerprint: Fingerprint<E>,
    /// The point of the message's number.
    pub(crate) message_point: Vec<E>,
    /// `r1`.
    pub(crate) row_point: Vec<E>,
    /// `M(m1, r1)`.
    pub(crate) multiplicity: E,
    /// `T(m1, r1)`.
    pub(crate) tuple: E,
}

impl<E: Extension> MessageClaim<E> {
    /// Of the claim about leaves, whose point is that of the row and of the message.
    pub(crate) fn new(leaf: LeafClaim<E>, fingerprint: Fingerprint<E>) -> Self {
        let mut row_point = leaf.leaf_point;
        let message_point = row_point.split_off(row_point.len() - MESSAGE_BITS);
        Self {
            message_point,
            row_point,
            multiplicity: leaf.numerator,
            tuple: fingerprint.alpha - leaf.denominator,
            fingerprint,
        }
    }
}

/// Receives the nonce, draws the challenges, and reduces the messages of all rows.
pub(crate) fn verify<C: Channel>(
    rows: &Rows,
    public: &[EF],
    channel: &mut C,
) -> Result<MessageClaim<C::Extension>, VerifyError> {
    channel.check_grind(GRINDING, grinding(rows))?;
    let fingerprint = Fingerprint::draw(channel);
    let root = receive_root(channel)?;
    if root.denominator == C::Extension::ZERO && applies(Check::Root) {
        return Err(VerifyError::Root);
    }
    let pole = fingerprint.alpha - fingerprint.of(public);
    if root.numerator * pole != root.denominator && applies(Check::Balance) {
        return Err(VerifyError::Balance);
    }
    let leaf = fractions::verify::verify(root, log_leaves(rows), channel)?;
    Ok(MessageClaim::new(leaf, fingerprint))
}

fn receive_root<C: Channel>(channel: &mut C) -> Result<RootClaim<C::Extension>, TranscriptError> {
    let root = channel.receive(ROOT, 2)?;
    Ok(RootClaim {
        lane_point: Vec::new(),
        numerator: root[0],
        denominator: root[1],
    })
}
