//! Univariate skip: three variables bound by one round.
//!
//! A function on three bits is read as the polynomial of degree at most 7 that takes
//! its values on the domain `D = {1, 2, 3, 4, -1, -2, -3, -4}`, in the order of the
//! bits as an integer. The cube of such a polynomial has degree 21.
//!
//! See section 5 of eprint 2024/108.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::{EF, F};

use crate::univariate::lagrange_basis;

/// Variables bound at once.
pub const LOG_SIZE: usize = 3;
/// Size of the domain.
pub const SIZE: usize = 1 << LOG_SIZE;
/// Number of coefficients of the cube of a polynomial of degree below [`SIZE`].
pub const CUBE_SIZE: usize = 3 * (SIZE - 1) + 1;

/// The domain, in the order of the values of a function on the bits.
pub fn domain() -> [F; SIZE] {
    core::array::from_fn(|x| {
        let magnitude = F::from_usize(x % (SIZE / 2) + 1);
        if x < SIZE / 2 { magnitude } else { -magnitude }
    })
}

/// The Lagrange basis of the domain at `x`.
pub fn basis(x: EF) -> [EF; SIZE] {
    let basis = lagrange_basis(&domain(), x);
    core::array::from_fn(|i| basis[i])
}

/// `sum_{x in D} weights[x] x^i` for `i` below [`CUBE_SIZE`].
///
/// The weighted sum over the domain of a polynomial is the inner product of its
/// coefficients with these.
pub fn moments(weights: &[EF; SIZE]) -> [EF; CUBE_SIZE] {
    let domain = domain();
    let mut terms = *weights;
    core::array::from_fn(|_| {
        let moment = terms.iter().copied().sum();
        for (term, &x) in terms.iter_mut().zip(&domain) {
            *term *= x;
        }
        moment
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::univariate::horner;

    #[test]
    fn moments_weigh_the_values_on_the_domain() {
        let weights: [EF; SIZE] = core::array::from_fn(|i| EF::from_usize(i * 31 + 5));
        let coefficients: Vec<EF> = (0..CUBE_SIZE).map(|i| EF::from_usize(i * i + 3)).collect();
        let direct: EF = domain()
            .iter()
            .zip(weights)
            .map(|(&x, w)| w * horner(&coefficients, x.into()))
            .sum();
        let inner: EF = moments(&weights)
            .iter()
            .zip(&coefficients)
            .map(|(&m, &c)| m * c)
            .sum();
        assert_eq!(direct, inner);
    }
}
