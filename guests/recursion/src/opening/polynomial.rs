//! The value of the last polynomial, of which all values on the hypercube stand in memory.
//!
//! Two variables are bound at a time, which is one constraint for four values: the products of both challenges make their weights linear.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Row, Word};

use super::fold_weights::{one, zero};
use super::numbers::{Words, half, offset};

/// Values that remain, address of the next, of where its fold goes, distance of those that are folded; two challenges and their product.
type Pairs = ([Base; 4], [Word; 3]);
/// The same for one variable.
type Single = ([Base; 4], Word);
/// Variables that remain, address of the next challenge; address of the values, of their folds, number of values.
type Levels = ([Base; 2], [Base; 3]);

/// The loop over variables.
pub(super) struct Polynomial {
    levels: Loop<Levels>,
}

impl Polynomial {
    pub(super) fn new(builder: &mut Builder, memory: &Words) -> Self {
        let pairs = builder.looping::<Pairs>("fold by two variables", |state| state[0] == F::ZERO);
        builder.step(
            &pairs,
            |row, ([remaining, from, to, distance], challenges)| {
                row.permute_idly();
                let values: [Word; 4] = core::array::from_fn(|i| {
                    let address = &from + &distance.times(F::from_usize(i));
                    row.read(memory, &address)
                });
                let [first, second, both] = &challenges;
                let weights = [
                    &(&(&one() - first) - second) + both,
                    second - both,
                    first - both,
                    both.clone(),
                ];
                let products: Vec<_> = weights.iter().zip(&values).collect();
                let value = row.word_products(&products, &zero());
                row.write(memory, &to, &value);
                let next = [
                    remaining.plus(-1),
                    offset(&from, 1),
                    offset(&to, 1),
                    distance,
                ];
                (next, challenges)
            },
        );
        let single = builder.looping::<Single>("fold by a variable", |state| state[0] == F::ZERO);
        builder.step(
            &single,
            |row, ([remaining, from, to, distance], challenge)| {
                row.permute_idly();
                let low: Word = row.read(memory, &from);
                let high: Word = row.read(memory, &(&from + &distance));
                let value = row.word_products(&[(&challenge, &(&high - &low))], &low);
                row.write(memory, &to, &value);
                let next = [
                    remaining.plus(-1),
                    offset(&from, 1),
                    offset(&to, 1),
                    distance,
                ];
                (next, challenge)
            },
        );
        let levels = builder.looping::<Levels>("last polynomial", |state| state[0] == F::ZERO);
        let is_one = |state: &[F]| state[0] == F::ONE;
        builder.step_if(&levels, "one variable", is_one, |row, state| {
            row.permute_idly();
            let ([remaining, address], [from, to, size]) = state;
            row.assert_equal(&remaining, &Base::number(1), "more variables are left");
            let challenge: Word = row.read(memory, &address);
            let count = half(&size);
            let start = [count.clone(), from.clone(), to.clone(), count.clone()];
            row.run_to(&single, &(start, challenge.clone()), |(): &()| {
                let end = [Base::zero(), &from + &count, &to + &count, count.clone()];
                (end, challenge.clone())
            });
            let next = [to.clone(), &to + &count, count];
            ([Base::zero(), offset(&address, 1)], next)
        });
        builder.step_if(
            &levels,
            "two variables",
            move |state| !is_one(state),
            |row, state| {
                row.permute_idly();
                let ([remaining, address], [from, to, size]) = state;
                let first: Word = row.read(memory, &address);
                let second: Word = row.read(memory, &offset(&address, 1));
                let both = row.word_products(&[(&first, &second)], &zero());
                let challenges = [first, second, both];
                let count = size.times(F::from_u8(4).inverse());
                let start = [count.clone(), from.clone(), to.clone(), count.clone()];
                row.run_to(&pairs, &(start, challenges.clone()), |(): &()| {
                    let end = [Base::zero(), &from + &count, &to + &count, count.clone()];
                    (end, challenges)
                });
                let next = [to.clone(), &to + &count, count];
                ([remaining.plus(-2), offset(&address, 2)], next)
            },
        );
        Self { levels }
    }

    /// The value at the challenges of the polynomial whose `2^variables` values stand at `from`; what is on the way goes to `to`.
    #[track_caller]
    pub(super) fn evaluate(
        &self,
        row: &mut Row,
        memory: &Words,
        (variables, challenges): (&Base, &Base),
        (from, size): (&Base, &Base),
        to: &Base,
    ) -> Word {
        let start = [from.clone(), to.clone(), size.clone()];
        let end = challenges + variables;
        let address = row.run_to(
            &self.levels,
            &([variables.clone(), challenges.clone()], start),
            |value: &Base| {
                let last = [value.clone(), offset(value, 1), Base::number(1)];
                ([Base::zero(), end.clone()], last)
            },
        );
        row.read(memory, &address)
    }
}
