//! Sums over the numbers below a bound, of products with a factor for each of their bits.
//!
//! The two factors of each bit stand in memory, bit after bit from the lowest one on. Of the bits so far a loop keeps the sum over all numbers and that
//! over those below `n`:
//!
//! ```text
//!     all' = (w0 + w1) all         below' = w0 below              if the bit of n is 0
//!                                           w0 all + w1 below                     1
//! ```
//!
//! Bits of `n` are the prover's, and the loop ends when there are as many as variables and nothing is left of `n`: at most 24, which have one reading.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Loop, Memory, Row, Word};
use sheaf_program::{E, F};

use crate::leaf::lanes::lowest_bit;

/// Words of a bit.
pub(super) const STRIDE: i32 = 2;

/// Bits that remain, the address of their factors, what is left of the number; the sum over all numbers and over those below.
type Below = ([Base; 3], [Word; 2]);

/// The loops.
pub(super) struct Sums {
    /// Coordinates that remain, the address of the next (the least significant is first), where its factors go.
    one_point: Loop<[Base; 3]>,
    /// The same of two points.
    two_points: Loop<[Base; 4]>,
    /// Bits that remain; addresses of their factors, of a coordinate, of the factors with that.
    with_point: Loop<[Base; 4]>,
    /// Bits that remain, where their factors go.
    absent: Loop<[Base; 2]>,
    below: Loop<Below>,
    /// Bits that remain, the address of their factors; the product of those of zeros.
    zeros: Loop<([Base; 2], Word)>,
    /// Coordinates that remain and the address of the next; the product.
    complement: Loop<([Base; 2], Word)>,
    /// Coordinates that remain and the addresses of the next ones; the product.
    equal: Loop<([Base; 3], Word)>,
}

