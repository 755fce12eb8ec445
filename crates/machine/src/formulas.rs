//! Formulas of the verifier, for whoever verifies proofs inside a program: over any [`Extension`], and with the labels of all messages.

use sheaf_program::layout::{COLUMN_BITS, CONSTANT, FIRST_OUTPUT, FORM_BITS};
use sheaf_sumcheck::eq;
use sheaf_transcript::{Extension, F};

use crate::permutations::WIDE as WIDE_OF_ZERO;

/// The labels of messages, and of what is absorbed.
pub mod labels {
    pub use crate::constraints::{
        CONSTRAINT_ROUND, FACTORS, LINEAR, ROW_ROUND as CONSTRAINT_ROW_ROUND, TERM_ROUND,
    };
    pub use crate::forms::{COLUMN_ROUND, ROW_ROUND as FORM_ROW_ROUND, SHARES};
    pub use crate::messages::{GRINDING, ROOT};
    pub use crate::statement::{PROGRAM, PUBLIC, SIZES};
}

pub use crate::constraints::{CONSTRAINT_BITS, TERM_BITS};
pub use crate::live::SLICE_COLUMN_BITS;
pub use crate::messages::{FREE_ROW_BITS, MESSAGE_BITS, POSITION_BITS};
pub use crate::permutations::{LOW_LANE_BITS, SLOT_BITS};

/// Coordinates of the point of a term: a constraint, and a term of it.
pub const TERM_POINT: usize = CONSTRAINT_BITS + TERM_BITS;

/// What the weights of forms follow from: the challenges of steps 2 and 3, and `d`.
#[derive(Clone, Copy, Debug)]
pub struct FormPoint<E> {
    /// `m1`.
    pub message: [E; MESSAGE_BITS],
    /// `beta`.
    pub position: [E; POSITION_BITS],
    /// `(g2, i2)`.
    pub term: [E; TERM_POINT],
    /// `tau`.
    pub constraint: [E; CONSTRAINT_BITS],
    /// `d`.
    pub scale: E,
}

impl<E: Extension> FormPoint<E> {
    /// The extension of the weights of forms, which are products of `eq` on aligned blocks of their numbers.
    #[must_use]
    pub fn weight(&self, form: &[E; FORM_BITS]) -> E {
        let [f8, f7, f6, f5, f4, f3, ..] = *form;
        let not = |x: E| E::ONE - x;
        let d = self.scale;
        let square = d * d;
        let tuple =
            f8 * eq::eval(&self.message, &form[1..4]) * eq::eval(&self.position, &form[4..]);
        // 80 .. 88, and 64 .. 80.
        let multiplicity = f4 * not(f3) * eq::eval(&self.message, &form[6..]);
        let result = not(f4) * eq::eval(&self.constraint, &form[5..]);
        let low = f6 * not(f5) * (multiplicity + square * (square * result));
        // 128 .. 192, and 192 .. 256.
        let sides = square * (not(f6) + d * f6);
        let factor = sides * eq::eval(&self.term, &form[3..]);
        d * tuple + not(f8) * (not(f7) * low + f7 * factor)
    }
}

/// The sum of the five claims about forms.
pub fn form_claim<E: Extension>(values: &[E; 5], d: E) -> E {
    let mut values = values.iter().rev();
    let last = values.next().copied().unwrap_or(E::ZERO);
    values.fold(last, |sum, &value| value + d * sum)
}

/// What the columns have at `(y*, r*)`: the cells, the constant, and outputs, with the factor of rows that are not permuted.
pub fn columns<E: Extension>(column_point: &[E], cells: E, outputs: Option<(E, E)>) -> E {
    let constant = cells + eq::index(column_point, CONSTANT);
    match outputs {
        Some((top, outputs)) => constant + top * outputs,
        None => constant,
    }
}

/// `eq(y*, 96 + j)`.
pub fn output_weights<E: Extension>(column_point: &[E]) -> Vec<E> {
    eq::table(column_point)[FIRST_OUTPUT..CONSTANT].to_vec()
}

/// What rows without a permutation of width 24 have as outputs, with these weights.
pub fn idle_outputs<E: Extension>(weights: &[E]) -> E {
    let outputs: &[F; 24] = &WIDE_OF_ZERO;
    let terms = weights.iter().zip(outputs);
    terms.map(|(&w, &x)| w * x).sum()
}

/// The share of the cells and the inputs of width 24, batched by powers of `delta`.
pub fn input_claim<E: Extension>(share: E, inputs: &[E], delta: E) -> E {
    let sum = inputs.iter().rev().fold(E::ZERO, |sum, &x| x + delta * sum);
    share + delta * sum
}

/// `sum_(c<24) delta^(1+c) eq(y, c)`.
pub fn input_weights<E: Extension>(column_point: &[E; COLUMN_BITS], delta: E) -> E {
    let [y6, y5, y4, low @ ..] = *column_point;
    let mut power = delta;
    let mut factors = E::ONE;
    for &y in low.iter().rev().take(3) {
        factors *= E::ONE - y + y * power;
        power *= power;
    }
    // Of bits 3 and 4 not both are ones.
    let [y3, ..] = low;
    let eighth = power;
    let octets =
        (E::ONE - y4) * (E::ONE - y3 + y3 * eighth) + y4 * ((E::ONE - y3) * (eighth * eighth));
    delta * (E::ONE - y6) * (E::ONE - y5) * factors * octets
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_sumcheck::univariate::powers;
    use sheaf_transcript::EF;

    use super::*;
    use crate::functional::FormWeights;

    fn point<const N: usize>(seed: usize) -> [EF; N] {
        core::array::from_fn(|i| EF::from_usize(seed + 17 * i).cube())
    }

    #[test]
    fn the_weight_of_forms_is_the_extension_of_the_table() {
        let d = EF::from_usize(91).cube();
        let claims = FormPoint {
            message: point(1),
            position: point(100),
            term: point(200),
            constraint: point(300),
            scale: d,
        };
        let messages = eq::table(&claims.message);
        let powers = powers(d, 5);
        let table = FormWeights::new()
            .multiplicities(powers[0], &messages)
            .tuples(powers[1], &messages, &eq::table(&claims.position))
            .factors([powers[2], powers[3]], &eq::table(&claims.term))
            .results(powers[4], &eq::table(&claims.constraint))
            .table;
        let at = point(400);
        let expected: EF = eq::table(&at).iter().zip(table).map(|(&a, b)| a * b).sum();
        assert_eq!(claims.weight(&at), expected);
        let values = point(500);
        let sum: EF = powers.iter().zip(values).map(|(&a, b)| a * b).sum();
        assert_eq!(form_claim(&values, d), sum);
    }

    #[test]
    fn inputs_are_batched_with_powers() {
        let delta = EF::from_usize(77).cube();
        let powers = powers(delta, 25);
        let y: [EF; COLUMN_BITS] = point(3);
        let expected: EF = (1..25).map(|c| powers[c] * eq::index(&y, c - 1)).sum();
        assert_eq!(input_weights(&y, delta), expected);
        let inputs: [EF; 24] = point(9);
        let sum: EF = (0..24).map(|c| powers[1 + c] * inputs[c]).sum();
        assert_eq!(input_claim(EF::TWO, &inputs, delta), EF::TWO + sum);
    }
}
