//! The prover of sums of fractions.
//!
//! Lanes come in groups of one SIMD register, or one by one. A row of a [`Layer`] is a group of lanes, and has only the fractions that
//! it needs: the others are `0 / absent`, with one denominator for all. So are then their sums, whose denominator is the square, and what
//! they become when variables are bound. In a round polynomial they add up to `lambda absent^2`, a constant, which is taken off every pair of
//! rows: what is left is zero where nothing is stored.

mod lanes;
mod layer;

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_sumcheck::eq;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_transcript::{EF, ProverTranscript, Transcript};

pub use self::lanes::{Lanes, Packed, Single};
pub use self::layer::{Fraction, Layer};
use super::{CHILDREN, LeafClaim, ROUND, RootClaim};

/// The sums of all subtrees.
#[derive(Debug)]
pub struct Tree<L: Lanes> {
    /// From the leaves to the children of the root.
    layers: Vec<Layer<L::Group>>,
    /// Numerator and denominator of the sum, for each group of lanes.
    roots: Vec<Fraction<L::Group>>,
    /// The denominator of groups after the last.
    absent: EF,
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
    /// Adds up the fractions of every lane: `2^log_leaves` of them, at least two. A row of `leaves` is a group of lanes.
    #[must_use]
    pub fn new(log_leaves: usize, leaves: Layer<L::Group>) -> Self {
        let mut layers = vec![leaves];
        for _ in 1..log_leaves {
            let parent = layers[layers.len() - 1].parent();
            layers.push(parent);
        }
        let top = &layers[layers.len() - 1];
        Self {
            roots: top.roots(),
            absent: top.absent_sum(),
            layers,
        }
    }

    /// Adds up fractions of which every group of lanes has `2^log_leaves`, group by group; those of other groups are zero, in numerator
    /// and denominator.
    #[must_use]
    pub fn full(log_leaves: usize, numerators: &[L::Group], denominators: &[L::Group]) -> Self {
        let width = 1 << log_leaves;
        let groups = numerators.len() / width;
        let leaves = Layer::from_fn(vec![width; groups], EF::ZERO, |group, i| {
            [numerators, denominators].map(|parts| parts[group * width + i])
        });
        Self::new(log_leaves, leaves)
    }

    /// The claim about the sums of all lanes that is true, at a lane point.
    pub fn root(&self, lane_point: &[EF]) -> RootClaim {
        let (groups, lanes) = lane_point.split_at(lane_point.len() - L::LOG);
        let lane_eq = eq::table(lanes);
        let weights = eq::prefix_table(groups, self.roots.len(), EF::ONE);
        let at = |i: usize, absent: EF| {
            let terms = self.roots.iter().zip(&weights);
            let sum = terms.map(|(root, &w)| (root[i] - absent) * w).sum();
            weigh_lanes::<L>(sum, &lane_eq) + absent
        };
        RootClaim {
            lane_point: lane_point.to_vec(),
            numerator: at(0, EF::ZERO),
            denominator: at(1, self.absent),
        }
    }

    /// The tree that adds up the sums of all lanes, of which there are `2^log_lanes`.
    #[must_use]
    pub fn over_lanes(&self, log_lanes: usize) -> Tree<Single> {
        let lanes = self.roots.len() << L::LOG;
        let leaves = Layer::from_fn(vec![lanes], self.absent, |_, lane| {
            let root = &self.roots[lane >> L::LOG];
            [0, 1].map(|i| L::lane(&root[i], lane % (1 << L::LOG)))
        });
        Tree::new(log_lanes, leaves)
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
        for layer in self.layers.into_iter().rev() {
            let lambda = transcript.sample();
            let mut rounds = Rounds {
                number: leaf_point.len(),
                lambda,
                claim: p + lambda * q,
                transcript: &mut *transcript,
                speaker: &mut *speaker,
            };
            let (lanes, nodes, children) = rounds.layer::<L>(layer, &lane_point, &leaf_point);
            let [p0, p1, q0, q1] = children;
            let bit = transcript.sample();
            p = p0 + bit * (p1 - p0);
            q = q0 + bit * (q1 - q0);
            (lane_point, leaf_point) = (lanes, nodes);
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

/// Sums the lanes of a group with weights.
fn weigh_lanes<L: Lanes>(x: L::Group, weights: &[EF]) -> EF {
    weights
        .iter()
        .enumerate()
        .map(|(lane, &w)| L::lane(&x, lane) * w)
        .sum()
}

/// The sumcheck of one layer.
struct Rounds<'a, S> {
    /// The layer's.
    number: usize,
    lambda: EF,
    claim: EF,
    transcript: &'a mut ProverTranscript,
    speaker: &'a mut S,
}

impl<S: Speaker> Rounds<'_, S> {
    /// All rounds, and the children's evaluations at their end. Returns the new lane and node points, and the evaluations.
    fn layer<L: Lanes>(
        &mut self,
        layer: Layer<L::Group>,
        lane_point: &[EF],
        leaf_point: &[EF],
    ) -> (Vec<EF>, Vec<EF>, [EF; 4]) {
        let (mut lanes, mut nodes) = (Vec::new(), Vec::new());
        let layer = self.rows::<L>(layer, lane_point, &eq::table(leaf_point), &mut lanes);
        // One row of nodes is left; its nodes become the rows.
        let one = &[EF::ONE];
        let layer = if leaf_point.len() > Packed::LOG {
            self.rows::<Packed>(layer.nodes_as_lanes(), leaf_point, one, &mut nodes)
        } else {
            self.rows::<Single>(layer.nodes_as_rows(), leaf_point, one, &mut nodes)
        };
        let mut children = layer.children();
        self.speaker
            .children(self.number, &mut children, self.lambda, self.claim);
        self.transcript.send(CHILDREN, &children);
        (lanes, nodes, children)
    }

    /// Binds all row variables, first those of groups of lanes and then those of lanes.
    fn rows<L: Lanes>(
        &mut self,
        mut layer: Layer<L::Group>,
        point: &[EF],
        node_eq: &[EF],
        next: &mut Vec<EF>,
    ) -> Layer<EF> {
        let (groups, lanes) = point.split_at(point.len() - L::LOG);
        let lane_eq = eq::table(lanes);
        for (i, &r) in groups.iter().enumerate() {
            let half = 1 << (groups.len() - 1 - i);
            let row_eq = eq::prefix_table(&groups[i + 1..], half.min(layer.rows()), EF::ONE);
            let [mut g0, c2] = layer
                .round(half, &row_eq, node_eq, self.lambda)
                .map(|sum| weigh_lanes::<L>(sum, &lane_eq));
            g0 += self.lambda * layer.absent_sum();
            let x = self.message([g0, c2], r);
            layer.fold(half, x);
            next.push(x);
        }
        let layer = L::rows(layer);
        if lanes.is_empty() {
            return layer;
        }
        self.rows::<Single>(layer, lanes, node_eq, next)
    }

    /// Sends the round polynomial with this `g(0)` and leading coefficient, and moves the claim.
    fn message(&mut self, [g0, c2]: [EF; 2], r: EF) -> EF {
        // claim = g(0) + r (c1 + c2). Where r = 0, with probability 2^-154, the claim
        // says nothing of g(1) and the proof is lost.
        let slope = (self.claim - g0) * r.try_inverse().unwrap_or_default();
        let mut g = [slope - c2, c2];
        self.speaker.round(self.number, &mut g);
        self.transcript.send(ROUND, &g);
        let x = self.transcript.sample();
        self.claim = next_claim(self.claim, Claimed::Eq(r), &g, x);
        x
    }
}
