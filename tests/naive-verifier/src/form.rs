//! Claims about the committed columns: linear forms, summed over lanes.

use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, power};

/// `known + sum_c cells[c] f(c, ..)`.
#[derive(Clone)]
pub(crate) struct Form {
    pub cells: Vec<EF>,
    pub known: EF,
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

/// A form whose cells are summed over the lanes with these weights.
pub(crate) struct Term {
    pub lanes: Vec<EF>,
    pub form: Form,
}

/// The claim that the sum of some terms has a value.
pub(crate) struct Claim {
    pub terms: Vec<Term>,
    pub value: EF,
}

impl Claim {
    /// The claim that a form has a value at the lane point with these weights.
    pub(crate) fn new(lanes: &[EF], form: Form, value: EF) -> Self {
        let lanes = lanes.to_vec();
        Self {
            terms: vec![Term { lanes, form }],
            value,
        }
    }
}

/// `sum_{c, x} weights[c][x] f(c, x) = value`, over all columns `c` and lanes `x`.
pub(crate) struct Joined {
    pub weights: Vec<Vec<EF>>,
    pub value: EF,
}

/// One claim for many, with powers of a challenge as coefficients.
pub(crate) fn join(claims: &[Claim], challenge: EF) -> Joined {
    let Term { lanes, form } = &claims[0].terms[0];
    let mut joined = Joined {
        weights: vec![vec![EF::ZERO; lanes.len()]; form.cells.len()],
        value: EF::ZERO,
    };
    for (i, claim) in claims.iter().enumerate() {
        let coefficient = power(challenge, i);
        joined.value += coefficient * claim.value;
        for Term { lanes, form } in &claim.terms {
            joined.value -= coefficient * form.known;
            for (sums, &cell) in joined.weights.iter_mut().zip(&form.cells) {
                if cell != EF::ZERO {
                    for (sum, &lane) in sums.iter_mut().zip(lanes) {
                        *sum += coefficient * cell * lane;
                    }
                }
            }
        }
    }
    joined
}
