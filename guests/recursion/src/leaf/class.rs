//! The parameters of a proof are those of its size class in the table.

use std::array;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{SizeClass, size_classes};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};

/// Numbers that describe parameters, without live slices, for so many oracles.
const fn numbers(oracles: usize) -> usize {
    5 + 7 * oracles
}

/// Most oracles of a class.
const MAX_ORACLES: usize = 3;

/// Log of the number of lanes, and of the inverse rate.
type Class = (Base, Base);

/// What compares parameters with the table.
pub(super) struct Classes {
    check: Function<(Base, Class), Base>,
}

impl Classes {
    /// Adds the table to a program.
    #[must_use]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let classes: Arc<[SizeClass]> = size_classes().into();
        let check = builder.function::<(Base, Class), Base>("parameters of a size class");
        of_oracles::<2, { numbers(2) }>(builder, memory, &check, &classes);
        of_oracles::<MAX_ORACLES, { numbers(MAX_ORACLES) }>(builder, memory, &check, &classes);
        Self { check }
    }

    /// Asserts that the numbers at an address, of which live slices follow, are those of the class. Returns how many of the slice variables are
    /// column variables.
    #[track_caller]
    pub(super) fn check(
        &self,
        row: &mut Row,
        description: &Base,
        log_lanes: &Base,
        log_inv_rate: &Base,
    ) -> Base {
        let class = (log_lanes.clone(), log_inv_rate.clone());
        row.call(&self.check, &(description.clone(), class))
    }
}

/// The classes with `K` oracles, whose parameters are `N` numbers: all but that of live slices are known.
fn of_oracles<const K: usize, const N: usize>(
    builder: &mut Builder,
    memory: &Memory<Word>,
    check: &Function<(Base, Class), Base>,
    classes: &Arc<[SizeClass]>,
) {
    let entry = builder.function::<Class, ([Base; N], Base)>(&format!("table, {K} oracles"));
    for class in classes.iter().filter(|class| class.rounds.len() == K) {
        let [lanes, rate] = [class.log_lanes, class.log_inv_rate];
        let is = move |x: &[F]| x[0] == F::from_usize(lanes) && x[1] == F::from_usize(rate);
        let name = format!("2^{lanes} lanes at rate 2^-{rate}");
        let known = class.description();
        builder.branch(&entry, &name, is, |row, (log_lanes, log_inv_rate)| {
            let number = |n: usize| Base::number(n as u32);
            row.assert_equal(&log_lanes, &number(lanes), "this is another size");
            row.assert_equal(&log_inv_rate, &number(rate), "this is another rate");
            let numbers = array::from_fn(|i| number(known.get(i).copied().unwrap_or_default()));
            (numbers, number(class.column_bits))
        });
    }
    let all = classes.clone();
    let has = move |x: &[F]| {
        all.iter().any(|class| {
            class.rounds.len() == K
                && x[1] == F::from_usize(class.log_lanes)
                && x[2] == F::from_usize(class.log_inv_rate)
        })
    };
    builder.branch(
        check,
        &format!("{K} oracles"),
        has,
        |row, (description, class)| {
            row.permute_idly();
            let (numbers, column_bits) = row.call(&entry, &class);
            for (i, number) in numbers.iter().enumerate() {
                // That of live slices is not a part of the class.
                if i != LIVE {
                    let at = description.plus(i as i32);
                    row.read_as(memory, &at, |(): &()| Word::from(number));
                }
            }
            column_bits
        },
    );
}

/// The place of the number of live slices.
const LIVE: usize = 2;
