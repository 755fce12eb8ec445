//! Provers that say something else than they compute.
//!
//! A deviation alone is noticed at the end of its layer. The stronger provers here
//! *repair* every layer: they choose one evaluation such that the layer's last
//! equation holds again. The verifier then accepts, and the soundness of the
//! argument is that the input claim it returns is false.

use p3_field::{Field, PrimeCharacteristicRing};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sheaf_sumcheck::cube_root::cube_roots;
use sheaf_transcript::{EF, F, Label, PF, ProverTranscript, VerifierTranscript};

use super::instance::Instance;
use super::{TEST, with_lanes};
use crate::checks::{Check, switch::without};
use crate::permutation::layers::label;
use crate::permutation::prove::{Speaker, prove_with};
use crate::permutation::verify::verify;
use crate::permutation::{Error, InputClaim, OutputClaim, Shape, Trace};

/// What a cheating prover does in one layer.
#[derive(Clone, Copy, Debug)]
enum Deviation {
    /// Follows the protocol.
    None,
    /// Adds to a coefficient of the first polynomial with this label.
    Coefficient(Label, usize),
    /// Adds to two coefficients, so that the polynomial keeps its value at one.
    TwoCoefficients(Label, usize, usize),
    /// Adds to an evaluation.
    Evaluation(usize),
    /// Adds to an evaluation and subtracts from the last one.
    Shift(usize),
}

struct Cheater {
    layer: usize,
    deviation: Deviation,
    repairs: bool,
    delta: EF,
    done: bool,
}

impl Cheater {
    fn new(layer: usize, deviation: Deviation, repairs: bool) -> Self {
        Self {
            layer,
            deviation,
            repairs,
            delta: EF::from_u32(12345),
            done: false,
        }
    }
}

impl Speaker for Cheater {
    fn polynomial(&mut self, layer: usize, label: Label, coefficients: &mut [EF]) {
        if layer != self.layer || self.done {
            return;
        }
        match self.deviation {
            Deviation::Coefficient(at, i) if at == label => coefficients[i] += self.delta,
            Deviation::TwoCoefficients(at, i, k) if at == label => {
                coefficients[i] += self.delta;
                coefficients[k] -= self.delta;
            }
            _ => return,
        }
        self.done = true;
    }

    fn evaluations(
        &mut self,
        layer: usize,
        evaluations: &mut [EF],
        gate: &dyn Fn(&[EF]) -> EF,
        claim: EF,
    ) {
        if layer == self.layer {
            match self.deviation {
                Deviation::Evaluation(i) => evaluations[i] += self.delta,
                Deviation::Shift(i) => {
                    evaluations[i] += self.delta;
                    *evaluations.last_mut().unwrap() -= self.delta;
                }
                _ => {}
            }
        }
        if self.repairs {
            repair(evaluations, gate, claim);
        }
    }
}

/// Changes the last evaluation such that the gate has the claimed value.
fn repair(evaluations: &mut [EF], gate: &dyn Fn(&[EF]) -> EF, claim: EF) {
    let error = claim - gate(evaluations);
    let last = evaluations.len() - 1;
    let mut unit = vec![EF::ZERO; evaluations.len()];
    unit[last] = EF::ONE;
    let weight = gate(&unit);
    if evaluations.len() <= 3 {
        evaluations[last] += error;
    } else {
        let cube = evaluations[last].cube() + error * weight.inverse();
        evaluations[last] = cube_roots(&[cube])[0].root;
    }
    assert_eq!(gate(evaluations), claim);
}

const SHAPE: Shape = with_lanes(TEST, 5, 19);

fn make_proof(trace: &mut Trace, claim: &OutputClaim, mut cheater: Cheater) -> Vec<u8> {
    let mut transcript = ProverTranscript::new();
    let _ = prove_with(&SHAPE, trace, claim.clone(), &mut transcript, &mut cheater);
    transcript.into_bytes()
}

fn check(proof: &[u8], claim: &OutputClaim) -> Result<InputClaim, Error> {
    let mut transcript = VerifierTranscript::new(proof);
    let left = verify(&SHAPE, claim.clone(), &mut transcript)?;
    transcript.finish().unwrap();
    Ok(left)
}

fn run(trace: &mut Trace, claim: &OutputClaim, cheater: Cheater) -> Result<InputClaim, Error> {
    check(&make_proof(trace, claim, cheater), claim)
}

fn setup() -> (Instance, Trace, OutputClaim) {
    let instance = Instance::random(SHAPE);
    let mut trace = Trace::new(SHAPE);
    instance.record(&mut trace);
    let claim = instance.output_claim();
    (instance, trace, claim)
}

