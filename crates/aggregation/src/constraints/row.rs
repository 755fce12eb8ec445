//! The columns of the constraint table, and the constraints as a term in them.

use sheaf_sumcheck::univariate;
use sheaf_transcript::{EF, Extension};

use super::digits::{REMAINDERS, TOP_DIGIT, digit_polynomials, top_digit_scale};
use crate::tweaks::element;

/// The columns of the constraint table, at a row or at a row point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row<E = EF> {
    /// `e`: the step is the last of its chain.
    pub end: E,
    /// `fp(q, in)` of the next row.
    pub next_input: E,
    /// `fp(q, out)`; zero in idle lanes and rows.
    pub output: E,
    /// `x`.
    pub digit: E,
    /// `fp(0, end)` of chain `s`.
    pub chain_end: E,
    /// Top bit of the remainder.
    pub top: E,
    /// The remainder.
    pub remainder: E,
    /// The inverse of the remainder minus 127.
    pub inverse: E,
    /// The carry of the step's tweak.
    pub carry: E,
    /// The carry of the next row.
    pub next_carry: E,
}

/// Number of values in a [`Row`].
pub(crate) const ROW_COLUMNS: usize = 10;

impl<E: Extension> Row<E> {
    pub(crate) const fn from_array(v: [E; ROW_COLUMNS]) -> Self {
        let [
            end,
            next_input,
            output,
            digit,
            chain_end,
            top,
            remainder,
            inverse,
            carry,
            next_carry,
        ] = v;
        Self {
            end,
            next_input,
            output,
            digit,
            chain_end,
            top,
            remainder,
            inverse,
            carry,
            next_carry,
        }
    }

    #[cfg(feature = "prover")]
    pub(crate) const fn to_array(self) -> [E; ROW_COLUMNS] {
        [
            self.end,
            self.next_input,
            self.output,
            self.digit,
            self.chain_end,
            self.top,
            self.remainder,
            self.inverse,
            self.carry,
            self.next_carry,
        ]
    }
}

/// The public weights of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowWeights<E = EF> {
    /// Of `1 - T(x)` times the fingerprint of the chain end.
    pub numerator: E,
    /// Of `1 - T(x)` times `live`.
    pub numerator_live: E,
    /// Of `e (live + fp(q, out))`, negative.
    pub residue: E,
    pub transition: E,
    pub range: E,
    pub top_bit: E,
    pub inverse: E,
    pub carry_bit: E,
    pub carry_step: E,
    pub carry_count: E,
    /// Coefficients, in `x`, of the number of steps without carry.
    pub no_carry: [E; TOP_DIGIT + 1],
}

/// Number of values in [`RowWeights`].
#[cfg(feature = "prover")]
pub(crate) const ROW_WEIGHTS: usize = 10 + TOP_DIGIT + 1;

impl<E: Extension> RowWeights<E> {
    /// No weight at all.
    pub(crate) const ZERO: Self = Self {
        numerator: E::ZERO,
        numerator_live: E::ZERO,
        residue: E::ZERO,
        transition: E::ZERO,
        range: E::ZERO,
        top_bit: E::ZERO,
        inverse: E::ZERO,
        carry_bit: E::ZERO,
        carry_step: E::ZERO,
        carry_count: E::ZERO,
        no_carry: [E::ZERO; TOP_DIGIT + 1],
    };
}

#[cfg(feature = "prover")]
impl<E: Extension> RowWeights<E> {
    pub(crate) const fn from_array(w: [E; ROW_WEIGHTS]) -> Self {
        let [
            numerator,
            numerator_live,
            residue,
            transition,
            range,
            top_bit,
            inverse,
            carry_bit,
            carry_step,
            carry_count,
            no_carry @ ..,
        ] = w;
        Self {
            numerator,
            numerator_live,
            residue,
            transition,
            range,
            top_bit,
            inverse,
            carry_bit,
            carry_step,
            carry_count,
            no_carry,
        }
    }

    pub(crate) fn to_array(self) -> [E; ROW_WEIGHTS] {
        let named = [
            self.numerator,
            self.numerator_live,
            self.residue,
            self.transition,
            self.range,
            self.top_bit,
            self.inverse,
            self.carry_bit,
            self.carry_step,
            self.carry_count,
        ];
        core::array::from_fn(|i| match i.checked_sub(named.len()) {
            None => named[i],
            Some(degree) => self.no_carry[degree],
        })
    }
}

/// The terms of one row, weighted. Both sides evaluate the constraints here.
pub(crate) fn row_term<E: Extension>(v: &Row<E>, w: &RowWeights<E>, live: E, beta: E) -> E {
    let [range, is_top] = digit_polynomials(v.digit, top_digit_scale().into());
    let no_carry = univariate::horner(&w.no_carry, v.digit);
    (E::ONE - is_top) * (w.numerator_live * live + w.numerator * v.chain_end)
        - w.residue * v.end * (live + v.output)
        + w.transition * (E::ONE - v.end) * (v.next_input - v.output - beta * live)
        + w.range * range
        + w.top_bit * v.top * (v.top - E::ONE)
        + w.inverse * ((v.remainder - element(REMAINDERS)) * v.inverse - live)
        + w.carry_bit * v.carry * (v.carry - E::ONE)
        + w.carry_step * v.carry * (live - v.next_carry)
        + w.carry_count * (live - v.carry)
        - no_carry
}
