//! Honest sums, and provers that deviate.

mod absent;

use p3_field::{Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use sheaf_sumcheck::eq;
use sheaf_transcript::counting::{Counting, Message};
use sheaf_transcript::field::extract;
use sheaf_transcript::{
    Channel, EF, EPF, F, Label, PF, ProverTranscript, Transcript, VerifierTranscript,
};

use super::prove::{Lanes, Packed, Single, Speaker, Tree};
use super::verify::{Error, verify};
use super::{LeafClaim, ROUND, RootClaim};
use crate::checks::{Check, switch};

const ROOT: Label = Label::new("test/root");

/// Lane variables inside a register.
const MIN: usize = PF::WIDTH.ilog2() as usize;

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

/// The claim that all sums are zero, as a caller makes it.
fn zero_root<L: Lanes>(
    log_lanes: usize,
    tree: &Tree<L>,
    transcript: &mut ProverTranscript,
) -> RootClaim {
    let root = tree.root(&transcript.sample_point(log_lanes));
    transcript.send(ROOT, &[root.denominator]);
    RootClaim {
        numerator: EF::ZERO,
        ..root
    }
}

fn receive_zero_root<C: Channel>(log_lanes: usize, channel: &mut C) -> RootClaim<C::Extension> {
    RootClaim {
        lane_point: channel.sample_point(log_lanes),
        numerator: C::Extension::ZERO,
        denominator: channel.receive_one(ROOT).unwrap(),
    }
}

fn prove_zero<L: Lanes>(
    log_lanes: usize,
    log_leaves: usize,
    p: Vec<L::Group>,
    q: Vec<L::Group>,
) -> (LeafClaim, ProverTranscript) {
    let mut transcript = ProverTranscript::new();
    let tree = Tree::<L>::full(log_leaves, &p, &q);
    let root = zero_root(log_lanes, &tree, &mut transcript);
    let claim = tree.prove(root, &mut transcript);
    (claim, transcript)
}

#[test]
fn honest_sums_are_accepted_and_leave_true_claims() {
    for (log_groups, groups, log_leaves) in [(0, 1, 3), (1, 1, 2), (2, 3, 3), (3, 8, 1), (3, 5, 4)]
    {
        let (p, q) = leaves(groups, log_leaves);
        let log_lanes = MIN + log_groups;
        let (claim, transcript) = prove_zero::<Packed>(log_lanes, log_leaves, p.clone(), q.clone());
        assert_eq!(claim.numerator, naive(&p, log_leaves, &claim));
        assert_eq!(claim.denominator, naive(&q, log_leaves, &claim));
        let bytes = transcript.into_bytes();
        let mut transcript = VerifierTranscript::new(&bytes);
        let root = receive_zero_root(log_lanes, &mut transcript);
        let got = verify(root, log_leaves, &mut transcript).unwrap();
        transcript.finish().unwrap();
        assert_eq!(got.numerator, claim.numerator);
        assert_eq!(got.denominator, claim.denominator);
        assert_eq!(got.lane_point, claim.lane_point);
        assert_eq!(got.leaf_point, claim.leaf_point);
    }
}

/// Lane by lane.
fn unpacked(v: &[EPF], log_leaves: usize) -> Vec<EF> {
    v.chunks(1 << log_leaves)
        .flat_map(|group| {
            (0..PF::WIDTH).flat_map(|lane| group.iter().map(move |x| extract(x, lane)))
        })
        .collect()
}

#[test]
fn lanes_in_registers_and_lanes_one_by_one_have_the_same_proof() {
    let (p, q) = leaves(3, 3);
    let single = prove_zero::<Single>(MIN + 2, 3, unpacked(&p, 3), unpacked(&q, 3));
    let (_, packed) = prove_zero::<Packed>(MIN + 2, 3, p, q);
    assert_eq!(packed.into_bytes(), single.1.into_bytes());
}

/// The true claim about one sum without lanes, with a proof that is made for another root.
fn without_lanes(change: impl Fn(&mut RootClaim)) -> (RootClaim, Result<bool, Error>) {
    let log_leaves = 5;
    let element = |i: usize| EF::from_usize(i * i + 7).cube();
    let p: Vec<EF> = (0..1 << log_leaves).map(element).collect();
    let q: Vec<EF> = (0..1 << log_leaves).map(|i| element(i + 99)).collect();
    let tree = Tree::<Single>::full(log_leaves, &p, &q);
    let truth = tree.root(&[]);
    let mut claimed = truth.clone();
    change(&mut claimed);

    let mut transcript = ProverTranscript::new();
    let _ = tree.prove(claimed.clone(), &mut transcript);
    let bytes = transcript.into_bytes();
    let mut transcript = VerifierTranscript::new(&bytes);
    let left = verify(claimed, log_leaves, &mut transcript).map(|claim| {
        assert!(claim.lane_point.is_empty());
        let nodes = eq::table(&claim.leaf_point);
        let at = |v: &[EF]| -> EF { v.iter().zip(&nodes).map(|(&x, &w)| x * w).sum() };
        [claim.numerator, claim.denominator] == [at(&p), at(&q)]
    });
    // The fractions, added one by one.
    let value: EF = p.iter().zip(&q).map(|(&p, q)| p * q.inverse()).sum();
    assert_eq!(truth.numerator, value * truth.denominator);
    (truth, left)
}

#[test]
fn one_sum_without_lanes_may_have_any_value() {
    let (truth, left) = without_lanes(|_| ());
    assert_eq!(left, Ok(true));
    assert_ne!(truth.numerator, EF::ZERO);
    let rejected = Err(Error::Layer { layer: 0 });
    let (_, left) = without_lanes(|root| root.numerator += EF::ONE);
    assert_eq!(left, rejected);
    let (_, left) = without_lanes(|root| root.denominator += EF::ONE);
    assert_eq!(left, rejected);
}

#[test]
fn a_sum_over_lanes_too_is_a_tree_over_the_sums_of_lanes() {
    let (log_lanes, log_leaves) = (MIN + 1, 2);
    let (mut p, q) = leaves(2, log_leaves);
    p[5] += EPF::from_ext_fn(EF::from_usize);
    let lanes = Tree::<Packed>::full(log_leaves, &p, &q);
    let sum = lanes.over_lanes(log_lanes);
    let root = sum.root(&[]);
    let of_lanes = |claim: LeafClaim| RootClaim {
        lane_point: claim.leaf_point,
        numerator: claim.numerator,
        denominator: claim.denominator,
    };
    let mut transcript = ProverTranscript::new();
    let claim = sum.prove(root.clone(), &mut transcript);
    let _ = lanes.prove(of_lanes(claim), &mut transcript);

    let bytes = transcript.into_bytes();
    let mut transcript = VerifierTranscript::new(&bytes);
    let claim = verify(root, log_lanes, &mut transcript).unwrap();
    let claim = verify(of_lanes(claim), log_leaves, &mut transcript).unwrap();
    transcript.finish().unwrap();
    assert_eq!(claim.numerator, naive(&p, log_leaves, &claim));
    assert_eq!(claim.denominator, naive(&q, log_leaves, &claim));
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
    let log_lanes = MIN + 2;
    let mut transcript = ProverTranscript::new();
    let tree = Tree::<Packed>::full(log_leaves, p, q);
    let root = zero_root(log_lanes, &tree, &mut transcript);
    let _ = tree.prove_with(root, &mut transcript, speaker);
    let bytes = transcript.into_bytes();
    let mut transcript = VerifierTranscript::new(&bytes);
    let root = receive_zero_root(log_lanes, &mut transcript);
    let check = || verify(root, log_leaves, &mut transcript);
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
    let (p, q) = leaves(2, 2);
    let (_, transcript) = prove_zero::<Packed>(MIN + 1, 2, p.clone(), q.clone());
    let proof = transcript.into_proof();
    for i in 0..proof.len() {
        let mut bad = proof.clone();
        bad[i] += F::ONE;
        let bytes = VerifierTranscript::encode(&bad);
        let mut transcript = VerifierTranscript::new(&bytes);
        let root = receive_zero_root(MIN + 1, &mut transcript);
        if let Ok(claim) = verify(root, 2, &mut transcript) {
            assert_ne!(
                [claim.numerator, claim.denominator],
                [naive(&p, 2, &claim), naive(&q, 2, &claim)],
            );
        }
    }
}

#[test]
fn the_cost_is_that_of_the_formulas() {
    let log_lanes = MIN + 1;
    let (p, q) = leaves(2, 3);
    let (_, transcript) = prove_zero::<Packed>(log_lanes, 3, p, q);
    let bytes = transcript.into_bytes();
    let mut channel = Counting::new(VerifierTranscript::new(&bytes));
    let root = receive_zero_root(log_lanes, &mut channel);
    let _ = verify(root, 3, &mut channel).unwrap();
    // In each layer: the claim, its rounds, the product at the end, and the two lines to the next one.
    let layer = |i: usize| 1 + 3 * (log_lanes + i) + 3 + 2;
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
