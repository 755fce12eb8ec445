//! Round trips against naive evaluations; cheating provers.

mod cheating;
mod instance;

use p3_field::PrimeField32;
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{ProverTranscript, Transcript, VerifierTranscript};

use self::instance::Instance;
use super::{Shape, Trace, error_terms, prove::prove, verify::verify};

const PROD: Shape = Shape {
    log_lanes: 4,
    lanes: 1,
    log_slots16: 7,
    slots16: 122,
    log_slots24: 6,
    slots24: 58,
};

const TEST: Shape = Shape {
    log_lanes: 4,
    lanes: 1,
    log_slots16: 5,
    slots16: 22,
    log_slots24: 4,
    slots24: 12,
};

const fn with_lanes(shape: Shape, log_lanes: usize, lanes: usize) -> Shape {
    Shape {
        log_lanes,
        lanes,
        ..shape
    }
}

fn round_trip(shape: Shape, trace: &mut Trace) {
    let instance = Instance::random(shape);
    instance.record(trace);
    let claim = instance.output_claim();

    let mut prover = ProverTranscript::new();
    let left = prove(&shape, trace, claim.clone(), &mut prover);
    let after = prover.sample();
    let proof = prover.into_bytes();

    let mut verifier = VerifierTranscript::new(&proof);
    let claimed = verify(&shape, claim, &mut verifier).unwrap();
    assert_eq!(claimed, left);
    assert_eq!(verifier.sample(), after);
    verifier.finish().unwrap();
    instance.check(&claimed).unwrap();
}

#[test]
fn honest_proofs_of_test_parameters() {
    let mut trace = Trace::new(TEST);
    for (log_lanes, lanes) in [
        (4, 1),
        (4, 3),
        (4, 8),
        (4, 9),
        (4, 16),
        (5, 17),
        (5, 32),
        (6, 40),
        (7, 40),
        (8, 100),
        (6, 64),
    ] {
        round_trip(with_lanes(TEST, log_lanes, lanes), &mut trace);
    }
}

#[test]
fn honest_proofs_of_production_parameters() {
    let mut trace = Trace::new(PROD);
    for (log_lanes, lanes) in [(4, 1), (4, 9), (5, 17), (6, 40)] {
        round_trip(with_lanes(PROD, log_lanes, lanes), &mut trace);
    }
}

#[test]
fn either_table_may_be_the_larger_one() {
    for (log_slots16, log_slots24) in [(3, 3), (3, 4), (3, 6), (4, 4), (6, 3)] {
        let shape = Shape {
            log_lanes: 5,
            lanes: 20,
            log_slots16,
            slots16: (1 << log_slots16) - 1,
            log_slots24,
            slots24: 1 << log_slots24,
        };
        round_trip(shape, &mut Trace::new(shape));
    }
}

#[test]
fn tables_may_be_idle() {
    let shape = Shape {
        slots16: 0,
        slots24: 0,
        ..TEST
    };
    round_trip(shape, &mut Trace::new(shape));
}

#[test]
fn proofs_do_not_depend_on_threads() {
    let shape = with_lanes(TEST, 6, 41);
    let instance = Instance::random(shape);
    let proof = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut trace = Trace::new(shape);
            instance.record(&mut trace);
            let mut transcript = ProverTranscript::new();
            let _ = prove(&shape, &mut trace, instance.output_claim(), &mut transcript);
            transcript.into_bytes()
        })
    };
    assert_eq!(proof(1), proof(2));
}

/// The challenge after a proof, as recorded on a machine with vectors of sixteen elements, and seen with eight.
#[test]
fn proofs_do_not_depend_on_the_vector_width() {
    let shape = with_lanes(TEST, 6, 41);
    let instance = Instance::random(shape);
    let mut trace = Trace::new(shape);
    instance.record(&mut trace);
    let mut transcript = ProverTranscript::new();
    let _ = prove(&shape, &mut trace, instance.output_claim(), &mut transcript);
    let challenge = coefficients(transcript.sample()).map(|c| c.as_canonical_u32());
    let expected = [300148557, 1650688618, 1960533956, 2053484138, 545498432];
    assert_eq!(challenge, expected);
}

#[test]
fn invalid_shapes_and_claims_are_errors() {
    let instance = Instance::random(TEST);
    let claim = instance.output_claim();
    let run =
        |shape: Shape, claim| verify(&shape, claim, &mut VerifierTranscript::new(&[])).unwrap_err();
    use super::Error;
    assert_eq!(run(with_lanes(TEST, 3, 1), claim.clone()), Error::Shape);
    assert_eq!(run(with_lanes(TEST, 4, 0), claim.clone()), Error::Shape);
    assert_eq!(run(with_lanes(TEST, 4, 17), claim.clone()), Error::Shape);
    assert_eq!(run(with_lanes(TEST, 5, 17), claim.clone()), Error::Claim);
    let mut short = claim.clone();
    short.weights24.pop();
    assert_eq!(run(TEST, short), Error::Claim);
    assert!(matches!(run(TEST, claim), Error::Transcript(_)));
}

#[test]
fn every_term_of_the_error_is_small() {
    let shape = with_lanes(PROD, 20, 1 << 20);
    let total: f64 = error_terms(&shape)
        .iter()
        .map(|term| (-term.bits).exp2())
        .sum();
    assert!(-total.log2() > 143.0, "{}", -total.log2());
}
