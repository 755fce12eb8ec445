//! Throughput of the permutation argument with the production parameters' tables.

use core::array::from_fn;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::permutation::prove::prove;
use sheaf_argument::permutation::verify::verify;
use sheaf_argument::permutation::{Block, OutputClaim, Shape, TableShape, Trace};
use sheaf_transcript::{EF, F, Label, PF, ProverTranscript, Transcript, VerifierTranscript};

const CHALLENGE: Label = Label::new("bench/challenge");

fn shape(lanes: usize) -> Shape {
    let table = |log_slots, slots| TableShape {
        first: 0,
        lanes,
        log_slots,
        slots,
    };
    Shape {
        log_lanes: lanes.next_power_of_two().ilog2().max(4) as usize,
        narrow: Some(table(7, NARROW)),
        wide: Some(table(6, WIDE)),
    }
}

/// Permutations per lane.
const NARROW: usize = 122;
const WIDE: usize = 58;

fn record(shape: &Shape, trace: &mut Trace) {
    trace.reset(*shape);
    trace.groups_mut().enumerate().for_each(|(g, mut group)| {
        for slot in 0..NARROW {
            let input =
                from_fn(|j| PF::from_fn(|l| F::from_usize(((g * 128 + slot) * 16 + j) * 16 + l)));
            let _ = black_box(group.permute16(slot, input));
        }
        for slot in 0..WIDE {
            let input =
                from_fn(|j| PF::from_fn(|l| F::from_usize(((g * 64 + slot) * 24 + j) * 16 + l)));
            let _ = black_box(group.permute24(slot, input));
        }
    });
}

/// A claim with arbitrary weights; its value plays no role in the time.
fn claim(shape: &Shape) -> OutputClaim {
    let mut transcript = ProverTranscript::new();
    transcript.absorb(CHALLENGE, &[F::ONE]);
    let lane_point = transcript.sample_point(shape.log_lanes);
    let mut block = |slots: usize, elements: usize| Block {
        first_slot: 0,
        slots: transcript.sample_point(slots).into(),
        first_element: 0,
        elements: transcript.sample_point(elements),
    };
    OutputClaim {
        lane_point,
        narrow: vec![block(NARROW, 16)],
        wide: vec![block(WIDE, 24)],
        value: EF::ZERO,
    }
}

fn permutation(c: &mut Criterion) {
    let mut group = c.benchmark_group("permutation");
    group.sample_size(10);
    for lanes in [16, 256, 1024] {
        let shape = shape(lanes);
        let mut trace = Trace::new(shape);
        record(&shape, &mut trace);
        let claim = claim(&shape);
        group.throughput(Throughput::Elements((lanes * (NARROW + WIDE)) as u64));
        group.bench_function(BenchmarkId::new("record", lanes), |b| {
            b.iter(|| record(&shape, &mut trace));
        });
        let mut proof = Vec::new();
        group.bench_function(BenchmarkId::new("prove", lanes), |b| {
            b.iter(|| {
                let mut transcript = ProverTranscript::new();
                let left = prove(&shape, &mut trace, claim.clone(), &mut transcript);
                proof = transcript.into_bytes();
                left
            });
        });
        group.bench_function(BenchmarkId::new("verify", lanes), |b| {
            b.iter(|| {
                let mut transcript = VerifierTranscript::new(&proof);
                verify(&shape, claim.clone(), &mut transcript)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, permutation);
criterion_main!(benches);
