//! The base field.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;

use crate::LIMIT;

/// An element of the field of order `p = 2^31 - 2^24 + 1`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct F(pub(crate) KoalaBear);

impl F {
    /// Zero.
    pub const ZERO: Self = Self(KoalaBear::ZERO);
    /// One.
    pub const ONE: Self = Self(KoalaBear::ONE);

    /// The element that a number is.
    ///
    /// # Panics
    /// If the number is not below [`LIMIT`].
    #[must_use]
    pub const fn new(number: usize) -> Self {
        assert!(number < LIMIT, "a number is below 2^24");
        Self(KoalaBear::new(number as u32))
    }

    /// The number that this element is.
    ///
    /// # Panics
    /// If it is not below [`LIMIT`].
    #[must_use]
    pub fn to_usize(self) -> usize {
        let number = self.canonical() as usize;
        assert!(number < LIMIT, "{self} is not below 2^24");
        number
    }

    /// The inverse.
    ///
    /// # Panics
    /// If this is zero.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self(self.0.try_inverse().expect("zero has no inverse"))
    }

    /// The element that an integer stands for, modulo `p`.
    #[must_use]
    pub const fn from_canonical(integer: u32) -> Self {
        Self(KoalaBear::new(integer))
    }

    /// The integer from 0 to `p - 1` that this element is.
    #[must_use]
    pub fn canonical(self) -> u32 {
        self.0.as_canonical_u32()
    }
}

impl From<usize> for F {
    fn from(number: usize) -> Self {
        Self::new(number)
    }
}

impl From<bool> for F {
    fn from(bit: bool) -> Self {
        Self(KoalaBear::from_bool(bit))
    }
}

impl fmt::Display for F {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for F {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Operators of a type through those of what it holds, by value and in place.
macro_rules! operators {
    ($type:ty, $($trait:ident $method:ident $assign:ident $assign_method:ident),*) => {$(
        impl $trait for $type {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Self($trait::$method(self.0, other.0))
            }
        }

        impl $assign for $type {
            fn $assign_method(&mut self, other: Self) {
                *self = $trait::$method(*self, other);
            }
        }
    )*};
    ($type:ty) => {
        operators!(
            $type,
            Add add AddAssign add_assign,
            Sub sub SubAssign sub_assign,
            Mul mul MulAssign mul_assign
        );

        impl Neg for $type {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
    };
}
pub(crate) use operators;

operators!(F);
