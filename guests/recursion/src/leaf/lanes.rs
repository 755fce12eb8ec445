//! Sums over lanes, whose number is known when a program runs.
//!
//! Lanes are numbered in binary, and a sum over the lanes `o <= m`, of products with a factor for each bit, is found bit by bit from the lowest
//! one on. Of the bits so far it keeps the sum over all numbers and that over those up to `m`:
//!
//! ```text
//!     all' = (w0 + w1) all         upto' = w0 upto              if the bit of m is 0
//!                                          w0 all + w1 upto                     1
//! ```
//!
//! `w0` and `w1` are the factors of the bit. The lowest four bits are the number of a stream; sums over neighbours in a stream
//! (`sheaf_aggregation`, link) count the higher bits, and keep these sums for both values of the carry.
//!
//! [`AtPoint`] has what there is at one point `r`, [`AtPoints`] what there is at two, `r` and `x`.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::builder::{Base, Builder, Function, Loop, Memory, Row, Word};
use sheaf_program::{E, F};

/// Bits of the number of a stream.
const STREAM_BITS: usize = 4;
/// Streams.
pub const STREAMS: usize = 1 << STREAM_BITS;

/// Where a point is, how many coordinates it has, and the number of the last lane.
type Place = (Base, Base, Base);

/// Sums at one point.
#[derive(Clone)]
pub struct AtPoint {
    /// `sum_{o <= m} eq(r, o)`.
    pub live: Word,
    /// `sum_{o <= min(15, m)} eq(r, o)`.
    pub first: Word,
    /// `eq` of the high bits of `r` with those of `m`, and with the number before; zero if there is none.
    pub rows: [Word; 2],
    /// The stream of the last lane.
    pub stream: Base,
}

/// Sums at two points.
#[derive(Clone)]
pub struct AtPoints {
    /// `eq(r, x)`.
    pub eq: Word,
    /// `sum_{o <= m - 16} eq(r, o) eq(x, o + 16)`.
    pub next: Word,
    /// `sum_{o <= min(15, m)} eq(r, o) eq(x, o)`.
    pub first: Word,
}

/// What finds these sums.
pub struct Lanes {
    count: Loop<(Base, Base)>,
    at_point: Function<Place, ([Word; 4], Base)>,
    at_points: Function<(Base, Place), [Word; 3]>,
}

impl Lanes {
    /// Adds it to a program.
    #[must_use]
    pub fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        Self {
            count: count(builder),
            at_point: at_point(builder, memory),
            at_points: at_points(builder, memory),
        }
    }

    /// The number of lane variables of a statement: the bits of the number of its last lane, and at least four.
    #[track_caller]
    pub fn log_lanes(&self, row: &mut Row, last: &Base) -> Base {
        let (_, high) = low_bits(row, last);
        let start = (Base::number(STREAM_BITS as u32), high);
        row.run_to(&self.count, &start, |count: &Base| {
            (count.clone(), Base::zero())
        })
    }

    /// The sums at the point of `log_lanes` coordinates at an address, the most significant first, up to the last lane.
    #[track_caller]
    pub fn at_point(&self, row: &mut Row, point: &Base, log_lanes: &Base, last: &Base) -> AtPoint {
        let place = (point.clone(), log_lanes.clone(), last.clone());
        let ([live, first, last_row, before], stream) = row.call(&self.at_point, &place);
        AtPoint {
            live,
            first,
            rows: [last_row, before],
            stream,
        }
    }

    /// The sums at two points of as many coordinates.
    #[track_caller]
    pub fn at_points(
        &self,
        row: &mut Row,
        [r, x]: [&Base; 2],
        log_lanes: &Base,
        last: &Base,
    ) -> AtPoints {
        let place = (r.clone(), log_lanes.clone(), last.clone());
        let [eq, next, first] = row.call(&self.at_points, &(x.clone(), place));
        AtPoints { eq, next, first }
    }
}

/// A loop that halves a number until nothing is left, and counts.
fn count(builder: &mut Builder) -> Loop<(Base, Base)> {
    let count = builder.looping::<(Base, Base)>("lane variables", |state| state[1] == F::ZERO);
    builder.step(&count, |row, (count, number)| {
        // There is something left.
        row.inverse(&number);
        let (_, half) = lowest_bit(row, &number);
        (count.plus(1), half)
    });
    count
}

/// A number without its lowest bit, and this bit.
///
/// That it is halved is in the field. A number that is zero after some halvings, fewer than 31, has the bits that it has in the integers.
#[track_caller]
pub(crate) fn lowest_bit(row: &mut Row, number: &Base) -> (Base, Base) {
    let bit = row.boolean(&[number], |x| x[0].as_canonical_u32() % 2 == 1);
    let half = (number - &bit).times(F::ONE.halve());
    (bit, half)
}

