//! Sums over the rows with a permutation, which are two ranges: zone A's blocks and the first rows of zone B.
//!
//! The factors of a row's bits stand in memory ([`Sums`]). In masks of inputs, the three bits of a slot are one digit of eight values.

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};

use super::formulas::{Octal, Step, octal};
use super::statement::Sizes;
use super::sums::{STRIDE, Sums, one, zero};
use super::verify::{LOW_BITS, LOW_LANE_BITS, SLOT_BITS};

/// Words of the factors of the low bits of a lane.
const LOW: i32 = STRIDE * LOW_LANE_BITS;

/// What finds such sums.
pub(super) struct Masks {
    /// From a point, `hp`, where its factors go, and the ends of the ranges.
    indicator: Function<([Base; 3], [Base; 3]), Word>,
    /// From a permuted row's point, the challenge of slots, the point of lanes, `hp`, where factors go; and the ends of the ranges.
    mask: Function<([Base; 5], [Base; 3]), Word>,
    /// Scratch memory of the digit's sums.
    scratch: usize,
}

impl Masks {
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, sums: &Sums) -> Self {
        let indicator = builder.function::<([Base; 3], [Base; 3]), Word>("rows of permutations");
        builder.body(&indicator, |row, ([point, bits, to], ends)| {
            sums.of_point(row, &bits, &(&point + &bits).plus(-1), &to);
            let [a, b, c] = ends.map(|end| sums.below(row, [&bits, &to, &end], &zero()));
            &(&a - &b) + &c
        });
        let octal: Step<2> = octal(builder, memory);
        let below = below(builder, memory, sums);
        let mask = builder.function::<([Base; 5], [Base; 3]), Word>("mask of inputs");
        builder.body(&mask, |row, ([point, challenge, lanes, bits, to], ends)| {
            let high = bits.plus(-LOW_BITS);
            let slot = &point + &high;
            let low = Base::number(LOW_LANE_BITS as u32);
            let last = [
                &(&lanes + &high).plus(LOW_LANE_BITS - 1),
                &slot.plus(LOW_BITS - 1),
            ];
            let behind = sums.of_points(row, &low, last, &to);
            let last = [&(&lanes + &high).plus(-1), &slot.plus(-1)];
            let digit = sums.of_points(row, &high, last, &behind);
            let mut free = digit.plus(Octal::WORDS);
            octal.value(row, [&challenge, &slot], &mut free);
            let [a, b, c] = ends.map(|end| {
                row.call(
                    &below,
                    &[to.clone(), digit.clone(), behind.clone(), high.clone(), end],
                )
            });
            &(&a - &b) + &c
        });
        Self {
            indicator,
            mask,
            scratch: octal.scratch(),
        }
    }

    /// The sum of `eq(point, r)` over the rows with a permutation.
    #[track_caller]
    pub(super) fn indicator(
        &self,
        row: &mut Row,
        point: &Base,
        bits: &Base,
        sizes: &Sizes,
        free: &mut Base,
    ) -> Word {
        let numbers = [point, bits, free].map(|x| x.clone());
        let sum = row.call(&self.indicator, &(numbers, sizes.permuted.clone()));
        *free = &*free + &bits.times(F::TWO);
        sum
    }

    /// The sum of `w'(r) eq(point, r)` over them, for the weights of inputs: a factor for a slot, and `eq` for a lane.
    #[track_caller]
    pub(super) fn mask(
        &self,
        row: &mut Row,
        [point, challenge, lanes]: [&Base; 3],
        bits: &Base,
        sizes: &Sizes,
        free: &mut Base,
    ) -> Word {
        let numbers = [point, challenge, lanes, bits, free].map(|x| x.clone());
        let sum = row.call(&self.mask, &(numbers, sizes.permuted.clone()));
        let words = LOW + Octal::WORDS + self.scratch as i32;
        *free = (&*free + &bits.plus(-LOW_BITS).times(F::TWO)).plus(words);
        sum
    }
}

/// From the addresses of the factors of low bits, of the digit and of high bits, how many of these there are, and a number, to the sum over all
/// rows below it.
fn below(builder: &mut Builder, memory: &Memory<Word>, sums: &Sums) -> Function<[Base; 5], Word> {
    let below = builder.function::<[Base; 5], Word>("permuted rows below");
    builder.body(&below, |row, [low, digit, high, bits, number]| {
        let low_bits = Base::number(LOW_LANE_BITS as u32);
        let (number, [all, below]) =
            sums.bits_below(row, [&low_bits, &low, &number], [&one(), &zero()]);
        let set: Vec<Base> = (0..SLOT_BITS)
            .map(|i| row.boolean(&[&number], move |x| x[0].as_canonical_u32() >> i & 1 == 1))
            .collect();
        let terms: Vec<Base> = (0..)
            .zip(&set)
            .map(|(i, bit)| bit.times(F::from_u32(1 << i)))
            .collect();
        let value = Base::sum(&terms);
        let number = (&number - &value).times(F::from_u32(1 << SLOT_BITS).inverse());
        let at = &digit.plus(Octal::VALUES) + &value.times(F::TWO);
        let [smaller, own] = [0, 1].map(|i| row.read(memory, &at.plus(i)));
        let every: Word = row.read(memory, &digit.plus(Octal::ALL));
        let below = row.word_products(&[(&smaller, &all), (&own, &below)], &zero());
        let all = row.word_products(&[(&every, &all)], &zero());
        let (rest, [_, below]) = sums.bits_below(row, [&bits, &high, &number], [&all, &below]);
        row.assert_equal(&rest, &Base::zero(), "a permuted row has more bits");
        below
    });
    below
}
