//! The batching weights of all constraints.

use core::array::from_fn;

use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, Extension};

use super::digits::{TOP_DIGIT, digit_interpolation};
use super::outputs::Outputs;
use super::row::RowWeights;
use crate::chain_ends::{ChainEnds, Fingerprint, last_step};
use crate::checks::{Check, applies};
use crate::public_columns::PublicEvaluations;
use crate::shape::Shape;
use crate::tweaks::{element, steps_without_carry};

/// The weights of constraints that stand in one row each.
#[derive(Clone, Copy, Debug)]
struct OwnWeights<E> {
    range: E,
    top_bit: E,
    inverse: E,
}

/// The batching weights of all constraints.
#[derive(Clone, Debug)]
pub(crate) struct Constraints<E = EF> {
    pub fingerprint: Fingerprint<E>,
    pub denominators: E,
    pub sum: E,
    /// Weight of `x_c` in the denominators at the leaf point.
    pub denominator_digits: Vec<E>,
    pub outputs: Outputs<E>,
    numerators: E,
    transition: E,
    /// The weights of the carries, zero where there are none.
    carry_bit: E,
    carry_step: E,
    carry_count: E,
    /// The values of `eq` at the leaf point: the weights of the numerators.
    leaves: Vec<E>,
    /// `1 / (alpha - k)`.
    residues: Vec<E>,
    /// The rows of the transition, and those of the carries, have the weights `eq(tau, row)`.
    tau: Vec<E>,
    /// What each row has of its own.
    own: Vec<OwnWeights<E>>,
    /// The batched claim that the sumcheck starts from.
    pub claim: E,
}

impl<E: Extension> Constraints<E> {
    /// Batches the constraints by powers of `zeta`, rows of the transition and the carries by `eq(tau, row)`.
    ///
    /// `leaf` is the claim of the chain-end fractions; `live` the indicator of live lanes at its lane point.
    pub(crate) fn new(
        shape: &Shape,
        ends: &ChainEnds<E>,
        leaf: &LeafClaim<E>,
        live: E,
        zeta: E,
        tau: &[E],
    ) -> Self {
        let mut powers = core::iter::successors(Some(E::ONE), |&p| Some(p * zeta));
        let mut draw = || powers.next().unwrap_or_default();
        let numerators = if_applies(Check::Numerators, draw());
        let denominators = if_applies(Check::Denominators, draw());
        let sum = if_applies(Check::Sum, draw());
        let transition = draw();
        let carries = E::from_bool(shape.carries);
        let (carry_bit, carry_step) = (draw() * carries, draw() * carries);
        let carry_count = if_applies(Check::CarryCount, draw() * carries);
        let own = (0..shape.digits.max(shape.elements))
            .map(|s| {
                let mut draw_if = |is: bool, check: Check| match is {
                    true => if_applies(check, draw()),
                    false => E::ZERO,
                };
                OwnWeights {
                    range: draw_if(s < shape.digits, Check::Range(s)),
                    top_bit: draw_if(s < shape.elements, Check::TopBit(s)),
                    inverse: draw_if(s < shape.elements, Check::Inverse(s)),
                }
            })
            .collect();
        let outputs = Outputs::new(shape, draw(), zeta);
        let leaves = eq::table(&leaf.leaf_point);
        let (denominator_digits, denominator_live) =
            ends.denominator_form(&leaves, shape.scheme.chains);
        Self {
            fingerprint: ends.fingerprint(shape),
            denominators,
            sum,
            denominator_digits,
            outputs,
            numerators,
            transition,
            carry_bit,
            carry_step,
            carry_count,
            residues: ends.residues.clone(),
            tau: tau.to_vec(),
            own,
            claim: numerators * leaf.numerator
                + denominators * (leaf.denominator - denominator_live * live),
            leaves,
        }
    }

    /// The weights of the last leaf, the sum over rows.
    fn sum_leaf(&self) -> E {
        self.leaves.last().copied().unwrap_or_default()
    }