/// The number of the stream, bit by bit from the lowest one on, and what is left of a lane's number, below `2^24`.
#[track_caller]
fn low_bits(row: &mut Row, number: &Base) -> ([Base; STREAM_BITS], Base) {
    let mut rest = number.clone();
    let bits = std::array::from_fn(|_| {
        let (bit, half) = lowest_bit(row, &rest);
        rest = half;
        bit
    });
    (bits, rest)
}

fn one() -> Word {
    Word::constant(E::ONE)
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}

/// `all` and `upto` for one more bit with these factors, of which the bit of `m` is `bit`.
#[track_caller]
fn extend(
    row: &mut Row,
    [w0, w1]: [&Word; 2],
    bit: &Word,
    all: &Word,
    upto: &Word,
) -> (Word, Word) {
    let more = row.word_products(&[(&(w0 + w1), all)], &zero());
    // What is multiplied by w0: all numbers below if the bit is one.
    let below = row.word_products(&[(bit, &(all - upto))], upto);
    let equal = row.word_products(&[(bit, upto)], &zero());
    let upto = row.word_products(&[(w0, &below), (w1, &equal)], &zero());
    (more, upto)
}

/// What a loop over high bits has of one point: remaining bits and the address of the next coordinate; the bits of `m` that remain; sums.
type High<S> = ((Base, Base, Base), S);

fn at_point(builder: &mut Builder, memory: &Memory<Word>) -> Function<Place, ([Word; 4], Base)> {
    // `upto`, the factor of zeros, `eq` with `m`, and with the number before while it borrows and afterwards.
    let high = builder.looping::<High<[Word; 5]>>("lanes, high bits", |state| state[0] == F::ZERO);
    builder.step(&high, |row, ((remaining, address, number), sums)| {
        row.permute_idly();
        let [upto, zeros, equal, borrowing, before] = sums;
        let r = row.read(memory, &address);
        let (bit, rest) = lowest_bit(row, &number);
        let bit = Word::from(&bit);
        let w0 = &one() - &r;
        // `all` is one, as `eq` sums to one.
        let below = row.word_products(&[(&bit, &(&one() - &upto))], &upto);
        let same = row.word_products(&[(&bit, &upto)], &zero());
        let upto = row.word_products(&[(&w0, &below), (&r, &same)], &zero());
        let zeros = row.word_products(&[(&w0, &zeros)], &zero());
        // The factor of the bit of m, and of its complement.
        let own = row.word_products(&[(&bit, &(&r - &w0))], &w0);
        let other = &one() - &own;
        let equal = row.word_products(&[(&own, &equal)], &zero());
        // A borrow goes on through zeros, where the bit becomes a one, and ends in a one.
        let ends = row.word_products(&[(&bit, &borrowing)], &zero());
        let goes_on = &borrowing - &ends;
        let before = row.word_products(&[(&own, &before), (&other, &ends)], &zero());
        let borrowing = row.word_products(&[(&other, &goes_on)], &zero());
        let place = (remaining.plus(-1), address.plus(-1), rest);
        (place, [upto, zeros, equal, borrowing, before])
    });
    let function = builder.function::<Place, ([Word; 4], Base)>("lanes at a point");
    builder.body(&function, |row, (point, log_lanes, last)| {
        row.permute_idly();
        let end = &point + &log_lanes;
        let (bits, number) = low_bits(row, &last);
        let mut upto = one();
        for (i, bit) in bits.iter().enumerate() {
            let r = row.read(memory, &end.plus(-1 - i as i32));
            let bit = Word::from(bit);
            let w0 = &one() - &r;
            let below = row.word_products(&[(&bit, &(&one() - &upto))], &upto);
            let same = row.word_products(&[(&bit, &upto)], &zero());
            upto = row.word_products(&[(&w0, &below), (&r, &same)], &zero());
        }
        let place = (
            log_lanes.plus(-(STREAM_BITS as i32)),
            end.plus(-1 - STREAM_BITS as i32),
            number.clone(),
        );
        let start = (place, [upto.clone(), one(), one(), one(), zero()]);
        let sums: [Word; 5] = row.run_to(&high, &start, |sums: &[Word; 5]| {
            let end = (Base::zero(), point.plus(-1), Base::zero());
            (end, sums.clone())
        });
        let [live, zeros, equal, _, before] = sums;
        let full = Word::from(&is_nonzero(row, &number));
        let low = row.word_products(&[(&full, &(&one() - &upto))], &upto);
        let first = row.word_products(&[(&low, &zeros)], &zero());
        // The higher bits end in zero: these are the lowest ones.
        let stream = &last - &number.times(F::from_usize(STREAMS));
        ([live, first, equal, before], stream)
    });
    function
}

