//! Polynomials in a digit.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::F;

use crate::tweaks::element;
#[cfg(feature = "prover")]
use crate::tweaks::steps_without_carry;
#[cfg(feature = "prover")]
use sheaf_xmss::Scheme;

/// Largest value of a digit.
pub(crate) const TOP_DIGIT: usize = 7;
/// Remainders lie below this: 127, the quotient of the scheme.
pub(crate) const REMAINDERS: usize = 127;

/// `(R(x), T(x))`, with `1/5040` folded into `scale`.
///
/// With `y = x (x - 7)` the factors pair up: `(x - j)(x - (7 - j)) = y + j (7 - j)`.
pub(crate) fn digit_polynomials<T: PrimeCharacteristicRing + Copy>(x: T, scale: T) -> [T; 2] {
    let y = x * (x - T::from_u8(7));
    let middle = (y + T::from_u8(6)) * (y + T::from_u8(10)) * (y + T::from_u8(12));
    [y * middle, x * middle * scale]
}

/// `1 / 7!`.
pub(crate) fn top_digit_scale() -> F {
    F::from_u32(5040).inverse()
}

/// Interpolation at the digits `0..8`: the coefficient of `x^i` is `sum_j m[i][j] * value at j`.
pub(crate) fn digit_interpolation() -> [[F; TOP_DIGIT + 1]; TOP_DIGIT + 1] {
    let mut matrix = [[F::ZERO; TOP_DIGIT + 1]; TOP_DIGIT + 1];
    for node in 0..=TOP_DIGIT {
        // The Lagrange polynomial of the node, coefficient by coefficient.
        let mut basis = [F::ZERO; TOP_DIGIT + 1];
        basis[0] = F::ONE;
        let mut denominator = F::ONE;
        let others = (0..=TOP_DIGIT).filter(|&other| other != node);
        for (degree, other) in others.enumerate() {
            let root = element(other);
            for i in (0..=degree + 1).rev() {
                let shifted = if i > 0 { basis[i - 1] } else { F::ZERO };
                basis[i] = shifted - root * basis[i];
            }
            denominator *= element(node) - root;
        }
        let scale = denominator.inverse();
        for (row, b) in matrix.iter_mut().zip(basis) {
            row[node] = b * scale;
        }
    }
    matrix
}

/// The coefficients of the polynomial in `x` that counts the steps of `chain` after `x` that do not carry.
#[cfg(feature = "prover")]
pub(crate) fn no_carry_coefficients(
    scheme: &Scheme,
    interpolation: &[[F; TOP_DIGIT + 1]; TOP_DIGIT + 1],
    threshold: usize,
    chain: usize,
) -> [F; TOP_DIGIT + 1] {
    interpolation.map(|basis| {
        basis
            .iter()
            .enumerate()
            .map(|(x, &b)| b * element(steps_without_carry(scheme, threshold, chain, x)))
            .sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "prover")]
    use sheaf_xmss::PROD;

    #[test]
    fn digit_polynomials_are_what_they_say() {
        for x in 0..20u64 {
            let [range, top] = digit_polynomials(F::from_u64(x), top_digit_scale());
            assert_eq!(range == F::ZERO, x < 8);
            if x < 8 {
                assert_eq!(top, F::from_bool(x == 7));
            }
        }
    }

    #[test]
    #[cfg(feature = "prover")]
    fn no_carry_polynomials_count() {
        let interpolation = digit_interpolation();
        for slot in [1, 127, 32_639, 127 * 5000, 127 * 9000] {
            let threshold = crate::tweaks::GroupTweaks::new(&PROD, slot).threshold();
            for chain in 0..PROD.chains {
                let polynomial = no_carry_coefficients(&PROD, &interpolation, threshold, chain);
                for x in 0..8 {
                    let value = polynomial
                        .iter()
                        .rev()
                        .fold(F::ZERO, |v, &c| v * element(x) + c);
                    assert_eq!(
                        value,
                        element(steps_without_carry(&PROD, threshold, chain, x))
                    );
                }
            }
        }
    }
}
