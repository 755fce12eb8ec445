//! Univariate polynomials given by values or coefficients.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::{EF, F};

/// The Lagrange basis over `nodes`, evaluated at `x`.
///
/// `sum_i basis[i] * f(nodes[i]) = f(x)` for every `f` of degree below
/// `nodes.len()`. The nodes are distinct.
#[must_use]
pub fn lagrange_basis(nodes: &[F], x: EF) -> Vec<EF> {
    nodes
        .iter()
        .enumerate()
        .map(|(i, &node)| {
            let mut numerator = EF::ONE;
            let mut denominator = F::ONE;
            for (k, &other) in nodes.iter().enumerate() {
                if k != i {
                    numerator *= x - other;
                    denominator *= node - other;
                }
            }
            // Distinct nodes have a nonzero product of differences.
            numerator * denominator.try_inverse().unwrap_or_default()
        })
        .collect()
}

/// `sum_i coefficients[i] x^i`.
pub fn horner(coefficients: &[EF], x: EF) -> EF {
    coefficients
        .iter()
        .rev()
        .fold(EF::ZERO, |value, &c| value * x + c)
}

/// `1, x, .., x^(n-1)`.
#[must_use]
pub fn powers(x: EF, n: usize) -> Vec<EF> {
    core::iter::successors(Some(EF::ONE), |&p| Some(p * x))
        .take(n)
        .collect()
}

/// The coefficients of the polynomial with `values[i]` at `i`, constant first.
#[must_use]
pub fn coefficients(values: &[EF]) -> Vec<EF> {
    // Newton's divided differences at the nodes 0, 1, ..; node i + k minus node i is k.
    let mut differences = values.to_vec();
    for k in 1..values.len() {
        let scale = F::from_usize(k).try_inverse().unwrap_or_default();
        for i in (k..values.len()).rev() {
            differences[i] = (differences[i] - differences[i - 1]) * scale;
        }
    }
    // Horner's rule on the Newton form, multiplying by (x - k) from the inside out.
    let mut coefficients = vec![EF::ZERO; values.len()];
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
    use super::*;

    #[test]
    fn interpolation_recovers_a_polynomial() {
        let coefficients: Vec<EF> = (0..7).map(|i| EF::from_usize(i * i + 3)).collect();
        let nodes: Vec<F> = (0..7).map(F::from_usize).collect();
        let values: Vec<EF> = nodes
            .iter()
            .map(|&x| horner(&coefficients, x.into()))
            .collect();
        let x = EF::from_usize(123_456);
        let basis = lagrange_basis(&nodes, x);
        let value: EF = basis.iter().zip(&values).map(|(&l, &v)| l * v).sum();
        assert_eq!(value, horner(&coefficients, x));
        assert_eq!(super::coefficients(&values), coefficients);
    }
}
