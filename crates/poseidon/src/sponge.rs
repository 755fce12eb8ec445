//! The overwrite sponge, of width 24 or, for short blocks, 16.
//!
//! ```text
//!     state   [ capacity 9 | rate 15 ] or [ capacity 9 | rate 7 ],  capacity 0^8 | tag at first
//! ```
//!
//! Every permutation overwrites the whole rate, with a block and zeros behind it. The capacity after the last
//! block is the digest: 278 bits, so that collisions cost `2^139`, those of inner states too. The tag tells uses
//! of the sponge apart; the lengths of blocks, and which width absorbs which block, are for the caller to bind, or to fix.

use p3_field::PackedField;
use p3_koala_bear::KoalaBear;

use crate::{permute16, permute24, permute24_single};

/// Elements of the state that are never overwritten, and of a digest.
pub const CAPACITY: usize = 9;
/// Elements that a block may have.
pub const RATE: usize = 24 - CAPACITY;
/// Elements that a block may have that the permutation of width 16 absorbs.
pub const NARROW_RATE: usize = 16 - CAPACITY;

/// A sponge, or as many as `P` has lanes.
#[derive(Clone, Copy, Debug)]
pub struct Sponge<P> {
    capacity: [P; CAPACITY],
}

/// The capacity that a sponge with this tag starts from.
#[must_use]
pub fn initial_capacity<P: PackedField<Scalar = KoalaBear>>(tag: KoalaBear) -> [P; CAPACITY] {
    let mut capacity = [P::ZERO; CAPACITY];
    capacity[CAPACITY - 1] = P::from(tag);
    capacity
}

impl<P: PackedField<Scalar = KoalaBear>> Sponge<P> {
    /// A sponge that has absorbed nothing.
    #[must_use]
    pub fn new(tag: KoalaBear) -> Self {
        Self::from_capacity(initial_capacity(tag))
    }

    /// A sponge that goes on from a capacity.
    #[must_use]
    pub const fn from_capacity(capacity: [P; CAPACITY]) -> Self {
        Self { capacity }
    }

    /// Absorbs a block: one permutation. What exceeds [`RATE`] elements is ignored.
    pub fn absorb(&mut self, block: &[P]) {
        self.absorb_with(permute24, block);
    }

    /// Absorbs a block with the permutation of width 16. What exceeds [`NARROW_RATE`] elements is ignored.
    pub fn absorb_narrow(&mut self, block: &[P]) {
        self.absorb_with(permute16, block);
    }

    #[inline(always)]
    fn absorb_with<const W: usize>(&mut self, permute: fn(&mut [P; W]), block: &[P]) {
        let mut state = [P::ZERO; W];
        let (capacity, rate) = state.split_at_mut(CAPACITY);
        capacity.copy_from_slice(&self.capacity);
        for (slot, &x) in rate.iter_mut().zip(block) {
            *slot = x;
        }
        permute(&mut state);
        self.capacity.copy_from_slice(&state[..CAPACITY]);
    }

    /// The capacity, which is the digest of what was absorbed.
    #[must_use]
    pub const fn capacity(&self) -> [P; CAPACITY] {
        self.capacity
    }
}

impl Sponge<KoalaBear> {
    /// As [`Self::absorb`], in less time where there are SIMD lanes.
    pub fn absorb_single(&mut self, block: &[KoalaBear]) {
        self.absorb_with(permute24_single, block);
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    type F = KoalaBear;

    #[test]
    fn a_block_is_one_permutation_of_a_state_whose_rate_it_overwrites() {
        let block: [F; 4] = core::array::from_fn(|i| F::from_usize(i + 3));
        let mut state = [F::ZERO; 24];
        state[8] = F::from_u8(77);
        let mut sponge = Sponge::<F>::new(F::from_u8(77));
        for _ in 0..2 {
            state[9..].fill(F::ZERO);
            state[9..13].copy_from_slice(&block);
            permute24(&mut state);
            sponge.absorb(&block);
            assert_eq!(sponge.capacity(), state[..9]);
        }
        state[9..].fill(F::ZERO);
        state[9..13].copy_from_slice(&block);
        let mut narrow: [F; 16] = core::array::from_fn(|i| state[i]);
        permute16(&mut narrow);
        let mut short = sponge;
        short.absorb_narrow(&block);
        assert_eq!(short.capacity(), narrow[..9]);
        let mut resumed = Sponge::from_capacity(sponge.capacity());
        resumed.absorb(&block);
        sponge.absorb_single(&block);
        assert_eq!(resumed.capacity(), sponge.capacity());
    }
}
