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
use super::{TEST, with_ranges};
use crate::checks::{Check, switch::without};
use crate::permutation::layers::{Layer, label};
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

/// An instance with its trace and a claim, true at first.
struct Case {
    shape: Shape,
    instance: Instance,
    trace: Trace,
    claim: OutputClaim,
}

impl Case {
    fn new(shape: Shape) -> Self {
        let instance = Instance::random(shape);
        let mut trace = Trace::new(shape);
        instance.record(&mut trace);
        let claim = instance.output_claim();
        Self {
            shape,
            instance,
            trace,
            claim,
        }
    }

    fn proof(&mut self, mut cheater: Cheater) -> Vec<u8> {
        let mut transcript = ProverTranscript::new();
        let claim = self.claim.clone();
        let _ = prove_with(
            &self.shape,
            &mut self.trace,
            claim,
            &mut transcript,
            &mut cheater,
        );
        transcript.into_bytes()
    }

    fn check(&self, proof: &[u8]) -> Result<InputClaim, Error> {
        let mut transcript = VerifierTranscript::new(proof);
        let left = verify(&self.shape, self.claim.clone(), &mut transcript)?;
        transcript.finish().unwrap();
        Ok(left)
    }

    fn run(&mut self, cheater: Cheater) -> Result<InputClaim, Error> {
        let proof = self.proof(cheater);
        self.check(&proof)
    }
}

/// Both tables, either one alone, and both with different live lanes.
fn cases() -> [Case; 4] {
    [[19, 19], [19, 0], [0, 19], [3, 30]].map(|lanes| Case::new(with_ranges(TEST, 5, lanes)))
}

/// The layer that notices, or a false claim about the inputs.
///
/// Without the layer's equation a false polynomial or output claim goes unnoticed: the claim about the
/// inputs is true. False evaluations are the next layer's business, or a false claim.
fn assert_caught(case: &mut Case, layer: usize, deviation: Deviation) {
    let alone = case.proof(Cheater::new(layer, deviation, false));
    let error = case.check(&alone).unwrap_err();
    assert_eq!(error, Error::Layer { layer }, "{deviation:?}");
    let without = without(&[Check::PermutationLayer(layer)], || case.check(&alone));
    let evaluations = matches!(deviation, Deviation::Evaluation(_) | Deviation::Shift(_));
    match without {
        Ok(left) => assert_eq!(case.instance.satisfies(&left), !evaluations),
        Err(error) => assert_eq!(
            (error, evaluations),
            (Error::Layer { layer: layer + 1 }, true)
        ),
    }
    let repaired = case.run(Cheater::new(layer, deviation, true)).unwrap();
    assert!(!case.instance.satisfies(&repaired), "{layer} {deviation:?}");
}

/// The layers with the number of evaluations sent in each, and whether it is a partial one.
fn layers(shape: &Shape) -> Vec<(usize, usize, bool)> {
    core::iter::once(Layer::output(shape))
        .chain(Layer::after_output(shape))
        .enumerate()
        .map(|(i, layer)| (i, layer.evaluations(), layer.is_partial()))
        .collect()
}

#[test]
fn repairs_do_not_disturb_an_honest_proof() {
    for mut case in cases() {
        let left = case.run(Cheater::new(0, Deviation::None, true)).unwrap();
        assert!(case.instance.satisfies(&left));
    }
}

#[test]
fn a_false_output_claim() {
    for mut case in cases() {
        case.claim.value += EF::ONE;
        assert_caught(&mut case, 0, Deviation::None);
    }
}

#[test]
fn wrong_polynomials() {
    for mut case in cases() {
        let layers = layers(&case.shape).len();
        let mut caught = |layer, deviation| assert_caught(&mut case, layer, deviation);
        for i in 0..3 {
            caught(0, Deviation::Coefficient(label::OUTPUT_ROUND, i));
            caught(
                0,
                Deviation::TwoCoefficients(label::OUTPUT_ROUND, i, (i + 1) % 3),
            );
        }
        for layer in 1..layers {
            caught(layer, Deviation::Coefficient(label::SKIP, layer % 21));
            caught(layer, Deviation::TwoCoefficients(label::SKIP, 0, 20));
            caught(layer, Deviation::Coefficient(label::ROUND, layer % 3));
            caught(layer, Deviation::TwoCoefficients(label::ROUND, 0, 2));
        }
    }
}

#[test]
fn wrong_evaluations() {
    for mut case in cases() {
        for (layer, evaluations, is_partial) in layers(&case.shape) {
            let last = evaluations - 1;
            if is_partial {
                // An error in u16 or u24 that L compensates.
                for i in 0..last {
                    assert_caught(&mut case, layer, Deviation::Evaluation(i));
                    assert_caught(&mut case, layer, Deviation::Shift(i));
                }
            } else {
                for i in [0, 15, 16, last - 1].into_iter().filter(|&i| i < last) {
                    assert_caught(&mut case, layer, Deviation::Evaluation(i));
                }
            }
        }
    }
}

#[test]
fn a_permutation_with_another_constant() {
    for round in 0..8 {
        for mut case in cases() {
            if round % 2 == 0 || case.shape.wide.is_none() {
                case.trace.narrow.add_to_full_round(round, PF::ONE);
            }
            if round % 2 == 1 || case.shape.narrow.is_none() {
                case.trace.wide.add_to_full_round(round, PF::ONE);
            }
            let alone = case.run(Cheater::new(0, Deviation::None, false));
            assert!(matches!(alone, Err(Error::Layer { .. })));
            let repaired = case.run(Cheater::new(0, Deviation::None, true)).unwrap();
            assert!(!case.instance.satisfies(&repaired));
        }
    }
}

#[test]
fn a_proof_of_one_range_is_none_of_another() {
    // Lanes from the third one on are idle in the claim, and live in the trace.
    let mut case = Case::new(with_ranges(TEST, 5, [3, 30]));
    let longer = with_ranges(TEST, 5, [4, 30]);
    let mut other = Case::new(longer);
    other.claim = case.claim.clone();
    assert!(matches!(
        other.run(Cheater::new(0, Deviation::None, false)),
        Err(Error::Layer { .. })
    ));
    let repaired = other.run(Cheater::new(0, Deviation::None, true)).unwrap();
    assert!(!case.instance.satisfies(&repaired));
    let honest = case.run(Cheater::new(0, Deviation::None, false)).unwrap();
    assert!(case.instance.satisfies(&honest));
}

#[test]
fn mutated_proofs_are_rejected_or_lead_to_false_claims() {
    for mut case in cases() {
        let proof = case.proof(Cheater::new(0, Deviation::None, false));
        let mut rng = SmallRng::seed_from_u64(1);
        for i in 0..200 {
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
            let mut transcript = VerifierTranscript::new(&mutated);
            if let Ok(left) = verify(&case.shape, case.claim.clone(), &mut transcript) {
                assert!(!case.instance.satisfies(&left));
            }
        }
    }
}
