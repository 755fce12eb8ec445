//! Plonky3's Poseidon1, and the same permutation as a sequence of rounds.

use std::sync::LazyLock;

use p3_koala_bear::{
    KOALABEAR_POSEIDON1_RC_16, KOALABEAR_POSEIDON1_RC_24, MdsMatrixKoalaBear, Poseidon1KoalaBear,
    default_koalabear_poseidon1_16, default_koalabear_poseidon1_24,
};
use p3_symmetric::Permutation;

use crate::field::{EF, F, f};

static NARROW: LazyLock<Poseidon1KoalaBear<16>> = LazyLock::new(default_koalabear_poseidon1_16);
static WIDE: LazyLock<Poseidon1KoalaBear<24>> = LazyLock::new(default_koalabear_poseidon1_24);

pub(crate) fn permute16(state: [F; 16]) -> [F; 16] {
    NARROW.permute(state)
}

pub(crate) fn permute24(state: [F; 24]) -> [F; 24] {
    WIDE.permute(state)
}

/// Elements of a capacity, and of a digest.
pub(crate) const CAPACITY: usize = 9;
/// Elements of a block.
pub(crate) const RATE: usize = 15;

/// The capacity of a sponge that has absorbed nothing, for the use with this tag.
pub(crate) fn start(tag: usize) -> Vec<F> {
    [0, 0, 0, 0, 0, 0, 0, 0, tag].map(f).to_vec()
}

/// Either permutation.
pub(crate) fn permute(width: usize, state: &[F]) -> Vec<F> {
    assert!(state.len() <= width);
    let at = |i: usize| state.get(i).copied().unwrap_or(f(0));
    match width {
        16 => permute16(core::array::from_fn(at)).to_vec(),
        24 => permute24(core::array::from_fn(at)).to_vec(),
        _ => unreachable!("there are two permutations"),
    }
}

/// The capacity after one more block of seven elements, with the permutation of width 16.
pub(crate) fn absorb_short_block(capacity: &[F], block: &[F]) -> Vec<F> {
    assert_eq!(capacity.len(), CAPACITY);
    permute(16, &[capacity, block].concat())[..CAPACITY].to_vec()
}

/// The capacity after one more block, which overwrites the rate; zeros fill it up.
pub(crate) fn absorb_block(capacity: &[F], block: &[F]) -> Vec<F> {
    assert_eq!(capacity.len(), CAPACITY);
    let mut state = [f(0); CAPACITY + RATE];
    state[..CAPACITY].copy_from_slice(capacity);
    state[CAPACITY..][..block.len()].copy_from_slice(block);
    permute24(state)[..CAPACITY].to_vec()
}

/// Full rounds before the partial ones, and after them.
pub(crate) const HALF_FULL_ROUNDS: usize = 4;

/// What a round consists of: add constants, cube, multiply by a matrix.
pub(crate) struct Rounds {
    /// `constants[r]`, added at the start of round `r`.
    pub constants: Vec<Vec<F>>,
    /// Row by row.
    pub matrix: Vec<Vec<F>>,
}

impl Rounds {
    pub(crate) fn narrow() -> Self {
        Self::new(&KOALABEAR_POSEIDON1_RC_16)
    }

    pub(crate) fn wide() -> Self {
        Self::new(&KOALABEAR_POSEIDON1_RC_24)
    }

    fn new<const W: usize>(constants: &[[F; W]]) -> Self
    where
        MdsMatrixKoalaBear: Permutation<[F; W]>,
    {
        // Column j of the matrix is the image of the j-th unit vector.
        let unit = |j: usize| core::array::from_fn(|i| f(usize::from(i == j)));
        let columns: Vec<[F; W]> = (0..W)
            .map(|j| MdsMatrixKoalaBear::default().permute(unit(j)))
            .collect();
        Self {
            constants: constants.iter().map(|c| c.to_vec()).collect(),
            matrix: (0..W)
                .map(|i| columns.iter().map(|column| column[i]).collect())
                .collect(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.constants.len()
    }

    /// Weights `v` such that `<v, x> = <w, M x>` for all `x`.
    pub(crate) fn before_matrix(&self, w: &[EF]) -> Vec<EF> {
        let entry = |j: usize| w.iter().zip(&self.matrix).map(|(&w, row)| w * row[j]).sum();
        (0..w.len()).map(entry).collect()
    }

    /// `<w, constants of round r>`.
    pub(crate) fn constant(&self, w: &[EF], r: usize) -> EF {
        w.iter().zip(&self.constants[r]).map(|(&w, &c)| w * c).sum()
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    fn by_rounds(rounds: &Rounds, mut state: Vec<F>) -> Vec<F> {
        for r in 0..rounds.count() {
            for (x, &c) in state.iter_mut().zip(&rounds.constants[r]) {
                *x += c;
            }
            let is_full = r < HALF_FULL_ROUNDS || r >= rounds.count() - HALF_FULL_ROUNDS;
            let cubed = if is_full { state.len() } else { 1 };
            for x in &mut state[..cubed] {
                *x = x.cube();
            }
            state = rounds
                .matrix
                .iter()
                .map(|row| row.iter().zip(&state).map(|(&m, &x)| m * x).sum())
                .collect();
        }
        state
    }

    #[test]
    fn the_rounds_are_those_of_the_reference() {
        let narrow: [F; 16] = core::array::from_fn(|i| f(i * i + 3));
        let wide: [F; 24] = core::array::from_fn(|i| f(i * i + 5));
        assert_eq!(
            by_rounds(&Rounds::narrow(), narrow.to_vec()),
            permute16(narrow)
        );
        assert_eq!(by_rounds(&Rounds::wide(), wide.to_vec()), permute24(wide));
    }
}
