//! What [`Extension`] asks of a symbol.

use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::{Algebra, PrimeCharacteristicRing};
use sheaf_program::{DEGREE, E, F};
use sheaf_transcript::Extension;

use super::{Symbol, noting};

impl Default for Symbol {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Symbol {
    /// # Panics
    /// Unless both are constants.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) => a == b,
            _ => panic!("whether two symbols are equal is not known when a program is written"),
        }
    }
}

impl PrimeCharacteristicRing for Symbol {
    type PrimeSubfield = <E as PrimeCharacteristicRing>::PrimeSubfield;

    const ZERO: Self = Self::Constant(E::ZERO);
    const ONE: Self = Self::Constant(E::ONE);
    const TWO: Self = Self::Constant(E::TWO);
    const NEG_ONE: Self = Self::Constant(E::NEG_ONE);

    fn from_prime_subfield(f: Self::PrimeSubfield) -> Self {
        Self::Constant(E::from_prime_subfield(f))
    }

    fn halve(&self) -> Self {
        *self * Self::Constant(E::ONE.halve())
    }
}

impl Algebra<F> for Symbol {}

impl Extension for Symbol {
    /// # Panics
    /// Unless it is a constant: the coefficients of a symbol are no elements.
    fn coefficients(self) -> [F; DEGREE] {
        match self {
            Self::Constant(c) => sheaf_program::coefficients(c),
            Self::Value(_) => {
                panic!("the coefficients of a symbol are not known when a program is written")
            }
        }
    }

    fn from_coefficients(coefficients: [F; DEGREE]) -> Self {
        Self::Constant(E::new(coefficients))
    }

    fn try_inverse(&self) -> Option<Self> {
        noting(|notes| notes.invert(*self))
    }
}

impl From<F> for Symbol {
    fn from(x: F) -> Self {
        Self::Constant(E::from(x))
    }
}

impl Add for Symbol {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        match (self, rhs) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(a + b),
            _ => noting(|notes| notes.add(self, rhs)),
        }
    }
}

impl Mul for Symbol {
    type Output = Self;
    fn mul(self, rhs: Self) -> Self {
        match (self, rhs) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(a * b),
            _ => noting(|notes| notes.multiply(self, rhs)),
        }
    }
}

impl Neg for Symbol {
    type Output = Self;
    fn neg(self) -> Self {
        self * Self::NEG_ONE
    }
}

impl Sub for Symbol {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        self + -rhs
    }
}

impl Product for Symbol {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.reduce(|x, y| x * y).unwrap_or(Self::ONE)
    }
}

impl Sum for Symbol {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.reduce(|x, y| x + y).unwrap_or(Self::ZERO)
    }
}

impl Add<F> for Symbol {
    type Output = Self;
    fn add(self, rhs: F) -> Self {
        self + Self::from(rhs)
    }
}

impl AddAssign for Symbol {
    fn add_assign(&mut self, rhs: Self) {
        *self = *self + rhs;
    }
}

impl AddAssign<F> for Symbol {
    fn add_assign(&mut self, rhs: F) {
        *self = *self + rhs;
    }
}

impl Sub<F> for Symbol {
    type Output = Self;
    fn sub(self, rhs: F) -> Self {
        self - Self::from(rhs)
    }
}

impl SubAssign for Symbol {
    fn sub_assign(&mut self, rhs: Self) {
        *self = *self - rhs;
    }
}

impl SubAssign<F> for Symbol {
    fn sub_assign(&mut self, rhs: F) {
        *self = *self - rhs;
    }
}

impl Mul<F> for Symbol {
    type Output = Self;
    fn mul(self, rhs: F) -> Self {
        self * Self::from(rhs)
    }
}

impl MulAssign for Symbol {
    fn mul_assign(&mut self, rhs: Self) {
        *self = *self * rhs;
    }
}

impl MulAssign<F> for Symbol {
    fn mul_assign(&mut self, rhs: F) {
        *self = *self * rhs;
    }
}
