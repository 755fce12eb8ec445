//! The constraints of a signature, as one sumcheck.
//!
//! # Tables
//! Within a lane, constraints run over *rows*. Row `s` has the values [`Row`]:
//! chain step `s`, digit `s`, end of chain `s` and element `s` of the message
//! hash; what a table lacks is zero. With `beta` a challenge, values of eight
//! elements enter by their *fingerprint*
//!
//! ```text
//!     fp(q, y) = beta q + sum_{j<8} beta^(2+j) y_j.
//! ```
//!
//! # Constraints
//! `live` is the indicator of live lanes, `e` marks the last step of a chain,
//! `x` is a digit, `R(x) = prod_{j<8} (x - j)`, `T(x)` the polynomial of degree
//! 7 that is 1 at 7 and 0 at 0..6.
//!
//! | name | for | claim |
//! |---|---|---|
//! | transition | `k + 1 < K` | `(1 - e_k) (fp(q_{k+1}, in_{k+1}) - fp(q_k, out_k) - beta live) = 0` |
//! | range | each digit | `R(x) = 0` |
//! | top bit | each element | `w (w - 1) = 0` |
//! | inverse | each element | `(rem - 127) inv = live`, with `rem = low + 8 mid + 64 w` |
//! | sum | | `sum_c x_c = target live` |
//! | output | each wired output of the wide table | it equals the cells that it feeds |
//! | carry bit | `k < K` | `g_k (g_k - 1) = 0` |
//! | carry step | `k + 1 < K` | `g_k (live - g_{k+1}) = 0` |
//! | carry count | | `sum_k (live - g_k) = sum_c (steps of chain c after x_c that do not carry)` |
//!
//! The last three exist only where carries are committed. Since `q` ascends
//! along the rows, the carries must be 0 up to some row and 1 from there on, and
//! the number of zeros says which row.
//!
//! Powers of `zeta`, from 0: numerators of the fractions, their denominators, sum,
//! transition, carry bit, carry step, carry count (these three keep their powers where
//! there are no carries); then row by row: range of digit `s`, top bit and inverse of
//! element `s`; then the wired outputs by slot and element, those of the key slot behind
//! those of the nodes. Transition, carry bit and carry step are summed over rows with
//! weights `eq(tau, row)`.
//!
//! Two claims come from the chain-end fractions (see [`crate::chain_ends`]), at
//! lane point `r1`: numerators and denominators at the leaf point. All
//! constraints are batched by powers of `zeta` and weighted by `eq(r1, lane)`.
//! Every term vanishes in a lane whose cells are all zero, so idle lanes are free.
//!
//! # Reduction
//! Lane variables are bound first: the inner round polynomials have degree 8.
//! Everything linear that does not involve a row (digit sums, denominators, wired
//! outputs) is then one number, `linear`, which the prover sends. The row
//! variables follow (degree 9), and the ten values of [`Row`] are sent, in its order.
//! The most significant variable is bound first. Round polynomials are sent as their
//! coefficients but the constant one; those of lanes without their factor `eq`.
//!
//! **Leaves open**, all at the new lane point `r2`: the ten row values, `linear`,
//! and the two output claims of the permutation tables (sent as well).
//!
//! **Error** over `|EF|`: number of batched constraints, plus `9 l` for the lane
//! rounds (the eq factor included) and `9` per row variable.

#[cfg(feature = "prover")]
mod build;
#[cfg(feature = "prover")]
mod lane_tables;
pub(crate) mod outputs;
#[cfg(feature = "prover")]
pub(crate) mod prove;
pub(crate) mod verify;
#[cfg(feature = "prover")]
mod weigh;

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::{EF, F, Label};

use crate::chain_ends::ChainEnds;
use crate::checks::{Check, applies};
use crate::public::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::{element, steps_without_carry};
use outputs::Outputs;

pub(crate) const LANE_ROUND: Label = Label::new("constraints/lane round");
pub(crate) const LINEAR: Label = Label::new("constraints/linear");
pub(crate) const ROW_ROUND: Label = Label::new("constraints/row round");
pub(crate) const ROW_VALUES: Label = Label::new("constraints/row values");
pub(crate) const OUTPUTS: Label = Label::new("constraints/outputs");

