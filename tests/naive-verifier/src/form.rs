//! Linear forms in the committed columns at one lane point.

use p3_field::PrimeCharacteristicRing;

use crate::field::EF;

/// `known + sum_c cells[c] f(c, r)`, for a lane point `r` that the context fixes.
#[derive(Clone)]
pub(crate) struct Form {
    pub cells: Vec<EF>,
    pub known: EF,
}

/// The claim that a form has a value.
pub(crate) struct Claim {
    pub form: Form,
    pub value: EF,
}

impl Form {
    pub(crate) fn zero(columns: usize) -> Self {
        Self {
            cells: vec![EF::ZERO; columns],
            known: EF::ZERO,
        }
    }

    pub(crate) fn cell(&mut self, column: usize, weight: EF) {
        self.cells[column] += weight;
    }

    pub(crate) fn known(&mut self, value: EF) {
        self.known += value;
    }

    pub(crate) fn add(&mut self, other: &Self, weight: EF) {
        for (sum, &x) in self.cells.iter_mut().zip(&other.cells) {
            *sum += weight * x;
        }
        self.known += weight * other.known;
    }
}

/// One claim for many, with powers of a challenge as coefficients.
pub(crate) fn batch(claims: &[Claim], challenge: EF) -> Claim {
    let mut sum = Claim {
        form: Form::zero(claims[0].form.cells.len()),
        value: EF::ZERO,
    };
    let mut coefficient = EF::ONE;
    for claim in claims {
        sum.form.add(&claim.form, coefficient);
        sum.value += coefficient * claim.value;
        coefficient *= challenge;
    }
    sum
}
