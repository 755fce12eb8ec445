//! The domains in which the protocol uses the wide permutation.
//!
//! Transcript, Merkle trees, digests of statements and nonces all run Poseidon1-24. A constant stands at
//! a fixed place of the first input of each:
//!
//! ```text
//!     sponges    [ ..8 | tag | rate 15 ]       the last element of the capacity
//!     nodes      [ left 9 | right 9 | 0^5 | tag ]
//!     nonces     [ seed 8 | nonce | 0^14 | tag ]
//! ```
//!
//! Sponges start from different capacities, since their framing leaves element 8 alone. A
//! later capacity is nine outputs, and to make it that of another sponge takes `2^139` work.
//!
//! Nodes and nonces are *not* kept apart from sponges: a digest is a capacity (the first
//! nine outputs), so a node is a leaf's sponge with one block more, `[ right 9 | 0^5 | 3 ]`, and
//! siblings are free, so that a left child may be any capacity. This helps nobody, for two
//! reasons. What a digest is the digest of follows from its place: depths of trees and lengths
//! of rows are parameters that the transcript has absorbed, so that binding goes from the root down, level by
//! level, and never asks whether a value might be something else. And challenges are outputs 9 to
//! 23, digests outputs 0 to 8: no digest is a challenge, whatever its input.
//!
//! Tags 8 and 9 are those of a program's identity (`sheaf_program::identity`), which is data for a protocol and no part of one.
//!
//! The hashes of the signatures are the scheme's own, and stay as its specification has
//! them.

use p3_koala_bear::KoalaBear;

use crate::field::F;

/// A use of the permutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// The sponge of the transcript.
    Transcript = 1,
    /// The sponge that hashes a row of an oracle to a leaf.
    Leaf = 2,
    /// The hash of two children.
    Node = 3,
    /// The sponges that hash the keys and the groups of a statement.
    Keys = 4,
    /// The sponge that makes the digest of a statement about signatures.
    Statement = 5,
    /// The sponge that makes the digest of a node, which stands for several statements.
    StatementNode = 6,
    /// The hash that tests a nonce.
    Grinding = 7,
}

impl Domain {
    /// The constant that stands in the first input.
    pub const fn tag(self) -> F {
        KoalaBear::new(self as u32)
    }
}