    /// The extensions of the weights of rows at a row point, once the lane point is known.
    ///
    /// Equals the sum over [`Self::row_weights`]; the weights `eq(tau, row)` of all rows but some are one short product.
    pub(crate) fn row_weights_at(
        &self,
        shape: &Shape,
        public: &PublicEvaluations<E>,
        point: &[E],
    ) -> RowWeights<E> {
        let basis = eq::prefix_table(point, shape.steps.max(shape.digits), E::ONE);
        let sum = |weights: &mut dyn Iterator<Item = E>| -> E {
            weights.zip(&basis).map(|(w, &b)| w * b).sum()
        };
        // Of the leaves, and of the leaves times the positions of their chains' last steps.
        let (mut leaves, mut positions) = (E::ZERO, E::ZERO);
        let chains = shape.scheme.chains;
        for ((c, &leaf), &b) in self.leaves[..chains].iter().enumerate().zip(&basis) {
            let weight = leaf * b;
            leaves += weight;
            positions += weight * element(last_step(&shape.scheme, c));
        }
        let beta = self.fingerprint.number;
        let by_tau = |rows: usize, check: &dyn Fn(usize) -> Check| -> E {
            let off = (0..rows).filter(|&k| !applies(check(k)));
            let off: E = off.map(|k| eq::index(&self.tau, k) * basis[k]).sum();
            eq::prefix_product(&self.tau, point, rows) - off
        };
        let mut weights = RowWeights {
            numerator: self.numerators * leaves,
            numerator_live: self.numerators * (leaves + beta * positions),
            residue: self.numerators * self.sum_leaf() * sum(&mut self.residues.iter().copied()),
            transition: self.transition * by_tau(shape.steps - 1, &Check::Transition),
            range: sum(&mut self.own.iter().map(|w| w.range)),
            top_bit: sum(&mut self.own[..shape.elements].iter().map(|w| w.top_bit)),
            inverse: sum(&mut self.own[..shape.elements].iter().map(|w| w.inverse)),
            ..RowWeights::ZERO
        };
        if shape.carries {
            weights.carry_bit = self.carry_bit * by_tau(shape.steps, &Check::CarryBit);
            weights.carry_step = self.carry_step * by_tau(shape.steps - 1, &Check::CarryStep);
            weights.carry_count = self.carry_count * eq::prefix_sum(point, shape.steps);
            let coefficients = self.no_carry(shape, public);
            for (coefficients, &b) in coefficients.iter().zip(&basis) {
                for (sum, &x) in weights.no_carry.iter_mut().zip(coefficients) {
                    *sum += x * b;
                }
            }
        }
        weights
    }

    /// For every chain, the weighted coefficients of the number of its steps without carry.
    fn no_carry(&self, shape: &Shape, public: &PublicEvaluations<E>) -> Vec<[E; TOP_DIGIT + 1]> {
        let by_threshold = &public.by_threshold;
        let interpolation = digit_interpolation();
        (0..shape.scheme.chains)
            .map(|chain| {
                let counts: [E; TOP_DIGIT + 1] = from_fn(|x| {
                    by_threshold
                        .iter()
                        .map(|(&threshold, &weight)| {
                            weight
                                * element(steps_without_carry(&shape.scheme, threshold, chain, x))
                        })
                        .sum()
                });
                interpolation.map(|basis| {
                    let coefficient: E = counts.iter().zip(basis).map(|(&n, b)| n * b).sum();
                    self.carry_count * coefficient
                })
            })
            .collect()
    }
}

