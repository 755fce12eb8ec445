//! Linear forms over the columns of a row.

use std::ops::{Add, Mul, Neg, Sub};

use p3_field::PrimeCharacteristicRing;

use crate::layout::{CELLS, CONSTANT, output};
use crate::{DEGREE, E, F, coefficients};

/// A linear form in the columns of one row, with coefficients in the extension.
///
/// Terms are sorted by column and have coefficients other than zero, so that equal forms have equal terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Form {
    terms: Vec<(u32, E)>,
}

impl Form {
    /// The form that is zero.
    pub const ZERO: Self = Self { terms: Vec::new() };

    /// The sum of these terms, in any order; columns may repeat. Columns from 128 on are in no row: they stand for values of a body
    /// that has not been cut into rows.
    #[must_use]
    pub fn new(terms: impl IntoIterator<Item = (usize, E)>) -> Self {
        let mut all: Vec<(u32, E)> = terms
            .into_iter()
            .map(|(column, value)| (column as u32, value))
            .collect();
        all.sort_by_key(|&(column, _)| column);
        let mut terms: Vec<(u32, E)> = Vec::with_capacity(all.len());
        for (column, value) in all {
            match terms.last_mut() {
                Some(last) if last.0 == column => last.1 += value,
                _ => terms.push((column, value)),
            }
        }
        terms.retain(|&(_, value)| value != E::ZERO);
        Self { terms }
    }

    /// A constant.
    #[must_use]
    pub fn constant(value: E) -> Self {
        Self::new([(CONSTANT, value)])
    }

    /// A column.
    #[must_use]
    pub fn column(column: usize) -> Self {
        Self::new([(column, E::ONE)])
    }

    /// A cell of the row; `cell < 96`.
    #[must_use]
    pub fn cell(cell: usize) -> Self {
        debug_assert!(cell < CELLS);
        Self::column(cell)
    }

    /// An output of the row's permutation; `j < 24`.
    #[must_use]
    pub fn output(j: usize) -> Self {
        Self::column(output(j))
    }

    /// An element of the extension that stands in five cells, one after the other.
    #[must_use]
    pub fn word(first_cell: usize) -> Self {
        Self::new((0..DEGREE).map(|i| (first_cell + i, power_of_x(i))))
    }

    /// Column and coefficient of each term, in ascending order of the column; no coefficient is zero.
    pub fn terms(&self) -> impl ExactSizeIterator<Item = (usize, E)> + Clone + '_ {
        self.terms
            .iter()
            .map(|&(column, value)| (column as usize, value))
    }

    /// Whether it has no terms.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether all coefficients lie in the base field, so that its values do.
    #[must_use]
    pub fn is_base(&self) -> bool {
        self.terms
            .iter()
            .all(|&(_, value)| in_base(value).is_some())
    }

    /// Coefficient `i` of its values: a form over the base field; `i < 5`.
    #[must_use]
    pub fn coefficient(&self, i: usize) -> Self {
        Self::new(
            self.terms()
                .map(|(column, value)| (column, E::from(coefficients(value)[i]))),
        )
    }

    /// The value, if it is the same in every row: a multiple of the constant column.
    #[must_use]
    pub fn as_constant(&self) -> Option<E> {
        match self.terms[..] {
            [] => Some(E::ZERO),
            [(column, value)] if column as usize == CONSTANT => Some(value),
            _ => None,
        }
    }

    /// The value in a row with these columns.
    ///
    /// # Panics
    /// If the form names a column beyond `columns`.
    pub fn evaluate(&self, columns: &[F]) -> E {
        self.terms
            .iter()
            .map(|&(column, value)| value * columns[column as usize])
            .sum()
    }
}

/// `X^i`, for `i < 5`.
pub fn power_of_x(i: usize) -> E {
    E::new(core::array::from_fn(|j| F::from_bool(i == j)))
}

/// The element of the base field that `x` is, if it is one.
#[must_use]
pub fn in_base(x: E) -> Option<F> {
    let [first, rest @ ..] = coefficients(x);
    (rest == [F::ZERO; DEGREE - 1]).then_some(first)
}

impl Add<&Form> for &Form {
    type Output = Form;

    fn add(self, other: &Form) -> Form {
        Form::new(self.terms().chain(other.terms()))
    }
}

impl Sub<&Form> for &Form {
    type Output = Form;

    fn sub(self, other: &Form) -> Form {
        Form::new(self.terms().chain(other.terms().map(|(c, v)| (c, -v))))
    }
}

impl Neg for &Form {
    type Output = Form;

    fn neg(self) -> Form {
        self * -E::ONE
    }
}

impl Mul<E> for &Form {
    type Output = Form;

    fn mul(self, factor: E) -> Form {
        Form::new(self.terms().map(|(column, value)| (column, value * factor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_forms_have_equal_terms() {
        let a = Form::new([(7, E::TWO), (3, E::ONE), (7, -E::ONE), (9, E::ZERO)]);
        assert_eq!(a.terms().collect::<Vec<_>>(), [(3, E::ONE), (7, E::ONE)]);
        assert_eq!(a, &Form::cell(7) + &Form::cell(3));
        assert!((&a - &a).is_zero());
        assert_eq!(Form::new([(5, E::ZERO)]), Form::ZERO);
    }

    #[test]
    fn a_word_is_the_element_in_its_five_cells() {
        let columns: Vec<F> = (0..8).map(F::from_u8).collect();
        let element = E::new(core::array::from_fn(|i| F::from_usize(i + 2)));
        assert_eq!(Form::word(2).evaluate(&columns), element);
        assert!(!Form::word(2).is_base());
        assert!(Form::cell(2).is_base() && Form::ZERO.is_base());
    }

    #[test]
    fn only_multiples_of_the_constant_column_are_constant() {
        assert_eq!(Form::constant(E::TWO).as_constant(), Some(E::TWO));
        assert_eq!(Form::ZERO.as_constant(), Some(E::ZERO));
        assert_eq!(Form::cell(0).as_constant(), None);
        assert_eq!(
            (&Form::cell(0) + &Form::constant(E::ONE)).as_constant(),
            None
        );
    }
}
