//! Batch verification, signing and key generation, on one thread.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sheaf_xmss::{BatchFile, PROD, verify, verify_batch};

fn verification(c: &mut Criterion) {
    let file = include_bytes!("../tests/vectors/prod-slot-11259375.bin");
    let batch = BatchFile::parse(&PROD, file).expect("a valid vector");
    let signers: Vec<_> = batch.signers.iter().cycle().take(64).cloned().collect();

    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(1));
    group.bench_function("single", |b| {
        let (public_key, signature) = &signers[0];
        b.iter(|| {
            verify(
                &PROD,
                public_key,
                batch.slot,
                &batch.message,
                black_box(signature),
            )
        });
    });
    group.throughput(Throughput::Elements(signers.len() as u64));
    group.bench_function("batch of 64", |b| {
        b.iter(|| verify_batch(&PROD, batch.slot, &batch.message, black_box(&signers)));
    });
    group.finish();
}

criterion_group!(benches, verification);
criterion_main!(benches);
