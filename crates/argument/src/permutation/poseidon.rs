//! Poseidon1 as the argument sees it: raw round constants and a circulant matrix.

use core::array::from_fn;
use core::iter::successors;
use std::sync::LazyLock;

use p3_field::PrimeCharacteristicRing;
use p3_koala_bear::{KOALABEAR_POSEIDON1_RC_16, KOALABEAR_POSEIDON1_RC_24, MDSKoalaBearData};
use p3_monty_31::MDSUtils;
use sheaf_transcript::{Extension, F};

/// Full rounds at each end of a permutation.
pub const HALF_FULL_ROUNDS: usize = 4;
/// Index of the last round among the full ones.
#[cfg(feature = "prover")]
pub(crate) const LAST_FULL: usize = 2 * HALF_FULL_ROUNDS - 1;

/// The permutation of width `W` in its textbook form, and what its matrix and constants add up to over all partial rounds.
///
/// # Weights across partial rounds
/// A claim enters the partial layers as a form `w` in the state after the last partial round, and crosses the rounds
/// backward. With `d_i` the difference between the weight that element 0 gets after layer `i` and the one that it had,
///
/// ```text
///     w_{k+1} = M^T w_k + d_k e_0,      w_0 = w
///     (M^T w_k)_0 = <M^{k+1} e_0, w> + sum_{i<k} d_i (M^{k-i} e_0)_0
///     M^T w_R     = (M^T)^{R+1} w    + sum_{i<R} d_i (M^T)^{R-i} e_0
///     sum_{k<=R} <w_k, c_k> = <w, sum_{k<=R} M^k c_k> + sum_{i<R} d_i sum_{i<k<=R} (M^{k-1-i} c_k)_0
/// ```
///
/// where `c_k` are the constants between layers `k` and `k - 1`, so that no layer costs a product with the matrix.
#[derive(Debug)]
pub struct Poseidon<const W: usize> {
    /// `M[i][j] = column[(i - j) mod W]`.
    column: [F; W],
    /// `c_r`, one vector per round.
    pub round_constants: &'static [[F; W]],
    /// `M^k e_0` for `k <= R`.
    columns: Vec<[F; W]>,
    /// `(M^T)^k e_0` for `k <= R`.
    rows: Vec<[F; W]>,
    /// The first column of `M^{R+1}`.
    across: [F; W],
    /// `sum_{k<=R} M^k c_k`.
    constant_of_weights: [F; W],
    /// `sum_{i<k<=R} (M^{k-1-i} c_k)_0` for `i < R`.
    constant_of_differences: Vec<F>,
}

// Immutable tables of constants, derived once.
static NARROW: LazyLock<Poseidon<16>> = LazyLock::new(|| {
    Poseidon::new(
        MDSKoalaBearData::MATRIX_CIRC_MDS_16_COL,
        &KOALABEAR_POSEIDON1_RC_16,
    )
});
static WIDE: LazyLock<Poseidon<24>> = LazyLock::new(|| {
    Poseidon::new(
        MDSKoalaBearData::MATRIX_CIRC_MDS_24_COL,
        &KOALABEAR_POSEIDON1_RC_24,
    )
});

impl Poseidon<16> {
    /// The permutation of width 16.
    pub fn narrow() -> &'static Self {
        &NARROW
    }
}

impl Poseidon<24> {
    /// The permutation of width 24.
    pub fn wide() -> &'static Self {
        &WIDE
    }
}

impl<const W: usize> Poseidon<W> {
    fn new(column: [i64; W], round_constants: &'static [[F; W]]) -> Self {
        let column = column.map(F::from_i64);
        let rounds = round_constants.len() - 2 * HALF_FULL_ROUNDS;
        let entry = |i: usize, j: usize| column[(W + i - j) % W];
        let apply =
            |v: &[F; W]| -> [F; W] { from_fn(|i| (0..W).map(|j| entry(i, j) * v[j]).sum()) };
        let apply_transposed =
            |v: &[F; W]| -> [F; W] { from_fn(|j| (0..W).map(|i| v[i] * entry(i, j)).sum()) };
        let unit: [F; W] = from_fn(|i| F::from_bool(i == 0));
        let columns: Vec<_> = successors(Some(unit), |v| Some(apply(v)))
            .take(rounds + 2)
            .collect();
        let rows = successors(Some(unit), |v| Some(apply_transposed(v)))
            .take(rounds + 1)
            .collect();

        // From the last layer on: `sums` is sum_{k>=j} M^(k-j) c_k.
        let constants = |k: usize| round_constants[round_constants.len() - HALF_FULL_ROUNDS - k];
        let mut sums = constants(rounds);
        let mut constant_of_differences = vec![F::ZERO; rounds];
        for k in (0..rounds).rev() {
            constant_of_differences[k] = sums[0];
            let mixed = apply(&sums);
            sums = from_fn(|i| constants(k)[i] + mixed[i]);
        }
        Self {
            column,
            round_constants,
            across: columns[rounds + 1],
            columns,
            rows,
            constant_of_weights: sums,
            constant_of_differences,
        }
    }

