//! Linear forms in the wide columns, at one lane point.
//!
//! Most weights are products: of a weight per row of a table and one per element of a row. A [`Form`] keeps them so, since
//! their extension at a column point is the product of two short sums, while the sum over all columns is a long one.

use core::array::from_fn;

use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, Extension};

use crate::checks::{Check, applies};

/// Columns whose numbers differ in the three low bits.
const OCTET: usize = 8;
const LOG_OCTET: usize = 3;

/// Column `first + 8 stride k + j` has the weight `rows[k] * elements[j]`, where no `j` leaves the octet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Octets<E> {
    first: usize,
    stride: usize,
    rows: Vec<E>,
    elements: Vec<E>,
}

/// Column `first + i` has the weight `scale * weights[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run<E> {
    first: usize,
    scale: E,
    weights: Vec<E>,
}

/// `sum_c weight_c * column_c(r)` for a lane point `r` that the context fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form<E = EF> {
    octets: Vec<Octets<E>>,
    runs: Vec<Run<E>>,
}

impl<E> Default for Form<E> {
    fn default() -> Self {
        Self {
            octets: Vec::new(),
            runs: Vec::new(),
        }
    }
}

impl<E: Extension> Form<E> {
    /// Adds `rows[k] * elements[j]` to column `first + 8 k + j`. No `first + j` leaves the octet of `first`.
    pub(crate) fn add_octets(&mut self, first: usize, rows: Vec<E>, elements: Vec<E>) {
        self.add_spread(first, 1, rows, elements);
    }

    /// The same for every `stride`-th octet: to column `first + 8 stride k + j`.
    pub(crate) fn add_spread(
        &mut self,
        first: usize,
        stride: usize,
        rows: Vec<E>,
        elements: Vec<E>,
    ) {
        debug_assert!(first % OCTET + elements.len() <= OCTET);
        self.octets.push(Octets {
            first,
            stride,
            rows,
            elements,
        });
    }

    /// Adds `scale * weights[i]` to column `first + i`.
    pub(crate) fn add_run(&mut self, first: usize, scale: E, weights: Vec<E>) {
        self.runs.push(Run {
            first,
            scale,
            weights,
        });
    }

    /// Adds a weight to one column.
    pub(crate) fn add(&mut self, column: usize, weight: E) {
        self.add_run(column, weight, vec![E::ONE]);
    }

    /// Adds another form, scaled.
    pub(crate) fn add_form(&mut self, scale: E, other: Self) {
        self.octets.extend(other.octets.into_iter().map(|o| Octets {
            elements: o.elements.iter().map(|&x| scale * x).collect(),
            ..o
        }));
        self.runs.extend(other.runs.into_iter().map(|r| Run {
            scale: scale * r.scale,
            ..r
        }));
    }

    /// The weight of every column.
    #[cfg(feature = "prover")]
    pub(crate) fn weights(&self, columns: usize) -> Vec<E> {
        let mut weights = E::zero_vec(columns);
        for o in &self.octets {
            for (k, &row) in o.rows.iter().enumerate() {
                let octet = &mut weights[o.first + OCTET * o.stride * k..];
                for (weight, &element) in octet.iter_mut().zip(&o.elements) {
                    *weight += row * element;
                }
            }
        }
        for r in &self.runs {
            for (weight, &x) in weights[r.first..].iter_mut().zip(&r.weights) {
                *weight += r.scale * x;
            }
        }
        weights
    }

    /// The value of the form, given the values of all columns at its point.
    #[cfg(feature = "prover")]
    pub(crate) fn eval(&self, columns: &[E]) -> E {
        let weights = self.weights(columns.len());
        weights.iter().zip(columns).map(|(&w, &c)| w * c).sum()
    }

