//! What a verifier computes with.

use p3_field::{Algebra, Field};

use crate::EXTENSION_DEGREE;
use crate::field::{self, EF, F};

/// Elements of the extension field, or what stands for them.
///
/// Verifiers are generic in it, as the extension of their [`Channel`](crate::Channel), and ask no more of it
/// than this: ring operations among elements and with base-field elements, `halve`, comparison, coefficients
/// and inversion. [`EF`] has no more to it; [`Counted`](crate::counting::Counted) has its products counted.
pub trait Extension: Algebra<F> + Copy + PartialEq {
    /// The coefficients in the basis `1, X, .., X^4`.
    fn coefficients(self) -> [F; EXTENSION_DEGREE];

    /// The element with the given coefficients.
    fn from_coefficients(coefficients: [F; EXTENSION_DEGREE]) -> Self;

    /// The inverse, which zero does not have.
    fn try_inverse(&self) -> Option<Self>;
}

impl Extension for EF {
    #[inline]
    fn coefficients(self) -> [F; EXTENSION_DEGREE] {
        field::coefficients(self)
    }

    #[inline]
    fn from_coefficients(coefficients: [F; EXTENSION_DEGREE]) -> Self {
        field::from_coefficients(coefficients)
    }

    #[inline]
    fn try_inverse(&self) -> Option<Self> {
        Field::try_inverse(self)
    }
}