#[cfg(feature = "prover")]
impl<E: Extension> Constraints<E> {
    /// The weights of every row, but for those that depend on the lane point.
    pub(crate) fn static_row_weights(&self, shape: &Shape) -> Vec<RowWeights<E>> {
        let tau = eq::table(&self.tau);
        let residue = self.numerators * self.sum_leaf();
        let mut rows = vec![RowWeights::ZERO; shape.rows()];
        for (s, row) in rows.iter_mut().enumerate() {
            if s < shape.scheme.chains {
                let position: E = self.fingerprint.number * element(last_step(&shape.scheme, s));
                row.numerator = self.numerators * self.leaves[s];
                row.numerator_live = row.numerator * (E::ONE + position);
            }
            if s < shape.steps {
                row.residue = residue * self.residues[s];
                row.carry_bit = if_applies(Check::CarryBit(s), self.carry_bit * tau[s]);
                row.carry_count = self.carry_count;
            }
            if s + 1 < shape.steps {
                row.transition = if_applies(Check::Transition(s), self.transition * tau[s]);
                row.carry_step = if_applies(Check::CarryStep(s), self.carry_step * tau[s]);
            }
            if let Some(own) = self.own.get(s) {
                row.range = own.range;
                row.top_bit = own.top_bit;
                row.inverse = own.inverse;
            }
        }
        rows
    }

    /// The weights of every row, once the lane point is known.
    pub(crate) fn row_weights(
        &self,
        shape: &Shape,
        public: &PublicEvaluations<E>,
    ) -> Vec<RowWeights<E>> {
        let mut rows = self.static_row_weights(shape);
        if shape.carries {
            for (row, coefficients) in rows.iter_mut().zip(self.no_carry(shape, public)) {
                row.no_carry = coefficients;
            }
        }
        rows
    }

    pub(crate) const fn carry_count(&self) -> E {
        self.carry_count
    }
}

/// The weight of a check in a batch.
fn if_applies<E: Extension>(check: Check, weight: E) -> E {
    if applies(check) { weight } else { E::ZERO }
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_xmss::{COMPACT, PROD, TEST};

    use super::super::row::ROW_WEIGHTS;
    use super::*;
    use crate::checks::switch;
    use crate::public_columns::{GroupColumns, PublicColumns};
    use crate::tweaks::GroupTweaks;

    #[test]
    fn weights_at_a_point_are_extensions_of_the_weights_of_rows() {
        let element = |i: usize| EF::from_usize(i * i + 31 * i + 7).cube();
        let point = |seed: usize, n: usize| -> Vec<EF> { (seed..seed + n).map(element).collect() };
        for (scheme, slot, off) in [
            (TEST, 5, vec![]),
            (PROD, 1, vec![Check::Transition(3), Check::Range(7)]),
            (PROD, 32_639, vec![Check::CarryStep(9), Check::CarryBit(0)]),
            (COMPACT, 32_639, vec![Check::Transition(109)]),
        ] {
            let tweaks = GroupTweaks::new(&scheme, slot);
            let shape = Shape::new(&scheme, 3, [slot].into_iter());
            let public = PublicColumns {
                scheme,
                groups: vec![GroupColumns {
                    tweaks,
                    message: Default::default(),
                    lanes: 3,
                }],
            };
            let public = public.at(&point(10, shape.log_lanes));
            let leaf = LeafClaim {
                leaf_point: point(30, shape.log_ends),
                lane_point: point(40, shape.log_lanes),
                numerator: element(60),
                denominator: element(61),
            };
            let ends = ChainEnds {
                alpha: element(70),
                beta: element(71),
                residues: point(80, shape.steps),
            };
            let tau = point(300, shape.log_rows);
            let at = point(400, shape.log_rows);
            switch::without(&off, || {
                let constraints =
                    Constraints::new(&shape, &ends, &leaf, element(90), element(91), &tau);
                let rows = constraints.row_weights(&shape, &public);
                let basis = eq::table(&at);
                let mut expected = [EF::ZERO; ROW_WEIGHTS];
                for (row, &b) in rows.into_iter().zip(&basis) {
                    for (sum, x) in expected.iter_mut().zip(row.to_array()) {
                        *sum += b * x;
                    }
                }
                let got = constraints.row_weights_at(&shape, &public, &at);
                assert_eq!(got.to_array(), expected, "{} at slot {slot}", scheme.name);
            });
        }
    }
}
