//! Both verifiers reject a damaged proof, and at the same step.

mod common;

use common::{P, assemble, batch, elements, other_value, prove, verdict};
use sheaf::{Batch, COMPACT, COMPACT_TEST, Claims, HEADER_BYTES, PROD, Rate, TEST};
use sheaf_naive_verifier::Reject;

/// Positions that the tests visit, of those that there are; prime to the lengths of elements, digests and rounds.
const STRIDE: usize = 11;

/// A small proof.
struct Proof {
    claims: Claims,
    bytes: Vec<u8>,
    elements: Vec<u32>,
}

impl Proof {
    fn at_rate(batch: &Batch, rate: Rate) -> Self {
        let bytes = prove(batch, rate);
        let claims = batch.claims();
        assert_eq!(verdict(&claims, &bytes), Ok(()));
        Self {
            elements: elements(&bytes),
            claims,
            bytes,
        }
    }

    fn small() -> Self {
        Self::at_rate(&batch(TEST, &[(127, 2), (3, 1)]), Rate::Sixteenth)
    }

    fn verdict_on(&self, elements: &[u32]) -> Result<(), Reject> {
        verdict(&self.claims, &assemble(&self.bytes, elements))
    }

    /// The step at which the proof with one element changed is rejected.
    fn with_element(&self, at: usize, value: u32) -> Reject {
        let mut changed = self.elements.clone();
        assert_ne!(changed[at], value);
        changed[at] = value;
        self.verdict_on(&changed)
            .expect_err("an element is not what it was")
    }
}

fn every_nth_element(proof: &Proof, stride: usize) {
    let mut steps = Vec::new();
    for (kind, at) in (0..proof.elements.len()).step_by(stride).enumerate() {
        let step = proof.with_element(at, other_value(proof.elements[at], kind));
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    // Without width 24 there are three partial layers less.
    let last_layer = match proof.claims.scheme().sizes.digest {
        8 => 30,
        _ => 27,
    };
    // Damage to every part of a proof has been tried, and been found where it is.
    for expected in (0..3).map(Reject::ChainEnds).chain([
        Reject::Constraints,
        Reject::Permutations(0),
        Reject::Permutations(15),
        Reject::Permutations(last_layer),
        Reject::Columns,
        Reject::Rows(0),
        Reject::ProofOfWork("pcs/fold grinding"),
        Reject::ProofOfWork("pcs/query grinding"),
        Reject::FinalSum,
    ]) {
        assert!(
            steps.contains(&expected),
            "{expected:?} is not in {steps:?}"
        );
    }
}

/// A proof at real parameters, whose opening has several oracles.
#[test]
fn an_element_of_a_long_opening_changed() {
    for scheme in [PROD, COMPACT] {
        let batch = batch(scheme, &[(32_639, 1), (5, 1)]);
        let proof = Proof::at_rate(&batch, Rate::Sixteenth);
        let length = proof.elements.len();
        let mut rows = Vec::new();
        for (kind, at) in (0..length).step_by(length / 250).enumerate() {
            match proof.with_element(at, other_value(proof.elements[at], kind)) {
                Reject::Rows(oracle) if !rows.contains(&oracle) => rows.push(oracle),
                _ => {}
            }
        }
        rows.sort_unstable();
        assert_eq!(rows, [0, 1], "oracles whose rows have been changed");
    }
}

#[test]
fn an_element_changed() {
    every_nth_element(&Proof::small(), STRIDE);
}

#[test]
fn an_element_of_a_compact_proof_changed() {
    let batch = batch(COMPACT_TEST, &[(127, 2), (3, 1)]);
    every_nth_element(&Proof::at_rate(&batch, Rate::Sixteenth), STRIDE);
}

/// Some keys are absorbed after others, in two groups.
#[test]
fn an_element_of_a_proof_with_linked_lanes_changed() {
    for scheme in [TEST, COMPACT_TEST] {
        let batch = batch(scheme, &[(127, 9), (3, 9)]);
        every_nth_element(&Proof::at_rate(&batch, Rate::Sixteenth), 3 * STRIDE);
    }
}

#[test]
#[ignore = "minutes"]
fn any_element_changed() {
    every_nth_element(&Proof::small(), 1);
}

#[test]
fn elements_swapped() {
    let proof = Proof::small();
    // Neighbours, neighbouring extension elements, neighbouring digests, and far apart.
    for distance in [1, 5, 9, 1000] {
        for at in (0..proof.elements.len() - distance).step_by(8 * STRIDE) {
            let mut changed = proof.elements.clone();
            changed.swap(at, at + distance);
            assert_eq!(
                proof.verdict_on(&changed).is_ok(),
                changed == proof.elements
            );
        }
    }
}

#[test]
fn elements_removed_and_inserted() {
    let proof = Proof::small();
    let length = proof.elements.len();
    for at in (0..length).step_by(20 * STRIDE).chain([length - 1]) {
        let truncated = proof.verdict_on(&proof.elements[..at]);
        assert!(
            matches!(truncated, Err(Reject::Truncated(_))),
            "{truncated:?}"
        );
        let mut removed = proof.elements.clone();
        removed.remove(at);
        assert!(proof.verdict_on(&removed).is_err());
        let mut doubled = proof.elements.clone();
        doubled.insert(at, doubled[at]);
        assert!(proof.verdict_on(&doubled).is_err());
    }
    for extra in [0, 1, P - 1] {
        let mut extended = proof.elements.clone();
        extended.push(extra);
        assert_eq!(proof.verdict_on(&extended), Err(Reject::Trailing));
    }
    for length in 0..=3 {
        let mut bytes = proof.bytes.clone();
        bytes.truncate(bytes.len() - 4);
        bytes.extend(vec![0; length]);
        let expected = match length {
            0 => Reject::Truncated("pcs/final sumcheck"),
            _ => Reject::Header,
        };
        assert_eq!(verdict(&proof.claims, &bytes), Err(expected));
    }
}

/// Every residue has one encoding.
#[test]
fn elements_not_canonical() {
    let proof = Proof::small();
    for at in (0..proof.elements.len()).step_by(20 * STRIDE) {
        for value in [proof.elements[at] + P, P, u32::MAX] {
            let step = proof.with_element(at, value);
            assert!(matches!(step, Reject::NotCanonical(_)), "{step:?}");
        }
    }
}

#[test]
fn headers() {
    let proof = Proof::small();
    for at in 0..HEADER_BYTES {
        for value in 0..=9 {
            let mut bytes = proof.bytes.clone();
            bytes[at] = value;
            assert_eq!(verdict(&proof.claims, &bytes).is_ok(), bytes == proof.bytes);
        }
    }
    for length in 0..=HEADER_BYTES {
        assert!(verdict(&proof.claims, &proof.bytes[..length]).is_err());
    }
}

/// The beginning of one proof and the end of another.
#[test]
fn two_proofs_spliced() {
    let (a, b) = (
        Proof::small(),
        Proof::at_rate(&batch(TEST, &[(127, 2), (4, 1)]), Rate::Sixteenth),
    );
    for at in (1..a.elements.len().min(b.elements.len())).step_by(20 * STRIDE) {
        let spliced = [&a.elements[..at], &b.elements[at..]].concat();
        assert!(a.verdict_on(&spliced).is_err());
        assert!(b.verdict_on(&spliced).is_err());
    }
    assert!(a.verdict_on(&b.elements).is_err());
}
