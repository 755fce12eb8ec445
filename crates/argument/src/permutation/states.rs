//! The round states of one table, recorded while the permutations are computed.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::rounds::Span;
use sheaf_transcript::{F, PF};

use super::poseidon::HALF_FULL_ROUNDS;
use super::record::Kernel;
use super::shape::{SKIP, TableShape};

/// Values of one column over the low slot bits.
pub(crate) type Octet = [PF; 1 << SKIP];

/// The recorded states of one table; of none, if the table is absent.
///
/// Only the slots in use are stored, filled up to whole blocks; all slots after them are
/// idle in every lane. All vectors are ordered by lane group first, so that the memory of
/// a group is contiguous.
#[derive(Debug)]
pub(crate) struct States<const W: usize> {
    /// Live lanes.
    lanes: core::ops::Range<usize>,
    /// Stored blocks of eight slots per lane: the first ones, at least one.
    pub(crate) blocks: usize,
    /// Binary logarithm of the number of blocks, stored or not.
    pub(crate) log_blocks: usize,
    /// `[group][full round][block][element][slot in block]`: the `a_r` of the full rounds.
    full: Vec<[Octet; W]>,
    /// `[group][partial round][block][slot in block]`: element 0 of the other `a_r`.
    partial: Vec<Octet>,
    /// `[group][slot]`.
    written: Vec<bool>,
}

/// The states of [`PF::WIDTH`](PackedValue::WIDTH) consecutive lanes, of which at least the first one is live.
#[derive(Debug)]
pub(crate) struct GroupStates<'a, const W: usize> {
    blocks: usize,
    full: &'a mut [[Octet; W]],
    partial: &'a mut [Octet],
    written: &'a mut [bool],
    /// One in live lanes, zero in others; absent if all lanes are live.
    mask: Option<PF>,
}

impl<const W: usize> States<W> {
    pub(crate) const fn empty() -> Self {
        Self {
            lanes: 0..0,
            blocks: 1,
            log_blocks: 0,
            full: Vec::new(),
            partial: Vec::new(),
            written: Vec::new(),
        }
    }

    /// Forgets everything written and takes on another shape; keeps the allocations.
    pub(crate) fn reset<K: Kernel<W>>(&mut self, table: Option<TableShape>) {
        self.lanes = table.map_or(0..0, |t| t.first..t.lanes);
        self.blocks = table.map_or(1, |t| t.slots.div_ceil(1 << SKIP).max(1));
        self.log_blocks = table.map_or(0, |t| t.log_slots - SKIP);
        let groups = self.groups();
        let blocks = groups * self.blocks;
        let zero = [PF::ZERO; 1 << SKIP];
        self.full.resize(blocks * 2 * HALF_FULL_ROUNDS, [zero; W]);
        self.partial.resize(blocks * K::PARTIAL_ROUNDS, zero);
        self.written.clear();
        self.written.resize(blocks << SKIP, false);
    }

    /// Groups from that of the first live lane to that of the last one.
    pub(crate) fn groups(&self) -> usize {
        self.lanes.end.div_ceil(PF::WIDTH) - self.first_group()
    }

    /// Groups before these.
    pub(crate) fn first_group(&self) -> usize {
        self.lanes.start / PF::WIDTH
    }

    /// The groups that are kept.
    pub(crate) fn group_span(&self) -> Span {
        Span {
            first: self.first_group(),
            live: self.groups(),
        }
    }

