//! Messages: all of them, and the public tuple, cancel.

use p3_field::PrimeCharacteristicRing;

use super::layout::{LOG_MESSAGES, LOG_POSITIONS};
use crate::Reject;
use crate::field::{EF, dot, eq_table, log2_ceil};
use crate::fractions::{self, LeafClaim};
use crate::transcript::Transcript;

/// Bits of the number of messages that are free.
const FREE_BITS: usize = 19;

/// What is left open: the multiplicity and the fingerprint of a message, at a point.
pub(crate) struct Open {
    /// Weighs the positions of a tuple.
    pub beta: Vec<EF>,
    pub rows: Vec<EF>,
    pub messages: Vec<EF>,
    pub multiplicity: EF,
    pub fingerprint: EF,
}

pub(crate) fn verify(
    rows: usize,
    log_rows: usize,
    public: &[EF],
    transcript: &mut Transcript,
) -> Result<Open, Reject> {
    let bits = log2_ceil((rows << LOG_MESSAGES) + 1).saturating_sub(FREE_BITS);
    transcript.proof_of_work("machine/message grinding", bits)?;
    let beta = transcript.point(LOG_POSITIONS);
    let alpha = transcript.challenge();
    let fingerprint = dot(&eq_table(&beta)[..public.len()], public);

    // sum M / (alpha - T) = P / Q, which the public tuple has to cancel.
    let discrepancy = |root: &[EF]| root[0] * (alpha - fingerprint) - root[1];
    let failure = |root: &[EF]| match root[1] == EF::ZERO {
        true => Reject::Root,
        false => Reject::Balance,
    };
    let root = transcript.checked_by_value("machine/message root", 2, failure, discrepancy)?;
    if root[1] == EF::ZERO {
        return Err(Reject::Root);
    }

    let root = LeafClaim::root(Vec::new(), root[0], root[1]);
    let log_leaves = log_rows + LOG_MESSAGES;
    let leaf = fractions::verify(root, log_leaves, Reject::Messages, transcript)?;
    let (rows, messages) = leaf.leaf_point.split_at(log_rows);
    Ok(Open {
        beta,
        rows: rows.to_vec(),
        messages: messages.to_vec(),
        multiplicity: leaf.numerator,
        fingerprint: alpha - leaf.denominator,
    })
}
