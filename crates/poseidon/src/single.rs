//! One permutation of width 24 as fast as possible: its state lies across the SIMD lanes.
//!
//! A transcript is a chain of permutations, each of which needs the one before it. There the
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

use crate::{CHUNK, HALF_FULL_ROUNDS, Linear, WIDE_COLUMN, WIDE_CONSTANTS, permute24};

type Packed = <KoalaBear as Field>::Packing;

const WIDTH: usize = 24;
/// Registers that hold a state, and the elements that they have room for.
const REGISTERS: usize = WIDTH.div_ceil(Packed::WIDTH);
const ROOM: usize = REGISTERS * Packed::WIDTH;
/// Lanes that are worth it: with fewer, the transforms of the other implementation win.
const WORTHWHILE: usize = 8;

/// As many elements as a state, or fewer, and zeros behind them.
type Line = [Packed; REGISTERS];
/// A matrix with 24 columns or fewer, and zeros behind them: each register of the columns, four columns at a time.
type Matrix = [[[Packed; CHUNK]; WIDTH / CHUNK]; REGISTERS];

struct Tables {
    first: [Line; HALF_FULL_ROUNDS],
    last: [Line; HALF_FULL_ROUNDS],
    /// `M`.
    mix: Matrix,
    /// Row `t` is `e_0 M^t`.
    state_to_elements: Matrix,
    /// `constant_t` at `t`.
    constants: Line,
    /// `e_0 M e_0`: what a difference contributes to the next round.
    next: KoalaBear,
    /// What the difference of round `t` contributes to the rounds from `t + 2` on.
    later: Vec<Line>,
    /// `M^R`.
    state_to_state: Matrix,
    /// Column `t` is `M^(R-t) e_0`.
    differences_to_state: Matrix,
}

// Immutable tables of constants, derived once.
static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

/// Applies the permutation of width 24 to one state. The result is that of [`permute24`], sooner where there are SIMD lanes.
pub fn permute24_single(state: &mut [KoalaBear; WIDTH]) {
    if Packed::WIDTH < WORTHWHILE {
        permute24(state);
        return;
    }
    let tables = &*TABLES;
    let mut x = [KoalaBear::ZERO; ROOM];
    x[..WIDTH].copy_from_slice(state);
    full_rounds(tables, &mut x, &tables.first);
    partial_rounds(tables, &mut x);
    full_rounds(tables, &mut x, &tables.last);
    state.copy_from_slice(&x[..WIDTH]);
}

fn full_rounds(tables: &Tables, x: &mut [KoalaBear; ROOM], constants: &[Line]) {
    for constants in constants {
        let mut state = load(x);
        for (x, &c) in state.iter_mut().zip(constants) {
            *x = (*x + c).cube();
        }
        store(&state, x);
        store(&product(&tables.mix, x), x);
    }
}

fn partial_rounds(tables: &Tables, x: &mut [KoalaBear; ROOM]) {
    let mut elements = product(&tables.state_to_elements, x);
    for (u, &c) in elements.iter_mut().zip(&tables.constants) {
        *u += c;
    }
    let mut state = product(&tables.state_to_state, x);

    // All u_t, as far as the differences before the last one go.
    let mut known = [KoalaBear::ZERO; ROOM];
    store(&elements, &mut known);
    let mut differences = [KoalaBear::ZERO; ROOM];
    let mut last = KoalaBear::ZERO;
    for (t, later) in tables.later.iter().enumerate() {
        let u = known[t] + tables.next * last;
        last = u.cube() - u;
        differences[t] = last;
        for (u, &line) in elements.iter_mut().zip(later) {
            *u += line * last;
        }
        store(&elements, &mut known);
    }
    for (y, more) in state
        .iter_mut()
        .zip(product(&tables.differences_to_state, &differences))
    {
        *y += more;
    }
    store(&state, x);
}

#[inline(always)]
fn load(x: &[KoalaBear; ROOM]) -> Line {
    let mut line = [Packed::ZERO; REGISTERS];
    for (register, lanes) in line.iter_mut().zip(x.chunks_exact(Packed::WIDTH)) {
        *register = *Packed::from_slice(lanes);
    }
    line
}

#[inline(always)]
fn store(line: &Line, x: &mut [KoalaBear; ROOM]) {
    for (out, register) in x.chunks_exact_mut(Packed::WIDTH).zip(line) {
        out.copy_from_slice(register.as_slice());
    }
}

/// The matrix times a vector. Loops, because the compiler does not inline what `array::from_fn` calls here.
#[inline(always)]
fn product(matrix: &Matrix, x: &[KoalaBear; ROOM]) -> Line {
    let chunks = x.as_chunks::<CHUNK>().0;
    let mut line = [Packed::ZERO; REGISTERS];
    for (register, columns) in line.iter_mut().zip(matrix) {
        let mut sums = [Packed::ZERO; WIDTH / CHUNK];
        for (c, sum) in sums.iter_mut().enumerate() {
            *sum =
                <Packed as Algebra<KoalaBear>>::mixed_dot_product::<CHUNK>(&columns[c], &chunks[c]);
        }
        *register = Packed::sum_array::<{ WIDTH / CHUNK }>(&sums);
    }
    line
}

fn line(element: impl Fn(usize) -> Option<KoalaBear>) -> Line {
    from_fn(|v| Packed::from_fn(|lane| element(v * Packed::WIDTH + lane).unwrap_or_default()))
}

/// The matrix with these entries, by row and column.
fn matrix(entry: impl Fn(usize, usize) -> Option<KoalaBear>) -> Matrix {
    from_fn(|v| from_fn(|c| from_fn(|i| line(|row| entry(row, CHUNK * c + i))[v])))
}

impl Tables {
    fn new() -> Self {
        let Linear {
            rows,
            columns,
            constants,
            first,
            last,
        } = Linear::new(WIDE_COLUMN, WIDE_CONSTANTS);
        let rounds = constants.len();
        let circulant = |column: [KoalaBear; WIDTH]| {
            matrix(|row, j| (row < WIDTH).then(|| column[(WIDTH + row - j) % WIDTH]))
        };
        let round = |constants: &[KoalaBear; WIDTH]| line(|i| constants.get(i).copied());
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
                (row < WIDTH && t < rounds).then(|| columns[rounds - t][row])
            }),
        }
    }
}
