//! Weights of consecutive numbers: of the rows or slots of a table.
//!
//! Many are products of a factor for each digit of the number. Sums of these, and sums of their products with `eq`, are short
//! ([`crate::tensor`]); of others they are as long as the list.

use core::ops::Range;

use sheaf_transcript::{EF, Extension};

use crate::eq;
use crate::tensor::Tensor;

/// Weights of which a sum is short in any case.
const FEW: usize = 12;

/// A weight for each number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights<E = EF> {
    weights: Vec<E>,
    /// The tensor of which they are a part, and where it begins.
    tensor: Option<(Tensor<E>, usize)>,
}

impl<E: Extension> Weights<E> {
    /// The first values of `eq` at a point.
    #[must_use]
    pub fn of_point(point: &[E], count: usize) -> Self {
        Self {
            weights: eq::prefix_table(point, count, E::ONE),
            tensor: Some((Tensor::of_point(point), 0)),
        }
    }

    /// Products of the values of `eq` at a point with the factors of one more digit, as many as a power of two.
    #[must_use]
    pub fn of_digits(point: &[E], last: &[E]) -> Self {
        let table = eq::table(point);
        let products = table.iter().flat_map(|&x| last.iter().map(move |&y| x * y));
        Self {
            weights: products.collect(),
            tensor: Some((Tensor::of_point(point).then(last), 0)),
        }
    }

    /// Those in a range.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn range(&self, range: Range<usize>) -> Self {
        let tensor = self.tensor.as_ref();
        Self {
            tensor: tensor.map(|(tensor, first)| (tensor.clone(), first + range.start)),
            weights: self.weights[range].to_vec(),
        }
    }

    /// One by one.
    #[must_use]
    pub fn list(&self) -> &[E] {
        &self.weights
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> E {
        match self.tensor() {
            Some((tensor, range)) => tensor.sum(range),
            None => self.weights.iter().copied().sum(),
        }
    }

    /// The sum of `weight_k eq(point, first + k)`, where `value` has the values of `eq`. All `first + k` are below `2^n`, for `n` coordinates.
    pub fn at(&self, first: usize, point: &[E], value: impl Fn(usize) -> E) -> E {
        match self.tensor() {
            Some((tensor, range)) => tensor.sum_at(range, first, point),
            None => {
                let weights = (first..).zip(&self.weights);
                weights.map(|(i, &weight)| weight * value(i)).sum()
            }
        }
    }

    /// The tensor, if it is shorter than a list, and the range of it that they are.
    fn tensor(&self) -> Option<(&Tensor<E>, Range<usize>)> {
        let count = self.weights.len();
        let (tensor, first) = self.tensor.as_ref().filter(|_| count > FEW)?;
        Some((tensor, *first..first + count))
    }
}

impl<E> FromIterator<E> for Weights<E> {
    fn from_iter<I: IntoIterator<Item = E>>(weights: I) -> Self {
        weights.into_iter().collect::<Vec<E>>().into()
    }
}

impl<E> From<Vec<E>> for Weights<E> {
    fn from(weights: Vec<E>) -> Self {
        Self {
            weights,
            tensor: None,
        }
    }
}
