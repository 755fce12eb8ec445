//! Where what a functional is made of stands, from one address on.

use sheaf_program::builder::{Base, Memory, Row, Word};

use super::statement::Sizes;
use crate::opening::numbers::{read_five, write_five};

/// The offsets of the words.
pub(super) struct Place;

impl Place {
    /// The value of the functional.
    pub(super) const VALUE: i32 = 0;
    /// Five.
    pub(super) const BETA: i32 = 1;
    /// Four.
    pub(super) const TAU: i32 = 6;
    /// Six: constraint and term.
    pub(super) const TERM: i32 = 10;
    /// `d`.
    pub(super) const SCALE: i32 = 16;
    /// Addresses of `r2`, `r*`, `m1`, `y*` and of the first count.
    pub(super) const POINTS: i32 = 17;
    /// `h`, `c`, `m`, whether there are instances, where zone B begins.
    pub(super) const ROWS: i32 = 18;
    /// Kinds of both zones.
    pub(super) const KINDS: i32 = 19;
    /// Words in all.
    pub(super) const WORDS: i32 = 20;
}

/// Addresses of what a functional is made of, beside the place itself.
#[derive(Clone)]
pub(super) struct Points {
    /// `r2` and `r*`.
    pub(super) rows: [Base; 2],
    /// `m1`.
    pub(super) message: Base,
    /// `y*`.
    pub(super) columns: Base,
    /// The first count.
    pub(super) counts: Base,
}

impl Points {
    #[track_caller]
    pub(super) fn write(&self, row: &mut Row, memory: &Memory<Word>, place: &Base, sizes: &Sizes) {
        let [forms, shares] = &self.rows;
        let numbers = [forms, shares, &self.message, &self.columns, &self.counts];
        write_five(row, memory, &place.plus(Place::POINTS), numbers);
        let [instances, has] = &sizes.instances;
        let [_, start, _] = &sizes.permuted;
        let numbers = [&sizes.log_rows, &sizes.log_block, instances, has, start];
        write_five(row, memory, &place.plus(Place::ROWS), numbers);
        let none = Base::zero();
        let [zone_a, zone_b] = &sizes.kinds;
        let numbers = [zone_a, zone_b, &none, &none, &none];
        write_five(row, memory, &place.plus(Place::KINDS), numbers);
    }

    #[track_caller]
    pub(super) fn read(row: &mut Row, memory: &Memory<Word>, place: &Base) -> Self {
        let [forms, shares, message, columns, counts] =
            read_five(row, memory, &place.plus(Place::POINTS));
        Self {
            rows: [forms, shares],
            message,
            columns,
            counts,
        }
    }
}
