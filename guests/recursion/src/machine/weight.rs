//! The extension of the weights of a functional at a point: of kinds, of forms, of columns.
//!
//! **Forms and columns** are formulas. **Kinds** have the shares `s_k = sum_(r in I_k) g(r)`, `g(r) = eq(r2, r) eq(r*, r)`, and nobody needs a single one:
//!
//! ```text
//!     zone A     GL(m) sum_(b < KA) eq(k*, b) E(b)             one sum for the low c bits of a row and one for the others
//!     zone B     sum_k eq(k*, k) (G(e_k) - G(e_(k-1)))         e_k is where kind k ends, G(e) = sum_(r < e) g(r)
//! ```
//!
//! Most kinds have no row, whose share is zero, or one, whose share is `g` of it. Rows are cut into digits of six bits. A table has for each value of a digit its
//! factor and the sum of the smaller ones; facts range digits and read tables, and those that are asked for often are found once. A row is below `2^22`, so
//! that four digits are all it has.

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_machine::join::VARIABLES;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Loop, Memory, Row, Word};
use sheaf_program::layout::KIND_BITS;

use super::formulas::{DIGIT_BITS, Digit, Step, digit, forms_and_columns};
use super::place::{Place, Points};
use super::sums::{STRIDE, Sums, one, zero};
use crate::opening::numbers::{read_five, read_number};

/// Digits of a boundary.
const DIGITS: usize = 4;
/// Bits of a row that have factors.
const ROW_BITS: usize = DIGIT_BITS * DIGITS;

/// Kinds that remain, the address of the next one's count, that count, where its rows begin, the digits of its number, the address of tables; the sum of the
/// kinds with the same upper digit, without its factor, and that of those before.
type Kinds = ([Base; 7], [Word; 2]);

/// What weighs a functional at a point.
pub(super) struct Weight {
    /// Of a place, a point and the first free address.
    function: Function<[Base; 3], Word>,
    /// Words of memory that it writes.
    pub(super) words: u32,
}

impl Weight {
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, sums: &Sums) -> Self {
        let digit = digit(builder, memory);
        let parts = Parts {
            memory,
            sums,
            forms: forms_and_columns(builder, memory),
            zone_b: zone_b(builder, memory, sums, &digit),
        };
        let zone_a = builder.function::<[Base; 3], Word>("weight of kinds");
        builder.body(&zone_a, |row, [place, point, free]| {
            parts.kinds(row, [&place, &point], free)
        });
        let function = builder.function::<[Base; 3], Word>("weight of a functional");
        builder.body(&function, |row, [place, point, mut free]| {
            let points = Points::read(row, memory, &place);
            let at = [&points.message, &place, &points.columns, &point];
            let forms = parts.forms.value(row, at, &mut free);
            let kinds = row.call(&zone_a, &[place, point, free]);
            row.word_products(&[(&forms, &kinds)], &zero())
        });
        let tables = (DIGITS + 2) * (Digit::WORDS + digit.scratch());
        let factors = STRIDE as usize * (ROW_BITS + 2 * KIND_BITS);
        let words = parts.forms.scratch() + factors + (DIGITS + 1) + tables;
        Self {
            function,
            words: words as u32,
        }
    }

    #[track_caller]
    pub(super) fn at(&self, row: &mut Row, place: &Base, point: &Base, free: &Base) -> Word {
        row.call(&self.function, &[place, point, free].map(|x| x.clone()))
    }
}

struct Parts<'a> {
    memory: &'a Memory<Word>,
    sums: &'a Sums,
    forms: Step<4>,
    /// Of a place, the address of the factors of rows, that of the last coordinate of kinds, and the first free address.
    zone_b: Function<[Base; 4], Word>,
}

impl Parts<'_> {
    /// The weight of kinds.
    #[track_caller]
    fn kinds(&self, row: &mut Row, [place, point]: [&Base; 2], free: Base) -> Word {
        let memory = self.memory;
        let points = Points::read(row, memory, place);
        let [log_rows, log_block, instances, has, _] =
            read_five(row, memory, &place.plus(Place::ROWS));
        let [kinds_a, ..] = read_five(row, memory, &place.plus(Place::KINDS));
        let number = |n: usize| Base::number(n as u32);
        let last_kind = point.plus(VARIABLES as i32 - 1);

        // Factors of the bits of a row, and of those bits of a kind that rows of zone A have.
        let factors = free;
        let last = points
            .rows
            .each_ref()
            .map(|point| (point + &log_rows).plus(-1));
        let absent = self
            .sums
            .of_points(row, &log_rows, last.each_ref(), &factors);
        let with_kinds = (self.sums).absent(row, &(&number(ROW_BITS) - &log_rows), &absent);
        let high = &factors + &log_block.times(F::from_u32(STRIDE as u32));
        let kind_bits = number(KIND_BITS);
        let next = (self.sums).with_point(row, &kind_bits, &high, &last_kind, &with_kinds);

        // The rows of one kind up to the last one, and all kinds.
        let last = &instances - &has;
        let own = (self.sums).below(row, [&log_block, &factors, &last], &Word::from(&has));
        let all = (self.sums).below(row, [&kind_bits, &with_kinds, &kinds_a], &zero());
        let rest = &number(ROW_BITS - KIND_BITS) - &log_block;
        let above = high.plus(STRIDE * KIND_BITS as i32);
        let rest = self.sums.zeros(row, &rest, &above);
        let all = row.word_products(&[(&all, &rest)], &zero());
        let zone_b = row.call(&self.zone_b, &[place.clone(), factors, last_kind, next]);
        row.word_products(&[(&own, &all)], &zone_b)
    }
}

