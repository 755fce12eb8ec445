//! Weights of the rows of a table.
//!
//! Most are products of a factor for each bit of a row's number: values of `eq`, or weights of slots. Sums of these, and sums of their products with
//! `eq` of a column point, are short ([`sheaf_sumcheck::tensor`]); of others they are as long as the table.

use core::ops::Range;

use sheaf_argument::permutation::SlotWeights;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::tensor::Tensor;
use sheaf_transcript::{EF, Extension};

/// Rows below which a sum over all of them is short.
const FEW: usize = 12;

/// A weight for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows<E = EF> {
    weights: Vec<E>,
    /// The tensor of which they are a part, and where it begins.
    tensor: Option<(Tensor<E>, usize)>,
}

impl<E: Extension> Rows<E> {
    /// The first values of `eq` at a point.
    pub(crate) fn of_point(point: &[E], count: usize) -> Self {
        Self {
            weights: eq::prefix_table(point, count, E::ONE),
            tensor: Some((Tensor::of_point(point), 0)),
        }
    }

    /// The weights of all slots.
    pub(crate) fn of_slots(slots: &SlotWeights<E>) -> Self {
        let tensor = Tensor::of_point(&slots.high).then(&slots.low);
        Self {
            weights: slots.table(),
            tensor: Some((tensor, 0)),
        }
    }

    /// Those in a range.
    pub(crate) fn range(&self, range: Range<usize>) -> Self {
        let tensor = self.tensor.as_ref();
        Self {
            tensor: tensor.map(|(tensor, first)| (tensor.clone(), first + range.start)),
            weights: self.weights[range].to_vec(),
        }
    }

    /// One by one.
    pub(crate) fn list(&self) -> &[E] {
        &self.weights
    }

    /// Their sum.
    pub(crate) fn sum(&self) -> E {
        match self.tensor() {
            Some((tensor, range)) => tensor.sum(range),
            None => self.weights.iter().copied().sum(),
        }
    }

    /// The sum of `weight_k eq(point, first + k)`, where `value` has the values of `eq`.
    pub(crate) fn at(&self, first: usize, point: &[E], value: impl Fn(usize) -> E) -> E {
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

impl<E> From<Vec<E>> for Rows<E> {
    fn from(weights: Vec<E>) -> Self {
        Self {
            weights,
            tensor: None,
        }
    }
}
