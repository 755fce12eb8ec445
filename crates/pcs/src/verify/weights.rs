//! The weight `W` of the running claim `sum_b f(b) W(b) = sum`.
//!
//! `W` is a sum of scaled functions of two kinds. Each joins the claim in the variables that are left at the time, and is the
//! weight of a value that `f` has:
//!
//! ```text
//!     eq(p, b)     f(p) = sum_b f(b) eq(p, b)
//!     x^b          value at x of the univariate polynomial with coefficients f(b)
//! ```
//!
//! Binding variables computes nothing. Once all are bound, every function is evaluated at the challenges that its variables
//! were bound to: the last ones of all, as many as it has variables.

use sheaf_sumcheck::eq;
use sheaf_sumcheck::univariate::horner;
use sheaf_transcript::Extension;

use super::oracle::Opened;
use super::powers;
use crate::checks::{Check, if_applies};
use crate::parameters::Round;

/// A sum of scaled weight functions.
#[derive(Debug, Default)]
pub(super) struct Weights<E> {
    eq: Vec<(E, Vec<E>)>,
    queries: Vec<Queries<E>>,
}

/// `scale * sum_q ratio^q x_q^b`, for the queries to the oracle of one round.
#[derive(Debug)]
struct Queries<E> {
    scale: E,
    ratio: E,
    positions: Vec<usize>,
    round: Round,
}

impl<E: Extension> Weights<E> {
    /// Adds `scale * eq(point, b)`.
    pub(super) fn push_eq(&mut self, scale: E, point: Vec<E>) {
        self.eq.push((scale, point));
    }

    /// Adds the weights of the queries to the oracle `index`, of this round: `first`, and `ratio` times as much from each to
    /// the next.
    ///
    /// Returns the weighted sum of the values.
    pub(super) fn push_queries(
        &mut self,
        index: usize,
        round: &Round,
        opened: Opened<E>,
        first: E,
        ratio: E,
    ) -> E {
        let scale = if_applies(Check::Queries(index), first);
        self.queries.push(Queries {
            scale,
            ratio,
            positions: opened.positions,
            round: *round,
        });
        scale * horner(&opened.values, ratio)
    }

    /// The value where the variables are bound to `challenges`.
    ///
    /// `None` if a challenge is zero where that may not be.
    pub(super) fn at(&self, challenges: &[E]) -> Option<E> {
        let last = |variables: usize| &challenges[challenges.len().saturating_sub(variables)..];
        let eq = self.eq.iter();
        let by_eq: E = eq
            .map(|(scale, point)| *scale * eq::eval(point, last(point.len())))
            .sum();
        let queries = self.queries.iter();
        let by_power = queries
            .map(|queries| {
                let Round {
                    inner_variables,
                    log_inv_rate,
                    ..
                } = queries.round;
                let point = last(inner_variables);
                let (scale, powers) = powers::evaluate(&queries.positions, log_inv_rate, point)?;
                Some(queries.scale * scale * horner(&powers, queries.ratio))
            })
            .sum::<Option<E>>()?;
        Some(by_eq + by_power)
    }
}
