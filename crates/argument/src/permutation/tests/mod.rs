//! Round trips against naive evaluations; cheating provers; what verifying costs.

mod cheating;
mod cost;
mod errors;
mod instance;
mod slots;

use p3_field::{PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_transcript::field::coefficients;
use sheaf_transcript::{EF, PF, ProverTranscript, Transcript, VerifierTranscript};

use self::instance::Instance;
use super::{Block, Shape, TableShape, Trace, prove::prove, verify::verify};

const fn table(log_slots: usize, slots: usize) -> Option<TableShape> {
    Some(TableShape {
        first: 0,
        lanes: 1,
        log_slots,
        slots,
    })
}

const PROD: Shape = Shape {
    log_lanes: 4,
    narrow: table(7, 122),
    wide: table(6, 58),
};

const TEST: Shape = Shape {
    log_lanes: 4,
    narrow: table(5, 22),
    wide: table(4, 12),
};

fn with_lanes(shape: Shape, log_lanes: usize, lanes: usize) -> Shape {
    with_ranges(shape, log_lanes, [lanes; 2])
}

/// Other live lanes, of width 16 and of width 24; a table with none is absent.
fn with_ranges(shape: Shape, log_lanes: usize, lanes: [usize; 2]) -> Shape {
    let range = |table: Option<TableShape>, lanes: usize| {
        let table = table.filter(|_| lanes > 0);
        table.map(|table| TableShape { lanes, ..table })
    };
    Shape {
        log_lanes,
        narrow: range(shape.narrow, lanes[0]),
        wide: range(shape.wide, lanes[1]),
    }
}

/// Live lanes that need not be the first ones.
fn with_starts(shape: Shape, [narrow, wide]: [usize; 2]) -> Shape {
    let from = |first: usize| move |table: TableShape| TableShape { first, ..table };
    Shape {
        narrow: shape.narrow.map(from(narrow)),
        wide: shape.wide.map(from(wide)),
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
    assert!(instance.satisfies(&claimed));
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
            narrow: table(log_slots16, (1 << log_slots16) - 1),
            wide: table(log_slots24, 1 << log_slots24),
        };
        let shape = with_lanes(shape, 5, 20);
        round_trip(shape, &mut Trace::new(shape));
    }
}

#[test]
fn tables_may_be_idle() {
    let shape = Shape {
        narrow: table(5, 0),
        wide: table(4, 0),
        ..TEST
    };
    round_trip(shape, &mut Trace::new(shape));
}

#[test]
fn a_table_may_be_absent() {
    // One trace for all: what a table had before it was absent is forgotten.
    let mut trace = Trace::new(TEST);
    for lanes in [1, 9, 16, 17, 40] {
        for lanes in [[lanes, 0], [0, lanes], [lanes; 2]] {
            round_trip(with_ranges(TEST, 6, lanes), &mut trace);
        }
    }
    for log_slots in [3, 5] {
        for (narrow, wide) in [(table(log_slots, 7), None), (None, table(log_slots, 7))] {
            let shape = Shape {
                narrow,
                wide,
                ..TEST
            };
            round_trip(shape, &mut trace);
        }
    }
}

#[test]
fn each_table_has_live_lanes_of_its_own() {
    let mut trace = Trace::new(TEST);
    for (log_lanes, lanes) in [
        (4, [1, 16]),
        (5, [3, 32]),
        (6, [64, 1]),
        (6, [17, 40]),
        (7, [128, 65]),
        (8, [1, 2]),
    ] {
        round_trip(with_ranges(TEST, log_lanes, lanes), &mut trace);
    }
}

#[test]
#[should_panic = "no lane of the group is live in the table of width 24"]
fn lanes_of_another_table_have_no_slots() {
    let mut trace = Trace::new(with_ranges(TEST, 5, [32, 1]));
    let last = 32 / PF::WIDTH - 1;
    trace.groups_mut().skip(last).for_each(|mut group| {
        let _ = group.permute16(0, [PF::ZERO; 16]);
        let _ = group.permute24(0, [PF::ZERO; 24]);
    });
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
        narrow: table(3, 7),
        wide: table(5, 20),
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
fn live_lanes_may_begin_anywhere() {
    let trace = &mut Trace::new(TEST);
    for (log_lanes, starts, ends) in [
        (4, [3, 0], [9, 16]),
        (5, [16, 1], [17, 32]),
        (6, [31, 33], [32, 40]),
        (6, [50, 0], [64, 3]),
        (7, [16, 32], [48, 112]),
        (7, [65, 127], [127, 128]),
        (8, [112, 0], [200, 112]),
        (8, [5, 240], [250, 241]),
    ] {
        for shape in [TEST, PROD] {
            let shape = with_starts(with_ranges(shape, log_lanes, ends), starts);
            round_trip(shape, trace);
        }
        let shape = with_starts(with_ranges(TEST, log_lanes, [ends[0], 0]), starts);
        round_trip(shape, trace);
        let shape = with_starts(with_ranges(TEST, log_lanes, [0, ends[1]]), starts);
        round_trip(shape, trace);
    }
}

/// What lanes hold that are not live is the permutation of zero, whether they are kept or not.
#[test]
fn a_proof_does_not_depend_on_where_live_lanes_begin() {
    let proof = |first: usize| {
        let shape = with_starts(with_ranges(TEST, 7, [100, 128]), [first, 40]);
        let instance = Instance::random(with_starts(shape, [70, 40])).within(shape);
        let mut trace = Trace::new(shape);
        instance.record(&mut trace);
        let mut transcript = ProverTranscript::new();
        let _ = prove(&shape, &mut trace, instance.output_claim(), &mut transcript);
        transcript.into_bytes()
    };
    assert_eq!(proof(64), proof(0));
    assert_eq!(proof(64), proof(17));
}

#[test]
fn invalid_shapes_and_claims_are_errors() {
    let late = |table: TableShape| TableShape { first: 1, ..table };
    let shape = Shape {
        wide: TEST.wide.map(late),
        ..TEST
    };
    assert_eq!(shape.check(), Err(super::Error::Shape));
    let instance = Instance::random(TEST);
    let claim = instance.output_claim();
    let run =
        |shape: Shape, claim| verify(&shape, claim, &mut VerifierTranscript::new(&[])).unwrap_err();
    use super::Error;
    assert_eq!(run(with_lanes(TEST, 3, 1), claim.clone()), Error::Shape);
    let idle = |table: TableShape| TableShape { lanes: 0, ..table };
    let shape = Shape {
        wide: TEST.wide.map(idle),
        ..TEST
    };
    assert_eq!(run(shape, claim.clone()), Error::Shape);
    assert_eq!(
        run(with_ranges(TEST, 4, [0, 0]), claim.clone()),
        Error::Shape
    );
    assert_eq!(
        run(with_ranges(TEST, 4, [1, 17]), claim.clone()),
        Error::Shape
    );
    assert_eq!(run(with_lanes(TEST, 4, 17), claim.clone()), Error::Shape);
    assert_eq!(run(with_lanes(TEST, 5, 17), claim.clone()), Error::Claim);
    let block = |first_slot, slots, first_element, elements| Block {
        first_slot,
        slots: vec![EF::ONE; slots].into(),
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
    // Nor are there weights for a table that is absent.
    for lanes in [[0, 1], [1, 0]] {
        let error = run(with_ranges(TEST, 4, lanes), claim.clone());
        assert_eq!(error, Error::Claim);
    }
    assert!(matches!(run(TEST, claim), Error::Transcript(_)));
}
