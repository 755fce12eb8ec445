//! Univariate polynomials given by values or coefficients.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::{Extension, F};

/// `sum_i coefficients[i] x^i`.
pub fn horner<E: Extension>(coefficients: &[E], x: E) -> E {
    coefficients
        .iter()
        .rev()
        .copied()
        .reduce(|value, c| value * x + c)
        .unwrap_or(E::ZERO)
}

/// `1, x, .., x^(n-1)`.
#[must_use]
pub fn powers<E: Extension>(x: E, n: usize) -> Vec<E> {
    let mut powers = Vec::with_capacity(n);
    powers.extend([E::ONE, x].into_iter().take(n));
    while powers.len() < n {
        powers.push(powers[powers.len() - 1] * x);
    }
    powers
}

/// The coefficients of the polynomial with `values[i]` at `i`, constant first.
#[must_use]
pub fn coefficients<E: Extension>(values: &[E]) -> Vec<E> {
    // Newton's divided differences at the nodes 0, 1, ..; node i + k minus node i is k.
    let mut differences = values.to_vec();
    for k in 1..values.len() {
        let scale = F::from_usize(k).try_inverse().unwrap_or_default();
        for i in (k..values.len()).rev() {
            differences[i] = (differences[i] - differences[i - 1]) * scale;
        }
    }
    // Horner's rule on the Newton form, multiplying by (x - k) from the inside out.
    let mut coefficients = vec![E::ZERO; values.len()];
    for (k, &difference) in differences.iter().enumerate().rev() {
        for i in (1..coefficients.len()).rev() {
            coefficients[i] = coefficients[i - 1] - coefficients[i] * F::from_usize(k);
        }
        coefficients[0] = difference - coefficients[0] * F::from_usize(k);
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use sheaf_transcript::EF;

    use super::*;

    #[test]
    fn interpolation_recovers_a_polynomial() {
        let coefficients: Vec<EF> = (0..7).map(|i| EF::from_usize(i * i + 3)).collect();
        let values: Vec<EF> = (0..7)
            .map(|x| horner(&coefficients, EF::from_usize(x)))
            .collect();
        assert_eq!(super::coefficients(&values), coefficients);
    }

    #[test]
    fn there_are_as_many_powers_as_asked_for() {
        let x = EF::from_usize(123_456);
        for n in 0..6 {
            let expected: Vec<EF> = (0..n).map(|i| x.exp_u64(i)).collect();
            assert_eq!(powers(x, n as usize), expected);
        }
    }

    #[test]
    fn no_coefficients_are_the_zero_polynomial() {
        assert_eq!(horner(&[], EF::TWO), EF::ZERO);
    }
}
