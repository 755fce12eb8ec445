//! Numbers: in memory, where each is a word or five share one, and divided by constants.

use std::array;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Memory, Row, Word};

/// The memory of the program.
pub type Words = Memory<Word>;

/// A base number that is a word of memory.
#[track_caller]
pub(crate) fn read_number(row: &mut Row, memory: &Words, address: &Base) -> Base {
    row.read_as(memory, address, |x: &Base| Word::from(x))
}

/// Makes a base number a word of memory.
#[track_caller]
pub(crate) fn write_number(row: &mut Row, memory: &Words, address: &Base, number: &Base) {
    row.write(memory, address, &Word::from(number));
}

/// The base numbers of a word of memory.
#[track_caller]
pub(crate) fn read_five(row: &mut Row, memory: &Words, address: &Base) -> [Base; 5] {
    row.read_as(memory, address, |numbers: &[Base; 5]| {
        Word::from_coefficients(numbers)
    })
}

/// Makes base numbers a word of memory.
#[track_caller]
pub(crate) fn write_five(row: &mut Row, memory: &Words, address: &Base, numbers: [&Base; 5]) {
    row.write(
        memory,
        address,
        &Word::from_coefficients(&numbers.map(Base::clone)),
    );
}

/// The word whose coefficients these are, and zeros behind them; at most five.
pub(super) fn word(numbers: &[Base]) -> Word {
    Word::from_coefficients(&array::from_fn(|i| {
        numbers.get(i).cloned().unwrap_or_else(Base::zero)
    }))
}

/// A number and a constant.
pub(super) fn offset(base: &Base, constant: usize) -> Base {
    base.plus(constant as i32)
}

/// The least `q` with `divisor q >= number`, and `divisor q - number`, for a small number of which the quotient has `bits` bits.
#[track_caller]
pub(crate) fn divide_up(row: &mut Row, number: &Base, divisor: u32, bits: usize) -> (Base, Base) {
    let quotient: Base = row.hint(&[number], move |x| {
        Ok(vec![F::from_u32(x[0].as_canonical_u32().div_ceil(divisor))])
    });
    row.bits(&quotient, bits);
    let missing = &quotient.times(F::from_u32(divisor)) - number;
    let missing_bits = (u32::BITS - (divisor - 1).leading_zeros()) as usize;
    let bits = row.bits(&missing, missing_bits);
    // Those numbers of so many bits that are not below the divisor.
    for too_large in divisor..1 << missing_bits {
        let differs: Vec<Base> = (bits.iter().enumerate())
            .map(|(i, bit)| match too_large >> i & 1 {
                1 => &Base::number(1) - bit,
                _ => bit.clone(),
            })
            .collect();
        row.inverse(&Base::sum(&differs));
    }
    (quotient, missing)
}

/// Half of a number, in the field.
pub(super) fn half(number: &Base) -> Base {
    number.times(F::TWO.inverse())
}
