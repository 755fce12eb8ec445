//! One permutation of width 24 as fast as possible: its state lies across the SIMD lanes.
//!
//! A transcript is a chain of permutations, each of which needs the one before it. There the
//! lanes can't hold other states, so they hold the elements of one. Products with matrices are
//! sums of columns, each times one element in all lanes; one modular reduction serves six of them.
//!
//! # Halves
//! A circulant matrix multiplies modulo `X^24 - 1 = (X^12 - 1)(X^12 + 1)`. So the two halves of a state, in
//! registers of their own, are replaced by their sum and their difference. Each of these is multiplied by a matrix of size 12,
//! and the halves of the result are the sum and the difference of both products: half the work of a matrix of size 24.
//!
//! # Partial rounds
//! The chain of the partial rounds (see [`crate`]) is `u_t -> d_t -> u_{t+1}`, where `d = u^3 - u`. With `c` what a
//! difference contributes to the next round, and `k` what all earlier ones and the state contribute,
//!
//! ```text
//!     u_{t+1} = k + c (u_t^3 - u_t) = (k - c u_t) + (c u_t) u_t^2,
//! ```
//!
//! two products after each other, since `c u_t` and `u_t^2` don't wait for one another. What `d_t` contributes to all rounds
//! after the next is added at once, and has the time of that round for it.

use core::array::from_fn;
use std::sync::LazyLock;

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use p3_koala_bear::KoalaBear;

use crate::{HALF_FULL_ROUNDS, Linear, WIDE_COLUMN, WIDE_CONSTANTS, permute24};

type Packed = <KoalaBear as Field>::Packing;

const WIDTH: usize = 24;
const HALF: usize = WIDTH / 2;
/// Columns that one modular reduction serves.
const CHUNK: usize = 6;
/// Registers that hold a state, and registers that hold half of one.
const WHOLE_REGISTERS: usize = WIDTH.div_ceil(Packed::WIDTH);
const HALF_REGISTERS: usize = HALF.div_ceil(Packed::WIDTH);
/// Lanes that are worth it: with fewer, the transforms of the other implementation win.
const WORTHWHILE: usize = 8;

/// Some elements, and zeros behind them.
type Line<const R: usize> = [Packed; R];
/// The halves of a state.
type Halves = [Line<HALF_REGISTERS>; 2];
/// Half of a state, element by element; what lies behind it is of no account.
type Elements = [KoalaBear; HALF_REGISTERS * Packed::WIDTH];
/// Twelve columns of a matrix, and zeros behind their elements: each register of the columns, some columns at a time.
type Block<const R: usize> = [[[Packed; CHUNK]; HALF / CHUNK]; R];

struct Tables {
    first: [Halves; HALF_FULL_ROUNDS],
    last: [Halves; HALF_FULL_ROUNDS],
    /// `M`, for sums and differences of halves.
    mix: [Block<HALF_REGISTERS>; 2],
    /// Row `t` is `e_0 M^t`, for sums and differences of halves.
    state_to_elements: [Block<WHOLE_REGISTERS>; 2],
    /// `constant_t` at `t`.
    constants: Line<WHOLE_REGISTERS>,
    /// `e_0 M e_0`: what a difference contributes to the next round.
    next: KoalaBear,
    /// What the difference of round `t` contributes to the rounds from `t + 2` on.
    later: Vec<Line<WHOLE_REGISTERS>>,
    /// `M^R`, for sums and differences of halves.
    state_to_state: [Block<HALF_REGISTERS>; 2],
    /// Columns `M^(R-t) e_0` for some `t` at a time, in halves.
    differences_to_state: [[[[Packed; CHUNK]; HALF_REGISTERS]; 2]; WIDTH / CHUNK],
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
    let mut x = halves(state);
    full_rounds(tables, &mut x, &tables.first);
    partial_rounds(tables, &mut x);
    full_rounds(tables, &mut x, &tables.last);
    let (low, high) = state.split_at_mut(HALF);
    low.copy_from_slice(&store(&x[0])[..HALF]);
    high.copy_from_slice(&store(&x[1])[..HALF]);
}

fn full_rounds(tables: &Tables, x: &mut Halves, constants: &[Halves]) {
    for constants in constants {
        for (x, c) in x.iter_mut().zip(constants) {
            for (x, &c) in x.iter_mut().zip(c) {
                *x = (*x + c).cube();
            }
        }
        *x = circulant(&tables.mix, &split(x));
    }
}

fn partial_rounds(tables: &Tables, x: &mut Halves) {
    let parts = split(x);
    let [sums, differences] = &tables.state_to_elements;
    let mut elements = add(&product(sums, &parts[0]), &product(differences, &parts[1]));
    elements = add(&elements, &tables.constants);
    *x = circulant(&tables.state_to_state, &parts);

    // All u_t, as far as the differences before the last one go.
    let mut known = [KoalaBear::ZERO; WHOLE_REGISTERS * Packed::WIDTH];
    let mut u = elements[0].as_slice()[0];
    let mut t = 0;
    for (later, columns) in tables.later.chunks(CHUNK).zip(&tables.differences_to_state) {
        let mut differences = [KoalaBear::ZERO; CHUNK];
        for (difference, later) in differences.iter_mut().zip(later) {
            for (known, register) in known.chunks_exact_mut(Packed::WIDTH).zip(&elements) {
                known.copy_from_slice(register.as_slice());
            }
            t += 1;
            let (square, scaled) = (u.square(), tables.next * u);
            *difference = u * square - u;
            u = known[t] - scaled + scaled * square;
            for (element, &line) in elements.iter_mut().zip(later) {
                *element += line * *difference;
            }
        }
        for (x, columns) in x.iter_mut().zip(columns) {
            for (x, columns) in x.iter_mut().zip(columns) {
                *x += dot(columns, &differences);
            }
        }
    }
}

