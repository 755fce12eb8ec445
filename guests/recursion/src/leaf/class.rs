//! The parameters of a proof are those of its size class in the table.

use std::array;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{SizeClass, size_classes};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Memory, Packed, Row, Word};

/// Numbers that describe parameters, without live slices, for so many oracles.
const fn numbers(oracles: usize) -> usize {
    5 + 7 * oracles
}

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
        of_oracles::<3, { numbers(3) }>(builder, memory, &check, &classes);
        of_oracles::<4, { numbers(4) }>(builder, memory, &check, &classes);
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
    let entry = builder.function::<Class, (Packed<N>, Base)>(&format!("table, {K} oracles"));
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
            (Packed(numbers), number(class.column_bits))
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
            let (Packed(numbers), column_bits) = row.call(&entry, &class);
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

#[cfg(test)]
mod tests {
    use sheaf_executor::{Executor, Input};
    use sheaf_program::builder::Executable;

    use super::*;

    /// Writes as many numbers from the tape as the longest description has, and compares them.
    fn program() -> Executable {
        let mut builder = Builder::new();
        let memory = builder.memory::<Word>("memory");
        let classes = Classes::new(&mut builder, &memory);
        let main = builder.function::<Class, Base>("main");
        builder.body(&main, |row, (log_lanes, log_inv_rate)| {
            for i in 0..numbers(4) {
                let number: Base = row.advice();
                row.write(&memory, &Base::number(i as u32), &Word::from(&number));
            }
            classes.check(row, &Base::zero(), &log_lanes, &log_inv_rate)
        });
        builder.finish(&main).unwrap()
    }

    /// Whatever the number of oracles: a class without a branch would be one of proofs that can't be merged.
    #[test]
    fn every_class_has_its_parameters_and_no_others() {
        let program = program();
        let executor = Executor::new(&program);
        for class in size_classes() {
            let of = [class.log_lanes, class.log_inv_rate].map(F::from_usize);
            let known = class.description();
            let run = |description: &[usize]| {
                let mut advice: Vec<F> = description.iter().map(|&n| F::from_usize(n)).collect();
                advice.resize(numbers(4), F::ZERO);
                let input = Input {
                    arguments: &of,
                    advice: &advice,
                    max_rows: 1 << 10,
                };
                executor.run(input).map(|outcome| outcome.results)
            };
            assert_eq!(run(&known).unwrap(), [F::from_usize(class.column_bits)]);
            for i in (0..known.len()).filter(|&i| i != LIVE) {
                let mut other = known.clone();
                other[i] += 1;
                assert!(run(&other).is_err(), "{of:?}: number {i}");
            }
        }
        let none = [size_classes().len(), 1].map(F::from_usize);
        let input = Input {
            arguments: &none,
            advice: &[F::ZERO; numbers(4)],
            max_rows: 1 << 10,
        };
        assert!(executor.run(input).is_err());
    }
}
