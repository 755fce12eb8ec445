//! Sixteen sponges side by side, which hash what a statement lists.
//!
//! Item `i` of a list is absorbed by stream `i mod 16`, block by block. Independent streams let a verifier use SIMD lanes; their
//! number is part of the protocol and does not depend on the machine.
//!
//! ```text
//!     a key      root | parameter | 1
//!     a group    slot 2 | size | message 9 | 0 | 2
//! ```
//!
//! All keys come first, in the order of the lanes, then all groups. Groups are single blocks of the wide permutation, and keys
//! those of the permutation that the scheme hashes leaves with ([`Absorption::of_keys`]): whatever the width, the capacity is
//! the same nine elements, which pass from one to the next. Streams start from the capacity of
//! [`Domain::Keys`]; a stream that gets no item stays as it is. The number of groups is bound by what
//! absorbs the last capacities, that of keys by the sizes of the groups (see [`crate::summary`]); so it is known, of each
//! permutation, what it absorbs.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_poseidon::sponge::{NARROW_RATE, RATE, Sponge, initial_capacity};
use sheaf_transcript::{Domain, F, PF};
use sheaf_xmss::layout::Width;
use sheaf_xmss::{PublicKey, Scheme};

pub(crate) use sheaf_poseidon::sponge::CAPACITY;

/// Number of sponges.
pub(crate) const STREAMS: usize = 16;
/// Registers that hold an element of every sponge. Where a register is wider than need be, spare lanes repeat stream 0.
const REGISTERS: usize = STREAMS.div_ceil(PF::WIDTH);

/// The state of a sponge between two blocks.
pub(crate) type Capacity = [F; CAPACITY];
/// The elements of an item, and zeros behind them.
pub(crate) type Item = [F; RATE];

/// How items are absorbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Absorption {
    /// The permutation.
    pub width: Width,
    /// Elements of an item.
    pub elements: usize,
}

impl Absorption {
    /// That of the groups.
    const OF_GROUPS: Self = Self {
        width: Width::Wide,
        elements: 14,
    };

    /// That of the keys of a scheme.
    pub(crate) const fn of_keys(scheme: &Scheme) -> Self {
        Self {
            width: scheme.hashes.leaf.width,
            elements: scheme.sizes.digest + scheme.sizes.parameter + 1,
        }
    }

    /// Elements of a block.
    pub(crate) const fn rate(self) -> usize {
        match self.width {
            Width::Narrow => NARROW_RATE,
            Width::Wide => RATE,
        }
    }

    /// Permutations per item.
    pub(crate) const fn permutations(self) -> usize {
        self.elements.div_ceil(self.rate())
    }
}

/// The sponges.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    sponges: [Sponge<PF>; REGISTERS],
}

/// The capacity that every stream starts from.
pub(crate) fn first_capacity() -> Capacity {
    initial_capacity(Domain::Keys.tag())
}

/// The elements of a key. The digest slots of a lane absorb the same.
pub(crate) fn key_item(key: &PublicKey) -> Item {
    let mut elements = key.elements().chain([F::ONE]);
    core::array::from_fn(|_| elements.next().unwrap_or_default())
}

/// The elements of a group.
pub(crate) fn group_item(slot: [F; 2], size: usize, message: &[F; 9]) -> Item {
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

    /// Absorbs the keys of a scheme.
    pub(crate) fn absorb_keys<'a>(
        &mut self,
        scheme: &Scheme,
        keys: impl Iterator<Item = &'a PublicKey>,
    ) {
        self.absorb_all(Absorption::of_keys(scheme), keys.map(key_item));
    }

    /// Absorbs groups, which are given as items.
    pub(crate) fn absorb_groups(&mut self, groups: impl Iterator<Item = Item>) {
        self.absorb_all(Absorption::OF_GROUPS, groups);
    }

    /// Absorbs a list of items, the first one into stream 0.
    fn absorb_all(&mut self, how: Absorption, mut items: impl Iterator<Item = Item>) {
        let mut row = Vec::with_capacity(STREAMS);
        loop {
            row.clear();
            row.extend(items.by_ref().take(STREAMS));
            if row.is_empty() {
                return;
            }
            self.absorb(how, &row);
        }
    }

    /// Absorbs at most [`STREAMS`] items, one per stream.
    fn absorb(&mut self, how: Absorption, row: &[Item]) {
        for (v, sponge) in self.sponges.iter_mut().enumerate() {
            let of_lane = |lane: usize| row.get((v * PF::WIDTH + lane) % STREAMS);
            let item: [PF; RATE] = core::array::from_fn(|i| {
                PF::from_fn(|lane| of_lane(lane).map_or(F::ZERO, |item| item[i]))
            });
            let before = sponge.capacity();
            for block in item[..how.elements].chunks(how.rate()) {
                match how.width {
                    Width::Narrow => sponge.absorb_narrow(block),
                    Width::Wide => sponge.absorb(block),
                }
            }
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
pub(crate) fn capacities_before(scheme: &Scheme, keys: &[&PublicKey]) -> Vec<Capacity> {
    let mut streams = Streams::new();
    let mut all = Vec::with_capacity(keys.len());
    for row in keys.chunks(STREAMS) {
        all.extend_from_slice(&streams.capacities()[..row.len()]);
        streams.absorb_keys(scheme, row.iter().copied());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_absorbs_its_own_items_and_nothing_else() {
        let items: Vec<Item> = (0..37)
            .map(|i| core::array::from_fn(|j| F::from_usize(1000 * i + j)))
            .collect();
        for (width, elements) in [(Width::Wide, 14), (Width::Wide, 15), (Width::Narrow, 9)] {
            let how = Absorption { width, elements };
            let mut streams = Streams::new();
            streams.absorb_all(how, items.iter().copied());
            for (s, capacity) in streams.capacities().into_iter().enumerate() {
                let mut sponge = Sponge::<F>::new(Domain::Keys.tag());
                for item in items.iter().skip(s).step_by(STREAMS) {
                    match width {
                        Width::Wide => sponge.absorb(&item[..elements]),
                        Width::Narrow => {
                            sponge.absorb_narrow(&item[..7]);
                            sponge.absorb_narrow(&item[7..9]);
                        }
                    }
                }
                assert_eq!(capacity, sponge.capacity(), "stream {s}");
            }
        }
        assert_eq!(Streams::new().capacities(), [first_capacity(); STREAMS]);
    }

    #[test]
    fn keys_take_one_wide_or_two_narrow_permutations() {
        let of = |scheme| Absorption::of_keys(scheme);
        assert_eq!(of(&sheaf_xmss::PROD).permutations(), 1);
        assert_eq!(of(&sheaf_xmss::COMPACT).permutations(), 2);
        assert_eq!(of(&sheaf_xmss::COMPACT).width, Width::Narrow);
    }
}
