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

use crate::univariate;

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

/// Weights of the values on the domain; they sum to one.
#[derive(Clone, Debug)]
pub enum Weights<E> {
    /// In the order of the domain.
    Values([E; SIZE]),
    /// The Lagrange basis at this point.
    Basis(E),
}

impl<E: Extension> Weights<E> {
    /// In the order of the domain.
    pub fn values(&self) -> [E; SIZE] {
        match self {
            Self::Values(values) => *values,
            Self::Basis(x) => basis(*x),
        }
    }

    /// `sum_{x in D} weights[x] s(x)` for `s = sum_i coefficients[i] X^i` of degree below [`CUBE_SIZE`].
    ///
    /// On the domain `s` equals its remainder modulo the polynomial that vanishes there, whose degree is below the
    /// number of values: it is interpolated by them, and its value is that at the point of a Lagrange basis.
    pub fn sum(&self, coefficients: [E; CUBE_SIZE]) -> E {
        let remainder = remainder(coefficients);
        match self {
            Self::Values(values) => {
                let [constant, others @ ..] = remainder;
                let terms = others.iter().zip(moments(values));
                constant + terms.map(|(&c, m)| c * m).sum::<E>()
            }
            Self::Basis(x) => univariate::horner(&remainder, *x),
        }
    }
}

/// The remainder modulo the polynomial that vanishes on the domain.
///
/// That is `prod_{j=1}^{4} (Y - j^2) = Y^4 - 30 Y^3 + 273 Y^2 - 820 Y + 576`, with `Y = X^2`.
pub fn remainder<E: Extension>(mut coefficients: [E; CUBE_SIZE]) -> [E; SIZE] {
    let [a, b, c, d] = [30, 273, 820, 576].map(F::from_u16);
    for i in (SIZE..CUBE_SIZE).rev() {
        let leading = coefficients[i];
        coefficients[i - 2] += leading * a;
        coefficients[i - 4] -= leading * b;
        coefficients[i - 6] += leading * c;
        coefficients[i - 8] -= leading * d;
    }
    core::array::from_fn(|i| coefficients[i])
}

/// `sum_{x in D} weights[x] x^i` for `0 < i < SIZE`.
pub fn moments<E: Extension>(weights: &[E; SIZE]) -> [E; SIZE - 1] {
    // Even powers weigh the sums of opposite elements, odd ones the differences.
    let mut terms: [[E; 2]; SIZE / 2] = core::array::from_fn(|j| {
        let [plus, minus] = [weights[j], weights[j + SIZE / 2]];
        [plus + minus, plus - minus]
    });
    let scale = |terms: &mut [[E; 2]; SIZE / 2], parity: usize, power: u32| {
        for (term, j) in terms.iter_mut().zip(1_usize..).skip(1) {
            term[parity] *= F::from_usize(j.pow(power));
        }
    };
    scale(&mut terms, 1, 1);
    core::array::from_fn(|i| {
        let parity = (i + 1) % 2;
        if i > 0 {
            scale(&mut terms, parity, 2);
        }
        terms.iter().map(|term| term[parity]).sum()
    })
}

#[cfg(test)]
mod tests {
    use sheaf_transcript::counting::{Counted, Counting};
    use sheaf_transcript::{EF, VerifierTranscript};

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
    fn the_sum_is_that_of_the_values_on_the_domain() {
        let coefficients: [EF; CUBE_SIZE] =
            core::array::from_fn(|i| EF::from_usize(i * i + 3).cube());
        let some: [EF; SIZE] = core::array::from_fn(|i| EF::from_usize(i * 31 + 5).cube());
        let rest = EF::ONE - some.iter().copied().sum::<EF>();
        let values = core::array::from_fn(|i| some[i] + rest * F::from_usize(SIZE).inverse());
        for weights in [
            Weights::Values(values),
            Weights::Basis(EF::from_usize(99).cube()),
        ] {
            let direct: EF = domain()
                .iter()
                .zip(weights.values())
                .map(|(&x, w)| w * horner(&coefficients, x.into()))
                .sum();
            assert_eq!(weights.sum(coefficients), direct);
        }
    }

    #[test]
    fn a_sum_costs_four_products_per_coefficient_beyond_the_remainder() {
        let coefficients = [Counted(EF::TWO); CUBE_SIZE];
        let cost = |weights: Weights<Counted>| {
            let channel = Counting::new(VerifierTranscript::new(&[]));
            let _ = weights.sum(coefficients);
            let cost = channel.cost();
            (cost.ext, cost.mixed)
        };
        let remainder = 4 * (CUBE_SIZE - SIZE) as u64;
        assert_eq!(cost(Weights::Basis(Counted(EF::TWO))), (7, remainder));
        // The moments are three products each.
        let values = Weights::Values([Counted(EF::TWO); SIZE]);
        assert_eq!(cost(values), (7, remainder + 3 * 7));
    }
}
