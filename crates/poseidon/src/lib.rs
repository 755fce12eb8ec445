//! Poseidon1 of widths 16 and 24 over KoalaBear: Plonky3's functions, faster on SIMD lanes.
//!
//! # The permutation
//! Four full rounds, `R` partial rounds (20 for width 16, 23 for width 24), four
//! full rounds. A round adds constants, cubes (all elements, or element 0 only)
//! and multiplies by a circulant matrix `M`. Constants are Plonky3's defaults.
//!
//! # Partial rounds
//! Only element 0 is cubed, so everything else is linear and can wait. With `x`
//! the state before the partial rounds, `u_t` what round `t` cubes and
//! `d_t = u_t^3 - u_t`,
//!
//! ```text
//!     u_t = <e_0 M^t, x> + sum_{i<t} (e_0 M^(t-i) e_0) d_i + constant_t
//!     y   = M^R x + sum_{i<R} (M^(R-i) e_0) d_i + constant
//! ```
//!
//! where `y` is the state after them. All products are in dot products with fixed
//! vectors, where one modular reduction serves several of them, and `M^R` is
//! circulant like `M`. The constant joins those of the next full round.
//!
//! # Circulant matrices
//! Products with them go through transforms of size 4; see the module `circulant`.

#![forbid(unsafe_code)]

mod circulant;
mod single;
pub mod sponge;

use std::sync::LazyLock;

use p3_field::{Algebra, PackedField, PrimeCharacteristicRing};
use p3_koala_bear::{
    KOALABEAR_POSEIDON1_RC_16, KOALABEAR_POSEIDON1_RC_24, KoalaBear, MDSKoalaBearData,
};
use p3_monty_31::MDSUtils;

use crate::circulant::Circulant;
pub use crate::single::permute24_single;

/// Full rounds on either side of the partial ones.
pub const HALF_FULL_ROUNDS: usize = 4;
/// Terms that one modular reduction serves. Eight cost less than twice four, unless too many of them are zeros of the padding.
const NARROW_CHUNK: usize = 4;
const WIDE_CHUNK: usize = 8;
/// Places for the differences `d_t`: whole chunks for the partial rounds of either width.
const DIFFERENCES: usize = 24;

/// A fixed vector to take dot products with.
type Chunks<const K: usize> = Vec<[KoalaBear; K]>;

/// Everything that the permutation of width `W = 4 B` needs, where one modular reduction serves `K` terms.
struct Tables<const W: usize, const B: usize, const K: usize> {
    /// Constants of the full rounds before the partial ones.
    first: [[KoalaBear; W]; HALF_FULL_ROUNDS],
    /// Constants of the full rounds after them, with what the constants of the partial rounds add to the first.
    last: [[KoalaBear; W]; HALF_FULL_ROUNDS],
    /// `M`.
    mix: Circulant<B>,
    /// `e_0 M^t`, for each partial round.
    state_to_element: Vec<Chunks<K>>,
    /// `e_0 M^(t-i) e_0` at `i < t`.
    differences_to_element: Vec<Chunks<K>>,
    /// `constant_t`.
    constants: Vec<KoalaBear>,
    /// `M^R`.
    state_to_state: Circulant<B>,
    /// The rows of the matrix with columns `M^(R-i) e_0`.
    differences_to_state: Vec<Chunks<K>>,
}

// Immutable tables of constants, derived once.
static NARROW: LazyLock<Tables<16, 4, NARROW_CHUNK>> = LazyLock::new(|| {
    Tables::new(
        MDSKoalaBearData::MATRIX_CIRC_MDS_16_COL,
        &KOALABEAR_POSEIDON1_RC_16,
    )
});
static WIDE: LazyLock<Tables<24, 6, WIDE_CHUNK>> =
    LazyLock::new(|| Tables::new(WIDE_COLUMN, WIDE_CONSTANTS));

/// The first column of the matrix of width 24.
const WIDE_COLUMN: [i64; 24] = MDSKoalaBearData::MATRIX_CIRC_MDS_24_COL;
/// The constants of the rounds of width 24.
const WIDE_CONSTANTS: &[[KoalaBear; 24]] = &KOALABEAR_POSEIDON1_RC_24;

/// Applies the permutation of width 16 to a state, or to as many states as `P` has lanes.
pub fn permute16<P: PackedField<Scalar = KoalaBear>>(state: &mut [P; 16]) {
    run(&NARROW, state, |_, _| {}, |_, _| {});
}

/// Applies the permutation of width 24 to a state, or to as many states as `P` has lanes.
pub fn permute24<P: PackedField<Scalar = KoalaBear>>(state: &mut [P; 24]) {
    run(&WIDE, state, |_, _| {}, |_, _| {});
}

/// Applies the permutation of width 16 and reports what it cubes.
///
/// `full` gets the number of each full round, `0..8`, and its state before the
/// cubes; `partial` the number of each partial round and the element that it cubes.
#[inline]
pub fn record16<P: PackedField<Scalar = KoalaBear>>(
    state: &mut [P; 16],
    full: impl FnMut(usize, &[P; 16]),
    partial: impl FnMut(usize, P),
) {
    run(&NARROW, state, full, partial);
}

