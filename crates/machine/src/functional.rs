//! What the verifier asks of a program: one linear functional of its coefficients, of rank one.

use core::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::layout::{
    COLUMN_BITS, FORM_BITS, TERMS, left_form, multiplicity_form, result_form, right_form,
    tuple_form,
};
use sheaf_program::{DEGREE, Program, coefficients};
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, Extension, F};

/// `<s x u x w, Phi> = sum_(kind, form, column) s_kind u_form w_column Phi(kind, form, column)`.
///
/// All that a proof says about its program beside the header is one value of such a functional.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a functional that is not evaluated says nothing about the program"]
pub struct Functional<E = EF> {
    /// A weight for each kind, in their order.
    pub kinds: Vec<E>,
    /// A weight for each of the `2^9` forms.
    pub forms: Vec<E>,
    /// A weight for each of `2^7` columns, also for those that no form may name.
    pub columns: Vec<E>,
}

impl<E: Extension> Functional<E> {
    /// Its value: one pass over the coefficients that are not zero.
    #[must_use]
    pub fn evaluate(&self, program: &Program) -> E {
        // Most coefficients are powers of X, or a multiple in the base field.
        let shifted = |&weight: &E| -> [E; DEGREE] {
            from_fn(|i| weight * E::from_coefficients(from_fn(|j| F::from_bool(i == j))))
        };
        let columns: Vec<[E; DEGREE]> = self.columns.iter().map(shifted).collect();
        let mut sum = E::ZERO;
        for (kind, &share) in program.kinds().iter().zip(&self.kinds) {
            // That of a kind without rows, for instance.
            if share == E::ZERO {
                continue;
            }
            let mut of_kind = E::ZERO;
            for (form, terms) in kind.forms() {
                let mut of_form = E::ZERO;
                for (column, value) in terms.terms() {
                    for (&weight, x) in columns[column].iter().zip(coefficients(value)) {
                        if x == F::ONE {
                            of_form += weight;
                        } else if x == F::NEG_ONE {
                            of_form -= weight;
                        } else if x != F::ZERO {
                            of_form += weight * x;
                        }
                    }
                }
                of_kind += self.forms[form] * of_form;
            }
            sum += share * of_kind;
        }
        sum
    }

    /// The extension of the weights at a point: variables of columns, of forms, of kinds, each the most significant one first.
    #[must_use]
    pub fn at(&self, point: &[E]) -> E {
        let (columns, rest) = point.split_at(COLUMN_BITS.min(point.len()));
        let (forms, kinds) = rest.split_at(FORM_BITS.min(rest.len()));
        let at = |weights: &[E], point: &[E]| -> E {
            let at_point = eq::prefix_table(point, weights.len(), E::ONE);
            weights.iter().zip(at_point).map(|(&a, b)| a * b).sum()
        };
        at(&self.columns, columns) * at(&self.forms, forms) * at(&self.kinds, kinds)
    }
}

/// An element of the extension, as what the verifier computes with.
pub(crate) fn lift<E: Extension>(x: EF) -> E {
    E::from_coefficients(Extension::coefficients(x))
}

/// Weights of the five families of forms; those that are not given are zero.
#[derive(Clone, Debug)]
pub(crate) struct FormWeights<E> {
    /// `u_f`.
    pub(crate) table: Vec<E>,
}

impl<E: Extension> FormWeights<E> {
    pub(crate) fn new() -> Self {
        Self {
            table: vec![E::ZERO; 1 << FORM_BITS],
        }
    }

    /// Of the multiplicities.
    pub(crate) fn multiplicities(mut self, scale: E, messages: &[E]) -> Self {
        for (m, &message) in messages.iter().enumerate() {
            self.table[multiplicity_form(m)] = scale * message;
        }
        self
    }

    /// Of the positions of tuples.
    pub(crate) fn tuples(mut self, scale: E, messages: &[E], positions: &[E]) -> Self {
        for (m, &message) in messages.iter().enumerate() {
            let scale = scale * message;
            for (j, &position) in positions.iter().enumerate() {
                self.table[tuple_form(m, j)] = scale * position;
            }
        }
        self
    }

    /// Of the left and the right factors of all terms of all constraints.
    pub(crate) fn factors(mut self, [left, right]: [E; 2], terms: &[E]) -> Self {
        for (p, &term) in terms.iter().enumerate() {
            let (g, i) = (p / TERMS, p % TERMS);
            self.table[left_form(g, i)] = left * term;
            self.table[right_form(g, i)] = right * term;
        }
        self
    }

    /// Of the results of constraints.
    pub(crate) fn results(mut self, scale: E, constraints: &[E]) -> Self {
        for (g, &constraint) in constraints.iter().enumerate() {
            self.table[result_form(g)] = scale * constraint;
        }
        self
    }
}

/// An element's products with the powers of `X`: what makes products with elements of few parts cheap.
#[cfg(feature = "prover")]
pub(crate) struct Multiples([EF; 5]);

#[cfg(feature = "prover")]
impl Multiples {
    pub(crate) fn new(x: EF) -> Self {
        use sheaf_transcript::field::{coefficients, from_coefficients};

        let mut multiples = [x; 5];
        for i in 1..multiples.len() {
            // X^5 = 1 - X^2.
            let [c0, c1, c2, c3, c4] = coefficients(multiples[i - 1]);
            multiples[i] = from_coefficients([c4, c0, c1 - c4, c2, c3]);
        }
        Self(multiples)
    }

    /// Adds the product with `x` to a sum.
    #[inline]
    pub(crate) fn add_to(&self, sum: &mut EF, x: EF) {
        use p3_field::PrimeCharacteristicRing;
        use sheaf_transcript::F;

        for (&multiple, part) in self.0.iter().zip(sheaf_transcript::field::coefficients(x)) {
            if part == F::ONE {
                *sum += multiple;
            } else if part != F::ZERO {
                *sum += multiple * part;
            }
        }
    }
}

/// `sum_f u_f Phi(k, f, .)` for every kind `k`.
#[cfg(feature = "prover")]
pub(crate) fn combine(
    program: &Program,
    weights: &FormWeights<EF>,
) -> Vec<[EF; sheaf_program::layout::COLUMNS]> {
    use rayon::prelude::*;

    program
        .kinds()
        .par_iter()
        .map(|kind| {
            let mut sum = [EF::ZERO; sheaf_program::layout::COLUMNS];
            for (form, terms) in kind.forms() {
                let weight = weights.table[form];
                if weight != EF::ZERO {
                    let weight = Multiples::new(weight);
                    for (column, value) in terms.terms() {
                        weight.add_to(&mut sum[column], value);
                    }
                }
            }
            sum
        })
        .collect()
}
