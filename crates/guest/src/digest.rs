//! Digests, and the permutations that make them.

use std::array;

use p3_field::PrimeCharacteristicRing;
use p3_koala_bear::KoalaBear;
use sheaf_poseidon::sponge::{self, RATE, Sponge};

use crate::F;

/// The tag of the nodes of Merkle trees, in element 23 of the state.
pub const NODE_TAG: u32 = 33;
/// The tag of sponges; see `sheaf_poseidon::sponge`.
pub const SPONGE_TAG: u32 = 32;

/// A digest: nine elements, 278 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Digest([F; 9]);

impl Digest {
    /// The digest of a sponge that has absorbed nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self(sponge::initial_capacity(KoalaBear::new(SPONGE_TAG)).map(F))
    }

    /// The digest with these elements.
    #[must_use]
    pub const fn new(elements: [F; 9]) -> Self {
        Self(elements)
    }

    /// Its elements.
    #[must_use]
    pub const fn elements(self) -> [F; 9] {
        self.0
    }
}

/// The permutation of width 24.
#[must_use]
pub fn poseidon24(state: [F; 24]) -> [F; 24] {
    let mut state = state.map(|x| x.0);
    sheaf_poseidon::permute24_single(&mut state);
    state.map(F)
}

/// The permutation of width 16.
#[must_use]
pub fn poseidon16(state: [F; 16]) -> [F; 16] {
    let mut state = state.map(|x| x.0);
    sheaf_poseidon::permute16(&mut state);
    state.map(F)
}

/// The node of a Merkle tree above two others: nine of the outputs for `[left 9 | right 9 | 0^5 | NODE_TAG]`.
#[must_use]
pub fn compress(left: Digest, right: Digest) -> Digest {
    let mut state = [F::ZERO; 24];
    state[..9].copy_from_slice(&left.0);
    state[9..18].copy_from_slice(&right.0);
    state[23] = F(KoalaBear::from_u32(NODE_TAG));
    let outputs = poseidon24(state);
    Digest(array::from_fn(|i| outputs[i]))
}

/// The digest of a sponge after one more block, of at most 15 elements. Blocks of different lengths are not told apart: lengths
/// are for the program to fix, or to absorb.
///
/// # Panics
/// If the block is longer.
#[must_use]
pub fn absorb<const N: usize>(digest: Digest, block: [F; N]) -> Digest {
    assert!(N <= RATE, "a block has at most {RATE} elements");
    let mut sponge = Sponge::from_capacity(digest.0.map(|x| x.0));
    sponge.absorb(&block.map(|x| x.0));
    Digest(sponge.capacity().map(F))
}