/// The weight of the kinds of zone B.
fn zone_b(
    builder: &mut Builder,
    memory: &Memory<Word>,
    sums: &Sums,
    digit: &Step<2>,
) -> Function<[Base; 4], Word> {
    let table_words = (Digit::WORDS + digit.scratch()) as i32;
    let kinds = kinds(builder, memory, table_words);
    let function = builder.function::<[Base; 4], Word>("weight of zone B");
    builder.body(&function, |row, [place, factors, last_kind, free]| {
        let [.., start] = read_five(row, memory, &place.plus(Place::ROWS));
        let [kinds_a, kinds_b, ..] = read_five(row, memory, &place.plus(Place::KINDS));
        let counts = Points::read(row, memory, &place).counts;
        let of_kinds = free;
        let kind_bits = Base::number(KIND_BITS as u32);
        let unit = sums.of_point(row, &kind_bits, &last_kind, &of_kinds);
        row.write(memory, &unit, &one());
        // Digits of rows, of which the sums are scaled by those of all digits below; digits of kinds.
        let tables = unit.plus((DIGITS + 1) as i32);
        let mut table = tables.clone();
        let mut write = |row: &mut Row, factors: &Base, scale: &Base| {
            let mut free = table.plus(Digit::WORDS as i32);
            let sum = digit.value(row, [factors, scale], &mut free);
            table = free;
            sum
        };
        let stride = STRIDE * DIGIT_BITS as i32;
        let mut all = one();
        for i in 0..DIGITS as i32 {
            let scale = unit.plus(i);
            let sum = write(row, &factors.plus(stride * i), &scale);
            all = row.word_products(&[(&all, &sum)], &zero());
            row.write(memory, &scale.plus(1), &all);
        }
        for i in 0..2 {
            write(row, &of_kinds.plus(stride * i), &unit);
        }
        let count = read_number(row, memory, &counts);
        let [low, high] = lowest_digit(row, &kinds_a);
        let first = [&kinds_b, &counts, &count, &start, &low, &high, &tables].map(Base::clone);
        let last = &counts + &kinds_b;
        let all = &kinds_a + &kinds_b;
        let (_, upper, sums) = row.run_to(
            &kinds.looping,
            &(first, [zero(), zero()]),
            |([count, end], high, sums): &([Base; 2], Base, [Word; 2])| {
                let low = &all - &high.times(F::from_u32(1 << DIGIT_BITS));
                let [count, end] = [count, end].map(Base::clone);
                let (none, counts, tables) = (Base::zero(), last.clone(), tables.clone());
                let numbers = [none, counts, count, end, low, high.clone(), tables];
                (numbers, sums.clone())
            },
        );
        let [own, before] = &sums;
        let factor = row.call(&kinds.factor, &[kinds.upper_table(&tables), upper]);
        row.word_products(&[(&factor, own)], before)
    });
    function
}

/// The loop over kinds, and what reads factors of digits.
struct Looping {
    looping: Loop<Kinds>,
    factor: Function<[Base; 2], Word>,
    table_words: i32,
}

impl Looping {
    /// Of the upper digit of a kind.
    fn upper_table(&self, tables: &Base) -> Base {
        tables.plus(self.table_words * (DIGITS as i32 + 1))
    }
}