/// Degree of the lane rounds, eq factor not counted.
pub(crate) const LANE_DEGREE: usize = 8;
/// Degree of the row rounds, weights included.
pub(crate) const ROW_DEGREE: usize = 9;
/// Largest value of a digit.
pub(crate) const TOP_DIGIT: usize = 7;
/// Remainders lie below this: 127, the quotient of the scheme.
pub(crate) const REMAINDERS: usize = 127;

/// The columns of the constraint table, at a row or at a row point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// `e`: the step is the last of its chain.
    pub end: EF,
    /// `fp(q, in)` of the next row.
    pub next_input: EF,
    /// `fp(q, out)`; zero in idle lanes and rows.
    pub output: EF,
    /// `x`.
    pub digit: EF,
    /// `fp(0, end)` of chain `s`.
    pub chain_end: EF,
    /// Top bit of the remainder.
    pub top: EF,
    /// The remainder.
    pub remainder: EF,
    /// The inverse of the remainder minus 127.
    pub inverse: EF,
    /// The carry of the step's tweak.
    pub carry: EF,
    /// The carry of the next row.
    pub next_carry: EF,
}

/// Number of values in a [`Row`].
pub(crate) const ROW_COLUMNS: usize = 10;

impl Row {
    pub(crate) const fn from_array(v: [EF; ROW_COLUMNS]) -> Self {
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
    pub(crate) const fn to_array(self) -> [EF; ROW_COLUMNS] {
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
pub(crate) struct RowWeights {
    /// Of `1 - T(x)` times the fingerprint of the chain end.
    pub numerator: EF,
    /// Of `1 - T(x)` times `live`.
    pub numerator_live: EF,
    /// Of `e (live + fp(q, out))`, negative.
    pub residue: EF,
    pub transition: EF,
    pub range: EF,
    pub top_bit: EF,
    pub inverse: EF,
    pub carry_bit: EF,
    pub carry_step: EF,
    pub carry_count: EF,
    /// Coefficients, in `x`, of the number of steps without carry.
    pub no_carry: [EF; TOP_DIGIT + 1],
}

/// Number of values in [`RowWeights`].
pub(crate) const ROW_WEIGHTS: usize = 10 + TOP_DIGIT + 1;

impl RowWeights {
    pub(crate) fn from_array(w: [EF; ROW_WEIGHTS]) -> Self {
        Self {
            numerator: w[0],
            numerator_live: w[1],
            residue: w[2],
            transition: w[3],
            range: w[4],
            top_bit: w[5],
            inverse: w[6],
            carry_bit: w[7],
            carry_step: w[8],
            carry_count: w[9],
            no_carry: core::array::from_fn(|i| w[10 + i]),
        }
    }
}

/// `(R(x), T(x))`, with `1/5040` folded into `scale`.
///
/// With `y = x (x - 7)` the factors pair up: `(x - j)(x - (7 - j)) = y + j (7 - j)`.
pub(crate) fn digit_polynomials<T: PrimeCharacteristicRing + Copy>(x: T, scale: T) -> [T; 2] {
    let y = x * (x - T::from_u8(7));
    let middle = (y + T::from_u8(6)) * (y + T::from_u8(10)) * (y + T::from_u8(12));
    [y * middle, x * middle * scale]
}

/// `1 / 7!`.
pub(crate) fn top_digit_scale() -> F {
    F::from_u32(5040).inverse()
}

/// The terms of one row, weighted. Both sides evaluate the constraints here.
pub(crate) fn row_term(v: &Row, w: &RowWeights, live: EF, beta: EF) -> EF {
    let [range, is_top] = digit_polynomials(v.digit, top_digit_scale().into());
    let no_carry = univariate::horner(&w.no_carry, v.digit);
    (EF::ONE - is_top) * (w.numerator_live * live + w.numerator * v.chain_end)
        - w.residue * v.end * (live + v.output)
        + w.transition * (EF::ONE - v.end) * (v.next_input - v.output - beta * live)
        + w.range * range
        + w.top_bit * v.top * (v.top - EF::ONE)
        + w.inverse * ((v.remainder - element(REMAINDERS)) * v.inverse - live)
        + w.carry_bit * v.carry * (v.carry - EF::ONE)
        + w.carry_step * v.carry * (live - v.next_carry)
        + w.carry_count * (live - v.carry)
        - no_carry
}

/// The batching weights of all constraints.
#[derive(Clone, Debug)]
pub(crate) struct Constraints {
    /// `beta, beta^2, .., beta^9`: of `q`, then of the eight elements.
    pub fingerprint: [EF; 9],
    pub denominators: EF,
    pub sum: EF,
    /// Weight of `x_c` in the denominators at the leaf point.
    pub denominator_digits: Vec<EF>,
    pub outputs: Outputs,
    /// Row weights but `no_carry`, row by row.
    rows: Vec<[EF; ROW_WEIGHTS]>,
    carry_count: EF,
    /// The batched claim that the sumcheck starts from.
    pub claim: EF,
}

impl Constraints {
    /// Batches the constraints by powers of `zeta`, rows of the transition and the carries by `eq(tau, row)`.
    ///
    /// `leaf` is the claim of the chain-end fractions; `live` the indicator of live lanes at its lane point.
    pub(crate) fn new(
        shape: &Shape,
        ends: &ChainEnds,
        leaf: &LeafClaim,
        live: EF,
        zeta: EF,
        tau: &[EF],
    ) -> Self {
        let mut powers = core::iter::successors(Some(EF::ONE), |&p| Some(p * zeta));
        let mut draw = || powers.next().unwrap_or_default();
        let numerators = if_applies(Check::Numerators, draw());
        let denominators = if_applies(Check::Denominators, draw());
        let sum = if_applies(Check::Sum, draw());
        let transition = draw();
        let carries = EF::from_bool(shape.carries);
        let (carry_bit, carry_step) = (draw() * carries, draw() * carries);
        let carry_count = if_applies(Check::CarryCount, draw() * carries);

        let leaves = eq::table(&leaf.leaf_point);
        let (chains, sum_leaf) = (shape.scheme.chains, leaves[leaves.len() - 1]);
        let tau = eq::table(tau);
        let beta = ends.beta;
        let mut rows = vec![[EF::ZERO; ROW_WEIGHTS]; shape.rows()];
        for (s, row) in rows.iter_mut().enumerate() {
            if s < chains {
                let leaf = numerators * leaves[s];
                row[0] = leaf;
                row[1] = leaf * (EF::ONE + beta * element(ChainEnds::last_position(s)));
            }
            if s < shape.steps {
                row[2] = numerators * sum_leaf * ends.residues[s];
                row[7] = if_applies(Check::CarryBit(s), carry_bit * tau[s]);
                row[9] = carry_count;
            }
            if s + 1 < shape.steps {
                row[3] = if_applies(Check::Transition(s), transition * tau[s]);
                row[8] = if_applies(Check::CarryStep(s), carry_step * tau[s]);
            }
            if s < shape.digits {
                row[4] = if_applies(Check::Range(s), draw());
            }
            if s < shape.elements {
                row[5] = if_applies(Check::TopBit(s), draw());
                row[6] = if_applies(Check::Inverse(s), draw());
            }
        }
        let outputs = Outputs::new(shape, draw(), zeta);
        let (denominator_digits, denominator_live) = ends.denominator_form(&leaves, chains);
        Self {
            fingerprint: core::array::from_fn(|i| beta.exp_u64(i as u64 + 1)),
            denominators,
            sum,
            denominator_digits,
            outputs,
            rows,
            carry_count,
            claim: numerators * leaf.numerator
                + denominators * (leaf.denominator - denominator_live * live),
        }
    }

    /// The weights of each row, once the lane point is known.
    pub(crate) fn row_weights(
        &self,
        shape: &Shape,
        public: &PublicEvaluations,
    ) -> Vec<[EF; ROW_WEIGHTS]> {
        let mut rows = self.rows.clone();
        if shape.carries {
            let by_threshold = public.by_threshold();
            let interpolation = digit_interpolation();
            for (chain, row) in rows.iter_mut().enumerate().take(shape.scheme.chains) {
                let counts: [EF; TOP_DIGIT + 1] = core::array::from_fn(|x| {
                    by_threshold
                        .iter()
                        .map(|(&threshold, &weight)| {
                            weight * element(steps_without_carry(threshold, chain, x, TOP_DIGIT))
                        })
                        .sum()
                });
                for (weight, basis) in row[10..].iter_mut().zip(&interpolation) {
                    let coefficient: EF = counts.iter().zip(basis).map(|(&n, &b)| n * b).sum();
                    *weight = self.carry_count * coefficient;
                }
            }
        }
        rows
    }

    /// The row weights that do not depend on the lane point.
    #[cfg(feature = "prover")]
    pub(crate) fn static_row_weights(&self) -> Vec<RowWeights> {
        self.rows
            .iter()
            .map(|&w| RowWeights::from_array(w))
            .collect()
    }

    #[cfg(feature = "prover")]
    pub(crate) const fn carry_count(&self) -> EF {
        self.carry_count
    }

    /// The number of batched constraints, which bounds the degree in `zeta`.
    pub(crate) fn count(shape: &Shape) -> usize {
        7 + shape.digits + 2 * shape.elements + outputs::count(shape)
    }
}

/// The weight of a check in a batch.
fn if_applies(check: Check, weight: EF) -> EF {
    if applies(check) { weight } else { EF::ZERO }
}

/// Interpolation at the digits `0..8`: the coefficient of `x^i` is `sum_j m[i][j] * value at j`.
pub(crate) fn digit_interpolation() -> [[F; TOP_DIGIT + 1]; TOP_DIGIT + 1] {
    let mut matrix = [[F::ZERO; TOP_DIGIT + 1]; TOP_DIGIT + 1];
    for node in 0..=TOP_DIGIT {
        // The Lagrange polynomial of the node, coefficient by coefficient.
        let mut basis = [F::ZERO; TOP_DIGIT + 1];
        basis[0] = F::ONE;
        let mut denominator = F::ONE;
        let others = (0..=TOP_DIGIT).filter(|&other| other != node);
        for (degree, other) in others.enumerate() {
            let root = element(other);
            for i in (0..=degree + 1).rev() {
                let shifted = if i > 0 { basis[i - 1] } else { F::ZERO };
                basis[i] = shifted - root * basis[i];
            }
            denominator *= element(node) - root;
        }
        let scale = denominator.inverse();
        for (row, b) in matrix.iter_mut().zip(basis) {
            row[node] = b * scale;
        }
    }
    matrix
}

/// The coefficients of the polynomial in `x` that counts the steps of `chain` after `x` that do not carry.
#[cfg(feature = "prover")]
pub(crate) fn no_carry_coefficients(
    interpolation: &[[F; TOP_DIGIT + 1]; TOP_DIGIT + 1],
    threshold: usize,
    chain: usize,
) -> [F; TOP_DIGIT + 1] {
    interpolation.map(|basis| {
        basis
            .iter()
            .enumerate()
            .map(|(x, &b)| b * element(steps_without_carry(threshold, chain, x, TOP_DIGIT)))
            .sum()
    })
}

/// What the constraint sumcheck leaves open.
#[derive(Clone, Debug)]
#[must_use = "every value must be tied to committed cells"]
pub(crate) struct ConstraintClaims {
    pub lane_point: Vec<EF>,
    pub row_point: Vec<EF>,
    /// The row values at `(row_point, lane_point)`.
    pub row: Row,
    /// The terms without rows at `lane_point`.
    pub linear: EF,
    /// `sum_{k<K} eq(row_point, k) sum_j beta^(2+j) out16_{k,j}(lane_point)`.
    pub output16: EF,
    /// `sum over wired outputs of weight * out24(lane_point)`.
    pub output24: EF,
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "prover")]
    use sheaf_xmss::PROD;

    #[test]
    fn digit_polynomials_are_what_they_say() {
        for x in 0..20u64 {
            let [range, top] = digit_polynomials(F::from_u64(x), top_digit_scale());
            assert_eq!(range == F::ZERO, x < 8);
            if x < 8 {
                assert_eq!(top, F::from_bool(x == 7));
            }
        }
    }

    #[test]
    #[cfg(feature = "prover")]
    fn no_carry_polynomials_count() {
        let interpolation = digit_interpolation();
        for slot in [1, 127, 32_639, 127 * 5000, 127 * 9000] {
            let threshold = crate::tweaks::GroupTweaks::new(&PROD, slot).threshold();
            for chain in 0..PROD.chains {
                let polynomial = no_carry_coefficients(&interpolation, threshold, chain);
                for x in 0..8 {
                    let value = polynomial
                        .iter()
                        .rev()
                        .fold(F::ZERO, |v, &c| v * element(x) + c);
                    assert_eq!(value, element(steps_without_carry(threshold, chain, x, 7)));
                }
            }
        }
    }
}
