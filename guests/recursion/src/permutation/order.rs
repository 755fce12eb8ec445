//! Points in the order in which their variables are bound, and in the usual one.
//!
//! In both directions high lane bits are reversed, and the lowest ones, which a prover has in its vectors, follow as they are.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::LOW_LANE_BITS;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Memory, Row, Word};

/// Coordinates of lanes that keep their order.
const LOW: i32 = LOW_LANE_BITS as i32;

/// Copies points.
pub(super) struct Order {
    /// How many words remain, where the next one is, and where it goes: descending to ascending addresses.
    reverse: Loop<(Base, Base, Base)>,
}

impl Order {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let reverse = builder.looping::<(Base, Base, Base)>("reverse", |s| s[0] == F::ZERO);
        builder.step(&reverse, |row, (remaining, from, to)| {
            let word = row.read(memory, &from);
            row.write(memory, &to, &word);
            (remaining.plus(-1), from.plus(-1), to.plus(1))
        });
        Self { reverse }
    }

    /// Copies `count` words in reverse.
    #[track_caller]
    pub(super) fn reverse(&self, row: &mut Row, from: &Base, to: &Base, count: &Base) {
        let start = (count.clone(), (from + count).plus(-1), to.clone());
        row.run_to(&self.reverse, &start, |(): &()| {
            (Base::zero(), from.plus(-1), to + count)
        });
    }

    /// Copies a point of lanes from either order to the other one.
    #[track_caller]
    pub(super) fn lanes(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        from: &Base,
        to: &Base,
        log_lanes: &Base,
    ) {
        let high = log_lanes.plus(-LOW);
        self.reverse(row, from, to, &high);
        for i in 0..LOW {
            let word: Word = row.read(memory, &(from + &high).plus(i));
            row.write(memory, &(to + &high).plus(i), &word);
        }
    }
}
