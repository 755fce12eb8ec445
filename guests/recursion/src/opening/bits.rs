//! Low bits of elements that are drawn: positions of queries, and zeros that a nonce has to give.
//!
//! An element `e` is read as an integer below `p`. A number of `n` bits is that of its low ones only if what is left, `(e - low) / 2^n`, is
//! an integer `high` with `low + 2^n high < p`: since `p - 1 = 127 2^24`, one of `31 - n` bits, of which the seven upper ones are not all set
//! unless all others are zero. `n` differs from proof to proof, and each has a kind.

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Row};

use super::constants::MAX_BITS;

/// Bits above those that the lower part of an element has.
const UPPER: usize = 7;

/// Asserts of `(n, e, low)` that `low`, which is known to have `n` bits, is what the low ones of `e` are; `n` is from 1 to [`MAX_BITS`].
pub(super) type LowBits = Function<[Base; 3], ()>;

/// Adds that function.
pub(super) fn low_bits(builder: &mut Builder) -> LowBits {
    let function = builder.function("low bits");
    for n in 1..=MAX_BITS {
        let this = move |arguments: &[F]| arguments[0] == F::from_usize(n);
        builder.branch(&function, &format!("{n}"), this, |row, arguments| {
            above(row, n, arguments);
        });
    }
    function
}

fn above(row: &mut Row, n: usize, [given, element, low]: [Base; 3]) {
    let number = Base::number(n as u32);
    row.assert_equal(&given, &number, "this is for another number of bits");
    let bits: Vec<Base> = (n..MAX_BITS + UPPER)
        .map(|i| row.boolean(&[&element], move |x| x[0].as_canonical_u32() >> i & 1 == 1))
        .collect();
    let weighted = |bits: &[Base], from: usize| {
        let terms: Vec<Base> = (bits.iter().zip(from..))
            .map(|(bit, i)| bit.times(F::from_u32(1 << i)))
            .collect();
        Base::sum(&terms)
    };
    row.assert_equal(
        &(&low + &weighted(&bits, n)),
        &element,
        "an element has other low bits",
    );
    let upper = &bits[MAX_BITS - n..];
    let lower = &element - &weighted(upper, MAX_BITS);
    let missing = &Base::number(UPPER as u32) - &Base::sum(upper);
    let quotient: Base = row.hint(&[&lower, &missing], |x| {
        let inverse = x[1].try_inverse().unwrap_or(F::ZERO);
        Ok(vec![x[0] * inverse])
    });
    row.assert_zero(
        &[(&missing, &quotient)],
        &-&lower,
        "the bits are those of a number below p",
    );
}

#[cfg(test)]
mod tests;
