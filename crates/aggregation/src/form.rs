//! Linear forms in the wide columns, at one lane point.
//!
//! Most weights are products: of a weight per row of a table and one per element of a row. A [`Form`] keeps them so, since
//! their extension at a column point is the product of two short sums, while the sum over all columns is a long one.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_transcript::EF;

use crate::checks::{Check, applies};

/// Columns whose numbers differ in the three low bits.
const OCTET: usize = 8;
const LOG_OCTET: usize = 3;

/// Column `first + 8 stride k + j` has the weight `rows[k] * elements[j]`, where no `j` leaves the octet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Octets {
    first: usize,
    stride: usize,
    rows: Vec<EF>,
    elements: Vec<EF>,
}

/// Column `first + i` has the weight `scale * weights[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    first: usize,
    scale: EF,
    weights: Vec<EF>,
}

/// `sum_c weight_c * column_c(r)` for a lane point `r` that the context fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    octets: Vec<Octets>,
    runs: Vec<Run>,
}

impl Form {
    /// Adds `rows[k] * elements[j]` to column `first + 8 k + j`. No `first + j` leaves the octet of `first`.
    pub(crate) fn add_octets(&mut self, first: usize, rows: Vec<EF>, elements: Vec<EF>) {
        self.add_spread(first, 1, rows, elements);
    }

    /// The same for every `stride`-th octet: to column `first + 8 stride k + j`.
    pub(crate) fn add_spread(
        &mut self,
        first: usize,
        stride: usize,
        rows: Vec<EF>,
        elements: Vec<EF>,
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
    pub(crate) fn add_run(&mut self, first: usize, scale: EF, weights: Vec<EF>) {
        self.runs.push(Run {
            first,
            scale,
            weights,
        });
    }

    /// Adds a weight to one column.
    pub(crate) fn add(&mut self, column: usize, weight: EF) {
        self.add_run(column, weight, vec![EF::ONE]);
    }

    /// Adds another form, scaled.
    pub(crate) fn add_form(&mut self, scale: EF, other: Self) {
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
    pub(crate) fn weights(&self, columns: usize) -> Vec<EF> {
        let mut weights = EF::zero_vec(columns);
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
    pub(crate) fn eval(&self, columns: &[EF]) -> EF {
        let weights = self.weights(columns.len());
        weights.iter().zip(columns).map(|(&w, &c)| w * c).sum()
    }

    /// The extension of the weights, as a function of the column, at the point of `basis`.
    pub(crate) fn at(&self, basis: &ColumnBasis) -> EF {
        let octets: EF = self
            .octets
            .iter()
            .map(|o| {
                let rows = basis.octets.get(o.first / OCTET..).unwrap_or_default();
                let elements = basis.elements.get(o.first % OCTET..).unwrap_or_default();
                dot(&o.rows, rows.iter().step_by(o.stride)) * dot(&o.elements, elements)
            })
            .sum();
        let runs: EF = self
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

fn dot<'a>(a: &[EF], b: impl IntoIterator<Item = &'a EF>) -> EF {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// The values `eq(column_point, c)`, in factors.
#[derive(Clone, Debug)]
pub(crate) struct ColumnBasis {
    /// Of the octets.
    octets: Vec<EF>,
    /// Of a column in its octet.
    elements: [EF; OCTET],
    /// Of the columns from `first` on, multiplied out.
    columns: Vec<EF>,
    first: usize,
}

impl ColumnBasis {
    /// For `count` columns, of which those from `first_run` on are mostly in runs.
    pub(crate) fn new(column_point: &[EF], count: usize, first_run: usize) -> Self {
        let (high, low) = column_point.split_at(column_point.len().saturating_sub(LOG_OCTET));
        let octets = eq::prefix_table(high, count.div_ceil(OCTET), EF::ONE);
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

    fn column(&self, c: usize) -> EF {
        self.octets.get(c / OCTET).copied().unwrap_or_default() * self.elements[c % OCTET]
    }
}

/// Claims `form(columns) = value` at one lane point, batched by powers of a challenge.
///
/// Consumes any number of claims, leaves one. A false claim survives with
/// probability at most `(number of claims) / |EF|`.
#[derive(Debug)]
#[must_use = "a claim that nobody opens proves nothing"]
pub(crate) struct FormClaim {
    pub value: EF,
    power: EF,
    challenge: EF,
}

impl FormClaim {
    pub(crate) fn new(challenge: EF) -> Self {
        Self {
            value: EF::ZERO,
            power: EF::ONE,
            challenge,
        }
    }

    /// Adds the claim that `check` is about. Returns its coefficient, which the weights of its form are to have.
    pub(crate) fn weigh(&mut self, check: Check, value: EF) -> EF {
        let weight = if applies(check) { self.power } else { EF::ZERO };
        self.value += weight * value;
        self.power *= self.challenge;
        weight
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
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