    /// The extension of the weights, as a function of the column, at the point of `basis`.
    pub(crate) fn at(&self, basis: &ColumnBasis<E>) -> E {
        let octets: E = self
            .octets
            .iter()
            .map(|o| {
                let rows = basis.octets.get(o.first / OCTET..).unwrap_or_default();
                let elements = basis.elements.get(o.first % OCTET..).unwrap_or_default();
                dot(&o.rows, rows.iter().step_by(o.stride)) * dot(&o.elements, elements)
            })
            .sum();
        let runs: E = self
            .runs
            .iter()
            .map(|r| {
                let columns = r.first.checked_sub(basis.first);
                let columns = columns.and_then(|i| basis.columns.get(i..));
                r.scale
                    * match columns {
                        Some(columns) => dot(&r.weights, columns),
                        None => (r.first..)
                            .zip(&r.weights)
                            .map(|(c, &w)| w * basis.column(c))
                            .sum(),
                    }
            })
            .sum();
        octets + runs
    }
}

fn dot<'a, E: Extension + 'a>(a: &[E], b: impl IntoIterator<Item = &'a E>) -> E {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// The values `eq(column_point, c)`, in factors.
#[derive(Clone, Debug)]
pub(crate) struct ColumnBasis<E = EF> {
    /// Of the octets.
    octets: Vec<E>,
    /// Of a column in its octet.
    elements: [E; OCTET],
    /// Of the columns from `first` on, multiplied out.
    columns: Vec<E>,
    first: usize,
}

impl<E: Extension> ColumnBasis<E> {
    /// For `count` columns, of which those from `first_run` on are mostly in runs.
    pub(crate) fn new(column_point: &[E], count: usize, first_run: usize) -> Self {
        let (high, low) = column_point.split_at(column_point.len().saturating_sub(LOG_OCTET));
        let octets = eq::prefix_table(high, count.div_ceil(OCTET), E::ONE);
        let low = eq::table(low);
        let elements = from_fn(|j| low.get(j).copied().unwrap_or_default());
        let mut basis = Self {
            octets,
            elements,
            columns: Vec::new(),
            first: first_run,
        };
        basis.columns = (first_run..count).map(|c| basis.column(c)).collect();
        basis
    }

    fn column(&self, c: usize) -> E {
        self.octets.get(c / OCTET).copied().unwrap_or_default() * self.elements[c % OCTET]
    }
}

/// Claims `form(columns) = value` at one lane point, batched by powers of a challenge.
///
/// Consumes any number of claims, leaves one. A false claim survives with
/// probability at most `(number of claims - 1) / |E|`.
#[derive(Debug)]
#[must_use = "a claim that nobody opens proves nothing"]
pub(crate) struct FormClaim<E = EF> {
    pub value: E,
    power: E,
    challenge: E,
}

impl<E: Extension> FormClaim<E> {
    pub(crate) fn new(challenge: E) -> Self {
        Self {
            value: E::ZERO,
            power: E::ONE,
            challenge,
        }
    }

    /// Adds the claim that `check` is about. Returns its coefficient, which the weights of its form are to have.
    pub(crate) fn weigh(&mut self, check: Check, value: E) -> E {
        let weight = if applies(check) { self.power } else { E::ZERO };
        self.value += weight * value;
        self.power *= self.challenge;
        weight
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    #[test]
    fn extensions_are_those_of_the_weights() {
        let element = |i: usize| EF::from_usize(i * i + 31 * i + 7).cube();
        let mut form = Form::default();
        let elements = |i: usize, n: usize| (i..i + n).map(element).collect::<Vec<_>>();
        form.add_octets(16, elements(0, 5), elements(50, 8));
        form.add_octets(3, elements(0, 3), elements(70, 5));
        form.add_spread(9, 3, elements(60, 2), elements(75, 2));
        form.add_run(40, element(90), (0..20).map(element).collect());
        form.add_run(61, element(91), (0..6).map(element).collect());
        form.add(9, element(92));
        let mut sum = Form::default();
        sum.add(66, element(95));
        sum.add_form(element(96), form);
        let columns = 67;
        let weights = sum.weights(columns);
        let point: Vec<EF> = (0..7).map(|i| element(100 + i)).collect();
        let basis = eq::table(&point);
        let expected: EF = weights.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
        for first_run in [0, 41, 60, 67] {
            let basis = ColumnBasis::new(&point, columns, first_run);
            assert_eq!(sum.at(&basis), expected);
        }
        assert_eq!(sum.eval(&basis[..columns]), expected);
    }
}
