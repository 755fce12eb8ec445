//! The extension.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};
use p3_koala_bear::KoalaBear;

use crate::F;
use crate::field::operators;

type Quintic = QuinticTrinomialExtensionField<KoalaBear>;

/// An element of the extension `F[X] / (X^5 + X^2 - 1)`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct E(Quintic);

impl E {
    /// Zero.
    pub const ZERO: Self = Self(Quintic::ZERO);
    /// One.
    pub const ONE: Self = Self(Quintic::ONE);

    /// The element with these coefficients of `1, X, .., X^4`.
    #[must_use]
    pub fn new(coefficients: [F; 5]) -> Self {
        Self(Quintic::new(coefficients.map(|x| x.0)))
    }

    /// Its coefficients.
    #[must_use]
    pub fn coefficients(self) -> [F; 5] {
        let all: &[KoalaBear] = self.0.as_basis_coefficients_slice();
        std::array::from_fn(|i| F(all[i]))
    }

    /// The inverse.
    ///
    /// # Panics
    /// If this is zero.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self(self.0.try_inverse().expect("zero has no inverse"))
    }
}

impl From<F> for E {
    fn from(x: F) -> Self {
        Self(Quintic::from(x.0))
    }
}

impl fmt::Debug for E {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.coefficients(), f)
    }
}

operators!(E);

/// Operators between the two fields.
macro_rules! mixed {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait<F> for E {
            type Output = E;
            fn $method(self, other: F) -> E {
                $trait::$method(self, E::from(other))
            }
        }

        impl $trait<E> for F {
            type Output = E;
            fn $method(self, other: E) -> E {
                $trait::$method(E::from(self), other)
            }
        }
    )*};
}

mixed!(Add add, Sub sub, Mul mul);
