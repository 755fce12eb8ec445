//! The weight `W_i` of the running claim `sum_b f_i(b) W_i(b) = sum`.
//!
//! Two kinds of functions `w` on the hypercube occur, both products over the
//! variables, so binding the first variables leaves a function of the same kind
//! times a scalar:
//!
//! ```text
//!     eq(p, b)     f(p) = sum_b f(b) eq(p, b)
//!     x^b          value at x of the univariate polynomial with coefficients f(b);
//!                  = prod_j (1 - b_j + b_j x^(2^(v-1-j)))
//! ```

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_transcript::{Extension, F};

use crate::checks::{Check, if_applies};

/// A sum of scaled weight functions in the same variables.
#[derive(Debug, Default)]
pub(super) struct Weights<E> {
    eq: Vec<(E, Vec<E>)>,
    powers: Vec<Power<E>>,
}

/// `scale * x^b` in `variables` variables.
#[derive(Debug)]
struct Power<E> {
    scale: E,
    x: F,
    variables: usize,
}

impl<E: Extension> Weights<E> {
    /// Adds `scale * eq(point, b)`.
    pub(super) fn push_eq(&mut self, scale: E, point: Vec<E>) {
        self.eq.push((scale, point));
    }

    /// Binds the first variables to `point`.
    pub(super) fn bind(&mut self, point: &[E]) {
        for (scale, rest) in &mut self.eq {
            let tail = rest.split_off(point.len().min(rest.len()));
            *scale *= eq::eval(rest, point);
            *rest = tail;
        }
        for power in &mut self.powers {
            power.bind(point);
        }
    }

    /// Adds the weights of the queries to oracle `index`, whose values and points are `opened`: `first`, and `ratio`
    /// times as much from each to the next.
    ///
    /// Returns the weighted sum of the values.
    pub(super) fn push_queries(
        &mut self,
        index: usize,
        opened: &[(F, E)],
        first: E,
        ratio: E,
        variables: usize,
    ) -> E {
        let mut sum = E::ZERO;
        let mut power = first;
        for &(x, value) in opened {
            let scale = if_applies(Check::Queries(index), power);
            sum += scale * value;
            self.powers.push(Power {
                scale,
                x,
                variables,
            });
            power *= ratio;
        }
        sum
    }

    /// The value, once all variables are bound.
    pub(super) fn value(&self) -> E {
        let by_eq: E = self.eq.iter().map(|(scale, _)| *scale).sum();
        let by_power: E = self.powers.iter().map(|power| power.scale).sum();
        by_eq + by_power
    }
}

impl<E: Extension> Power<E> {
    fn bind(&mut self, point: &[E]) {
        let rest = self.variables.saturating_sub(point.len());
        // The last bound variable has weight 2^rest, each one before it twice that.
        let mut x = self.x.exp_power_of_2(rest);
        for &r in point.iter().rev() {
            self.scale *= r * (x - F::ONE) + F::ONE;
            x = x.square();
        }
        self.variables = rest;
    }
}
