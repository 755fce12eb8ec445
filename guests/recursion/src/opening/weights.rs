//! The weight of the last claim: samples, the claim and all queries, at the challenges that bound their variables.
//!
//! The weight of the query at `x` is `prod_j (1 - c_j + c_j x^(2^(v-1-j)))`. As in the native verifier (`sheaf_pcs`, `verify/powers.rs`), coordinates are
//! taken out, and two variables are bound at a time: for `y`, the power of `x` that belongs to the second,
//!
//! ```text
//!     (1 - c + c y^2) (1 - d + d y) = c d (y^2 + e) (y + f),        e = (1 - c) / c,  f = (1 - d) / d
//! ```
//!
//! A row does so for four queries, which share the constants. Variables are counted from the last one, so that they are the same for all oracles: each
//! has the last ones of all. A zero challenge has no inverse, and is refused.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Loop, Row, Word};

use super::fold_weights::{one, zero};
use super::numbers::{Words, divide_up, offset, read_five, word};
use super::places::Oracle;

/// Queries that share rows.
const GROUP: usize = 4;
/// Constants of two variables.
const CONSTANTS: usize = 2;

/// Pairs that remain, address of the last challenge, of constants, of the product of challenges; product so far.
type Factors = ([Base; 4], Word);
/// Variables that remain, address of their constants; of each query its power, and its weight so far.
type Group = ([Base; 2], ([Base; GROUP], [Word; GROUP]));
/// Groups that remain, address of the last one's powers, variables, address of constants; challenge, sum so far.
type Groups = ([Base; 4], [Word; 2]);
/// Coordinates that remain, addresses of both points; product so far.
type Equality = ([Base; 3], Word);
/// Oracles that remain, the next one; address behind the last challenge, of constants, of products; sum so far.
type Oracles = ([Base; 2], [Base; 3], Word);

/// The loops that make the weight.
pub(super) struct Weights {
    factors: Loop<Factors>,
    equality: Loop<Equality>,
    oracles: Loop<Oracles>,
}

impl Weights {
    pub(super) fn new(builder: &mut Builder, memory: &Words) -> Self {
        let factors =
            builder.looping::<Factors>("constants of two variables", |state| state[0] == F::ZERO);
        builder.step(&factors, |row, state| two_constants(row, memory, state));
        let equality = builder.looping::<Equality>("equality", |state| state[0] == F::ZERO);
        builder.step(&equality, |row, ([remaining, left, right], product)| {
            let a: Word = row.read(memory, &left);
            let b: Word = row.read(memory, &right);
            let both = row.word_products(&[(&a, &b)], &zero());
            let factor = &(&(&one() - &a) - &b) + &(&both + &both);
            let product = row.word_products(&[(&product, &factor)], &zero());
            let next = [remaining.plus(-1), offset(&left, 1), offset(&right, 1)];
            (next, product)
        });
        let group = group(builder, memory);
        let groups = groups(builder, memory, &group);
        let oracles =
            builder.looping::<Oracles>("weight of an oracle", |state| state[0] == F::ZERO);
        builder.step(&oracles, |row, ([remaining, oracle], places, sum)| {
            row.permute_idly();
            let [end, constants, products] = &places;
            let oracle = Oracle::at(&oracle);
            let [powers, count, variables, sample_variables, sample] =
                read_five(row, memory, &oracle.numbers());
            let last = end - &sample_variables;
            let equal = equal(row, &equality, &sample_variables, &sample, &last);
            let scale: Word = row.read(memory, &oracle.sample_scale());
            let sum = row.word_products(&[(&scale, &equal)], &sum);

            let challenge: Word = row.read(memory, &oracle.challenge());
            let numbers = |remaining: Base, address: Base| {
                [remaining, address, variables.clone(), constants.clone()]
            };
            let before = offset(&powers, 0).plus(-(GROUP as i32));
            let start = (
                numbers(count.clone(), &before + &count.times(F::from_usize(GROUP))),
                [challenge.clone(), zero()],
            );
            let queries = row.run_to(&groups, &start, |sum: &Word| {
                let numbers = numbers(Base::zero(), before.clone());
                (numbers, [challenge.clone(), sum.clone()])
            });
            let product: Word = row.read(memory, &(products + &variables));
            let scale: Word = row.read(memory, &oracle.scale());
            let scale = row.word_products(&[(&scale, &product)], &zero());
            let sum = row.word_products(&[(&scale, &queries)], &sum);
            ([remaining.plus(-1), oracle.next().address], places, sum)
        });
        Self {
            factors,
            equality,
            oracles,
        }
    }

    /// The weight of all oracles, and of a claim with this scale. `free` is the first address of memory that nobody uses.
    #[track_caller]
    pub(super) fn sum(
        &self,
        row: &mut Row,
        (rounds, oracle): (&Base, &Oracle),
        (variables, inner, challenges): (&Base, &Base, &Base),
        (claim, scale): (&Base, &Word),
        free: &Base,
    ) -> Word {
        let end = challenges + variables;
        // Pairs of variables that cover the inner ones of the first oracle, and so those of all.
        let (pairs, _) = divide_up(row, inner, 2, 4);
        let products = free.clone();
        let constants = offset(&(free + &pairs.times(F::TWO)), 1);
        let start = (
            [
                pairs.clone(),
                end.plus(-1),
                constants.clone(),
                offset(&products, 1),
            ],
            one(),
        );
        row.run_to(&self.factors, &start, |product: &Word| {
            let numbers = [
                Base::zero(),
                &end.plus(-1) - &pairs.times(F::TWO),
                &constants + &pairs.times(F::from_usize(CONSTANTS)),
                offset(&(&products + &pairs.times(F::TWO)), 1),
            ];
            (numbers, product.clone())
        });
        let equal = equal(row, &self.equality, variables, claim, challenges);
        let sum = row.word_products(&[(scale, &equal)], &zero());
        let places = [end, constants, products];
        let start = (
            [rounds.clone(), oracle.address.clone()],
            places.clone(),
            sum,
        );
        row.run_to(&self.oracles, &start, |sum: &Word| {
            let numbers = [Base::zero(), oracle.after(rounds).address];
            (numbers, places, sum.clone())
        })
    }
}

