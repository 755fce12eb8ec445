//! One permutation as fast as possible: its state lies across the SIMD lanes.
//!
//! A transcript is a chain of permutations, each of which needs the one before it; so is a chain of a signature. There the
//! lanes can't hold other states, so they hold the elements of one. Products with matrices are
//! sums of columns, each times one element in all lanes; one modular reduction serves four of them.
//!
//! The chain of the partial rounds (see [`crate`]) is `u_t -> d_t -> u_{t+1}`: two products for the
//! cube and one for the difference just found. What earlier differences contribute is added to
//! all later `u` at once, one round before it is needed.

use core::array::from_fn;
use std::sync::LazyLock;

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use p3_koala_bear::KoalaBear;

use crate::{
    CHUNK, HALF_FULL_ROUNDS, Linear, NARROW_COLUMN, NARROW_CONSTANTS, WIDE_COLUMN, WIDE_CONSTANTS,
    permute16, permute24,
};

type Packed = <KoalaBear as Field>::Packing;

const LANES: usize = Packed::WIDTH;
/// Lanes that are worth it: with fewer, the transforms of the other implementation win.
const WORTHWHILE: usize = 8;

/// Registers that hold so many elements.
const fn registers(elements: usize) -> usize {
    elements.div_ceil(LANES)
}

/// A vector in registers, and zeros behind it.
type Line<const R: usize> = [Packed; R];
/// The same, element by element.
type Elements<const R: usize> = [[KoalaBear; LANES]; R];
/// A matrix with zeros below it and on its right: each register of the columns, four columns at a time.
type Matrix<const R: usize, const C: usize> = [[[Packed; CHUNK]; C]; R];

/// What the permutation of a state in `S` registers and `C` chunks needs, whose partial rounds are so many as `T` registers and `D` chunks hold.
struct Tables<const S: usize, const C: usize, const T: usize, const D: usize> {
    first: [Line<S>; HALF_FULL_ROUNDS],
    last: [Line<S>; HALF_FULL_ROUNDS],
    /// `M`.
    mix: Matrix<S, C>,
    /// Row `t` is `e_0 M^t`.
    state_to_elements: Matrix<T, C>,
    /// `constant_t` at `t`.
    constants: Line<T>,
    /// `e_0 M e_0`: what a difference contributes to the next round.
    next: KoalaBear,
    /// What the difference of round `t` contributes to the rounds from `t + 2` on.
    later: Vec<Line<T>>,
    /// `M^R`.
    state_to_state: Matrix<S, C>,
    /// Column `t` is `M^(R-t) e_0`.
    differences_to_state: Matrix<S, D>,
}

type Narrow = Tables<{ registers(16) }, 4, { registers(20) }, 5>;
type Wide = Tables<{ registers(24) }, 6, { registers(23) }, 6>;

// Immutable tables of constants, derived once.
static NARROW: LazyLock<Narrow> = LazyLock::new(|| Tables::new(NARROW_COLUMN, NARROW_CONSTANTS));
static WIDE: LazyLock<Wide> = LazyLock::new(|| Tables::new(WIDE_COLUMN, WIDE_CONSTANTS));

/// Applies the permutation of width 16 to one state. The result is that of [`permute16`], sooner where there are SIMD lanes.
pub fn permute16_single(state: &mut [KoalaBear; 16]) {
    if LANES < WORTHWHILE {
        permute16(state);
    } else {
        NARROW.permute(state);
    }
}

/// Applies the permutation of width 24 to one state. The result is that of [`permute24`], sooner where there are SIMD lanes.
pub fn permute24_single(state: &mut [KoalaBear; 24]) {
    if LANES < WORTHWHILE {
        permute24(state);
    } else {
        WIDE.permute(state);
    }
}

impl<const S: usize, const C: usize, const T: usize, const D: usize> Tables<S, C, T, D> {
    #[inline(always)]
    fn permute(&self, state: &mut [KoalaBear]) {
        let mut x = [[KoalaBear::ZERO; LANES]; S];
        x.as_flattened_mut()[..state.len()].copy_from_slice(state);
        self.full_rounds(&mut x, &self.first);
        self.partial_rounds(&mut x);
        self.full_rounds(&mut x, &self.last);
        state.copy_from_slice(&x.as_flattened()[..state.len()]);
    }

    fn full_rounds(&self, x: &mut Elements<S>, constants: &[Line<S>]) {
        for constants in constants {
            let mut state = load(x);
            for (x, &c) in state.iter_mut().zip(constants) {
                *x = (*x + c).cube();
            }
            store(&state, x);
            store(&product(&self.mix, chunks(x)), x);
        }
    }

