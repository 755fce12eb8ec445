//! Sixteen sponges side by side, which hash what a statement lists.
//!
//! Item `i` of a list is one block of stream `i mod 16`. Independent streams let a verifier use SIMD lanes; their
//! number is part of the protocol and does not depend on the machine.
//!
//! ```text
//!     a key      root 8 | parameter 5 | 1 | 0
//!     a group    slot 2 | size | message 9 | 0 | 2 | 0
//! ```
//!
//! All keys come first, in the order of the lanes, then all groups. Streams start from the capacity of
//! [`Domain::Keys`]; a stream that gets no item stays as it is. The number of groups is bound by what
//! absorbs the last capacities, that of keys by the sizes of the groups (see [`crate::summary`]).

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_poseidon::sponge::{RATE, Sponge, initial_capacity};
use sheaf_transcript::{Domain, F, PF};
use sheaf_xmss::PublicKey;

pub(crate) use sheaf_poseidon::sponge::CAPACITY;

/// Number of sponges.
pub(crate) const STREAMS: usize = 16;
/// Registers that hold an element of every sponge. Where a register is wider than need be, spare lanes repeat stream 0.
const REGISTERS: usize = STREAMS.div_ceil(PF::WIDTH);

/// The state of a sponge between two blocks.
pub(crate) type Capacity = [F; CAPACITY];
/// What a permutation absorbs.
pub(crate) type Block = [F; RATE];

/// The sponges.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    sponges: [Sponge<PF>; REGISTERS],
}

/// The capacity that every stream starts from.
pub(crate) fn first_capacity() -> Capacity {
    initial_capacity(Domain::Keys.tag())
}

/// The block of a key. A digest slot of the wide table absorbs the same.
pub(crate) fn key_block(key: &PublicKey) -> Block {
    core::array::from_fn(|i| match i {
        0..8 => key.root[i],
        8..13 => key.parameter[i - 8],
        13 => F::ONE,
        _ => F::ZERO,
    })
}

/// The block of a group.
pub(crate) fn group_block(slot: [F; 2], size: usize, message: &[F; 9]) -> Block {
    core::array::from_fn(|i| match i {
        0..2 => slot[i],
        2 => F::from_usize(size),
        3..=11 => message[i - 3],
        13 => F::TWO,
        _ => F::ZERO,
    })
}

impl Streams {
    pub(crate) fn new() -> Self {
        Self {
            sponges: [Sponge::new(Domain::Keys.tag()); REGISTERS],
        }
    }

    /// Absorbs a list of items, the first one into stream 0.
    pub(crate) fn absorb_all(&mut self, mut blocks: impl Iterator<Item = Block>) {
        let mut row = Vec::with_capacity(STREAMS);
        loop {
            row.clear();
            row.extend(blocks.by_ref().take(STREAMS));
            if row.is_empty() {
                return;
            }
            self.absorb(&row);
        }
    }

    /// Absorbs at most [`STREAMS`] blocks, one per stream.
    pub(crate) fn absorb(&mut self, row: &[Block]) {
        for (v, sponge) in self.sponges.iter_mut().enumerate() {
            let of_lane = |lane: usize| row.get((v * PF::WIDTH + lane) % STREAMS);
            let block: [PF; RATE] = core::array::from_fn(|i| {
                PF::from_fn(|lane| of_lane(lane).map_or(F::ZERO, |block| block[i]))
            });
            let before = sponge.capacity();
            sponge.absorb(&block);
            if row.len() == STREAMS {
                continue;
            }
            let after = sponge.capacity();
            *sponge = Sponge::from_capacity(core::array::from_fn(|i| {
                PF::from_fn(|lane| {
                    let state = if of_lane(lane).is_some() {
                        after
                    } else {
                        before
                    };
                    state[i].as_slice()[lane]
                })
            }));
        }
    }

    /// The capacity of every stream.
    pub(crate) fn capacities(&self) -> [Capacity; STREAMS] {
        core::array::from_fn(|s| {
            let capacity = self.sponges[s / PF::WIDTH].capacity();
            capacity.map(|x| x.as_slice()[s % PF::WIDTH])
        })
    }
}

/// The capacity that each key is absorbed into.
#[cfg(feature = "prover")]
pub(crate) fn capacities_before(keys: &[&PublicKey]) -> Vec<Capacity> {
    let mut streams = Streams::new();
    let mut all = Vec::with_capacity(keys.len());
    for row in keys.chunks(STREAMS) {
        all.extend_from_slice(&streams.capacities()[..row.len()]);
        let blocks: Vec<Block> = row.iter().map(|key| key_block(key)).collect();
        streams.absorb(&blocks);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_absorbs_its_own_items_and_nothing_else() {
        let blocks: Vec<Block> = (0..37)
            .map(|i| core::array::from_fn(|j| F::from_usize(1000 * i + j)))
            .collect();
        let mut streams = Streams::new();
        for row in blocks.chunks(STREAMS) {
            streams.absorb(row);
        }
        for (s, capacity) in streams.capacities().into_iter().enumerate() {
            let mut sponge = Sponge::<F>::new(Domain::Keys.tag());
            for block in blocks.iter().skip(s).step_by(STREAMS) {
                sponge.absorb(block);
            }
            assert_eq!(capacity, sponge.capacity(), "stream {s}");
        }
        assert_eq!(Streams::new().capacities(), [first_capacity(); STREAMS]);
    }
}