    /// Number of rounds.
    pub const fn rounds(&self) -> usize {
        self.round_constants.len()
    }

    /// `M^T w`.
    pub fn transposed<E: Extension>(&self, weights: &[E; W]) -> [E; W] {
        transposed(&self.column, weights)
    }

    /// `M^T w` for the weights `w_j = first ratio^j`.
    pub(crate) fn transposed_powers<E: Extension>(&self, powers: &[E; W], ratio: E) -> [E; W] {
        transposed_powers(&self.column, powers, ratio)
    }

    /// `<w, c_r>`.
    pub fn constant<E: Extension>(&self, weights: &[E; W], round: usize) -> E {
        dot(weights, &self.round_constants[round])
    }

    /// `(M^T w_k)_0`, where `k` differences are given: the weight of the cube in partial layer `k`.
    pub fn element_weight<E: Extension>(&self, weights: &[E; W], differences: &[E]) -> E {
        let k = differences.len();
        let later: E = differences
            .iter()
            .enumerate()
            .map(|(i, &d)| d * self.columns[k - i][0])
            .sum();
        dot(weights, &self.columns[k + 1]) + later
    }

    /// `M^T w_R` for the weights `w_j = first ratio^j`: those of the cubes in the full layer that follows all partial ones.
    pub(crate) fn weights_across<E: Extension>(
        &self,
        powers: &[E; W],
        ratio: E,
        differences: &[E],
    ) -> [E; W] {
        let mut sums = transposed_powers(&self.across, powers, ratio);
        for (i, &d) in differences.iter().enumerate() {
            let row = &self.rows[differences.len() - i];
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum += d * x;
            }
        }
        sums
    }

    /// The constants of all partial layers and of the step into the full layer that follows.
    pub fn constant_across<E: Extension>(&self, weights: &[E; W], differences: &[E]) -> E {
        dot(weights, &self.constant_of_weights) + dot(differences, &self.constant_of_differences)
    }
}

/// `M^T w` for the circulant matrix `M` with this first column.
fn transposed<const W: usize, E: Extension>(column: &[F; W], weights: &[E; W]) -> [E; W] {
    let reversed: [F; W] = from_fn(|i| column[(W - i) % W]);
    let product = cyclic_product(weights, &reversed);
    from_fn(|l| product[l])
}

/// `a b` modulo `X^n - 1`, for polynomials with these `n` coefficients.
///
/// Where `n` is even, that is a product modulo `X^(n/2) - 1` and one modulo `X^(n/2) + 1`.
fn cyclic_product<E: Extension>(a: &[E], b: &[F]) -> Vec<E> {
    if !a.len().is_multiple_of(2) {
        return product_modulo(a, b, F::ONE);
    }
    let ((a_low, a_high), (b_low, b_high)) = (a.split_at(a.len() / 2), b.split_at(b.len() / 2));
    let pairs = || (a_low.iter().zip(a_high), b_low.iter().zip(b_high));
    let (a, b) = pairs();
    let sums: (Vec<E>, Vec<F>) = (
        a.map(|(&x, &y)| x + y).collect(),
        b.map(|(&x, &y)| x + y).collect(),
    );
    let (a, b) = pairs();
    let differences: (Vec<E>, Vec<F>) = (
        a.map(|(&x, &y)| x - y).collect(),
        b.map(|(&x, &y)| x - y).collect(),
    );
    let plus = cyclic_product(&sums.0, &sums.1);
    let minus = product_modulo(&differences.0, &differences.1, F::NEG_ONE);
    let halves = || plus.iter().zip(&minus);
    let low = halves().map(|(&x, &y)| (x + y).halve());
    let high = halves().map(|(&x, &y)| (x - y).halve());
    low.chain(high).collect()
}

/// `a b` modulo `X^n - wrap`, coefficient by coefficient.
fn product_modulo<E: Extension>(a: &[E], b: &[F], wrap: F) -> Vec<E> {
    let n = a.len();
    let coefficient = |l: usize| {
        let term = |j: usize| {
            if j <= l {
                a[j] * b[l - j]
            } else {
                a[j] * (b[n + l - j] * wrap)
            }
        };
        (0..n).map(term).sum()
    };
    (0..n).map(coefficient).collect()
}

