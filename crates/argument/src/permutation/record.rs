//! Computing a permutation in such a way that its states can be recorded.

use std::sync::LazyLock;

use p3_field::{PackedField, PrimeCharacteristicRing, PrimeField32};
use p3_mds::karatsuba_convolution::{mds_circulant_karatsuba_16, mds_circulant_karatsuba_24};
use p3_poseidon1::external::mds_multiply;
use p3_poseidon1::internal::cheap_matmul;
use p3_poseidon1::{PartialRoundConstants, Poseidon1Constants};
use sheaf_transcript::F;

use super::poseidon::{HALF_FULL_ROUNDS, Poseidon};

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
            mds_circ_col: poseidon.column.map(|c| i64::from(c.as_canonical_u32())),
            round_constants: poseidon.round_constants.to_vec(),
        }
        .to_optimized();
        Self {
            column: poseidon.column,
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

    pub(crate) fn partial_rounds(&self) -> usize {
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
pub(crate) fn record<K: Kernel<W>, P: PackedField<Scalar = F>, const W: usize>(
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