/// The layer that notices, or a false claim about the inputs.
///
/// Without the layer's equation a false polynomial or output claim goes unnoticed: the claim about the
/// inputs is true. False evaluations are the next layer's business, or a false claim.
fn assert_caught(
    instance: &Instance,
    trace: &mut Trace,
    claim: &OutputClaim,
    layer: usize,
    deviation: Deviation,
) {
    let alone = make_proof(trace, claim, Cheater::new(layer, deviation, false));
    let error = check(&alone, claim).unwrap_err();
    assert_eq!(error, Error::Layer { layer }, "{deviation:?}");
    let without = without(&[Check::PermutationLayer(layer)], || check(&alone, claim));
    let evaluations = matches!(deviation, Deviation::Evaluation(_) | Deviation::Shift(_));
    match without {
        Ok(left) => assert_eq!(instance.check(&left).is_ok(), !evaluations),
        Err(error) => assert_eq!(
            (error, evaluations),
            (Error::Layer { layer: layer + 1 }, true)
        ),
    }
    let repaired = run(trace, claim, Cheater::new(layer, deviation, true)).unwrap();
    assert!(instance.check(&repaired).is_err(), "{layer} {deviation:?}");
}

/// Layers 1 to 3 are full, 4 to 26 partial (the last three without width 16), 27 to 30 full.
const LAYERS: usize = 30;

#[test]
fn repairs_do_not_disturb_an_honest_proof() {
    let (instance, mut trace, claim) = setup();
    let left = run(&mut trace, &claim, Cheater::new(0, Deviation::None, true));
    instance.check(&left.unwrap()).unwrap();
}

#[test]
fn a_false_output_claim() {
    let (instance, mut trace, mut claim) = setup();
    claim.value += EF::ONE;
    assert_caught(&instance, &mut trace, &claim, 0, Deviation::None);
}

#[test]
fn wrong_polynomials() {
    let (instance, mut trace, claim) = setup();
    let mut caught = |layer, deviation| {
        assert_caught(&instance, &mut trace, &claim, layer, deviation);
    };
    for i in 0..3 {
        caught(0, Deviation::Coefficient(label::OUTPUT_ROUND, i));
        caught(
            0,
            Deviation::TwoCoefficients(label::OUTPUT_ROUND, i, (i + 1) % 3),
        );
    }
    for layer in 1..=LAYERS {
        caught(layer, Deviation::Coefficient(label::SKIP, layer % 21));
        caught(layer, Deviation::TwoCoefficients(label::SKIP, 0, 20));
        caught(layer, Deviation::Coefficient(label::ROUND, layer % 3));
        caught(layer, Deviation::TwoCoefficients(label::ROUND, 0, 2));
    }
}

#[test]
fn wrong_evaluations() {
    let (instance, mut trace, claim) = setup();
    for layer in (0..=3).chain(27..=LAYERS) {
        for i in [0, 15, 16, 38] {
            let deviation = Deviation::Evaluation(i);
            assert_caught(&instance, &mut trace, &claim, layer, deviation);
        }
    }
    // An error in u16 or u24 that L compensates.
    for layer in 4..=26 {
        for i in 0..if layer <= 23 { 2 } else { 1 } {
            assert_caught(
                &instance,
                &mut trace,
                &claim,
                layer,
                Deviation::Evaluation(i),
            );
            assert_caught(&instance, &mut trace, &claim, layer, Deviation::Shift(i));
        }
    }
}

#[test]
fn a_permutation_with_another_constant() {
    for round in 0..8 {
        let (instance, mut trace, claim) = setup();
        trace.narrow.add_to_full_round(round, PF::ONE);
        let alone = run(&mut trace, &claim, Cheater::new(0, Deviation::None, false));
        assert!(matches!(alone, Err(Error::Layer { .. })));
        let repaired = run(&mut trace, &claim, Cheater::new(0, Deviation::None, true));
        assert!(instance.check(&repaired.unwrap()).is_err());
    }
}

#[test]
fn mutated_proofs_are_rejected_or_lead_to_false_claims() {
    let (instance, mut trace, claim) = setup();
    let mut transcript = ProverTranscript::new();
    let mut honest = Cheater::new(0, Deviation::None, false);
    let _ = prove_with(
        &SHAPE,
        &mut trace,
        claim.clone(),
        &mut transcript,
        &mut honest,
    );
    let proof = transcript.into_bytes();
    let mut rng = SmallRng::seed_from_u64(1);
    for i in 0..300 {
        let mut mutated = proof.clone();
        let at = rng.random_range(0..proof.len());
        match i % 3 {
            0 => mutated[at] ^= 1 << rng.random_range(0..8),
            1 => mutated.truncate(at),
            _ => {
                let element = at / 4 * 4;
                let value: F = rng.random();
                let bytes = VerifierTranscript::encode(&[value]);
                mutated[element..element + 4].copy_from_slice(&bytes);
            }
        }
        if let Ok(left) = verify(
            &SHAPE,
            claim.clone(),
            &mut VerifierTranscript::new(&mutated),
        ) {
            assert!(instance.check(&left).is_err());
        }
    }
}
