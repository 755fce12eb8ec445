//! The parameters of a proof are those of its size in the machine's table, and its live slices are those of its statement.

use std::array;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::formulas::SLICE_COLUMN_BITS;
use sheaf_machine::{STAIRS, SizeClass, size_classes};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Loop, Memory, Packed, Row, Word};

use crate::opening::Opening;
use crate::opening::numbers::read_number;

/// Numbers that describe parameters, without live slices: of all oracles, and of each.
const HEADER: usize = 5;
const ROUND: usize = 7;

/// Most oracles of a class, and the numbers of one with most.
const MAX_ORACLES: usize = 4;
const NUMBERS: usize = HEADER + ROUND * MAX_ORACLES;

/// The places of the numbers of live slices and of oracles.
const LIVE: usize = 2;
const ORACLES: usize = 4;

/// Log of the number of rows, and of the inverse rate.
type Class = [Base; 2];

/// What compares parameters with the table.
pub(super) struct Classes {
    check: Function<(Base, Class), Base>,
    /// From addresses of the description and of the numbers of live blocks, and the number of blocks.
    live: Function<[Base; 3], ()>,
}

impl Classes {
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let classes: Arc<[SizeClass]> = size_classes().into();
        let entry = builder.function::<Class, Packed<NUMBERS>>("machine's table");
        for class in classes.iter() {
            let [rows, rate] = [class.log_rows, class.log_inv_rate];
            let is = move |x: &[F]| x[0] == F::from_usize(rows) && x[1] == F::from_usize(rate);
            let name = format!("2^{rows} rows at rate 2^-{rate}");
            let known = class.description();
            builder.branch(&entry, &name, is, |row, [log_rows, log_inv_rate]| {
                let number = |n: usize| Base::number(n as u32);
                row.assert_equal(&log_rows, &number(rows), "this is another size");
                row.assert_equal(&log_inv_rate, &number(rate), "this is another rate");
                Packed(array::from_fn(|i| {
                    number(known.get(i).copied().unwrap_or_default())
                }))
            });
        }
        let check = builder.function::<(Base, Class), Base>("parameters of the machine's table");
        for oracles in 2..=MAX_ORACLES {
            let all = classes.clone();
            let has = move |x: &[F]| {
                all.iter().any(|class| {
                    class.rounds.len() == oracles
                        && x[1] == F::from_usize(class.log_rows)
                        && x[2] == F::from_usize(class.log_inv_rate)
                })
            };
            builder.branch(
                &check,
                &format!("{oracles} oracles"),
                has,
                |row, (description, class)| {
                    let Packed(numbers) = row.call(&entry, &class);
                    let count = Base::number(oracles as u32);
                    row.assert_equal(&numbers[ORACLES], &count, "there are more oracles");
                    for (i, number) in numbers[..HEADER + ROUND * oracles].iter().enumerate() {
                        // That of live slices is a matter of the statement.
                        if i != LIVE {
                            let at = description.plus(i as i32);
                            row.read_as(memory, &at, |(): &()| Word::from(number));
                        }
                    }
                    numbers[1].plus(-(SLICE_COLUMN_BITS as i32))
                },
            );
        }
        let slices = slices(builder, memory);
        let live = builder.function::<[Base; 3], ()>("live slices of the statement");
        builder.body(&live, |row, [description, stairs, blocks]| {
            let oracles = read_number(row, memory, &description.plus(ORACLES as i32));
            let mut at = &description.plus(HEADER as i32) + &oracles.times(F::from_usize(ROUND));
            let first = at.clone();
            let mut slice = Base::zero();
            for i in 0..STAIRS {
                let count = read_number(row, memory, &stairs.plus(i as i32));
                row.bits(&count, 5);
                row.bits(&(&blocks - &count), 5);
                let ends = [&at + &count, &slice + &count];
                row.run_to(&slices, &[count, at, slice.clone()], |(): &()| {
                    let [at, slice] = ends.clone();
                    [Base::zero(), at, slice]
                });
                at = ends[0].clone();
                slice = blocks.times(F::from_usize(i + 1));
            }
            let live = &at - &first;
            let at = description.plus(LIVE as i32);
            row.read_as(memory, &at, |(): &()| Word::from(&live));
        });
        Self { check, live }
    }

    /// Asserts that the numbers at an address, of which live slices follow, are those of a size and rate in the table, and that live slices are those of the
    /// numbers of live blocks at another one. Returns how many of the slice variables are row variables.
    #[track_caller]
    pub(super) fn check(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        opening: &Opening,
        (description, stairs): (&Base, &Base),
        class: &Class,
    ) -> Base {
        let block_bits = row.call(&self.check, &(description.clone(), class.clone()));
        let (blocks, _) = opening.powers(row, memory, &block_bits);
        row.call(&self.live, &[description.clone(), stairs.clone(), blocks]);
        block_bits
    }
}

/// Slices that remain, the address of the next, its number.
fn slices(builder: &mut Builder, memory: &Memory<Word>) -> Loop<[Base; 3]> {
    let slices = builder.looping::<[Base; 3]>("live blocks", |state| state[0] == F::ZERO);
    builder.step(&slices, |row, [remaining, at, slice]| {
        row.read_as(memory, &at, |(): &()| Word::from(&slice));
        [remaining.plus(-1), at.plus(1), slice.plus(1)]
    });
    slices
}