/// 1 if an element is not zero.
#[track_caller]
pub(crate) fn is_nonzero(row: &mut Row, x: &Base) -> Base {
    let is: Base = row.boolean(&[x], |x| x[0] != F::ZERO);
    let inverse: Base = row.hint(&[x], |x| {
        use p3_field::Field;
        Ok(vec![x[0].try_inverse().unwrap_or_default()])
    });
    row.assert_zero(&[(x, &inverse)], &-&is, "zero has no inverse");
    row.assert_zero(
        &[(x, &(&is - &Base::number(1)))],
        &Base::zero(),
        "what is not zero is not",
    );
    is
}

fn at_points(builder: &mut Builder, memory: &Memory<Word>) -> Function<(Base, Place), [Word; 3]> {
    // Without a carry: all, and up to m. With one: the same. The factor of zeros.
    let high = builder
        .looping::<High<(Base, [Word; 5])>>("neighbours, high bits", |state| state[0] == F::ZERO);
    builder.step(
        &high,
        |row, ((remaining, address, number), (other, sums))| {
            row.permute_idly();
            let [all, upto, all_carry, upto_carry, zeros] = sums;
            let [r, x] = [&address, &other].map(|address| row.read(memory, address));
            let (bit, rest) = lowest_bit(row, &number);
            let bit = Word::from(&bit);
            let both = row.word_products(&[(&r, &x)], &zero());
            let neither = &(&(&one() - &r) - &x) + &both;
            // A carry into a zero makes a one and ends; into a one it makes a zero and goes on.
            let ends = &x - &both;
            let goes_on = &r - &both;
            let (without, upto_without) = extend(row, [&neither, &both], &bit, &all, &upto);
            let next_all = row.word_products(&[(&ends, &all_carry)], &without);
            let same = row.word_products(&[(&bit, &upto_carry)], &zero());
            let next_upto = row.word_products(&[(&ends, &same)], &upto_without);
            let below = row.word_products(&[(&bit, &(&all_carry - &upto_carry))], &upto_carry);
            let next_upto_carry = row.word_products(&[(&goes_on, &below)], &zero());
            let next_all_carry = row.word_products(&[(&goes_on, &all_carry)], &zero());
            let zeros = row.word_products(&[(&neither, &zeros)], &zero());
            let place = (remaining.plus(-1), address.plus(-1), rest);
            let sums = [next_all, next_upto, next_all_carry, next_upto_carry, zeros];
            (place, (other.plus(-1), sums))
        },
    );
    let eq =
        builder.looping::<((Base, Base, Base), Word)>("eq of lanes", |state| state[0] == F::ZERO);
    builder.step(&eq, |row, ((remaining, a, b), product)| {
        row.permute_idly();
        let [r, x] = [&a, &b].map(|address| row.read(memory, address));
        // 1 - r - x + 2 r x.
        let twice = r.times(E::TWO);
        let factor = row.word_products(&[(&twice, &x)], &(&(&one() - &r) - &x));
        let product = row.word_products(&[(&factor, &product)], &zero());
        ((remaining.plus(-1), a.plus(1), b.plus(1)), product)
    });
    let function = builder.function::<(Base, Place), [Word; 3]>("lanes at two points");
    builder.body(&function, |row, (x, (r, log_lanes, last))| {
        row.permute_idly();
        let start = ((log_lanes.clone(), r.clone(), x.clone()), one());
        let ends = [&r, &x].map(|point| point + &log_lanes);
        let all_eq: Word = row.run_to(&eq, &start, |product: &Word| {
            let end = (Base::zero(), ends[0].clone(), ends[1].clone());
            (end, product.clone())
        });
        let (bits, number) = low_bits(row, &last);
        let (mut all, mut upto) = (one(), one());
        for (i, bit) in bits.iter().enumerate() {
            let [r, x] = ends
                .each_ref()
                .map(|end| row.read(memory, &end.plus(-1 - i as i32)));
            let both = row.word_products(&[(&r, &x)], &zero());
            let neither = &(&(&one() - &r) - &x) + &both;
            (all, upto) = extend(row, [&neither, &both], &Word::from(bit), &all, &upto);
        }
        let [first_r, first_x] = ends.each_ref().map(|end| end.plus(-1 - STREAM_BITS as i32));
        let place = (
            log_lanes.plus(-(STREAM_BITS as i32)),
            first_r,
            number.clone(),
        );
        let sums = [zero(), zero(), all.clone(), upto.clone(), one()];
        let start = (place, (first_x, sums));
        let sums: [Word; 5] = row.run_to(&high, &start, |sums: &[Word; 5]| {
            let end = (Base::zero(), r.plus(-1), Base::zero());
            (end, (x.plus(-1), sums.clone()))
        });
        let [_, next, _, _, zeros] = sums;
        let full = Word::from(&is_nonzero(row, &number));
        let low = row.word_products(&[(&full, &(&all - &upto))], &upto);
        let first = row.word_products(&[(&low, &zeros)], &zero());
        [all_eq, next, first]
    });
    function
}
