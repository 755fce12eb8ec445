//! The round states of both tables, recorded while the permutations are computed.

use std::sync::LazyLock;

use p3_field::{PackedField, PackedValue, PrimeCharacteristicRing};
use p3_mds::karatsuba_convolution::{mds_circulant_karatsuba_16, mds_circulant_karatsuba_24};
use p3_poseidon1::external::mds_multiply;
use p3_poseidon1::internal::cheap_matmul;
use p3_poseidon1::{PartialRoundConstants, Poseidon1Constants};
use rayon::prelude::*;
use sheaf_transcript::{F, PF};

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};
use super::prove::Scratch;
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
        self.partial
            .resize(blocks * K::get().partial_rounds(), zero);
        self.written.clear();
        self.written.resize(groups << log_slots, false);
    }

    fn groups_mut<K: Kernel<W>>(
        &mut self,
    ) -> impl IndexedParallelIterator<Item = GroupStates<'_, W>> {
        let blocks = self.blocks;
        let full = self.full.par_chunks_mut(blocks * 2 * HALF_FULL_ROUNDS);
        let partial = self
            .partial
            .par_chunks_mut(blocks * K::get().partial_rounds());
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
    fn permute<K: Kernel<W>>(&mut self, slot: usize, input: [PF; W]) -> [PF; W] {
        let (block, x) = (slot >> SKIP, slot % (1 << SKIP));
        let blocks = self.blocks;
        self.written[slot] = true;
        record::<K, PF, W>(
            input,
            |round, state| {
                let octets = &mut self.full[round * blocks + block];
                for (octet, &value) in octets.iter_mut().zip(state) {
                    octet[x] = value;
                }
            },
            |round, value| self.partial[round * blocks + block][x] = value,
        )
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

/// The states of the permutation of zero: those of every idle slot.
#[derive(Debug)]
pub(crate) struct Idle<const W: usize> {
    pub(crate) full: Vec<[F; W]>,
    pub(crate) partial: Vec<F>,
}

/// What computing and recording a permutation needs.
pub(crate) struct Permutation<const W: usize> {
    column: [F; W],
    round_constants: &'static [[F; W]],
    /// The partial rounds with sparse matrices. Only their element 0 is the textbook's.
    sparse: PartialRoundConstants<F, W>,
}

impl<const W: usize> Permutation<W> {
    fn new(poseidon: Poseidon<W>) -> Self {
        let (_, sparse) = Poseidon1Constants {
            rounds_f: 2 * HALF_FULL_ROUNDS,
            rounds_p: poseidon.partial_rounds(),
            mds_circ_col: poseidon.integer_column,
            round_constants: poseidon.round_constants.to_vec(),
        }
        .to_optimized();
        Self {
            column: poseidon.integer_column.map(F::from_i64),
            round_constants: poseidon.round_constants,
            sparse,
        }
    }

    /// Index among the full rounds of round `r` of the permutation.
    pub(crate) fn full_index(&self, r: usize) -> usize {
        if r < HALF_FULL_ROUNDS {
            r
        } else {
            r - self.partial_rounds()
        }
    }

    fn partial_rounds(&self) -> usize {
        self.round_constants.len() - 2 * HALF_FULL_ROUNDS
    }
}

/// A width for which there is a fast matrix product.
pub(crate) trait Kernel<const W: usize>: Sized {
    fn get() -> &'static Permutation<W>;
    fn idle() -> &'static Idle<W>;
    fn multiply<P: PackedField<Scalar = F>>(state: &mut [P; W], column: &[F; W]);
}

/// Width 16.
#[derive(Debug)]
pub(crate) struct Narrow;
/// Width 24.
#[derive(Debug)]
pub(crate) struct Wide;

// Immutable tables of constants. Deriving the sparse matrices costs far more than a permutation.
static NARROW: LazyLock<Permutation<16>> = LazyLock::new(|| Permutation::new(Poseidon::narrow()));
static WIDE: LazyLock<Permutation<24>> = LazyLock::new(|| Permutation::new(Poseidon::wide()));
static IDLE_NARROW: LazyLock<Idle<16>> = LazyLock::new(idle::<Narrow, 16>);
static IDLE_WIDE: LazyLock<Idle<24>> = LazyLock::new(idle::<Wide, 24>);

impl Kernel<16> for Narrow {
    fn get() -> &'static Permutation<16> {
        &NARROW
    }
    fn idle() -> &'static Idle<16> {
        &IDLE_NARROW
    }
    #[inline(always)]
    fn multiply<P: PackedField<Scalar = F>>(state: &mut [P; 16], column: &[F; 16]) {
        mds_circulant_karatsuba_16(state, column);
    }
}

impl Kernel<24> for Wide {
    fn get() -> &'static Permutation<24> {
        &WIDE
    }
    fn idle() -> &'static Idle<24> {
        &IDLE_WIDE
    }
    #[inline(always)]
    fn multiply<P: PackedField<Scalar = F>>(state: &mut [P; 24], column: &[F; 24]) {
        mds_circulant_karatsuba_24(state, column);
    }
}

fn idle<K: Kernel<W>, const W: usize>() -> Idle<W> {
    let mut idle = Idle {
        full: Vec::new(),
        partial: Vec::new(),
    };
    let Idle { full, partial } = &mut idle;
    record::<K, F, W>(
        [F::ZERO; W],
        |_, state| full.push(*state),
        |_, value| partial.push(value),
    );
    idle
}

/// Computes a permutation and reports the states before each cube.
#[inline]
fn record<K: Kernel<W>, P: PackedField<Scalar = F>, const W: usize>(
    mut state: [P; W],
    mut full: impl FnMut(usize, &[P; W]),
    mut partial: impl FnMut(usize, P),
) -> [P; W] {
    let permutation = K::get();
    let sparse = &permutation.sparse;
    let mut full_round = |round: usize, constants: &[F; W], state: &mut [P; W]| {
        add(state, constants);
        full(round, state);
        for x in state.iter_mut() {
            *x = x.cube();
        }
        K::multiply(state, &permutation.column);
    };
    let (first, rest) = permutation.round_constants.split_at(HALF_FULL_ROUNDS);
    for (round, constants) in first.iter().enumerate() {
        full_round(round, constants, &mut state);
    }

    add(&mut state, &sparse.first_round_constants);
    mds_multiply(&mut state, &sparse.m_i);
    for round in 0..permutation.partial_rounds() {
        partial(round, state[0]);
        state[0] = state[0].cube();
        if let Some(&constant) = sparse.round_constants.get(round) {
            state[0] += constant;
        }
        cheap_matmul(
            &mut state,
            &sparse.sparse_first_row[round],
            &sparse.v[round],
        );
    }

    for (round, constants) in rest[permutation.partial_rounds()..].iter().enumerate() {
        full_round(HALF_FULL_ROUNDS + round, constants, &mut state);
    }
    state
}

#[inline]
fn add<P: PackedField<Scalar = F>, const W: usize>(state: &mut [P; W], constants: &[F; W]) {
    for (x, &c) in state.iter_mut().zip(constants) {
        *x += c;
    }
}
