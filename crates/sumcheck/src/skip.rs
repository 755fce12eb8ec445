//! Univariate skip: three variables bound by one round.
//!
//! A function on three bits is read as the polynomial of degree at most 7 that takes
//! its values on the domain `D = {1, 2, 3, 4, -1, -2, -3, -4}`, in the order of the
//! bits as an integer. The cube of such a polynomial has degree 21.
//!
//! See section 5 of eprint 2024/108.

use std::sync::LazyLock;

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::{Extension, F};

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
pub fn basis<E: Extension>(x: E) -> [E; SIZE] {
    // The products of x - d over the elements before each one, then times those over the elements after it.
    let domain = domain();
    let mut basis = [E::ONE; SIZE];
    for i in 1..SIZE {
        basis[i] = basis[i - 1] * (x - domain[i - 1]);
    }
    let mut after = E::ONE;
    for i in (0..SIZE).rev() {
        basis[i] *= after * scale(i);
        after *= x - domain[i];
    }
    basis
}

/// `1 / prod_{d != d_i} (d_i - d)` over the domain.
fn scale(i: usize) -> F {
    static SCALES: LazyLock<[F; SIZE]> = LazyLock::new(|| {
        let domain = domain();
        core::array::from_fn(|i| {
            let others = domain.iter().enumerate().filter(|&(k, _)| k != i);
            let product: F = others.map(|(_, &d)| domain[i] - d).product();
            // The elements are distinct.
            product.try_inverse().unwrap_or_default()
        })
    });
    SCALES[i]
}

/// `prod_{j=1}^{4} (Y - j^2) = Y^4 - 30 Y^3 + 273 Y^2 - 820 Y + 576`, with `Y = X^2`: it vanishes on the domain.
const VANISHING: [u16; 4] = [30, 273, 820, 576];

/// `sum_{x in D} weights[x] x^i` for `i` below [`CUBE_SIZE`].
///
/// The weighted sum over the domain of a polynomial is the inner product of its
/// coefficients with these.
pub fn moments<E: Extension>(weights: &[E; SIZE]) -> [E; CUBE_SIZE] {
    let half = SIZE / 2;
    // Even powers weigh the sums of opposite elements, odd ones the differences.
    let mut terms: [[E; 2]; SIZE / 2] = core::array::from_fn(|j| {
        let [plus, minus] = [weights[j], weights[j + half]];
        [plus + minus, (plus - minus) * F::from_usize(j + 1)]
    });
    let mut moments = [E::ZERO; CUBE_SIZE];
    for i in 0..SIZE {
        moments[i] = terms.iter().map(|term| term[i % 2]).sum();
        for (j, term) in terms.iter_mut().enumerate() {
            term[i % 2] *= F::from_usize((j + 1) * (j + 1));
        }
    }
    let [a, b, c, d] = VANISHING.map(F::from_u16);
    for i in SIZE..CUBE_SIZE {
        moments[i] =
            moments[i - 2] * a - moments[i - 4] * b + moments[i - 6] * c - moments[i - 8] * d;
    }
    moments
}

#[cfg(test)]
mod tests {
    use sheaf_transcript::EF;

    use super::*;
    use crate::univariate::horner;

    #[test]
    fn the_basis_interpolates() {
        let coefficients: Vec<EF> = (0..SIZE)
            .map(|i| EF::from_usize(i * i + 3).cube())
            .collect();
        let x = EF::from_usize(1234).cube();
        let value: EF = domain()
            .iter()
            .zip(basis(x))
            .map(|(&d, w)| w * horner(&coefficients, d.into()))
            .sum();
        assert_eq!(value, horner(&coefficients, x));
        for (i, &d) in domain().iter().enumerate() {
            let unit = core::array::from_fn(|k| EF::from_bool(k == i));
            assert_eq!(basis(EF::from(d)), unit);
        }
    }

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