/// The sum and the difference of the halves.
#[inline(always)]
fn split([low, high]: &Halves) -> [Elements; 2] {
    [store(&add(low, high)), store(&sub(low, high))]
}

/// The product with a circulant matrix.
#[inline(always)]
fn circulant(blocks: &[Block<HALF_REGISTERS>; 2], parts: &[Elements; 2]) -> Halves {
    let [cyclic, negacyclic] = blocks;
    let (c, n) = (product(cyclic, &parts[0]), product(negacyclic, &parts[1]));
    [add(&c, &n), sub(&c, &n)]
}

/// The product of twelve columns with as many elements. Loops, because the compiler does not inline what `array::from_fn` calls
/// here.
#[inline(always)]
fn product<const R: usize>(block: &Block<R>, x: &[KoalaBear]) -> Line<R> {
    let x = x.as_chunks::<CHUNK>().0;
    let mut line = [Packed::ZERO; R];
    for (register, columns) in line.iter_mut().zip(block) {
        *register = dot(&columns[0], &x[0]);
        for (columns, x) in columns.iter().zip(x).skip(1) {
            *register += dot(columns, x);
        }
    }
    line
}

#[inline(always)]
fn dot(columns: &[Packed; CHUNK], x: &[KoalaBear; CHUNK]) -> Packed {
    <Packed as Algebra<KoalaBear>>::mixed_dot_product::<CHUNK>(columns, x)
}

#[inline(always)]
fn add<const R: usize>(a: &Line<R>, b: &Line<R>) -> Line<R> {
    let mut sum = *a;
    for (x, &y) in sum.iter_mut().zip(b) {
        *x += y;
    }
    sum
}

#[inline(always)]
fn sub<const R: usize>(a: &Line<R>, b: &Line<R>) -> Line<R> {
    let mut difference = *a;
    for (x, &y) in difference.iter_mut().zip(b) {
        *x -= y;
    }
    difference
}

/// The halves of a state.
#[inline(always)]
fn halves(state: &[KoalaBear; WIDTH]) -> Halves {
    let (low, high) = state.split_at(HALF);
    [load(low), load(high)]
}

#[inline(always)]
fn load(half: &[KoalaBear]) -> Line<HALF_REGISTERS> {
    let mut elements: Elements = [KoalaBear::ZERO; HALF_REGISTERS * Packed::WIDTH];
    elements[..HALF].copy_from_slice(half);
    let mut line = [Packed::ZERO; HALF_REGISTERS];
    for (register, lanes) in line.iter_mut().zip(elements.chunks_exact(Packed::WIDTH)) {
        *register = *Packed::from_slice(lanes);
    }
    line
}

#[inline(always)]
fn store(line: &Line<HALF_REGISTERS>) -> Elements {
    let mut elements = [KoalaBear::ZERO; HALF_REGISTERS * Packed::WIDTH];
    for (out, register) in elements.chunks_exact_mut(Packed::WIDTH).zip(line) {
        out.copy_from_slice(register.as_slice());
    }
    elements
}

fn line<const R: usize>(element: impl Fn(usize) -> Option<KoalaBear>) -> Line<R> {
    from_fn(|v| Packed::from_fn(|lane| element(v * Packed::WIDTH + lane).unwrap_or_default()))
}

/// Twelve columns with these entries, by row and column.
fn block<const R: usize>(entry: impl Fn(usize, usize) -> Option<KoalaBear>) -> Block<R> {
    from_fn(|v| from_fn(|c| from_fn(|i| line::<R>(|row| entry(row, CHUNK * c + i))[v])))
}

/// What a circulant matrix, given by its first column, multiplies sums and differences of halves by.
fn circulant_blocks(column: &[KoalaBear; WIDTH]) -> [Block<HALF_REGISTERS>; 2] {
    let (low, high) = column.split_at(HALF);
    let of = |sign: KoalaBear| {
        block(|row, j| {
            let wrapped = if row < j { sign } else { KoalaBear::ONE };
            let i = (HALF + row).checked_sub(j)? % HALF;
            (row < HALF).then(|| ((low[i] + sign * high[i]) * wrapped).halve())
        })
    };
    [of(KoalaBear::ONE), of(KoalaBear::NEG_ONE)]
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
        let to_elements = |sign: KoalaBear| {
            block(|t, j| {
                rows.get(t)
                    .map(|row| (row[j] + sign * row[HALF + j]).halve())
            })
        };
        let to_state = |chunk: usize| {
            // The last column behind those of all rounds has no difference.
            let of_rounds = columns.iter().rev().map(halves);
            let chunk: Vec<Halves> = of_rounds.skip(CHUNK * chunk).take(CHUNK).collect();
            from_fn(|half| from_fn(|v| from_fn(|i| chunk[i][half][v])))
        };
        Self {
            first: first.each_ref().map(halves),
            last: last.each_ref().map(halves),
            mix: circulant_blocks(&columns[1]),
            state_to_elements: [KoalaBear::ONE, KoalaBear::NEG_ONE].map(to_elements),
            constants: line(|t| constants.get(t).copied()),
            next: columns[1][0],
            later: (0..rounds)
                .map(|t| line(|s| (s < rounds && s >= t + 2).then(|| columns[s - t][0])))
                .collect(),
            state_to_state: circulant_blocks(&columns[rounds]),
            differences_to_state: from_fn(to_state),
        }
    }
}
