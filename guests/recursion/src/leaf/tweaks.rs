//! The tweaks of a slot, over the integers.
//!
//! A tweak of the scheme prod is two digits in base `p` of an integer below `2^56` that is linear in the slot: the lowest 24 bits and
//! what is above them are known, `low + 2^24 (first + 2^16 second)`. With `p = 127 2^24 + 1`, an integer `d + p h` with `d = d0 + 2^24 d1`,
//! `d0 < 2^24`, is the same if
//!
//! ```text
//!     h + d0 = low + 2^24 c,     d1 + 127 h + c = first + 2^16 second
//! ```
//!
//! Either equation is one of integers below `p` when `h` is cut into limbs. `d` is canonical, so digits are as they have to be, and not some
//! that are right in the field.
//!
//! Whether the steps of a lane carry is a comparison of the lower digit of the chain's tweak with two bounds, between which some steps
//! carry and others do not: such slots are refused.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Function, Row};

/// `p`.
const ORDER: u64 = (127 << 24) + 1;
/// Bits of the lower part, and of limbs above it.
const LOW_BITS: usize = 24;
const LIMB_BITS: usize = 16;

/// An integer: its lowest 24 bits, the next 16, and what is above.
pub type Integer = [Base; 3];

/// What finds digits and carries.
pub struct Digits {
    digits: Function<Integer, [Base; 2]>,
    carry: Function<Base, Base>,
}

impl Digits {
    /// Adds it to a program, for steps with numbers from `first` to `last`, each of which adds `scale` times as much to the lower digit.
    #[must_use]
    pub fn new(builder: &mut Builder, scale: u32, first: u32, last: u32) -> Self {
        Self {
            digits: digits(builder),
            carry: carry(builder, scale * first, scale * last),
        }
    }

    /// The two digits, the lower one first, of an integer below `2^56`.
    #[track_caller]
    pub fn digits(&self, row: &mut Row, integer: &Integer) -> [Base; 2] {
        row.call(&self.digits, integer)
    }

    /// Whether the steps of a lane carry, 1 or 0, whose tweaks begin with this digit. All of them do, or none.
    #[track_caller]
    pub fn carry(&self, row: &mut Row, digit: &Base) -> Base {
        row.call(&self.carry, digit)
    }
}

fn integer(parts: &[F]) -> u64 {
    let part = |i: usize| u64::from(parts[i].as_canonical_u32());
    part(0) + (part(1) << LOW_BITS) + (part(2) << (LOW_BITS + LIMB_BITS))
}

fn weighted(bits: &[Base]) -> Base {
    let terms = (0..)
        .zip(bits)
        .map(|(i, bit)| bit.times(F::from_u32(1 << i)));
    terms.fold(Base::zero(), |sum, term| &sum + &term)
}

fn digits(builder: &mut Builder) -> Function<Integer, [Base; 2]> {
    let digits = builder.function::<Integer, [Base; 2]>("digits");
    builder.body(&digits, |row, parts| {
        row.permute_idly();
        let [low, first, second] = parts.each_ref();
        // Of the quotient's limbs, the carry between them, and the carry out of the lower part.
        let limb = |row: &mut Row, bits: usize, value: fn(u64) -> u64| -> Base {
            let limb: Base = row.hint(&[low, first, second], move |parts| {
                Ok(vec![F::from_u64(value(integer(parts)))])
            });
            row.bits(&limb, bits);
            limb
        };
        let h0 = limb(row, LIMB_BITS, |n| (n / ORDER) & 0xffff);
        let h1 = limb(row, 10, |n| (n / ORDER) >> LIMB_BITS);
        let c = limb(row, 3, |n| {
            let d0 = (n % ORDER) & 0xff_ffff;
            (n / ORDER + d0) >> LOW_BITS
        });
        let k = limb(row, 7, |n| {
            let (h, d) = (n / ORDER, n % ORDER);
            let c = (h + (d & 0xff_ffff)) >> LOW_BITS;
            ((d >> LOW_BITS) + 127 * (h & 0xffff) + c) >> LIMB_BITS
        });
        let high = &h0 + &h1.times(F::from_u32(1 << LIMB_BITS));
        // What it is modulo p, canonically.
        let digit = row.cell(
            &(low
                + &(&first.times(F::from_u32(1 << LOW_BITS))
                    + &second.times(F::from_u64(1 << (LOW_BITS + LIMB_BITS))))),
        );
        let bits = row.canonical_bits(&digit);
        let (d0, d1) = bits.split_at(LOW_BITS);
        let lower = &(&high + &weighted(d0)) - &c.times(F::from_u32(1 << LOW_BITS));
        row.assert_equal(
            &lower,
            low,
            "the lower parts of the digits are those of the integer",
        );
        let middle = &(&weighted(d1) + &h0.times(F::from_u8(127))) + &c;
        let middle = &middle - &k.times(F::from_u32(1 << LIMB_BITS));
        row.assert_equal(
            &middle,
            first,
            "the middle parts of the digits are those of the integer",
        );
        let upper = &h1.times(F::from_u8(127)) + &k;
        row.assert_equal(
            &upper,
            second,
            "the upper parts of the digits are those of the integer",
        );
        [digit, high]
    });
    digits
}

/// From the lower digit `b` to 1 if `b + smallest >= p`, and 0 if `b + largest < p`.
fn carry(builder: &mut Builder, smallest: u32, largest: u32) -> Function<Base, Base> {
    // Every number from here on is above p - 2^24.
    assert!(smallest < 1 << LOW_BITS && largest < 1 << LOW_BITS && smallest.is_power_of_two());
    let carry = builder.function::<Base, Base>("carry");
    let digit = |x: &[F]| x[0].as_canonical_u32();
    let order = ORDER as u32;
    builder.branch(
        &carry,
        "all",
        move |x| digit(x) >= order - smallest,
        move |row, b| {
            row.permute_idly();
            // p - 1 - b is below `smallest`.
            let missing = &Base::zero() - &b.plus(1);
            row.bits(&missing, smallest.trailing_zeros() as usize);
            Base::number(1)
        },
    );
    builder.branch(
        &carry,
        "none, far",
        move |x| digit(x) >> LOW_BITS < 126,
        |row, b| {
            row.permute_idly();
            let bits = row.canonical_bits(&b);
            row.bits(&(&Base::number(125) - &weighted(&bits[LOW_BITS..])), 7);
            Base::zero()
        },
    );
    // b is 126 2^24 + d with d < 2^24, so that p - 1 - b is 2^24 - d, which has to be at least `largest`.
    let most = (1 << LOW_BITS) - largest;
    builder.branch(
        &carry,
        "none",
        move |x| digit(x) >> LOW_BITS == 126 && digit(x) & 0xff_ffff <= most,
        move |row, b| {
            row.permute_idly();
            let low = &b - &Base::constant(F::from_u32(126 << LOW_BITS));
            row.bits(&low, LOW_BITS);
            row.bits(&(&Base::number(most) - &low), LOW_BITS);
            Base::zero()
        },
    );
    carry
}
