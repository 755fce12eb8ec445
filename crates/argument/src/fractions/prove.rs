//! The prover of sums of fractions.
//!
//! Lanes come in groups of one SIMD register, or one by one; groups beyond the given ones are
//! zero in numerator and denominator, and cost nothing.

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF, ProverTranscript, Transcript};

use super::{CHILDREN, LeafClaim, ROUND, RootClaim};

/// How lanes are grouped.
pub trait Lanes {
    /// The elements of all lanes of a group.
    type Group: Algebra<EF> + Copy + Send + Sync;
    /// Binary logarithm of the number of lanes in a group.
    const LOG: usize;
    /// The element of one lane.
    fn lane(group: &Self::Group, lane: usize) -> EF;
}

/// Lanes one by one; or no lanes at all, and a single tree.
#[derive(Clone, Copy, Debug)]
pub enum Single {}

/// As many lanes in a group as fit into a register.
#[derive(Clone, Copy, Debug)]
pub enum Packed {}

impl Lanes for Single {
    type Group = EF;
    const LOG: usize = 0;

    #[inline]
    fn lane(group: &EF, _: usize) -> EF {
        *group
    }
}

impl Lanes for Packed {
    type Group = EPF;
    const LOG: usize = PF::WIDTH.ilog2() as usize;

    #[inline]
    fn lane(group: &EPF, lane: usize) -> EF {
        extract(group, lane)
    }
}

/// The sums of all subtrees.
#[derive(Debug)]
pub struct Tree<L: Lanes> {
    /// From the leaves to the root.
    layers: Vec<Layer<L::Group>>,
}

/// One layer of the tree: rows of `2 * nodes` fractions; siblings are adjacent.
#[derive(Debug)]
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

/// One group of lanes becomes one row per lane.
fn unpack<L: Lanes>(layer: &Layer<L::Group>) -> Layer<EF> {
    let rows = |v: &[L::Group]| -> Vec<EF> {
        (0..1 << L::LOG)
            .flat_map(|lane| v.iter().map(move |x| L::lane(x, lane)))
            .collect()
    };
    Layer {
        p: rows(&layer.p),
        q: rows(&layer.q),
        width: layer.width,
    }
}

/// Sums the lanes of a group with weights.
fn weigh_lanes<L: Lanes>(x: L::Group, weights: &[EF]) -> EF {
    weights
        .iter()
        .enumerate()
        .map(|(lane, &w)| L::lane(&x, lane) * w)
        .sum()
}

/// What a prover says, as opposed to what it computes.
///
/// The honest one says what it computes; tests have others.
pub(super) trait Speaker {
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

impl<L: Lanes> Tree<L> {
    /// Adds up the fractions of every lane.
    ///
    /// `numerators` and `denominators` hold `2^log_leaves` leaves for each group of lanes, group by group.
    #[must_use]
    pub fn new(log_leaves: usize, numerators: Vec<L::Group>, denominators: Vec<L::Group>) -> Self {
        let mut layers = vec![Layer {
            p: numerators,
            q: denominators,
            width: 1 << log_leaves,
        }];
        for _ in 0..log_leaves {
            let parent = layers[layers.len() - 1].parent();
            layers.push(parent);
        }
        Self { layers }
    }

    /// The claim about the sums of all lanes that is true, at a lane point.
    pub fn root(&self, lane_point: &[EF]) -> RootClaim {
        let (groups, lanes) = lane_point.split_at(lane_point.len() - L::LOG);
        let lane_eq = eq::table(lanes);
        let at = |nodes: &[L::Group]| {
            let weights = eq::prefix_table(groups, nodes.len(), EF::ONE);
            let sum = nodes.iter().zip(weights).map(|(&x, w)| x * w).sum();
            weigh_lanes::<L>(sum, &lane_eq)
        };
        let root = &self.layers[self.layers.len() - 1];
        RootClaim {
            lane_point: lane_point.to_vec(),
            numerator: at(&root.p),
            denominator: at(&root.q),
        }
    }

    /// The sums of all lanes of all groups, over their common denominators: numerators and denominators.
    ///
    /// They are the leaves of a tree that adds up the lanes.
    #[must_use]
    pub fn sums(&self) -> (Vec<EF>, Vec<EF>) {
        let lanes = |nodes: &[L::Group]| {
            let of_group = |x| (0..1 << L::LOG).map(move |lane| L::lane(x, lane));
            nodes.iter().flat_map(of_group).collect()
        };
        let root = &self.layers[self.layers.len() - 1];
        (lanes(&root.p), lanes(&root.q))
    }

    /// Reduces a claim about the sums to one about the leaves. A false claim gives a proof that is rejected.
    pub fn prove(self, root: RootClaim, transcript: &mut ProverTranscript) -> LeafClaim {
        self.prove_with(root, transcript, &mut Honest)
    }

    pub(super) fn prove_with(
        self,
        root: RootClaim,
        transcript: &mut ProverTranscript,
        speaker: &mut impl Speaker,
    ) -> LeafClaim {
        let RootClaim {
            mut lane_point,
            numerator: mut p,
            denominator: mut q,
        } = root;
        let mut leaf_point: Vec<EF> = Vec::new();
        let Self { mut layers } = self;
        // The root's layer has been claimed.
        let _ = layers.pop();
        while let Some(layer) = layers.pop() {
            let lambda = transcript.sample();
            let (children, next) = prove_layer::<L>(
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
}

/// The sumcheck of one layer, and the children's evaluations at its end.
///
/// Returns the evaluations, and the new lane and node points.
fn prove_layer<L: Lanes>(
    mut layer: Layer<L::Group>,
    mut claim: EF,
    lambda: EF,
    [lane_point, leaf_point]: [&[EF]; 2],
    transcript: &mut ProverTranscript,
    speaker: &mut impl Speaker,
) -> ([EF; 4], (Vec<EF>, Vec<EF>)) {
    let group_variables = lane_point.len() - L::LOG;
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
            .map(|s| weigh_lanes::<L>(s, &lane_eq));
        let x = message(g, r);
        layer.fold(half, x);
        next_lanes.push(x);
    }
    let mut layer = unpack::<L>(&layer);
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