/// `M^T w` for the circulant matrix `M` with this first column `m`, and `w_j = first ratio^j`.
///
/// Element `l` is `sum_i m_i w_{(i+l) mod W}`. From one to the next every `w` is multiplied by the ratio, but the last one,
/// which wraps to the first one.
fn transposed_powers<const W: usize, E: Extension>(
    column: &[F; W],
    powers: &[E; W],
    ratio: E,
) -> [E; W] {
    let wrap = powers[0] - ratio * powers[W - 1];
    let mut element = dot(powers, column);
    from_fn(|l| {
        if l > 0 {
            element = ratio * element + wrap * column[W - l];
        }
        element
    })
}

fn dot<E: Extension>(weights: &[E], constants: &[F]) -> E {
    weights.iter().zip(constants).map(|(&w, &c)| w * c).sum()
}

#[cfg(test)]
mod tests {
    use sheaf_sumcheck::univariate;
    use sheaf_transcript::counting::{Counted, Counting};
    use sheaf_transcript::{EF, VerifierTranscript};

    use super::*;

    fn elements<const W: usize>(seed: usize) -> [EF; W] {
        from_fn(|i| EF::from_usize(seed + i * i * 31 + 7).cube() * F::from_usize(i + 3))
    }

    /// Crosses the partial rounds one by one, by the definition.
    fn step_by_step<const W: usize>(poseidon: &Poseidon<W>) {
        let ratio = elements::<1>(5)[0];
        let powers = univariate::powers(ratio, 5 + W);
        let weights = from_fn(|j| powers[5 + j]);
        let mut w = weights;
        let mut constant = EF::ZERO;
        let mut differences = Vec::new();
        let round = |k: usize| poseidon.round_constants.len() - HALF_FULL_ROUNDS - k;
        for k in 0..poseidon.constant_of_differences.len() {
            constant += poseidon.constant(&w, round(k));
            w = poseidon.transposed(&w);
            assert_eq!(poseidon.element_weight(&weights, &differences), w[0]);
            let next = EF::from_usize(1000 + k * k).cube();
            differences.push(next - w[0]);
            w[0] = next;
        }
        constant += poseidon.constant(&w, round(poseidon.constant_of_differences.len()));
        assert_eq!(
            poseidon.weights_across(&weights, ratio, &differences),
            poseidon.transposed(&w)
        );
        assert_eq!(poseidon.constant_across(&weights, &differences), constant);
    }

    #[test]
    fn partial_rounds_are_crossed_at_once_as_step_by_step() {
        step_by_step(Poseidon::narrow());
        step_by_step(Poseidon::wide());
    }

    #[test]
    fn products_are_those_with_the_transposed_matrix() {
        fn compare<const W: usize>(poseidon: &Poseidon<W>) {
            let weights = elements::<W>(9);
            let entry = |i: usize, j: usize| poseidon.column[(W + i - j) % W];
            let column = |j: usize| (0..W).map(|i| weights[i] * entry(i, j)).sum();
            assert_eq!(poseidon.transposed(&weights), from_fn(column));
        }
        compare(Poseidon::narrow());
        compare(Poseidon::wide());
    }

    #[test]
    fn products_are_cheaper_than_the_matrix_has_entries() {
        let cost = |multiply: &dyn Fn()| {
            let channel = Counting::new(VerifierTranscript::new(&[]));
            multiply();
            (channel.cost().ext, channel.cost().mixed)
        };
        fn ignore<const W: usize>(_: [Counted; W]) {}
        let one = Counted(EF::ONE);
        // Modulo X^8 + 1, X^4 + 1, X^2 + 1, X + 1, X - 1; modulo X^12 + 1, X^6 + 1, X^3 + 1, X^3 - 1.
        let narrow = cost(&|| ignore(Poseidon::narrow().transposed(&[one; 16])));
        assert_eq!(narrow, (0, 64 + 16 + 4 + 1 + 1));
        let wide = cost(&|| ignore(Poseidon::wide().transposed(&[one; 24])));
        assert_eq!(wide, (0, 144 + 36 + 9 + 9));
        // Powers: one product of either kind per element, and another mixed one for the first element.
        let powers = cost(&|| ignore(Poseidon::wide().transposed_powers(&[one; 24], one)));
        assert_eq!(powers, (24, 24 + 23));
    }

    #[test]
    fn powers_are_multiplied_as_any_weights() {
        let ratio = elements::<1>(77)[0];
        let powers = univariate::powers(ratio, 1 + 16 + 24);
        let narrow = from_fn(|j| powers[1 + j]);
        let wide = from_fn(|j| powers[17 + j]);
        let p = Poseidon::narrow();
        assert_eq!(p.transposed_powers(&narrow, ratio), p.transposed(&narrow));
        let p = Poseidon::wide();
        assert_eq!(p.transposed_powers(&wide, ratio), p.transposed(&wide));
    }
}
