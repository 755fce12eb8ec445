//! Numbers that are the same in every run: powers of two, and roots of unity.
//!
//! They stand in memory at a place that is fixed when the program is made, once for all openings of a run.

use p3_field::{PrimeCharacteristicRing, TwoAdicField};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Row};

use super::numbers::{Words, half, offset, read_five, read_number, write_five, write_number};

/// Largest exponent: there is no larger two-adic subgroup.
pub(super) const MAX_BITS: usize = 24;
const ENTRIES: usize = MAX_BITS + 1;

/// Where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Constants {
    first: u32,
}

impl Constants {
    /// Words of memory.
    pub const LENGTH: u32 = 2 * ENTRIES as u32;

    /// Constants from this address on.
    #[must_use]
    pub const fn at(first: u32) -> Self {
        Self { first }
    }

    /// `2^n` and `2^-n`, for `n` up to [`MAX_BITS`].
    #[track_caller]
    pub(super) fn powers(self, row: &mut Row, memory: &Words, n: &Base) -> (Base, Base) {
        let address = &Base::number(self.first) + n;
        let [power, inverse, ..] = read_five(row, memory, &address);
        (power, inverse)
    }

    /// Plonky3's generator of the subgroup of order `2^n`.
    #[track_caller]
    pub(super) fn root(self, row: &mut Row, memory: &Words, n: &Base) -> Base {
        read_number(row, memory, &(&self.roots() + n))
    }

    fn roots(self) -> Base {
        offset(&Base::number(self.first), ENTRIES)
    }
}

/// What writes them.
pub(super) struct Writer {
    pub(super) at: Constants,
    /// Entries that remain; `2^n` and `2^-n` for the next `n`.
    powers: Loop<(Base, Base, Base)>,
    /// Entries that remain; the generator of the largest subgroup of which they are.
    roots: Loop<(Base, Base)>,
}

impl Writer {
    pub(super) fn new(builder: &mut Builder, memory: &Words, at: Constants) -> Self {
        let powers = builder.looping("powers of two", |state| state[0] == F::ZERO);
        builder.step(
            &powers,
            |row, (remaining, power, inverse): (Base, Base, Base)| {
                let address = &Base::number(at.first + ENTRIES as u32) - &remaining;
                let zero = Base::zero();
                write_five(
                    row,
                    memory,
                    &address,
                    [&power, &inverse, &zero, &zero, &zero],
                );
                (remaining.plus(-1), power.times(F::TWO), half(&inverse))
            },
        );
        let roots = builder.looping("roots of unity", |state| state[0] == F::ZERO);
        builder.step(&roots, |row, (remaining, root): (Base, Base)| {
            let order = remaining.plus(-1);
            write_number(row, memory, &(&at.roots() + &order), &root);
            let square = row.product(&root, &root);
            (order, square)
        });
        Self { at, powers, roots }
    }

    /// Writes all of them.
    #[track_caller]
    pub(super) fn write(&self, row: &mut Row) -> Constants {
        let entries = Base::number(ENTRIES as u32);
        let one = Base::number(1);
        row.run_to(
            &self.powers,
            &(entries.clone(), one.clone(), one),
            |end: &[Base; 2]| (Base::zero(), end[0].clone(), end[1].clone()),
        );
        let largest = Base::constant(F::two_adic_generator(MAX_BITS));
        row.run_to(&self.roots, &(entries, largest), |root: &Base| {
            (Base::zero(), root.clone())
        });
        self.at
    }
}
