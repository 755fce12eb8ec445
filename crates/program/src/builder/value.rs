//! What a row computes with: forms whose types say which field their values lie in.
//!
//! Five base equations may share one constraint, and base elements may share one position of a tuple. Neither is right for elements
//! of the extension, and the types [`Base`] and [`Word`] keep them apart.

use std::array;
use std::ops::{Add, Neg, Sub};

use p3_field::PrimeCharacteristicRing;

use crate::form::power_of_x;
use crate::{DEGREE, E, F, Form};

/// An element of the base field: a form with base coefficients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(pub(super) Form);

/// An element of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub(super) Form);

/// Base elements that travel together, five in a position of a tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed<const N: usize>(pub [Base; N]);

/// A digest: nine elements, in two positions.
pub type Digest = Packed<9>;

impl Base {
    /// A constant.
    #[must_use]
    pub fn constant(value: F) -> Self {
        Self(Form::constant(E::from(value)))
    }

    /// A small constant.
    #[must_use]
    pub fn number(value: u32) -> Self {
        Self::constant(F::from_u32(value))
    }

    /// Zero.
    #[must_use]
    pub const fn zero() -> Self {
        Self(Form::ZERO)
    }

    /// Its product with a constant.
    #[must_use]
    pub fn times(&self, factor: F) -> Self {
        Self(&self.0 * E::from(factor))
    }

    /// Its sum with a small constant, which may be negative.
    #[must_use]
    pub fn plus(&self, value: i32) -> Self {
        self + &Self::constant(F::from_i32(value))
    }

    /// The sum of these.
    #[must_use]
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(Form::new(all.into_iter().flat_map(|x| x.0.terms())))
    }

    /// Its form.
    #[must_use]
    pub const fn form(&self) -> &Form {
        &self.0
    }

    /// The column of a body that it is, if it is one by itself.
    #[must_use]
    pub fn as_value(&self) -> Option<usize> {
        super::row::as_cell(&self.0)
    }
}

impl Word {
    /// A constant.
    #[must_use]
    pub fn constant(value: E) -> Self {
        Self(Form::constant(value))
    }

    /// Its product with a constant.
    #[must_use]
    pub fn times(&self, factor: E) -> Self {
        Self(&self.0 * factor)
    }

    /// The element with these coefficients.
    #[must_use]
    pub fn from_coefficients(coefficients: &[Base; DEGREE]) -> Self {
        Self(pack(coefficients))
    }

    /// Its coefficients: base forms, whatever word it is.
    #[must_use]
    pub fn coefficients(&self) -> [Base; DEGREE] {
        array::from_fn(|i| Base(self.0.coefficient(i)))
    }

    /// Its form.
    #[must_use]
    pub const fn form(&self) -> &Form {
        &self.0
    }
}

impl From<&Base> for Word {
    fn from(x: &Base) -> Self {
        Self(x.0.clone())
    }
}

/// `sum X^i x_i`, for at most five base elements.
pub(super) fn pack(elements: &[Base]) -> Form {
    Form::new((elements.iter().enumerate()).flat_map(|(i, x)| {
        x.0.terms()
            .map(move |(column, value)| (column, value * power_of_x(i)))
    }))
}

impl Add for &Base {
    type Output = Base;
    fn add(self, other: Self) -> Base {
        Base(&self.0 + &other.0)
    }
}

impl Sub for &Base {
    type Output = Base;
    fn sub(self, other: Self) -> Base {
        Base(&self.0 - &other.0)
    }
}

impl Neg for &Base {
    type Output = Base;
    fn neg(self) -> Base {
        Base(-&self.0)
    }
}

impl Add for &Word {
    type Output = Word;
    fn add(self, other: Self) -> Word {
        Word(&self.0 + &other.0)
    }
}

impl Sub for &Word {
    type Output = Word;
    fn sub(self, other: Self) -> Word {
        Word(&self.0 - &other.0)
    }
}

/// What can be an argument, a result, a state or a word of memory.
///
/// It occupies positions of a tuple, each with 1 to 5 base elements, its *width*; and one cell for each element where
/// it is received.
pub trait Value: Clone {
    /// The width of each position.
    fn widths() -> Vec<u8>;

    /// The forms at its positions.
    fn positions(&self) -> Vec<Form>;

    /// The value in these columns: the next of the iterator.
    ///
    /// # Panics
    /// If the columns run out.
    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self;
}

fn next(cells: &mut dyn Iterator<Item = usize>) -> Base {
    Base(Form::column(cells.next().expect("a cell for each element")))
}

impl Value for Base {
    fn widths() -> Vec<u8> {
        vec![1]
    }

    fn positions(&self) -> Vec<Form> {
        vec![self.0.clone()]
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        next(cells)
    }
}

impl Value for Word {
    fn widths() -> Vec<u8> {
        vec![DEGREE as u8]
    }

    fn positions(&self) -> Vec<Form> {
        vec![self.0.clone()]
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        Self::from_coefficients(&array::from_fn(|_| next(cells)))
    }
}

impl<const N: usize> Value for Packed<N> {
    fn widths() -> Vec<u8> {
        (0..N)
            .step_by(DEGREE)
            .map(|i| (N - i).min(DEGREE) as u8)
            .collect()
    }

    fn positions(&self) -> Vec<Form> {
        self.0.chunks(DEGREE).map(pack).collect()
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        Self(array::from_fn(|_| next(cells)))
    }
}

impl Value for () {
    fn widths() -> Vec<u8> {
        Vec::new()
    }

    fn positions(&self) -> Vec<Form> {
        Vec::new()
    }

    fn in_cells(_: &mut dyn Iterator<Item = usize>) -> Self {}
}

impl<A: Value, B: Value> Value for (A, B) {
    fn widths() -> Vec<u8> {
        [A::widths(), B::widths()].concat()
    }

    fn positions(&self) -> Vec<Form> {
        [self.0.positions(), self.1.positions()].concat()
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        (A::in_cells(cells), B::in_cells(cells))
    }
}

impl<A: Value, B: Value, C: Value> Value for (A, B, C) {
    fn widths() -> Vec<u8> {
        [A::widths(), B::widths(), C::widths()].concat()
    }

    fn positions(&self) -> Vec<Form> {
        [self.0.positions(), self.1.positions(), self.2.positions()].concat()
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        (A::in_cells(cells), B::in_cells(cells), C::in_cells(cells))
    }
}

impl<V: Value, const N: usize> Value for [V; N] {
    fn widths() -> Vec<u8> {
        V::widths().repeat(N)
    }

    fn positions(&self) -> Vec<Form> {
        self.iter().flat_map(V::positions).collect()
    }

    fn in_cells(cells: &mut dyn Iterator<Item = usize>) -> Self {
        array::from_fn(|_| V::in_cells(cells))
    }
}
