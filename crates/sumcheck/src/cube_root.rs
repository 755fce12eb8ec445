//! Cube roots in the extension field.
//!
//! 3 does not divide `p^5 - 1`, so cubing is a bijection. Weights of cubes can
//! therefore be moved into the columns: `v s^3 = (v^(1/3) s)^3`.
//!
//! Since `p = 2 mod 3`, `k = (p + 1)/3` is an integer and
//! `1 + 3 k (p + p^3) = 1 + p + p^2 + p^3 + p^4`, the exponent of the norm. Hence
//! `x = N(x) / (x^(k (p + p^3)))^3`, and the root of `N(x)` is taken in the base field.

use p3_field::extension::HasFrobenius;
use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::field::{ORDER, coefficients};
use sheaf_transcript::{EF, F};

/// A nonzero element whose cube is `x`, together with its inverse; `None` for zero.
#[must_use]
pub fn cube_root(x: EF) -> Option<(EF, EF)> {
    if x == EF::ZERO {
        return None;
    }
    let y = x.exp_u64(u64::from(ORDER).div_ceil(3));
    let divisor = y.frobenius() * y.repeated_frobenius(3);
    // The norm lies in the base field.
    let norm = coefficients(divisor.cube() * x)[0];
    let root = base_root(norm);
    // Neither `divisor` nor `root` is zero, being a power of a nonzero element.
    let scaled_inverse = divisor.try_inverse()?;
    Some((scaled_inverse * root, divisor * root.try_inverse()?))
}

/// The cube root in the base field: `3 (2p - 1)/3 = 1 mod (p - 1)`.
fn base_root(x: F) -> F {
    x.exp_u64((2 * u64::from(ORDER) - 1) / 3)
}

#[cfg(test)]
mod tests {
    use sheaf_transcript::field::from_coefficients;

    use super::*;

    #[test]
    fn the_cube_of_the_root_is_the_element() {
        assert_eq!(cube_root(EF::ZERO), None);
        for i in 1..20u32 {
            let x = from_coefficients(core::array::from_fn(|k| {
                F::from_u32(i.wrapping_mul(0x9e37_79b9).rotate_left(7 * k as u32) >> 2)
            }));
            let (root, inverse) = cube_root(x).unwrap();
            assert_eq!(root.cube(), x);
            assert_eq!(root * inverse, EF::ONE);
        }
        let base = EF::from_u32(12345);
        assert_eq!(cube_root(base).unwrap().0.cube(), base);
    }
}
