//! The round states of both tables, recorded while the permutations are computed.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::{F, PF};

use super::poseidon::HALF_FULL_ROUNDS;
use super::prove::Scratch;
use super::record::{Kernel, Narrow, Wide};
use super::{SKIP, Shape};

/// Values of one column over the low slot bits.
pub(crate) type Octet = [PF; 1 << SKIP];

/// The recorded states of a whole instance, and the prover's working memory.
///
/// A trace may be used for many proofs, of any shapes; [`Self::reset`] keeps the
/// allocations.
#[derive(Debug)]
pub struct Trace {
    shape: Shape,
    pub(crate) narrow: States<16>,
    pub(crate) wide: States<24>,
    pub(crate) scratch: Scratch,
}

/// The recorded states of one table.
///
/// All vectors are ordered by lane group first, so that the memory of a group is
/// contiguous.
#[derive(Debug)]
pub(crate) struct States<const W: usize> {
    /// Blocks of eight slots per lane.
    pub(crate) blocks: usize,
    /// `[group][full round][block][element][slot in block]`: the `a_r` of the full rounds.
    full: Vec<[Octet; W]>,
    /// `[group][partial round][block][slot in block]`: element 0 of the other `a_r`.
    partial: Vec<Octet>,
    /// `[group][slot]`.
    written: Vec<bool>,
}

/// The part of a trace that belongs to [`PF::WIDTH`](PackedValue::WIDTH) consecutive lanes.
#[derive(Debug)]
pub struct LaneGroup<'a> {
    narrow: GroupStates<'a, 16>,
    wide: GroupStates<'a, 24>,
    /// One in live lanes, zero in others; absent if all lanes are live.
    mask: Option<PF>,
}

#[derive(Debug)]
struct GroupStates<'a, const W: usize> {
    blocks: usize,
    full: &'a mut [[Octet; W]],
    partial: &'a mut [Octet],
    written: &'a mut [bool],
}

impl Trace {
    /// An empty trace: no slot has been written.
    ///
    /// # Panics
    /// If the shape is invalid ([`Shape::check`]).
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let mut trace = Self {
            shape,
            narrow: States::empty(),
            wide: States::empty(),
            scratch: Scratch::default(),
        };
        trace.reset(shape);
        trace
    }

    /// Forgets everything written and takes on another shape.
    ///
    /// # Panics
    /// If the shape is invalid ([`Shape::check`]).
    pub fn reset(&mut self, shape: Shape) {
        assert_eq!(shape.check(), Ok(()), "invalid shape");
        let groups = shape.lanes.div_ceil(PF::WIDTH);
        self.shape = shape;
        self.narrow.reset::<Narrow>(groups, shape.log_slots16);
        self.wide.reset::<Wide>(groups, shape.log_slots24);
    }

    /// The shape that the trace was made for.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The groups of consecutive live lanes, to be filled in any order and in parallel.
    ///
    /// Group `g` holds lanes `g * PF::WIDTH..`; input in lanes that are not live is ignored.
    pub fn groups_mut(&mut self) -> impl IndexedParallelIterator<Item = LaneGroup<'_>> {
        let lanes = self.shape.lanes;
        let narrow = self.narrow.groups_mut::<Narrow>();
        let wide = self.wide.groups_mut::<Wide>();
        narrow
            .zip(wide)
            .enumerate()
            .map(move |(g, (narrow, wide))| {
                let live = lanes - g * PF::WIDTH;
                let mask = (live < PF::WIDTH).then(|| PF::from_fn(|i| F::from_bool(i < live)));
                LaneGroup { narrow, wide, mask }
            })
    }

    /// Records the permutation of zero in all slots that have not been written.
    pub(crate) fn fill_idle(&mut self) {
        self.groups_mut().for_each(|mut group| {
            group.narrow.fill_idle::<Narrow>();
            group.wide.fill_idle::<Wide>();
        });
    }
}

impl LaneGroup<'_> {
    /// Applies the width-16 permutation and records it in a slot.
    ///
    /// # Panics
    /// If the slot does not exist.
    pub fn permute16(&mut self, slot: usize, input: [PF; 16]) -> [PF; 16] {
        self.narrow
            .permute::<Narrow>(slot, masked(input, self.mask))
    }

    /// Applies the width-24 permutation and records it in a slot.
    ///
    /// # Panics
    /// If the slot does not exist.
    pub fn permute24(&mut self, slot: usize, input: [PF; 24]) -> [PF; 24] {
        self.wide.permute::<Wide>(slot, masked(input, self.mask))
    }
}

fn masked<const W: usize>(input: [PF; W], mask: Option<PF>) -> [PF; W] {
    mask.map_or(input, |mask| input.map(|x| x * mask))
}

impl<const W: usize> States<W> {
    const fn empty() -> Self {
        Self {
            blocks: 1,
            full: Vec::new(),
            partial: Vec::new(),
            written: Vec::new(),
        }
    }

    fn reset<K: Kernel<W>>(&mut self, groups: usize, log_slots: usize) {
        self.blocks = 1 << (log_slots - SKIP);
        let blocks = groups * self.blocks;
        let zero = [PF::ZERO; 1 << SKIP];
        self.full.resize(blocks * 2 * HALF_FULL_ROUNDS, [zero; W]);
        self.partial.resize(blocks * K::PARTIAL_ROUNDS, zero);
        self.written.clear();
        self.written.resize(groups << log_slots, false);
    }

    fn groups_mut<K: Kernel<W>>(
        &mut self,
    ) -> impl IndexedParallelIterator<Item = GroupStates<'_, W>> {
        let blocks = self.blocks;
        let full = self.full.par_chunks_mut(blocks * 2 * HALF_FULL_ROUNDS);
        let partial = self.partial.par_chunks_mut(blocks * K::PARTIAL_ROUNDS);
        let written = self.written.par_chunks_mut(blocks << SKIP);
        full.zip(partial)
            .zip(written)
            .map(move |((full, partial), written)| GroupStates {
                blocks,
                full,
                partial,
                written,
            })
    }

    /// Number of blocks of all live groups.
    pub(crate) fn len(&self) -> usize {
        self.full.len() / (2 * HALF_FULL_ROUNDS)
    }

    /// All elements before the cubes of full round `round` (0..8), block `index` of all groups.
    #[inline]
    pub(crate) fn full(&self, round: usize, index: usize) -> &[Octet; W] {
        let (group, block) = (index / self.blocks, index % self.blocks);
        &self.full[(group * 2 * HALF_FULL_ROUNDS + round) * self.blocks + block]
    }

    /// Element 0 before the cube of partial round `round`, block `index` of all groups.
    #[inline]
    pub(crate) fn partial(&self, rounds: usize, round: usize, index: usize) -> &Octet {
        let (group, block) = (index / self.blocks, index % self.blocks);
        &self.partial[(group * rounds + round) * self.blocks + block]
    }
}

#[cfg(test)]
impl<const W: usize> States<W> {
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
    fn permute<K: Kernel<W>>(&mut self, slot: usize, mut state: [PF; W]) -> [PF; W] {
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
