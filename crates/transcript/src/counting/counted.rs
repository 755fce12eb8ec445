//! Extension-field elements whose products are counted.

use core::cell::Cell;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};
use std::thread::LocalKey;

use p3_field::{Algebra, PrimeCharacteristicRing};

use crate::field::{EF, F};
use crate::{EXTENSION_DEGREE, Extension};

// Operators have no channel to tell, so they tell the thread.
thread_local! {
    static EXT: Cell<u64> = const { Cell::new(0) };
    static MIXED: Cell<u64> = const { Cell::new(0) };
    static INVERSIONS: Cell<u64> = const { Cell::new(0) };
}

fn count(counter: &'static LocalKey<Cell<u64>>) {
    counter.set(counter.get() + 1);
}

/// How often elements have been multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Products {
    pub(super) ext: u64,
    pub(super) mixed: u64,
    pub(super) inversions: u64,
}

impl Products {
    /// On this thread, since it began.
    pub(super) fn so_far() -> Self {
        Self {
            ext: EXT.get(),
            mixed: MIXED.get(),
            inversions: INVERSIONS.get(),
        }
    }
}

/// An element of [`EF`] whose products [`Counting`](super::Counting) counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted(pub EF);

impl PrimeCharacteristicRing for Counted {
    type PrimeSubfield = <EF as PrimeCharacteristicRing>::PrimeSubfield;

    const ZERO: Self = Self(EF::ZERO);
    const ONE: Self = Self(EF::ONE);
    const TWO: Self = Self(EF::TWO);
    const NEG_ONE: Self = Self(EF::NEG_ONE);

    fn from_prime_subfield(f: Self::PrimeSubfield) -> Self {
        Self(EF::from_prime_subfield(f))
    }

    fn halve(&self) -> Self {
        Self(self.0.halve())
    }

    fn square(&self) -> Self {
        count(&EXT);
        Self(self.0.square())
    }
}

impl Algebra<F> for Counted {}

impl Extension for Counted {
    fn coefficients(self) -> [F; EXTENSION_DEGREE] {
        self.0.coefficients()
    }

    fn from_coefficients(coefficients: [F; EXTENSION_DEGREE]) -> Self {
        Self(EF::from_coefficients(coefficients))
    }

    fn try_inverse(&self) -> Option<Self> {
        count(&INVERSIONS);
        Extension::try_inverse(&self.0).map(Self)
    }
}

impl Mul for Counted {
    type Output = Self;
    fn mul(self, rhs: Self) -> Self {
        count(&EXT);
        Self(self.0 * rhs.0)
    }
}

impl Mul<F> for Counted {
    type Output = Self;
    fn mul(self, rhs: F) -> Self {
        count(&MIXED);
        Self(self.0 * rhs)
    }
}

impl MulAssign for Counted {
    fn mul_assign(&mut self, rhs: Self) {
        *self = *self * rhs;
    }
}

impl MulAssign<F> for Counted {
    fn mul_assign(&mut self, rhs: F) {
        *self = *self * rhs;
    }
}

impl Product for Counted {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.reduce(|x, y| x * y).unwrap_or(Self::ONE)
    }
}

impl From<F> for Counted {
    fn from(x: F) -> Self {
        Self(EF::from(x))
    }
}

impl Add for Counted {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0 + rhs.0)
    }
}

impl Add<F> for Counted {
    type Output = Self;
    fn add(self, rhs: F) -> Self {
        Self(self.0 + rhs)
    }
}

impl AddAssign for Counted {
    fn add_assign(&mut self, rhs: Self) {
        self.0 += rhs.0;
    }
}

impl AddAssign<F> for Counted {
    fn add_assign(&mut self, rhs: F) {
        self.0 += rhs;
    }
}

impl Sum for Counted {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|x| x.0).sum())
    }
}

impl Sub for Counted {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        Self(self.0 - rhs.0)
    }
}

impl Sub<F> for Counted {
    type Output = Self;
    fn sub(self, rhs: F) -> Self {
        Self(self.0 - rhs)
    }
}

impl SubAssign for Counted {
    fn sub_assign(&mut self, rhs: Self) {
        self.0 -= rhs.0;
    }
}

impl SubAssign<F> for Counted {
    fn sub_assign(&mut self, rhs: F) {
        self.0 -= rhs;
    }
}

impl Neg for Counted {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