    /// The groups with a live lane.
    pub(crate) fn groups_mut<K: Kernel<W>>(
        &mut self,
    ) -> impl IndexedParallelIterator<Item = GroupStates<'_, W>> {
        let (lanes, blocks, first) = (self.lanes.clone(), self.blocks, self.first_group());
        let full = self.full.par_chunks_mut(blocks * 2 * HALF_FULL_ROUNDS);
        let partial = self.partial.par_chunks_mut(blocks * K::PARTIAL_ROUNDS);
        let written = self.written.par_chunks_mut(blocks << SKIP);
        full.zip(partial)
            .zip(written)
            .enumerate()
            .map(move |(g, ((full, partial), written))| {
                let first = (first + g) * PF::WIDTH;
                let all = lanes.start <= first && first + PF::WIDTH <= lanes.end;
                let live = |lane| lanes.contains(&(first + lane));
                GroupStates {
                    blocks,
                    full,
                    partial,
                    written,
                    mask: (!all).then(|| PF::from_fn(|i| F::from_bool(live(i)))),
                }
            })
    }

    /// Records the permutation of zero in all stored slots that have not been written.
    pub(crate) fn fill_idle<K: Kernel<W>>(&mut self) {
        self.groups_mut::<K>()
            .for_each(|mut group| group.fill_idle::<K>());
    }

    /// Number of stored blocks of all live groups.
    pub(crate) fn len(&self) -> usize {
        self.groups() * self.blocks
    }

    /// All elements before the cubes of full round `round` (0..8), stored block `index` of all groups.
    #[inline]
    pub(crate) fn full(&self, round: usize, index: usize) -> &[Octet; W] {
        let (group, block) = (index / self.blocks, index % self.blocks);
        &self.full[(group * 2 * HALF_FULL_ROUNDS + round) * self.blocks + block]
    }

    /// Element 0 before the cube of partial round `round`, stored block `index` of all groups.
    #[inline]
    pub(crate) fn partial(&self, rounds: usize, round: usize, index: usize) -> &Octet {
        let (group, block) = (index / self.blocks, index % self.blocks);
        &self.partial[(group * rounds + round) * self.blocks + block]
    }
}

#[cfg(test)]
impl<const W: usize> States<W> {
    /// Field vectors that are stored.
    pub(crate) const fn stored(&self) -> usize {
        (self.full.len() * W + self.partial.len()) << SKIP
    }

    /// Makes all states of a full round wrong, as another constant would.
    pub(crate) fn add_to_full_round(&mut self, round: usize, x: PF) {
        for group in self.full.chunks_mut(2 * HALF_FULL_ROUNDS * self.blocks) {
            let states = &mut group[round * self.blocks..(round + 1) * self.blocks];
            for value in states.as_flattened_mut().as_flattened_mut() {
                *value += x;
            }
        }
    }
}

impl<const W: usize> GroupStates<'_, W> {
    /// Applies the permutation and records it in a slot. Input in lanes that are not live is ignored.
    pub(crate) fn permute<K: Kernel<W>>(&mut self, slot: usize, input: [PF; W]) -> [PF; W] {
        let mut state = self.mask.map_or(input, |mask| input.map(|x| x * mask));
        let (block, x) = (slot >> SKIP, slot % (1 << SKIP));
        let blocks = self.blocks;
        self.written[slot] = true;
        K::record(
            &mut state,
            |round, state| {
                let octets = &mut self.full[round * blocks + block];
                for (octet, &value) in octets.iter_mut().zip(state) {
                    octet[x] = value;
                }
            },
            |round, value| self.partial[round * blocks + block][x] = value,
        );
        state
    }

    fn fill_idle<K: Kernel<W>>(&mut self) {
        let idle = K::idle();
        let blocks = self.blocks;
        let unwritten = self.written.iter().enumerate().filter(|(_, w)| !**w);
        for (slot, _) in unwritten {
            let (block, x) = (slot >> SKIP, slot % (1 << SKIP));
            for (round, state) in idle.full.iter().enumerate() {
                let octets = &mut self.full[round * blocks + block];
                for (octet, &value) in octets.iter_mut().zip(state) {
                    octet[x] = value.into();
                }
            }
            for (round, &value) in idle.partial.iter().enumerate() {
                self.partial[round * blocks + block][x] = value.into();
            }
        }
    }
}