/// Applies the permutation of width 24 and reports what it cubes, as [`record16`] does.
#[inline]
pub fn record24<P: PackedField<Scalar = KoalaBear>>(
    state: &mut [P; 24],
    full: impl FnMut(usize, &[P; 24]),
    partial: impl FnMut(usize, P),
) {
    run(&WIDE, state, full, partial);
}

/// The linear part of the partial rounds, and all constants.
struct Linear<const W: usize> {
    /// `e_0 M^t`, for each partial round.
    rows: Vec<[KoalaBear; W]>,
    /// `M^k e_0`, for `k` up to the number of partial rounds. The first column of a circulant matrix determines it.
    columns: Vec<[KoalaBear; W]>,
    /// `constant_t`.
    constants: Vec<KoalaBear>,
    /// Constants of the full rounds before the partial ones.
    first: [[KoalaBear; W]; HALF_FULL_ROUNDS],
    /// Constants of the full rounds after them, with what the constants of the partial rounds add to the first.
    last: [[KoalaBear; W]; HALF_FULL_ROUNDS],
}

impl<const W: usize> Linear<W> {
    fn new(column: [i64; W], round_constants: &[[KoalaBear; W]]) -> Self {
        let rounds = round_constants.len() - 2 * HALF_FULL_ROUNDS;
        let column = column.map(KoalaBear::from_i64);
        let entry = |i: usize, j: usize| column[(W + i - j) % W];
        let apply = |v: &[KoalaBear; W]| -> [KoalaBear; W] {
            core::array::from_fn(|i| (0..W).map(|j| entry(i, j) * v[j]).sum())
        };
        let apply_row = |v: &[KoalaBear; W]| -> [KoalaBear; W] {
            core::array::from_fn(|j| (0..W).map(|i| v[i] * entry(i, j)).sum())
        };
        let unit: [KoalaBear; W] = core::array::from_fn(|i| KoalaBear::from_bool(i == 0));
        let rows = core::iter::successors(Some(unit), |v| Some(apply_row(v)))
            .take(rounds)
            .collect();
        let columns = core::iter::successors(Some(unit), |v| Some(apply(v)))
            .take(rounds + 1)
            .collect();

        // What the constants alone contribute: the state under the linear part of each round.
        let mut offset = [KoalaBear::ZERO; W];
        let constants = round_constants[HALF_FULL_ROUNDS..][..rounds]
            .iter()
            .map(|round| {
                let with_constants: [KoalaBear; W] = core::array::from_fn(|i| offset[i] + round[i]);
                offset = apply(&with_constants);
                with_constants[0]
            })
            .collect();
        let first = core::array::from_fn(|i| round_constants[i]);
        let mut last: [_; HALF_FULL_ROUNDS] =
            core::array::from_fn(|i| round_constants[HALF_FULL_ROUNDS + rounds + i]);
        for (constant, offset) in last[0].iter_mut().zip(offset) {
            *constant += offset;
        }
        Self {
            rows,
            columns,
            constants,
            first,
            last,
        }
    }
}

impl<const W: usize, const B: usize, const K: usize> Tables<W, B, K> {
    fn new(column: [i64; W], round_constants: &[[KoalaBear; W]]) -> Self {
        let Linear {
            rows,
            columns,
            constants,
            first,
            last,
        } = Linear::new(column, round_constants);
        let rounds = constants.len();
        let differences_to_element = (0..rounds)
            .map(|t| chunked((0..t).map(|i| columns[t - i][0])))
            .collect();
        let differences_to_state = (0..W)
            .map(|row| chunked((0..rounds).map(|i| columns[rounds - i][row])))
            .collect();
        Self {
            first,
            last,
            mix: Circulant::new(&columns[1]),
            state_to_element: rows.into_iter().map(chunked).collect(),
            differences_to_element,
            constants,
            state_to_state: Circulant::new(&columns[rounds]),
            differences_to_state,
        }
    }
}

/// Splits a vector into chunks, the last one padded with zeros.
fn chunked<const K: usize>(v: impl IntoIterator<Item = KoalaBear>) -> Chunks<K> {
    let mut v: Vec<KoalaBear> = v.into_iter().collect();
    v.resize(v.len().next_multiple_of(K), KoalaBear::ZERO);
    v.as_chunks().0.to_vec()
}

#[inline(always)]
fn run<P: PackedField<Scalar = KoalaBear>, const W: usize, const B: usize, const K: usize>(
    tables: &Tables<W, B, K>,
    state: &mut [P; W],
    mut full: impl FnMut(usize, &[P; W]),
    partial: impl FnMut(usize, P),
) {
    full_rounds(&tables.mix, state, &tables.first, &mut full);
    partial_rounds(tables, state, partial);
    full_rounds(&tables.mix, state, &tables.last, |round, state| {
        full(HALF_FULL_ROUNDS + round, state);
    });
}

