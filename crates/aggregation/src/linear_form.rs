//! Linear forms in the wide columns, at one lane point.
//!
//! Most weights are products: of a weight per row of a table and one per element of a row. A [`Form`] keeps them so, since
//! their extension at a column point is the product of two short sums, while the sum over all columns is a long one.
//!
//! Weights are as long as digests, and so is the *unit*: as many columns, from a multiple of that number on.

use sheaf_sumcheck::eq;
use sheaf_sumcheck::weights::Weights;
use sheaf_transcript::{EF, Extension};

use crate::checks::{Check, applies};
use crate::shape::CapacityColumns;

/// Column `first + unit stride k + j` has the weight `rows[k] * elements[j]`, where no `j` leaves the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Product<E> {
    first: usize,
    stride: usize,
    rows: Weights<E>,
    elements: Vec<E>,
}

/// Column `first + i` has the weight `scale * weights[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run<E> {
    first: usize,
    scale: E,
    weights: Weights<E>,
}

/// `sum_c weight_c * column_c(r)` for a lane point `r` that the context fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form<E = EF> {
    /// Columns in a unit, a power of two.
    unit: usize,
    products: Vec<Product<E>>,
    runs: Vec<Run<E>>,
}

impl<E: Extension> Form<E> {
    /// No weights, of columns in units of this many.
    pub(crate) const fn new(unit: usize) -> Self {
        Self {
            unit,
            products: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds `rows[k] * elements[j]` to column `first + unit k + j`. No `first + j` leaves the unit of `first`.
    pub(crate) fn add_rows(&mut self, first: usize, rows: impl Into<Weights<E>>, elements: Vec<E>) {
        self.add_spread(first, 1, rows, elements);
    }

    /// The same for every `stride`-th unit: to column `first + unit stride k + j`.
    pub(crate) fn add_spread(
        &mut self,
        first: usize,
        stride: usize,
        rows: impl Into<Weights<E>>,
        elements: Vec<E>,
    ) {
        debug_assert!(first % self.unit + elements.len() <= self.unit);
        self.products.push(Product {
            first,
            stride,
            rows: rows.into(),
            elements,
        });
    }

    /// Adds `rows[t] * elements[j]` to the column of element `j` of row `first + t`.
    pub(crate) fn add_capacities(
        &mut self,
        columns: &CapacityColumns,
        first: usize,
        rows: &Weights<E>,
        elements: &[E],
    ) {
        let digests = columns.digests();
        let chunks = elements.chunks(self.unit);
        for (i, elements) in chunks.enumerate().take(digests) {
            let at = columns.whole + self.unit * (digests * first + i);
            self.add_spread(at, digests, rows.clone(), elements.to_vec());
        }
        let rest = elements.get(self.unit * digests..).unwrap_or_default();
        // At most one element is left of a capacity that digests don't fill.
        for &element in rest {
            self.add_run(columns.rest + first, element, rows.clone());
        }
    }

    /// Adds `scale * weights[i]` to column `first + i`.
    pub(crate) fn add_run(&mut self, first: usize, scale: E, weights: impl Into<Weights<E>>) {
        self.runs.push(Run {
            first,
            scale,
            weights: weights.into(),
        });
    }

    /// Adds a weight to one column.
    pub(crate) fn add(&mut self, column: usize, weight: E) {
        self.add_run(column, weight, vec![E::ONE]);
    }

    /// Adds another form, scaled.
    pub(crate) fn add_form(&mut self, scale: E, other: Self) {
        let products = other.products.into_iter().map(|p| Product {
            elements: p.elements.iter().map(|&x| scale * x).collect(),
            ..p
        });
        self.products.extend(products);
        self.runs.extend(other.runs.into_iter().map(|r| Run {
            scale: scale * r.scale,
            ..r
        }));
    }

    /// The weight of every column.
    #[cfg(feature = "prover")]
    pub(crate) fn weights(&self, columns: usize) -> Vec<E> {
        let mut weights = E::zero_vec(columns);
        for p in &self.products {
            for (k, &row) in p.rows.list().iter().enumerate() {
                let unit = &mut weights[p.first + self.unit * p.stride * k..];
                for (weight, &element) in unit.iter_mut().zip(&p.elements) {
                    *weight += row * element;
                }
            }
        }
        for r in &self.runs {
            for (weight, &x) in weights[r.first..].iter_mut().zip(r.weights.list()) {
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
        let products: E = self
            .products
            .iter()
            .map(|p| {
                let unit = p.first / self.unit;
                let elements = basis
                    .elements
                    .get(p.first % self.unit..)
                    .unwrap_or_default();
                let rows = match p.stride {
                    1 => p.rows.at(unit, &basis.unit_point, |i| basis.unit(i)),
                    stride => {
                        let units = (unit..).step_by(stride).map(|i| basis.unit(i));
                        p.rows.list().iter().zip(units).map(|(&a, b)| a * b).sum()
                    }
                };
                rows * dot(&p.elements, elements)
            })
            .sum();
        let runs: E = self
            .runs
            .iter()
            .map(|r| r.scale * r.weights.at(r.first, &basis.point, |c| basis.column(c)))
            .sum();
        products + runs
    }
}

fn dot<'a, E: Extension + 'a>(a: &[E], b: impl IntoIterator<Item = &'a E>) -> E {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// The values `eq(column_point, c)`, in factors.
#[derive(Clone, Debug)]
pub(crate) struct ColumnBasis<E = EF> {
    /// Of the units.
    units: Vec<E>,
    /// Of a column in its unit.
    elements: Vec<E>,
    /// The column point.
    point: Vec<E>,
    /// Its coordinates for the units.
    unit_point: Vec<E>,
}

impl<E: Extension> ColumnBasis<E> {
    /// For `count` columns in units of `unit`.
    pub(crate) fn new(column_point: &[E], unit: usize, count: usize) -> Self {
        let log_unit = unit.trailing_zeros() as usize;
        let (high, low) = column_point.split_at(column_point.len().saturating_sub(log_unit));
        Self {
            units: eq::prefix_table(high, count.div_ceil(unit), E::ONE),
            elements: eq::table(low),
            point: column_point.to_vec(),
            unit_point: high.to_vec(),
        }
    }

    fn unit(&self, unit: usize) -> E {
        self.units.get(unit).copied().unwrap_or_default()
    }

    fn column(&self, c: usize) -> E {
        let unit = self.elements.len();
        self.unit(c / unit) * self.elements[c % unit]
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
        for unit in [4, 8] {
            let mut form = Form::new(unit);
            let elements = |i: usize, n: usize| (i..i + n).map(element).collect::<Vec<_>>();
            form.add_rows(16, elements(0, 5), elements(50, unit));
            form.add_rows(3, elements(0, 3), elements(70, unit - 3));
            form.add_spread(9, 3, elements(60, 2), elements(75, 2));
            form.add_run(40, element(90), (0..20).map(element).collect::<Vec<_>>());
            form.add_rows(
                0,
                Weights::of_point(&elements(30, 5), 15),
                elements(80, unit),
            );
            form.add_run(
                3,
                element(93),
                Weights::of_point(&elements(30, 6), 40).range(2..35),
            );
            form.add_run(61, element(91), (0..6).map(element).collect::<Vec<_>>());
            form.add(9, element(92));
            let mut sum = Form::new(unit);
            sum.add(66, element(95));
            sum.add_form(element(96), form);
            let columns = 120;
            let weights = sum.weights(columns);
            let point: Vec<EF> = (0..7).map(|i| element(100 + i)).collect();
            let basis = eq::table(&point);
            let expected: EF = weights.iter().zip(&basis).map(|(&w, &b)| w * b).sum();
            assert_eq!(sum.at(&ColumnBasis::new(&point, unit, columns)), expected);
            assert_eq!(sum.eval(&basis[..columns]), expected);
        }
    }
}