    fn partial_rounds(&self, x: &mut Elements<S>) {
        let mut elements = product(&self.state_to_elements, chunks(x));
        for (u, &c) in elements.iter_mut().zip(&self.constants) {
            *u += c;
        }
        let mut state = product(&self.state_to_state, chunks(x));

        // All u_t, as far as the differences before the last one go.
        let mut known = [[KoalaBear::ZERO; LANES]; T];
        store(&elements, &mut known);
        let mut differences = [[KoalaBear::ZERO; CHUNK]; D];
        let mut last = KoalaBear::ZERO;
        for (t, later) in self.later.iter().enumerate() {
            let u = known.as_flattened()[t] + self.next * last;
            last = u.cube() - u;
            differences.as_flattened_mut()[t] = last;
            for (u, &line) in elements.iter_mut().zip(later) {
                *u += line * last;
            }
            store(&elements, &mut known);
        }
        let more = product(&self.differences_to_state, &differences);
        for (y, more) in state.iter_mut().zip(more) {
            *y += more;
        }
        store(&state, x);
    }
}

#[inline(always)]
fn load<const R: usize>(x: &Elements<R>) -> Line<R> {
    let mut line = [Packed::ZERO; R];
    for (register, lanes) in line.iter_mut().zip(x) {
        *register = *Packed::from_slice(lanes);
    }
    line
}

#[inline(always)]
fn store<const R: usize>(line: &Line<R>, x: &mut Elements<R>) {
    for (out, register) in x.iter_mut().zip(line) {
        out.copy_from_slice(register.as_slice());
    }
}

#[inline(always)]
fn chunks<const R: usize>(x: &Elements<R>) -> &[[KoalaBear; CHUNK]] {
    x.as_flattened().as_chunks().0
}

/// The matrix times a vector. Loops, because the compiler does not inline what `array::from_fn` calls here.
#[inline(always)]
fn product<const R: usize, const C: usize>(
    matrix: &Matrix<R, C>,
    x: &[[KoalaBear; CHUNK]],
) -> Line<R> {
    let mut line = [Packed::ZERO; R];
    for (register, columns) in line.iter_mut().zip(matrix) {
        let mut sums = [Packed::ZERO; C];
        for ((sum, columns), x) in sums.iter_mut().zip(columns).zip(x) {
            *sum = <Packed as Algebra<KoalaBear>>::mixed_dot_product::<CHUNK>(columns, x);
        }
        *register = Packed::sum_array::<C>(&sums);
    }
    line
}

fn line<const R: usize>(element: impl Fn(usize) -> Option<KoalaBear>) -> Line<R> {
    from_fn(|v| Packed::from_fn(|lane| element(v * LANES + lane).unwrap_or_default()))
}

/// The matrix with these entries, by row and column.
fn matrix<const R: usize, const C: usize>(
    entry: impl Fn(usize, usize) -> Option<KoalaBear>,
) -> Matrix<R, C> {
    from_fn(|v| from_fn(|c| from_fn(|i| line::<R>(|row| entry(row, CHUNK * c + i))[v])))
}

impl<const S: usize, const C: usize, const T: usize, const D: usize> Tables<S, C, T, D> {
    fn new<const W: usize>(column: [i64; W], round_constants: &[[KoalaBear; W]]) -> Self {
        let Linear {
            rows,
            columns,
            constants,
            first,
            last,
        } = Linear::new(column, round_constants);
        let rounds = constants.len();
        let circulant =
            |column: [KoalaBear; W]| matrix(|row, j| (row < W).then(|| column[(W + row - j) % W]));
        let round = |constants: &[KoalaBear; W]| line(|i| constants.get(i).copied());
        Self {
            first: first.each_ref().map(round),
            last: last.each_ref().map(round),
            mix: circulant(columns[1]),
            state_to_elements: matrix(|t, j| rows.get(t).map(|row| row[j])),
            constants: line(|t| constants.get(t).copied()),
            next: columns[1][0],
            later: (0..rounds)
                .map(|t| line(|s| (s < rounds && s >= t + 2).then(|| columns[s - t][0])))
                .collect(),
            state_to_state: circulant(columns[rounds]),
            differences_to_state: matrix(|row, t| {
                (row < W && t < rounds).then(|| columns[rounds - t][row])
            }),
        }
    }
}
