//! Round trips against naive evaluations; cheating provers.

mod cheating;
mod instance;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_transcript::counting::{Counted, Counting};
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, F, ProverTranscript, Transcript, VerifierTranscript};

use self::instance::Instance;
use super::{
    Block, InputClaim, OutputClaim, Shape, Trace, error_terms, prove::prove, verify::verify,
};

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
    round_trip_of(shape, &Instance::random(shape), trace);
    round_trip_of(shape, &Instance::random(shape).with_products(), trace);
}

fn round_trip_of(shape: Shape, instance: &Instance, trace: &mut Trace) {
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

fn counted(claim: &OutputClaim) -> OutputClaim<Counted> {
    let all = |elements: &[EF]| elements.iter().copied().map(Counted).collect();
    let block = |block: &Block| Block {
        first_slot: block.first_slot,
        slots: all(&block.slots),
        first_element: block.first_element,
        elements: all(&block.elements),
    };
    OutputClaim {
        lane_point: all(&claim.lane_point),
        narrow: claim.narrow.iter().map(block).collect(),
        wide: claim.wide.iter().map(block).collect(),
        value: Counted(claim.value),
    }
}

fn plain(claim: InputClaim<Counted>) -> InputClaim {
    let all = |elements: Vec<Counted>| elements.into_iter().map(|x| x.0).collect();
    InputClaim {
        lane_point: all(claim.lane_point),
        slot_weights16: all(claim.slot_weights16),
        slot_weights24: all(claim.slot_weights24),
        inputs16: claim.inputs16.map(|x| x.0),
        inputs24: claim.inputs24.map(|x| x.0),
    }
}

#[test]
fn counted_verification_accepts_and_rejects_as_plain_verification() {
    let mut trace = Trace::new(TEST);
    let instance = Instance::random(TEST);
    instance.record(&mut trace);
    let claim = instance.output_claim();
    let mut prover = ProverTranscript::new();
    let _ = prove(&TEST, &mut trace, claim.clone(), &mut prover);
    let proof = prover.into_proof();
    let both = |proof: &[F]| {
        let bytes = VerifierTranscript::encode(proof);
        let transcript = VerifierTranscript::new(&bytes);
        let expected = verify(&TEST, claim.clone(), &mut transcript.clone());
        let mut channel = Counting::new(transcript);
        let got = verify(&TEST, counted(&claim), &mut channel).map(plain);
        assert_eq!(got, expected);
        let elements: usize = channel
            .messages()
            .iter()
            .map(|m| m.elements * m.times)
            .sum();
        got.map(|_| elements)
    };
    assert_eq!(both(&proof), Ok(proof.len()));
    for i in (0..proof.len()).step_by(97) {
        let mut altered = proof.clone();
        altered[i] += F::ONE;
        assert!(both(&altered).is_err());
        assert!(both(&proof[..i]).is_err());
    }
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

/// The challenge after a proof.
fn pinned(shape: Shape) -> [u32; 5] {
    let instance = Instance::random(shape);
    let mut trace = Trace::new(shape);
    instance.record(&mut trace);
    let mut transcript = ProverTranscript::new();
    let _ = prove(&shape, &mut trace, instance.output_claim(), &mut transcript);
    coefficients(transcript.sample()).map(|c| c.as_canonical_u32())
}

/// As recorded on a machine with vectors of sixteen elements; the first one has been seen with eight, too.
#[test]
fn proofs_do_not_depend_on_the_vector_width() {
    let wider = Shape {
        log_slots16: 3,
        slots16: 7,
        log_slots24: 5,
        slots24: 20,
        ..TEST
    };
    let cases = [
        (
            with_lanes(TEST, 6, 41),
            [300148557, 1650688618, 1960533956, 2053484138, 545498432],
        ),
        (
            with_lanes(wider, 5, 9),
            [436473787, 644454300, 1822569350, 1007237698, 1601060192],
        ),
        (
            with_lanes(PROD, 4, 16),
            [1361721996, 313966995, 1502992704, 1544371073, 1430532326],
        ),
    ];
    assert_eq!(
        cases.map(|(shape, _)| pinned(shape)),
        cases.map(|(_, pin)| pin)
    );
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
    let block = |first_slot, slots, first_element, elements| Block {
        first_slot,
        slots: vec![EF::ONE; slots],
        first_element,
        elements: vec![EF::ONE; elements],
    };
    let bad = [
        block(0, 17, 0, 24),
        block(16, 1, 0, 1),
        block(17, 0, 0, 1),
        block(0, 16, 1, 24),
        block(0, 1, 24, 1),
        block(usize::MAX, 2, 0, 1),
        block(0, 1, usize::MAX, 2),
    ];
    for bad in bad {
        let mut claim = claim.clone();
        claim.wide.push(bad);
        assert_eq!(run(TEST, claim), Error::Claim);
    }
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
