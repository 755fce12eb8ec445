//! The prover of a sum of fractions.
//!
//! Lanes come in groups of one SIMD register; groups beyond the given ones are
//! zero in numerator and denominator, and cost nothing.

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF, ProverTranscript, Transcript};

use super::{CHILDREN, LeafClaim, ROOT, ROUND};

/// One layer of the tree: rows of `2 * nodes` fractions; siblings are adjacent.
struct Layer<K> {
    p: Vec<K>,
    q: Vec<K>,
    /// Children per row.
    width: usize,
}

/// The data of a row below which threads are not worth their start.
const PARALLEL_FRACTIONS: usize = 1 << 12;

impl<K: Algebra<EF> + Copy + Send + Sync> Layer<K> {
    /// The layer above: every two adjacent fractions added.
    fn parent(&self) -> Self {
        let (p, q) = self
            .p
            .par_chunks_exact(2)
            .zip(self.q.par_chunks_exact(2))
            .with_min_len(PARALLEL_FRACTIONS)
            .map(|(p, q)| (p[0] * q[1] + p[1] * q[0], q[0] * q[1]))
            .unzip();
        Self {
            p,
            q,
            width: self.width / 2,
        }
    }

    fn rows(&self) -> usize {
        self.p.len() / self.width
    }

    /// `g(0)` and the leading coefficient of the round polynomial for the top row
    /// variable, whose remaining span is `2 * half` rows of which those present are not zero.
    fn round(&self, half: usize, row_eq: &[EF], node_eq: &[EF], lambda: EF) -> [K; 2] {
        let width = self.width;
        let zero = vec![K::ZERO; width];
        let rows = self.rows();
        (0..half.min(rows))
            .into_par_iter()
            .with_min_len((PARALLEL_FRACTIONS / width).max(1))
            .map(|i| {
                let lo = i * width;
                let (p_lo, q_lo) = (&self.p[lo..lo + width], &self.q[lo..lo + width]);
                let (p_hi, q_hi) = if i + half < rows {
                    let hi = (i + half) * width;
                    (&self.p[hi..hi + width], &self.q[hi..hi + width])
                } else {
                    (&zero[..], &zero[..])
                };
                let mut sums = [K::ZERO; 2];
                for (node, &weight) in node_eq.iter().enumerate() {
                    let (a, b) = (2 * node, 2 * node + 1);
                    let at_zero = sum_term([p_lo[a], p_lo[b], q_lo[a], q_lo[b]], lambda);
                    let leading = sum_term(
                        [
                            p_hi[a] - p_lo[a],
                            p_hi[b] - p_lo[b],
                            q_hi[a] - q_lo[a],
                            q_hi[b] - q_lo[b],
                        ],
                        lambda,
                    );
                    sums[0] += at_zero * weight;
                    sums[1] += leading * weight;
                }
                sums.map(|s| s * row_eq[i])
            })
            .reduce(|| [K::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    }

    /// Binds the top row variable.
    fn fold(&mut self, half: usize, x: EF) {
        for v in [&mut self.p, &mut self.q] {
            let split = (half * self.width).min(v.len());
            let (lo, hi) = v.split_at_mut(split);
            let (with_pair, without) = lo.split_at_mut(hi.len());
            with_pair
                .par_iter_mut()
                .zip(hi)
                .with_min_len(PARALLEL_FRACTIONS)
                .for_each(|(lo, hi)| *lo += (*hi - *lo) * x);
            // The partner is zero.
            without
                .par_iter_mut()
                .with_min_len(PARALLEL_FRACTIONS)
                .for_each(|lo| *lo *= EF::ONE - x);
            v.truncate(split);
        }
    }
}

/// The quadratic `p0 q1 + p1 q0 + lambda q0 q1`.
fn sum_term<K: Algebra<EF> + Copy>([p0, p1, q0, q1]: [K; 4], lambda: EF) -> K {
    p0 * q1 + (p1 + q1 * lambda) * q0
}

/// One register of lanes becomes one row per lane.
fn unpack(layer: &Layer<EPF>) -> Layer<EF> {
    let rows = |v: &[EPF]| -> Vec<EF> {
        (0..PF::WIDTH)
            .flat_map(|lane| v.iter().map(move |x| extract(x, lane)))
            .collect()
    };
    Layer {
        p: rows(&layer.p),
        q: rows(&layer.q),
        width: layer.width,
    }
}

/// Sums the lanes of a register with weights.
fn weigh_lanes(x: EPF, weights: &[EF]) -> EF {
    weights
        .iter()
        .enumerate()
        .map(|(lane, &w)| extract(&x, lane) * w)
        .sum()
}

/// What a prover says, as opposed to what it computes.
///
/// The honest one says what it computes; tests have others.
trait Speaker {
    /// The coefficients of `X` and `X^2` in a round of layer `layer`.
    fn round(&mut self, layer: usize, coefficients: &mut [EF; 2]);
    /// The evaluations `p0, p1, q0, q1` at the end of a layer, of which the verifier checks
    /// `p0 q1 + p1 q0 + lambda q0 q1 = claim`.
    fn children(&mut self, layer: usize, children: &mut [EF; 4], lambda: EF, claim: EF);
}

/// The honest prover.
struct Honest;

impl Speaker for Honest {
    #[inline]
    fn round(&mut self, _: usize, _: &mut [EF; 2]) {}
    #[inline]
    fn children(&mut self, _: usize, _: &mut [EF; 4], _: EF, _: EF) {}
}

/// Proves that the fractions of every lane sum to zero.
///
/// `numerators` and `denominators` hold `2^log_leaves` leaves for each group of
/// lanes, group by group; `2^log_lanes` is a multiple of the SIMD width.
pub fn prove(
    log_lanes: usize,
    log_leaves: usize,
    numerators: Vec<EPF>,
    denominators: Vec<EPF>,
    transcript: &mut ProverTranscript,
) -> LeafClaim {
    prove_with(
        log_lanes,
        log_leaves,
        numerators,
        denominators,
        transcript,
        &mut Honest,
    )
}

fn prove_with(
    log_lanes: usize,
    log_leaves: usize,
    numerators: Vec<EPF>,
    denominators: Vec<EPF>,
    transcript: &mut ProverTranscript,
    speaker: &mut impl Speaker,
) -> LeafClaim {
    let mut layers = vec![Layer {
        p: numerators,
        q: denominators,
        width: 1 << log_leaves,
    }];
    for _ in 0..log_leaves {
        let parent = layers[layers.len() - 1].parent();
        layers.push(parent);
    }

    let group_variables = log_lanes - PF::WIDTH.trailing_zeros() as usize;
    let mut lane_point = transcript.sample_point(log_lanes);
    let mut leaf_point: Vec<EF> = Vec::new();
    let mut p = EF::ZERO;
    let mut q = {
        let root = layers.pop().map(|layer| layer.q).unwrap_or_default();
        let groups = eq::prefix_table(&lane_point[..group_variables], root.len(), EF::ONE);
        let sum: EPF = root.iter().zip(groups).map(|(&q, w)| q * w).sum();
        weigh_lanes(sum, &eq::table(&lane_point[group_variables..]))
    };
    transcript.send(ROOT, &[q]);

    while let Some(layer) = layers.pop() {
        let lambda = transcript.sample();
        let (children, next) = prove_layer(
            layer,
            p + lambda * q,
            lambda,
            [&lane_point, &leaf_point],
            transcript,
            speaker,
        );
        let [p0, p1, q0, q1] = children;
        let bit = transcript.sample();
        p = p0 + bit * (p1 - p0);
        q = q0 + bit * (q1 - q0);
        (lane_point, leaf_point) = next;
        leaf_point.push(bit);
    }
    LeafClaim {
        leaf_point,
        lane_point,
        numerator: p,
        denominator: q,
    }
}

/// The sumcheck of one layer, and the children's evaluations at its end.
///
/// Returns the evaluations, and the new lane and node points.
fn prove_layer(
    mut layer: Layer<EPF>,
    mut claim: EF,
    lambda: EF,
    [lane_point, leaf_point]: [&[EF]; 2],
    transcript: &mut ProverTranscript,
    speaker: &mut impl Speaker,
) -> ([EF; 4], (Vec<EF>, Vec<EF>)) {
    let group_variables = lane_point.len() - PF::WIDTH.trailing_zeros() as usize;
    let lane_eq = eq::table(&lane_point[group_variables..]);
    let node_eq = eq::table(leaf_point);
    // Gets g(0) and the leading coefficient of a round.
    let mut message = |[g0, c2]: [EF; 2], r: EF| {
        // claim = g(0) + r (c1 + c2). Where r = 0, with probability 2^-154, the claim
        // says nothing of g(1) and the proof is lost.
        let slope = (claim - g0) * r.try_inverse().unwrap_or_default();
        let mut g = [slope - c2, c2];
        speaker.round(leaf_point.len(), &mut g);
        transcript.send(ROUND, &g);
        let x = transcript.sample();
        claim = next_claim(claim, Claimed::Eq(r), &g, x);
        x
    };

    let mut next_lanes = Vec::with_capacity(lane_point.len());
    for (i, &r) in lane_point[..group_variables].iter().enumerate() {
        let half = 1 << (group_variables - 1 - i);
        let row_eq = eq::prefix_table(
            &lane_point[i + 1..group_variables],
            half.min(layer.rows()),
            EF::ONE,
        );
        let g = layer
            .round(half, &row_eq, &node_eq, lambda)
            .map(|s| weigh_lanes(s, &lane_eq));
        let x = message(g, r);
        layer.fold(half, x);
        next_lanes.push(x);
    }
    let mut layer = unpack(&layer);
    bind_rows(
        &mut layer,
        &lane_point[group_variables..],
        &node_eq,
        lambda,
        &mut message,
        &mut next_lanes,
    );

    // One row of nodes is left; its nodes become the rows.
    layer.width = 2;
    let mut next_nodes = Vec::with_capacity(leaf_point.len() + 1);
    bind_rows(
        &mut layer,
        leaf_point,
        &[EF::ONE],
        lambda,
        &mut message,
        &mut next_nodes,
    );
    let mut children = [layer.p[0], layer.p[1], layer.q[0], layer.q[1]];
    speaker.children(leaf_point.len(), &mut children, lambda, claim);
    transcript.send(CHILDREN, &children);
    (children, (next_lanes, next_nodes))
}

/// Binds all row variables of a layer of `2^point.len()` rows.
fn bind_rows(
    layer: &mut Layer<EF>,
    point: &[EF],
    node_eq: &[EF],
    lambda: EF,
    message: &mut impl FnMut([EF; 2], EF) -> EF,
    next: &mut Vec<EF>,
) {
    for (i, &r) in point.iter().enumerate() {
        let half = 1 << (point.len() - 1 - i);
        let g = layer.round(half, &eq::table(&point[i + 1..]), node_eq, lambda);
        let x = message(g, r);
        layer.fold(half, x);
        next.push(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Check, switch};
    use crate::fractions::verify::{self, Error};
    use p3_field::PackedFieldExtension;
    use sheaf_transcript::counting::{Counting, Message};
    use sheaf_transcript::{F, VerifierTranscript};

    /// Leaves `a / b` and, last, minus their sum over one.
    fn leaves(groups: usize, log_leaves: usize) -> (Vec<EPF>, Vec<EPF>) {
        let n = 1 << log_leaves;
        let (mut p, mut q) = (Vec::new(), Vec::new());
        for g in 0..groups {
            let a = |c: usize, lane: usize| EF::from_usize(17 * g + 3 * c + 5 * lane + 1);
            let b = |c: usize, lane: usize| a(c, lane).square() + EF::from_u32(91);
            for c in 0..n {
                if c + 1 < n {
                    p.push(EPF::from_ext_fn(|lane| a(c, lane)));
                    q.push(EPF::from_ext_fn(|lane| b(c, lane)));
                } else {
                    p.push(EPF::from_ext_fn(|lane| {
                        -(0..n - 1)
                            .map(|c| a(c, lane) * b(c, lane).inverse())
                            .sum::<EF>()
                    }));
                    q.push(EPF::ONE);
                }
            }
        }
        (p, q)
    }

    fn naive(v: &[EPF], log_leaves: usize, claim: &LeafClaim) -> EF {
        let lanes = eq::table(&claim.lane_point);
        let nodes = eq::table(&claim.leaf_point);
        let mut sum = EF::ZERO;
        for (i, x) in v.iter().enumerate() {
            let (g, c) = (i >> log_leaves, i & ((1 << log_leaves) - 1));
            for lane in 0..PF::WIDTH {
                sum += lanes[g * PF::WIDTH + lane] * nodes[c] * extract(x, lane);
            }
        }
        sum
    }

    #[test]
    fn honest_sums_are_accepted_and_leave_true_claims() {
        let min = PF::WIDTH.trailing_zeros() as usize;
        for (log_groups, groups, log_leaves) in
            [(0, 1, 3), (1, 1, 2), (2, 3, 3), (3, 8, 1), (3, 5, 4)]
        {
            let (p, q) = leaves(groups, log_leaves);
            let mut transcript = ProverTranscript::new();
            let claim = prove(
                min + log_groups,
                log_leaves,
                p.clone(),
                q.clone(),
                &mut transcript,
            );
            assert_eq!(claim.numerator, naive(&p, log_leaves, &claim));
            assert_eq!(claim.denominator, naive(&q, log_leaves, &claim));
            let bytes = transcript.into_bytes();
            let mut transcript = VerifierTranscript::new(&bytes);
            let got = verify::verify(min + log_groups, log_leaves, &mut transcript).unwrap();
            transcript.finish().unwrap();
            assert_eq!(got.numerator, claim.numerator);
            assert_eq!(got.denominator, claim.denominator);
            assert_eq!(got.lane_point, claim.lane_point);
            assert_eq!(got.leaf_point, claim.leaf_point);
        }
    }

    /// Says something false in one layer; may then make the layer's last equation hold.
    struct Cheater {
        layer: usize,
        /// Added to a round's coefficients.
        round: Option<[u32; 2]>,
        /// Added to the children.
        children: [u32; 4],
        repairs: bool,
    }

    impl Speaker for Cheater {
        fn round(&mut self, layer: usize, coefficients: &mut [EF; 2]) {
            if layer == self.layer
                && let Some(round) = self.round.take()
            {
                for (c, x) in coefficients.iter_mut().zip(round) {
                    *c += EF::from_u32(x);
                }
            }
        }

        fn children(&mut self, layer: usize, children: &mut [EF; 4], lambda: EF, claim: EF) {
            if layer == self.layer {
                for (c, x) in children.iter_mut().zip(self.children) {
                    *c += EF::from_u32(x);
                }
            }
            if self.repairs {
                let [p0, p1, q0, q1] = *children;
                let rest = claim - lambda * q0 * q1;
                // What was made false stays so.
                if layer == self.layer && self.children[0] != 0 {
                    children[1] = (rest - p0 * q1) * q0.inverse();
                } else {
                    children[0] = (rest - p1 * q0) * q1.inverse();
                }
            }
        }
    }

    /// Whether the claim that is left is true.
    fn run(
        p: &[EPF],
        q: &[EPF],
        log_leaves: usize,
        speaker: &mut Cheater,
        without: Option<Check>,
    ) -> Result<bool, Error> {
        let log_lanes = PF::WIDTH.trailing_zeros() as usize + 2;
        let mut transcript = ProverTranscript::new();
        let (numerators, denominators) = (p.to_vec(), q.to_vec());
        let _ = prove_with(
            log_lanes,
            log_leaves,
            numerators,
            denominators,
            &mut transcript,
            speaker,
        );
        let bytes = transcript.into_bytes();
        let mut transcript = VerifierTranscript::new(&bytes);
        let mut check = || verify::verify(log_lanes, log_leaves, &mut transcript);
        let claim = match without {
            None => check(),
            Some(equation) => switch::without(&[equation], check),
        }?;
        let truth = [naive(p, log_leaves, &claim), naive(q, log_leaves, &claim)];
        Ok([claim.numerator, claim.denominator] == truth)
    }

    /// Rejected; if made to satisfy the layer's equation, the claim left is false.
    ///
    /// Without that equation, a false round or sum is accepted and leaves a true claim, while
    /// false children are the next layer's business.
    fn assert_caught(p: &[EPF], q: &[EPF], layer: usize, cheat: impl Fn(bool) -> Cheater) {
        let attempt = |repairs, without| run(p, q, 3, &mut cheat(repairs), without);
        assert_eq!(attempt(false, None), Err(Error::Layer { layer }));
        let expected = match (cheat(false).children, layer) {
            ([0, 0, 0, 0], _) => Ok(true),
            (_, 2) => Ok(false),
            _ => Err(Error::Layer { layer: layer + 1 }),
        };
        let check = Check::FractionLayer(layer);
        assert_eq!(attempt(false, Some(check)), expected);
        assert_eq!(attempt(true, None), Ok(false));
    }

    #[test]
    fn a_sum_that_is_not_zero_is_rejected() {
        let (mut p, q) = leaves(3, 3);
        p[13] += EPF::from_ext_fn(|lane| EF::from_bool(lane == 0));
        assert_caught(&p, &q, 0, |repairs| Cheater {
            layer: 0,
            round: None,
            children: [0; 4],
            repairs,
        });
    }

    #[test]
    fn false_rounds_and_children_are_rejected() {
        let (p, q) = leaves(3, 3);
        for layer in 0..3 {
            for round in [[1, 0], [0, 1], [5, 7]] {
                assert_caught(&p, &q, layer, |repairs| Cheater {
                    layer,
                    round: Some(round),
                    children: [0; 4],
                    repairs,
                });
            }
            for children in [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]] {
                assert_caught(&p, &q, layer, |repairs| Cheater {
                    layer,
                    round: None,
                    children,
                    repairs,
                });
            }
        }
    }

    #[test]
    fn every_changed_element_is_rejected_or_changes_the_claim() {
        let min = PF::WIDTH.trailing_zeros() as usize;
        let (p, q) = leaves(2, 2);
        let mut transcript = ProverTranscript::new();
        let _ = prove(min + 1, 2, p.clone(), q.clone(), &mut transcript);
        let proof = transcript.into_proof();
        for i in 0..proof.len() {
            let mut bad = proof.clone();
            bad[i] += F::ONE;
            let bytes = VerifierTranscript::encode(&bad);
            if let Ok(claim) = verify::verify(min + 1, 2, &mut VerifierTranscript::new(&bytes)) {
                assert_ne!(
                    [claim.numerator, claim.denominator],
                    [naive(&p, 2, &claim), naive(&q, 2, &claim)],
                );
            }
        }
    }

    #[test]
    fn the_cost_is_that_of_the_formulas() {
        let log_lanes = PF::WIDTH.trailing_zeros() as usize + 1;
        let (p, q) = leaves(2, 3);
        let mut transcript = ProverTranscript::new();
        let _ = prove(log_lanes, 3, p, q, &mut transcript);
        let bytes = transcript.into_bytes();
        let mut channel = Counting::new(VerifierTranscript::new(&bytes));
        let _ = verify::verify(log_lanes, 3, &mut channel).unwrap();
        // In each layer: the claim, its rounds, the product at the end, and the two lines to the next one.
        let layer = |i: usize| 1 + 3 * (log_lanes + i) + 4 + 2;
        let cost = channel.cost();
        assert_eq!(cost.ext, (0..3).map(layer).sum::<usize>() as u64);
        assert_eq!((cost.mixed, cost.inversions), (0, 0));
        let rounds = Message {
            label: ROUND,
            elements: 10,
            times: 3 * log_lanes + 1 + 2,
        };
        assert!(channel.messages().contains(&rounds));
        channel.finish().unwrap();
    }
}