/// Adds up the kinds of zone B; tables are so many words apart.
fn kinds(builder: &mut Builder, memory: &Memory<Word>, table_words: i32) -> Looping {
    let table = move |tables: &Base, i: usize| tables.plus(table_words * i as i32);
    let ranged = |row: &mut Row, [table, value]: [Base; 2]| {
        row.bits(&value, DIGIT_BITS);
        &table + &value.times(F::TWO)
    };
    let factor = builder.memoised::<[Base; 2], Word>("factor of a digit");
    builder.body(&factor, |row, given| {
        let at = ranged(row, given);
        row.read(memory, &at.plus(1))
    });
    let both = builder.memoised::<[Base; 2], [Word; 2]>("digit");
    builder.body(&both, |row, given| {
        let at = ranged(row, given);
        [0, 1].map(|i| row.read(memory, &at.plus(i)))
    });
    // The factor of the digits from the third one on.
    let upper = builder.memoised::<[Base; 2], Word>("factor of upper digits");
    builder.body(&upper, |row, [tables, value]| {
        let [low, high] = lowest_digit(row, &value);
        let low = row.call(&factor, &[table(&tables, 2), low]);
        let high = row.call(&factor, &[table(&tables, 3), high]);
        row.word_products(&[(&low, &high)], &zero())
    });
    let below = builder.memoised::<[Base; 2], Word>("rows below");
    builder.body(&below, |row, [tables, end]| {
        let mut sum = zero();
        let mut rest = end;
        for i in 0..DIGITS {
            let mut value = rest.clone();
            if i + 1 < DIGITS {
                [value, rest] = lowest_digit(row, &rest);
            }
            let [smaller, own] = row.call(&both, &[table(&tables, i), value]);
            sum = row.word_products(&[(&own, &sum)], &smaller);
        }
        sum
    });
    let next = |row: &mut Row, [remaining, counts, end, low, high, tables]: [Base; 6]| {
        let counts = counts.plus(1);
        let count = read_number(row, memory, &counts);
        let low = low.plus(1);
        [remaining.plus(-1), counts, count, end, low, high, tables]
    };
    let kinds = builder.looping::<Kinds>("kinds of zone B", |state| state[0] == F::ZERO);
    let full = F::from_u32(1 << DIGIT_BITS);
    builder.step_if(
        &kinds,
        "next upper digit",
        move |state| state[4] == full,
        |row, ([remaining, counts, count, start, low, high, tables], [own, before])| {
            row.assert_equal(&low, &Base::constant(full), "there is a lower digit");
            let factor = row.call(&factor, &[table(&tables, DIGITS + 1), high.clone()]);
            let before = row.word_products(&[(&factor, &own)], &before);
            let (low, high) = (Base::zero(), high.plus(1));
            (
                [remaining, counts, count, start, low, high, tables],
                [zero(), before],
            )
        },
    );
    let has = move |count: F| move |state: &[F]| state[2] == count && state[4] != full;
    builder.step_if(
        &kinds,
        "no row",
        has(F::ZERO),
        |row, ([remaining, counts, count, start, low, high, tables], [own, before])| {
            row.assert_equal(&count, &Base::zero(), "the kind has rows");
            row.call(&factor, &[table(&tables, DIGITS), low.clone()]);
            let numbers = [remaining, counts, start, low, high, tables];
            (next(row, numbers), [own, before])
        },
    );
    builder.step_if(
        &kinds,
        "one row",
        has(F::ONE),
        |row, ([remaining, counts, count, start, low, high, tables], [own, before])| {
            row.assert_equal(&count, &Base::number(1), "the kind has other rows");
            let [first, rest] = lowest_digit(row, &start);
            let [second, rest] = lowest_digit(row, &rest);
            let first = row.call(&factor, &[table(&tables, 0), first]);
            let second = row.call(&factor, &[table(&tables, 1), second]);
            let lower = row.word_products(&[(&first, &second)], &zero());
            let others = row.call(&upper, &[tables.clone(), rest]);
            let share = row.word_products(&[(&lower, &others)], &zero());
            let weight = row.call(&factor, &[table(&tables, DIGITS), low.clone()]);
            let own = row.word_products(&[(&weight, &share)], &own);
            let end = start.plus(1);
            let numbers = [remaining, counts, end, low, high, tables];
            (next(row, numbers), [own, before])
        },
    );
    builder.step_if(
        &kinds,
        "several rows",
        move |state| state[2] != F::ZERO && state[2] != F::ONE && state[4] != full,
        |row, ([remaining, counts, count, start, low, high, tables], [own, before])| {
            let end = &start + &count;
            let [under, until] = [&start, &end]
                .map(|row_number| row.call(&below, &[tables.clone(), row_number.clone()]));
            let weight = row.call(&factor, &[table(&tables, DIGITS), low.clone()]);
            let own = row.word_products(&[(&weight, &(&until - &under))], &own);
            let numbers = [remaining, counts, end, low, high, tables];
            (next(row, numbers), [own, before])
        },
    );
    Looping {
        looping: kinds,
        factor,
        table_words,
    }
}

/// The lowest digit of a number, as a hint, and what is left.
#[track_caller]
fn lowest_digit(row: &mut Row, number: &Base) -> [Base; 2] {
    let low: Base = row.hint(&[number], |x| {
        Ok(vec![F::from_u32(
            x[0].as_canonical_u32() % (1 << DIGIT_BITS),
        )])
    });
    let high = (number - &low).times(F::from_u32(1 << DIGIT_BITS).inverse());
    [low, high]
}