#[inline(always)]
fn full_rounds<P: PackedField<Scalar = KoalaBear>, const W: usize, const B: usize>(
    mix: &Circulant<B>,
    state: &mut [P; W],
    constants: &[[KoalaBear; W]],
    mut report: impl FnMut(usize, &[P; W]),
) {
    for (round, constants) in constants.iter().enumerate() {
        for (x, &c) in state.iter_mut().zip(constants) {
            *x += c;
        }
        report(round, state);
        for x in state.iter_mut() {
            *x = x.cube();
        }
        mix.apply(state);
    }
}

#[inline(always)]
fn partial_rounds<
    P: PackedField<Scalar = KoalaBear>,
    const W: usize,
    const B: usize,
    const K: usize,
>(
    tables: &Tables<W, B, K>,
    state: &mut [P; W],
    mut report: impl FnMut(usize, P),
) {
    let before = *state;
    let x = before.as_chunks().0;
    let mut differences = [P::ZERO; DIFFERENCES];
    for (t, &constant) in tables.constants.iter().enumerate() {
        let mut u = if t == 0 {
            before[0]
        } else {
            // Differences of later rounds are still zero.
            let chunks = t.div_ceil(K);
            let differences = differences.as_chunks().0;
            dot(W / K, x, &tables.state_to_element[t])
                + dot(chunks, differences, &tables.differences_to_element[t])
        };
        u += constant;
        report(t, u);
        differences[t] = u.cube() - u;
    }
    tables.state_to_state.apply(state);
    let chunks = tables.constants.len().div_ceil(K);
    let differences = differences.as_chunks().0;
    for (y, row) in state.iter_mut().zip(&tables.differences_to_state) {
        *y += dot(chunks, differences, row);
    }
}

/// The dot product of the first `chunks` chunks; a constant lets the compiler unroll.
#[inline(always)]
fn dot<P: PackedField<Scalar = KoalaBear>, const K: usize>(
    chunks: usize,
    a: &[[P; K]],
    b: &[[KoalaBear; K]],
) -> P {
    let (a, b) = (&a[..chunks], &b[..chunks]);
    let mut sum = <P as Algebra<KoalaBear>>::mixed_dot_product::<K>(&a[0], &b[0]);
    for i in 1..chunks {
        sum += <P as Algebra<KoalaBear>>::mixed_dot_product::<K>(&a[i], &b[i]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use p3_field::Field;
    use p3_koala_bear::{default_koalabear_poseidon1_16, default_koalabear_poseidon1_24};
    use p3_symmetric::Permutation;

    use super::*;

    type Packed = <KoalaBear as Field>::Packing;

    /// Both functions on a chain of states that begins at a simple one.
    fn compare<P: PackedField<Scalar = KoalaBear>, const W: usize>(
        reference: &impl Permutation<[P; W]>,
        permute: impl Fn(&mut [P; W]),
    ) {
        let mut state: [P; W] =
            core::array::from_fn(|i| P::from_fn(|lane| KoalaBear::from_usize(i + 100 * lane)));
        for _ in 0..20 {
            let expected = reference.permute(state);
            permute(&mut state);
            for (x, y) in state.iter().zip(&expected) {
                assert_eq!(x.as_slice(), y.as_slice());
            }
        }
    }

    #[test]
    fn they_are_the_permutations_of_plonky3() {
        let narrow = default_koalabear_poseidon1_16();
        compare::<KoalaBear, 16>(&narrow, permute16);
        compare::<Packed, 16>(&narrow, permute16);
        let wide = default_koalabear_poseidon1_24();
        compare::<KoalaBear, 24>(&wide, permute24);
        compare::<Packed, 24>(&wide, permute24);
        compare::<KoalaBear, 24>(&wide, permute24_single);
    }

    #[test]
    fn what_is_reported_is_what_is_cubed() {
        let mut state: [KoalaBear; 16] = core::array::from_fn(KoalaBear::from_usize);
        let input = state;
        let (mut full, mut partial) = (Vec::new(), Vec::new());
        record16(
            &mut state,
            |r, s| full.push((r, *s)),
            |r, x| partial.push((r, x)),
        );
        let numbers: Vec<usize> = full.iter().map(|f| f.0).collect();
        assert_eq!(numbers, (0..8).collect::<Vec<_>>());
        assert_eq!(partial.len(), 20);
        // A textbook run of the same rounds.
        let column = MDSKoalaBearData::MATRIX_CIRC_MDS_16_COL.map(KoalaBear::from_i64);
        let mut s = input;
        for (r, constants) in KOALABEAR_POSEIDON1_RC_16.iter().enumerate() {
            s = core::array::from_fn(|i| s[i] + constants[i]);
            if (4..24).contains(&r) {
                assert_eq!(partial[r - 4], (r - 4, s[0]));
                s[0] = s[0].cube();
            } else {
                let index = if r < 4 { r } else { r - 20 };
                assert_eq!(full[index], (index, s));
                s = s.map(|x| x.cube());
            }
            s = core::array::from_fn(|i| (0..16).map(|j| column[(16 + i - j) % 16] * s[j]).sum());
        }
        assert_eq!(state, s);
    }
}
