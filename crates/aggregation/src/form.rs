//! Linear forms in the wide columns, at one lane point.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::EF;

use crate::checks::{Check, applies};

/// `sum_c weights[c] * column_c(r)` for a lane point `r` that the context fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub weights: Vec<EF>,
}

impl Form {
    pub(crate) fn zero(columns: usize) -> Self {
        Self {
            weights: EF::zero_vec(columns),
        }
    }

    pub(crate) fn add(&mut self, column: usize, weight: EF) {
        self.weights[column] += weight;
    }

    /// Adds `weights[i]` to column `first + i`.
    pub(crate) fn add_run(&mut self, first: usize, weights: impl IntoIterator<Item = EF>) {
        for (slot, weight) in self.weights[first..].iter_mut().zip(weights) {
            *slot += weight;
        }
    }

    /// The value of the form, given the values of all columns at its point.
    #[cfg(feature = "prover")]
    pub(crate) fn eval(&self, columns: &[EF]) -> EF {
        self.weights.iter().zip(columns).map(|(&w, &c)| w * c).sum()
    }
}

/// Claims `form(columns) = value` at one lane point, batched by powers of a challenge.
///
/// Consumes any number of claims, leaves one. A false claim survives with
/// probability at most `(number of claims) / |EF|`.
#[derive(Debug)]
#[must_use = "a claim that nobody opens proves nothing"]
pub(crate) struct FormClaim {
    pub form: Form,
    pub value: EF,
    power: EF,
    challenge: EF,
}

impl FormClaim {
    pub(crate) fn new(columns: usize, challenge: EF) -> Self {
        Self {
            form: Form::zero(columns),
            value: EF::ZERO,
            power: EF::ONE,
            challenge,
        }
    }

    /// Adds the claim that `check` is about; its form is written by `write`, which gets the claim's coefficient.
    pub(crate) fn push(&mut self, check: Check, value: EF, write: impl FnOnce(&mut Form, EF)) {
        if applies(check) {
            write(&mut self.form, self.power);
            self.value += self.power * value;
        }
        self.power *= self.challenge;
    }
}
