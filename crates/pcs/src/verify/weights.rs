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
use sheaf_transcript::{EF, F};

use crate::protocol::horner;

/// A sum of scaled weight functions in the same variables.
#[derive(Debug, Default)]
pub(super) struct Weights {
    eq: Vec<(EF, Vec<EF>)>,
    powers: Vec<Power>,
}

/// `scale * x^b` in `variables` variables.
#[derive(Debug)]
struct Power {
    scale: EF,
    x: F,
    variables: usize,
}

impl Weights {
    /// Adds `scale * eq(point, b)`.
    pub(super) fn push_eq(&mut self, scale: EF, point: Vec<EF>) {
        self.eq.push((scale, point));
    }

    /// Adds `scale * x^b`.
    pub(super) fn push_power(&mut self, scale: EF, x: F, variables: usize) {
        self.powers.push(Power {
            scale,
            x,
            variables,
        });
    }

    /// Binds the first variables to `point`.
    pub(super) fn bind(&mut self, point: &[EF]) {
        for (scale, rest) in &mut self.eq {
            let tail = rest.split_off(point.len().min(rest.len()));
            *scale *= eq::eval(rest, point);
            *rest = tail;
        }
        for power in &mut self.powers {
            power.bind(point);
        }
    }

    /// `sum_b polynomial[b] W(b)`.
    pub(super) fn sum_over(&self, polynomial: &[EF]) -> EF {
        let by_eq: EF = self
            .eq
            .iter()
            .map(|(scale, point)| {
                let table = eq::scaled_table(point, *scale);
                table.iter().zip(polynomial).map(|(&w, &f)| w * f).sum()
            })
            .sum();
        let by_power: EF = self
            .powers
            .iter()
            .map(|power| power.scale * horner(polynomial, power.x))
            .sum();
        by_eq + by_power
    }
}

impl Power {
    fn bind(&mut self, point: &[EF]) {
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