/// `eq` of two points in memory.
#[track_caller]
fn equal(
    row: &mut Row,
    equality: &Loop<Equality>,
    variables: &Base,
    left: &Base,
    right: &Base,
) -> Word {
    let start = [variables.clone(), left.clone(), right.clone()];
    row.run_to(equality, &(start, one()), |product: &Word| {
        let end = [Base::zero(), left + variables, right + variables];
        (end, product.clone())
    })
}

/// `e` and `f` of the next two variables, and the products of the challenges from either one on.
#[track_caller]
fn two_constants(row: &mut Row, memory: &Words, (numbers, product): Factors) -> Factors {
    row.permute_idly();
    let [remaining, address, to, to_products] = numbers;
    let [second, first]: [Word; 2] =
        core::array::from_fn(|i| row.read(memory, &address.plus(-(i as i32))));
    let f = &row.word_inverse(&second) - &one();
    row.write(memory, &offset(&to, 1), &f);
    let product = row.word_products(&[(&product, &second)], &zero());
    row.write(memory, &to_products, &product);
    let e = &row.word_inverse(&first) - &one();
    row.write(memory, &to, &e);
    let product = row.word_products(&[(&product, &first)], &zero());
    row.write(memory, &offset(&to_products, 1), &product);
    let next = [
        remaining.plus(-1),
        address.plus(-2),
        offset(&to, CONSTANTS),
        offset(&to_products, 2),
    ];
    (next, product)
}

/// The weights of four queries, without the challenges that are taken out.
fn group(builder: &mut Builder, memory: &Words) -> Loop<Group> {
    let group = builder.looping::<Group>("weights of queries", |state| state[0] == F::ZERO);
    let is_one = |state: &[F]| state[0] == F::ONE;
    builder.step_if(&group, "one variable", is_one, |row, state| {
        let ([remaining, constants], (powers, weights)) = state;
        row.permute_idly();
        row.assert_equal(&remaining, &Base::number(1), "more variables are left");
        let f: Word = row.read(memory, &offset(&constants, 1));
        let weights = core::array::from_fn(|i| {
            let factor = &f + &Word::from(&powers[i]);
            row.word_products(&[(&weights[i], &factor)], &zero())
        });
        ([Base::zero(), constants], (powers, weights))
    });
    builder.step_if(
        &group,
        "two variables",
        move |state| !is_one(state),
        |row, state| {
            let ([remaining, constants], (powers, weights)) = state;
            row.permute_idly();
            let [e, f]: [Word; CONSTANTS] =
                core::array::from_fn(|i| row.read(memory, &offset(&constants, i)));
            let mut next = powers.clone();
            let weights = core::array::from_fn(|i| {
                let y = &powers[i];
                let square = row.product(y, y);
                next[i] = row.product(&square, &square);
                let [first, second] = [&e + &Word::from(&square), &f + &Word::from(y)];
                let weight = row.word_products(&[(&weights[i], &first)], &zero());
                row.word_products(&[(&weight, &second)], &zero())
            });
            let numbers = [remaining.plus(-2), offset(&constants, CONSTANTS)];
            (numbers, (next, weights))
        },
    );
    group
}

/// Horner's rule over groups, from the last one to the first.
fn groups(builder: &mut Builder, memory: &Words, group: &Loop<Group>) -> Loop<Groups> {
    let groups = builder.looping::<Groups>("group of queries", |state| state[0] == F::ZERO);
    builder.step(&groups, |row, (numbers, [challenge, sum])| {
        row.permute_idly();
        let [remaining, address, variables, constants] = numbers;
        let mut start = (
            core::array::from_fn(|_| Base::zero()),
            core::array::from_fn(|_| zero()),
        );
        for i in 0..GROUP {
            let [power, lives] = row.read_as(memory, &offset(&address, i), |x: &[Base; 2]| word(x));
            start.0[i] = power;
            start.1[i] = Word::from(&lives);
        }
        let numbers = [variables.clone(), constants.clone()];
        let (_, _, weights) = row.run_to(
            group,
            &(numbers, start),
            |(constants, powers, weights): &(Base, [Base; GROUP], [Word; GROUP])| {
                let numbers = [Base::zero(), constants.clone()];
                (numbers, (powers.clone(), weights.clone()))
            },
        );
        let mut sum = sum;
        for weight in weights.iter().rev() {
            sum = row.word_products(&[(&sum, &challenge)], weight);
        }
        let next = [
            remaining.plus(-1),
            address.plus(-(GROUP as i32)),
            variables,
            constants,
        ];
        (next, [challenge, sum])
    });
    groups
}
