//! Computing a permutation in such a way that its states can be recorded.

use std::sync::LazyLock;

use p3_field::{PackedField, PrimeCharacteristicRing};
use p3_koala_bear::{KOALABEAR_POSEIDON1_RC_16, KOALABEAR_POSEIDON1_RC_24};
use sheaf_poseidon::{record16, record24};
use sheaf_transcript::F;

use super::poseidon::HALF_FULL_ROUNDS;

/// The states of the permutation of zero: those of every idle slot.
#[derive(Debug)]
pub(crate) struct Idle<const W: usize> {
    pub(crate) full: Vec<[F; W]>,
    pub(crate) partial: Vec<F>,
}

/// A width whose permutation can be recorded.
pub(crate) trait Kernel<const W: usize>: Sized {
    /// Number of partial rounds.
    const PARTIAL_ROUNDS: usize;
    fn idle() -> &'static Idle<W>;
    /// Computes a permutation and reports the states before each cube.
    fn record<P: PackedField<Scalar = F>>(
        state: &mut [P; W],
        full: impl FnMut(usize, &[P; W]),
        partial: impl FnMut(usize, P),
    );
}

/// Index among the full rounds of round `r` of the permutation.
pub(crate) fn full_index<K: Kernel<W>, const W: usize>(r: usize) -> usize {
    if r < HALF_FULL_ROUNDS {
        r
    } else {
        r - K::PARTIAL_ROUNDS
    }
}

/// Width 16.
#[derive(Debug)]
pub(crate) struct Narrow;
/// Width 24.
#[derive(Debug)]
pub(crate) struct Wide;

static IDLE_NARROW: LazyLock<Idle<16>> = LazyLock::new(idle::<Narrow, 16>);
static IDLE_WIDE: LazyLock<Idle<24>> = LazyLock::new(idle::<Wide, 24>);

impl Kernel<16> for Narrow {
    const PARTIAL_ROUNDS: usize = KOALABEAR_POSEIDON1_RC_16.len() - 2 * HALF_FULL_ROUNDS;

    fn idle() -> &'static Idle<16> {
        &IDLE_NARROW
    }

    #[inline(always)]
    fn record<P: PackedField<Scalar = F>>(
        state: &mut [P; 16],
        full: impl FnMut(usize, &[P; 16]),
        partial: impl FnMut(usize, P),
    ) {
        record16(state, full, partial);
    }
}

impl Kernel<24> for Wide {
    const PARTIAL_ROUNDS: usize = KOALABEAR_POSEIDON1_RC_24.len() - 2 * HALF_FULL_ROUNDS;

    fn idle() -> &'static Idle<24> {
        &IDLE_WIDE
    }

    #[inline(always)]
    fn record<P: PackedField<Scalar = F>>(
        state: &mut [P; 24],
        full: impl FnMut(usize, &[P; 24]),
        partial: impl FnMut(usize, P),
    ) {
        record24(state, full, partial);
    }
}

fn idle<K: Kernel<W>, const W: usize>() -> Idle<W> {
    let mut idle = Idle {
        full: Vec::new(),
        partial: Vec::new(),
    };
    let Idle { full, partial } = &mut idle;
    K::record(
        &mut [F::ZERO; W],
        |_, state| full.push(*state),
        |_, value| partial.push(value),
    );
    idle
}
