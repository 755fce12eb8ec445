//! Poseidon1 as the argument sees it: raw round constants and a circulant matrix.

use p3_field::PrimeCharacteristicRing;
use p3_koala_bear::{KOALABEAR_POSEIDON1_RC_16, KOALABEAR_POSEIDON1_RC_24, MDSKoalaBearData};
use p3_monty_31::MDSUtils;
use sheaf_transcript::{EF, F};

/// Full rounds at each end of a permutation.
pub(crate) const HALF_FULL_ROUNDS: usize = 4;

/// The permutation of width `W` in its textbook form.
#[derive(Clone, Debug)]
pub(crate) struct Poseidon<const W: usize> {
    /// `M[i][j] = column[(i - j) mod W]`.
    pub(crate) column: [F; W],
    /// `c_r`, one vector per round.
    pub(crate) round_constants: &'static [[F; W]],
}

impl Poseidon<16> {
    pub(crate) fn narrow() -> Self {
        Self::new(
            MDSKoalaBearData::MATRIX_CIRC_MDS_16_COL,
            &KOALABEAR_POSEIDON1_RC_16,
        )
    }
}

impl Poseidon<24> {
    pub(crate) fn wide() -> Self {
        Self::new(
            MDSKoalaBearData::MATRIX_CIRC_MDS_24_COL,
            &KOALABEAR_POSEIDON1_RC_24,
        )
    }
}

impl<const W: usize> Poseidon<W> {
    fn new(column: [i64; W], round_constants: &'static [[F; W]]) -> Self {
        Self {
            column: column.map(F::from_i64),
            round_constants,
        }
    }

    /// Number of partial rounds.
    pub(crate) fn partial_rounds(&self) -> usize {
        self.round_constants.len() - 2 * HALF_FULL_ROUNDS
    }

    /// `M^T w`.
    pub(crate) fn transposed(&self, weights: &[EF; W]) -> [EF; W] {
        core::array::from_fn(|l| {
            (0..W)
                .map(|j| weights[j] * self.column[(W + j - l) % W])
                .sum()
        })
    }

    /// `<w, c_r>`.
    pub(crate) fn constant(&self, weights: &[EF; W], round: usize) -> EF {
        let constants = &self.round_constants[round];
        weights.iter().zip(constants).map(|(&w, &c)| w * c).sum()
    }
}
