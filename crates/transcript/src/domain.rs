//! The domains in which the protocol uses the wide permutation.
//!
//! The proofs treat transcript, Merkle trees and key digest as hash functions that
//! know nothing of each other, while all of them run Poseidon1-24. What keeps them
//! apart is a constant at a fixed place of the first input:
//!
//! ```text
//!     sponges    [ ..8 | tag | rate 15 ]       the last element of the capacity
//!     nodes      [ left 9 | right 9 | 0^5 | tag ]
//! ```
//!
//! The sponges' framing leaves element 8 alone, so their first inputs differ pairwise;
//! later inputs have a capacity of nine elements that a permutation has put out, and
//! to make that equal to a chosen value, or to that of another sponge, takes `2^139`
//! work or more. The same holds for the nine elements of a left child: an input of a
//! node is one of a sponge only if a digest is `[ ..8 | tag ]`.
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
    /// The sponges that hash the keys of a statement.
    Keys = 4,
    /// The hash that tests a nonce.
    Grinding = 7,
}

impl Domain {
    /// The constant that stands in the first input.
    pub const fn tag(self) -> F {
        KoalaBear::new(self as u32)
    }
}
