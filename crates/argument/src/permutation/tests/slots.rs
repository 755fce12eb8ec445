//! Slots that are not in use: stored or not, they are the same to a verifier.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::{PF, ProverTranscript, VerifierTranscript};

use super::instance::Instance;
use super::{TEST, table, with_lanes, with_ranges, with_starts};
use crate::permutation::{
    InputClaim, OutputClaim, Shape, TableShape, Trace, prove::prove, verify::verify,
};

/// The same tables with all slots in use.
fn all_in_use(shape: Shape) -> Shape {
    let all = |table: TableShape| TableShape {
        slots: 1 << table.log_slots,
        ..table
    };
    Shape {
        narrow: shape.narrow.map(all),
        wide: shape.wide.map(all),
        ..shape
    }
}

fn proof(
    instance: &Instance,
    shape: &Shape,
    claim: &OutputClaim,
    trace: &mut Trace,
) -> (Vec<u8>, InputClaim) {
    instance.record_in(shape, trace);
    let mut transcript = ProverTranscript::new();
    let left = prove(shape, trace, claim.clone(), &mut transcript);
    (transcript.into_bytes(), left)
}

#[test]
fn proofs_do_not_depend_on_which_slots_are_stored() {
    let sizes = [
        (3, 0),
        (3, 1),
        (3, 7),
        (3, 8),
        (4, 9),
        (6, 9),
        (6, 59),
        (7, 122),
        (8, 1),
        (8, 168),
        (8, 200),
    ];
    let others = [(6, 59), (5, 2), (4, 16)];
    let mut trace = Trace::new(TEST);
    for (i, (log_slots, slots)) in sizes.into_iter().enumerate() {
        for (k, lanes) in [1, 15, 16, 17, 33].into_iter().enumerate() {
            let one = table(log_slots, slots);
            let other = others[(i + k) % others.len()];
            let other = table(other.0, other.1);
            for (narrow, wide) in [(one, None), (None, one), (one, other), (other, one)] {
                let shape = Shape {
                    log_lanes: 6,
                    narrow,
                    wide,
                };
                let present = [narrow, wide].map(|t| t.map_or(0, |_| lanes));
                let shape = with_ranges(shape, 6, present);
                let mut instance = Instance::random(shape);
                if (i + k) % 2 == 0 {
                    instance = instance.with_products();
                }
                // Its weights of idle slots are not zero either.
                let claim = instance.output_claim();
                let (bytes, left) = proof(&instance, &shape, &claim, &mut trace);
                let (all, _) = proof(&instance, &all_in_use(shape), &claim, &mut trace);
                assert!(bytes == all, "{shape:?}");
                let mut verifier = VerifierTranscript::new(&bytes);
                let claimed = verify(&shape, claim, &mut verifier).unwrap();
                verifier.finish().unwrap();
                assert_eq!(claimed, left);
                assert!(instance.satisfies(&claimed));
            }
        }
    }
}

/// Idle slots and the idle lanes before the live ones cost nothing, together.
#[test]
fn proofs_depend_on_neither_stored_slots_nor_stored_lanes() {
    let mut trace = Trace::new(TEST);
    for (starts, ends) in [
        ([16, 0], [17, 128]),
        ([50, 65], [64, 127]),
        ([112, 32], [128, 48]),
        ([5, 127], [100, 128]),
    ] {
        for (narrow, wide) in [
            (table(8, 168), None),
            (None, table(7, 59)),
            (table(8, 168), table(4, 3)),
            (table(3, 2), table(6, 41)),
        ] {
            let shape = Shape {
                log_lanes: 7,
                narrow,
                wide,
            };
            let present = |t: Option<TableShape>, end| t.map_or(0, |_| end);
            let ends = [present(narrow, ends[0]), present(wide, ends[1])];
            let all = all_in_use(with_ranges(shape, 7, ends));
            let shape = with_starts(with_ranges(shape, 7, ends), starts);
            let instance = Instance::random(shape);
            let claim = instance.output_claim();
            let (bytes, left) = proof(&instance, &shape, &claim, &mut trace);
            let mut verifier = VerifierTranscript::new(&bytes);
            let claimed = verify(&shape, claim.clone(), &mut verifier).unwrap();
            verifier.finish().unwrap();
            assert_eq!(claimed, left);
            assert!(instance.satisfies(&claimed));
            let (expected, _) = proof(&instance.within(all), &all, &claim, &mut trace);
            assert!(bytes == expected, "{shape:?}");
        }
    }
}

#[test]
fn memory_follows_the_slots_in_use_in_blocks_of_eight() {
    let lanes = 2 * PF::WIDTH + 1;
    let shape = |slots| Shape {
        log_lanes: 6,
        narrow: table(8, slots).map(|table| TableShape { lanes, ..table }),
        wide: None,
    };
    let per_block = |trace: &Trace, blocks: usize| {
        assert_eq!(trace.narrow.len(), 3 * blocks);
        assert_eq!(trace.narrow.stored() % blocks, 0);
        trace.narrow.stored() / blocks
    };
    let full = per_block(&Trace::new(shape(256)), 32);
    for (slots, blocks) in [(0, 1), (1, 1), (8, 1), (9, 2), (168, 21), (169, 22)] {
        let shape = shape(slots);
        let instance = Instance::random(shape);
        let mut trace = Trace::new(shape);
        assert_eq!(per_block(&trace, blocks), full);
        let _ = proof(&instance, &shape, &instance.output_claim(), &mut trace);
        let scratch = &trace.scratch.narrow;
        assert_eq!(scratch.partial.column.values.len(), 3 * blocks);
    }
}

fn permute_slot(slot: usize) {
    // Three of four blocks are stored.
    let mut trace = Trace::new(with_lanes(TEST, 4, 1));
    let groups = trace.groups_mut().take(1);
    groups.for_each(|mut group| {
        let _ = group.permute16(slot, [PF::ONE; 16]);
    });
}

#[test]
fn slots_may_be_written_up_to_the_end_of_the_last_block() {
    permute_slot(22);
    permute_slot(23);
}

#[test]
#[should_panic = "index out of bounds"]
fn slots_after_the_last_block_are_not_stored() {
    permute_slot(24);
}
