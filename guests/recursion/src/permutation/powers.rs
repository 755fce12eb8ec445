//! Sums of powers of a challenge with constant coefficients.
//!
//! A full layer leaves a form in the columns whose weights are consecutive powers of a challenge. What linear parts of layers need of them are
//! polynomials with constant coefficients. With the powers
//!
//! ```text
//!     small:  x^a             for 0 < a < 6
//!     large:  x^(first + 6 b) for 0 <= b < 4, where first is the exponent of a table's first weight
//! ```
//!
//! such a sum `sum_b large_b (sum_a c_(6 b + a) small_a)` over up to 24 weights is one constraint, and nobody has all weights at hand.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};
use sheaf_program::{E, F};

use super::tables::{Table, Tables};
use crate::memory::{read_words, write_words};

/// Weights for which there is one large power.
const STRIDE: usize = 6;
/// Powers below the stride.
pub(super) const SMALL: usize = STRIDE - 1;

/// Writes the powers of a challenge that sums are made of, from an address on: small ones; and for each table large ones, and [`cubes`].
pub(super) struct WritePowers(Function<(Word, Base), ()>);

impl WritePowers {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, tables: &Tables) -> Self {
        let function = builder.function("powers");
        builder.body(&function, |row, (x, address): (Word, Base)| {
            row.permute_idly();
            let times = |row: &mut Row, a: &Word, b: &Word| {
                row.word_products(&[(a, b)], &Word::constant(E::ZERO))
            };
            let mut small = vec![x];
            while small.len() < STRIDE {
                let next = times(row, &small[small.len() - 1], &small[0]);
                small.push(next);
            }
            write_words(row, memory, &address, &small[..SMALL]);
            // The last large power so far, and its exponent.
            let mut last = (small[0].clone(), 1);
            let mut up_to = |row: &mut Row, exponent: usize| {
                if exponent > last.1 {
                    last = (times(row, &last.0, &small[exponent - last.1 - 1]), exponent);
                }
                last.0.clone()
            };
            for table in tables.iter() {
                let exponents = (0..table.large()).map(|b| table.first_exponent + STRIDE * b);
                let large: Vec<Word> = exponents.map(|exponent| up_to(row, exponent)).collect();
                let behind = up_to(row, table.first_exponent + table.width);
                let wrap = &large[0] - &behind;
                let powers = Powers {
                    small: small[..SMALL].to_vec(),
                    large,
                };
                let first = powers.sum(row, &table.rows_of_power(1)[0], &Word::constant(E::ZERO));
                write_words(row, memory, &address.plus(table.large_at), &powers.large);
                let cubes = address.plus(table.large_at + powers.large.len() as i32);
                write_words(row, memory, &cubes, &[first, wrap]);
            }
        });
        Self(function)
    }

    #[track_caller]
    pub(super) fn write(&self, row: &mut Row, x: &Word, address: &Base) {
        row.call(&self.0, &(x.clone(), address.clone()));
    }
}

/// The powers for the weights of a table, in a row.
pub(super) struct Powers {
    small: Vec<Word>,
    large: Vec<Word>,
}

impl Powers {
    /// Reads what [`WritePowers`] has written.
    #[track_caller]
    pub(super) fn read(
        row: &mut Row,
        memory: &Memory<Word>,
        address: &Base,
        table: &Table,
    ) -> Self {
        let small = read_words(row, memory, address, SMALL);
        Self::with_small(row, memory, address, table, small)
    }

    /// The same for all tables at once.
    #[track_caller]
    pub(super) fn read_all(
        row: &mut Row,
        memory: &Memory<Word>,
        address: &Base,
        tables: &Tables,
    ) -> Vec<Self> {
        let small = read_words(row, memory, address, SMALL);
        (tables.iter())
            .map(|table| Self::with_small(row, memory, address, table, small.clone()))
            .collect()
    }

    #[track_caller]
    fn with_small(
        row: &mut Row,
        memory: &Memory<Word>,
        address: &Base,
        table: &Table,
        small: Vec<Word>,
    ) -> Self {
        let large = read_words(row, memory, &address.plus(table.large_at), table.large());
        Self { small, large }
    }

    /// The sum of all weights with these coefficients, and `linear`.
    #[track_caller]
    pub(super) fn sum(&self, row: &mut Row, coefficients: &[F], linear: &Word) -> Word {
        let factors: Vec<Word> = (coefficients.chunks(STRIDE))
            .map(|chunk| {
                let (first, others) = (chunk[0], &chunk[1..]);
                let terms = others
                    .iter()
                    .zip(&self.small)
                    .map(|(&c, x)| x.times(c.into()));
                terms.fold(Word::constant(first.into()), |sum, term| &sum + &term)
            })
            .collect();
        let products: Vec<_> = self.large.iter().zip(&factors).collect();
        row.word_products(&products, linear)
    }
}

impl Table {
    /// Large powers.
    const fn large(&self) -> usize {
        self.width.div_ceil(STRIDE)
    }

    /// Addresses that [`WritePowers`] takes for a table.
    pub(super) const fn len(&self) -> i32 {
        self.large() as i32 + 2
    }
}

/// What the weights of the cubes of a table follow from: the first one, and `wrap` (see [`super::evaluations`]).
#[track_caller]
pub(super) fn cubes(
    row: &mut Row,
    memory: &Memory<Word>,
    address: &Base,
    table: &Table,
) -> [Word; 2] {
    let cubes = address.plus(table.large_at + table.large() as i32);
    [row.read(memory, &cubes), row.read(memory, &cubes.plus(1))]
}

/// The ratio of the powers at an address.
#[track_caller]
pub(super) fn ratio(row: &mut Row, memory: &Memory<Word>, address: &Base) -> Word {
    row.read(memory, address)
}

/// Addresses that [`WritePowers`] takes.
pub(super) fn powers_len(tables: &Tables) -> i32 {
    tables
        .iter()
        .fold(SMALL as i32, |sum, table| sum + table.len())
}
