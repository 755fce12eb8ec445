//! Rows of pairs in registers, without those that are zero: kinds use few columns, and few products.

use core::array::from_fn;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

use super::{PackedPair, Pair};

/// A row that is written out: those of its registers that are not zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct FullRow {
    /// A bit for each register that is not zero.
    present: u128,
    pairs: Vec<PackedPair>,
}

impl FullRow {
    /// Appends a register after all others, unless it is zero.
    pub(crate) fn push(&mut self, register: usize, pair: PackedPair) {
        if pair != [EPF::ZERO; 2] {
            self.present |= 1 << register;
            self.pairs.push(pair);
        }
    }

    /// The registers that are not zero, with their numbers.
    fn registers(&self) -> impl Iterator<Item = (usize, &PackedPair)> {
        numbers(self.present).zip(&self.pairs)
    }

    /// All pairs, where there are so many registers.
    pub(super) fn unpack(&self, registers: usize) -> Vec<Pair> {
        let mut all = vec![[EPF::ZERO; 2]; registers];
        for (register, pair) in self.registers() {
            all[register] = *pair;
        }
        let lanes =
            |pair: PackedPair| (0..PF::WIDTH).map(move |lane| from_fn(|k| extract(&pair[k], lane)));
        all.into_iter().flat_map(lanes).collect()
    }
}

/// The numbers of the bits that are set.
fn numbers(mut bits: u128) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let number = bits.trailing_zeros() as usize;
        bits &= bits.checked_sub(1)?;
        Some(number)
    })
}

/// The registers of two rows, side by side.
fn side_by_side(
    rows: [Option<&FullRow>; 2],
) -> impl Iterator<Item = (usize, [Option<&PackedPair>; 2])> {
    let present = rows.map(|row| row.map_or(0, |row| row.present));
    let mut pairs = rows.map(|row| row.map_or(&[][..], |row| &row.pairs).iter());
    numbers(present[0] | present[1]).map(move |register| {
        let mut next = |k: usize| {
            (present[k] >> register & 1 == 1)
                .then(|| pairs[k].next())
                .flatten()
        };
        let low = next(0);
        (register, [low, next(1)])
    })
}

// Not by `map` and `from_fn`, which the compiler does not inline for elements as large as registers.

/// `sum a b` at zero, and its leading coefficient, on the line from one row to the next.
pub(super) fn measure_packed(rows: [Option<&FullRow>; 2]) -> [EPF; 2] {
    let mut sums = [EPF::ZERO; 2];
    for (_, pairs) in side_by_side(rows) {
        match pairs {
            [Some([a0, b0]), Some([a1, b1])] => {
                sums[0] += *a0 * *b0;
                sums[1] += (*a1 - *a0) * (*b1 - *b0);
            }
            [Some([a, b]), None] => {
                let product = *a * *b;
                sums[0] += product;
                sums[1] += product;
            }
            [None, Some([a, b])] => sums[1] += *a * *b,
            [None, None] => {}
        }
    }
    sums
}

/// The row between two rows that are written out.
pub(super) fn fold_packed(rows: [Option<&FullRow>; 2], x: EF) -> FullRow {
    let present = rows.map(|row| row.map_or(0, |row| row.present));
    let present = present[0] | present[1];
    let mut pairs = Vec::with_capacity(present.count_ones() as usize);
    for (_, pair) in side_by_side(rows) {
        pairs.push(match pair {
            [Some([a0, b0]), Some([a1, b1])] => [*a0 + (*a1 - *a0) * x, *b0 + (*b1 - *b0) * x],
            [Some([a, b]), None] => [*a * (EF::ONE - x), *b * (EF::ONE - x)],
            [None, Some([a, b])] => [*a * x, *b * x],
            [None, None] => [EPF::ZERO; 2],
        });
    }
    FullRow { present, pairs }
}