impl Sums {
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let done = |state: &[F]| state[0] == F::ZERO;
        let write = |row: &mut Row, to: &Base, factors: [&Word; 2]| {
            row.write(memory, to, factors[0]);
            row.write(memory, &to.plus(1), factors[1]);
        };
        let one_point = builder.looping::<[Base; 3]>("factors of a point", done);
        builder.step(&one_point, |row, [remaining, from, to]| {
            let r = row.read(memory, &from);
            write(row, &to, [&(&one() - &r), &r]);
            [remaining.plus(-1), from.plus(-1), to.plus(STRIDE)]
        });
        let two_points = builder.looping::<[Base; 4]>("factors of two points", done);
        builder.step(&two_points, |row, [remaining, from, other, to]| {
            let [a, b] = [&from, &other].map(|at| row.read(memory, at));
            let both = row.word_products(&[(&a, &b)], &zero());
            let neither = &(&(&one() - &a) - &b) + &both;
            write(row, &to, [&neither, &both]);
            let next = [&from, &other].map(|at| at.plus(-1));
            let [from, other] = next;
            [remaining.plus(-1), from, other, to.plus(STRIDE)]
        });
        let with_point = builder.looping::<[Base; 4]>("factors with a point", done);
        builder.step(&with_point, |row, [remaining, factors, from, to]| {
            let [w0, w1] = [0, 1].map(|i| row.read(memory, &factors.plus(i)));
            let r = row.read(memory, &from);
            let both = row.word_products(&[(&w1, &r)], &zero());
            let neither = row.word_products(&[(&w0, &(&one() - &r))], &zero());
            write(row, &to, [&neither, &both]);
            let factors = factors.plus(STRIDE);
            [remaining.plus(-1), factors, from.plus(-1), to.plus(STRIDE)]
        });
        let absent = builder.looping::<[Base; 2]>("factors of absent bits", done);
        builder.step(&absent, |row, [remaining, to]| {
            write(row, &to, [&one(), &zero()]);
            [remaining.plus(-1), to.plus(STRIDE)]
        });
        let below = builder.looping::<Below>("numbers below", done);
        builder.step(
            &below,
            |row, ([remaining, factors, number], [all, below])| {
                let [w0, w1] = [0, 1].map(|i| row.read(memory, &factors.plus(i)));
                let (bit, rest) = lowest_bit(row, &number);
                let bit = Word::from(&bit);
                let more = row.word_products(&[(&(&w0 + &w1), &all)], &zero());
                let smaller = row.word_products(&[(&bit, &(&all - &below))], &below);
                let same = row.word_products(&[(&bit, &below)], &zero());
                let below = row.word_products(&[(&w0, &smaller), (&w1, &same)], &zero());
                (
                    [remaining.plus(-1), factors.plus(STRIDE), rest],
                    [more, below],
                )
            },
        );
        let zeros = builder.looping::<([Base; 2], Word)>("factors of zeros", done);
        builder.step(&zeros, |row, ([remaining, factors], product)| {
            let w0: Word = row.read(memory, &factors);
            let product = row.word_products(&[(&w0, &product)], &zero());
            ([remaining.plus(-1), factors.plus(STRIDE)], product)
        });
        let complement = builder.looping::<([Base; 2], Word)>("coordinates of zeros", done);
        builder.step(&complement, |row, ([remaining, at], product)| {
            let r: Word = row.read(memory, &at);
            let product = row.word_products(&[(&(&one() - &r), &product)], &zero());
            ([remaining.plus(-1), at.plus(1)], product)
        });
        let equal = builder.looping::<([Base; 3], Word)>("equality of rows", done);
        builder.step(&equal, |row, ([remaining, a, b], product)| {
            let [r, x] = [&a, &b].map(|at| row.read(memory, at));
            let twice = r.times(E::TWO);
            let factor = row.word_products(&[(&twice, &x)], &(&(&one() - &r) - &x));
            let product = row.word_products(&[(&factor, &product)], &zero());
            ([remaining.plus(-1), a.plus(1), b.plus(1)], product)
        });
        Self {
            one_point,
            two_points,
            with_point,
            absent,
            below,
            zeros,
            complement,
            equal,
        }
    }

    /// Writes the factors `1 - r` and `r` of a point's coordinates, of which the last one stands at `last`.
    #[track_caller]
    pub(super) fn of_point(&self, row: &mut Row, count: &Base, last: &Base, to: &Base) -> Base {
        let end = after(to, count);
        let start = [count.clone(), last.clone(), to.clone()];
        row.run_to(&self.one_point, &start, |(): &()| {
            [Base::zero(), last - count, end.clone()]
        });
        end
    }

    /// Writes the factors `(1 - a)(1 - b)` and `a b` of two points, of which the last coordinates stand at `last`.
    #[track_caller]
    pub(super) fn of_points(
        &self,
        row: &mut Row,
        count: &Base,
        last: [&Base; 2],
        to: &Base,
    ) -> Base {
        let end = after(to, count);
        let [a, b] = last;
        let start = [count, a, b, to].map(Base::clone);
        row.run_to(&self.two_points, &start, |(): &()| {
            [Base::zero(), a - count, b - count, end.clone()]
        });
        end
    }

    /// Writes factors, times `1 - r` and `r` for the coordinates of a point.
    #[track_caller]
    pub(super) fn with_point(
        &self,
        row: &mut Row,
        count: &Base,
        factors: &Base,
        last: &Base,
        to: &Base,
    ) -> Base {
        let end = after(to, count);
        let start = [count, factors, last, to].map(Base::clone);
        row.run_to(&self.with_point, &start, |(): &()| {
            [
                Base::zero(),
                after(factors, count),
                last - count,
                end.clone(),
            ]
        });
        end
    }

    /// Writes the factors of bits that all numbers have as zeros.
    #[track_caller]
    pub(super) fn absent(&self, row: &mut Row, count: &Base, to: &Base) -> Base {
        let end = after(to, count);
        row.run_to(&self.absent, &[count.clone(), to.clone()], |(): &()| {
            [Base::zero(), end.clone()]
        });
        end
    }

    /// Goes on with so many bits of a number. Returns what is left of it, and the sums.
    #[track_caller]
    pub(super) fn bits_below(
        &self,
        row: &mut Row,
        [count, factors, number]: [&Base; 3],
        sums: [&Word; 2],
    ) -> (Base, [Word; 2]) {
        let start = (
            [count, factors, number].map(Base::clone),
            sums.map(Word::clone),
        );
        let end = after(factors, count);
        row.run_to(&self.below, &start, |(rest, sums): &(Base, [Word; 2])| {
            ([Base::zero(), end.clone(), rest.clone()], sums.clone())
        })
    }

    /// The sum over the numbers below `number`, which has so many bits; over `number` too if `first` is one instead of zero.
    #[track_caller]
    pub(super) fn below(&self, row: &mut Row, numbers: [&Base; 3], first: &Word) -> Word {
        let [count, factors, number] = numbers;
        let start = (
            [count, factors, number].map(Base::clone),
            [one(), first.clone()],
        );
        let end = after(factors, count);
        let [_, below] = row.run_to(&self.below, &start, |sums: &[Word; 2]| {
            ([Base::zero(), end.clone(), Base::zero()], sums.clone())
        });
        below
    }

    /// The factor of so many bits that are zeros.
    #[track_caller]
    pub(super) fn zeros(&self, row: &mut Row, count: &Base, factors: &Base) -> Word {
        let start = ([count.clone(), factors.clone()], one());
        row.run_to(&self.zeros, &start, |product: &Word| {
            ([Base::zero(), after(factors, count)], product.clone())
        })
    }

    /// `prod (1 - r)` over so many coordinates.
    #[track_caller]
    pub(super) fn complement(&self, row: &mut Row, count: &Base, point: &Base) -> Word {
        let start = ([count.clone(), point.clone()], one());
        row.run_to(&self.complement, &start, |product: &Word| {
            ([Base::zero(), point + count], product.clone())
        })
    }

    /// `eq` of two points.
    #[track_caller]
    pub(super) fn equal(&self, row: &mut Row, count: &Base, [a, b]: [&Base; 2]) -> Word {
        let start = ([count, a, b].map(Base::clone), one());
        row.run_to(&self.equal, &start, |product: &Word| {
            ([Base::zero(), a + count, b + count], product.clone())
        })
    }
}

/// The address behind the factors of so many bits.
fn after(factors: &Base, count: &Base) -> Base {
    factors + &count.times(F::TWO)
}

pub(super) fn one() -> Word {
    Word::constant(E::ONE)
}

pub(super) fn zero() -> Word {
    Word::constant(E::ZERO)
}
