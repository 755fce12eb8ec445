//! The checks of an opening, each with a name.
//!
//! All of them always apply. In the unit tests of this crate, and nowhere else, some can
//! be switched off, to show that a cheat which is rejected meets the check that it
//! breaks, and would be accepted without it.

use sheaf_transcript::Extension;

/// What an opening depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The out-of-domain sample of an oracle is part of the running claim.
    Sample(usize),
    /// The claim with this index is part of the running claim.
    Claim(usize),
    /// The folded rows of an oracle are part of the running claim.
    Queries(usize),
    /// Opened rows of an oracle are those of its root.
    Rows(usize),
    /// The last polynomial has the claimed sum.
    FinalSum,
    /// Nonces meet their difficulty.
    Grinding,
}

sheaf_transcript::switchable!(Check);

/// The weight of a part of the running claim.
pub(crate) fn if_applies<E: Extension>(check: Check, weight: E) -> E {
    if applies(check) { weight } else { E::ZERO }
}

/// The difficulty to check.
pub(crate) fn difficulty(bits: usize) -> usize {
    if applies(Check::Grinding) {
        bits
    } else {
        bits.min(1)
    }
}
