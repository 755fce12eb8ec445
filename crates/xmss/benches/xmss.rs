//! Verification, signing and key generation with the parameters of real keys. All but key generation on one thread.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use p3_field::Field;
use sheaf_xmss::one_slot::sign_once;
use sheaf_xmss::poseidon::Lanes;
use sheaf_xmss::prf::PrfKey;
use sheaf_xmss::{COMPACT, KeyGenerator, KoalaBear, PROD, TEST, verify, verify_batch};

const SLOT: u32 = 11_259_375;
const MESSAGE: [u8; 32] = [0x5a; 32];

type Packed = <KoalaBear as Field>::Packing;

/// What everything else is made of. A permutation call does as many as a vector has lanes.
fn permutations(c: &mut Criterion) {
    let mut group = c.benchmark_group("primitive");
    group.throughput(Throughput::Elements(size_of::<Packed>() as u64 / 4));
    let mut narrow = [Packed::default(); 16];
    group.bench_function("width 16", |b| {
        b.iter(|| Packed::permute_narrow(black_box(&mut narrow)))
    });
    let mut wide = [Packed::default(); 24];
    group.bench_function("width 24", |b| {
        b.iter(|| Packed::permute_wide(black_box(&mut wide)))
    });
    group.throughput(Throughput::Elements(1));
    let prf_key = PrfKey::new([3; 32]);
    group.bench_function("chain start", |b| {
        b.iter(|| prf_key.chain_start(black_box(SLOT), 4))
    });
    group.finish();
}

fn verification(c: &mut Criterion) {
    let signers: Vec<_> = (0..64)
        .map(|i| sign_once(&PROD, &[i; 32], SLOT, &MESSAGE).expect("every message has a codeword"))
        .collect();
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(1));
    group.bench_function("one", |b| {
        let (public_key, signature) = &signers[0];
        b.iter(|| verify(&PROD, public_key, SLOT, &MESSAGE, black_box(signature)));
    });
    group.throughput(Throughput::Elements(signers.len() as u64));
    group.bench_function("batch of 64", |b| {
        b.iter(|| verify_batch(&PROD, SLOT, &MESSAGE, black_box(&signers)));
    });
    group.finish();
}

/// A one-slot signer does the work of a signer, a leaf and a path. The message changes: the number of attempts is random.
fn signing(c: &mut Criterion) {
    let mut counter = 0u64;
    c.bench_function("one-slot signer", |b| {
        b.iter(|| {
            let mut message = MESSAGE;
            message[..8].copy_from_slice(&counter.to_le_bytes());
            counter += 1;
            sign_once(&PROD, &[7; 32], SLOT, black_box(&message))
        });
    });
}

/// Short keys: of the test parameters, since one of [`PROD`] has 2^17 leaves, and of the compact scheme.
fn key_generation(c: &mut Criterion) {
    let mut group = c.benchmark_group("generate");
    group.throughput(Throughput::Elements(256));
    for scheme in [TEST, COMPACT] {
        let generator = KeyGenerator::new(&scheme, 0, 256).expect("slots of every scheme");
        group.bench_function(format!("{} key of 256 slots", scheme.name), |b| {
            b.iter(|| generator.generate(&mut rand::rng()))
        });
    }
    group.finish();
}

/// Signing with a key whose window holds the slot. The message changes: the number of attempts is random.
fn signing_with_a_key(c: &mut Criterion) {
    let generator = KeyGenerator::new(&COMPACT, 0, 16).expect("slots of every scheme");
    let (_, key) = generator.generate(&mut rand::rng());
    let mut counter = 0u64;
    c.bench_function("compact key", |b| {
        b.iter(|| {
            let mut message = MESSAGE;
            message[..8].copy_from_slice(&counter.to_le_bytes());
            counter += 1;
            key.sign_prepared(0, black_box(&message))
        });
    });
}

criterion_group!(
    benches,
    permutations,
    verification,
    signing,
    signing_with_a_key,
    key_generation
);
criterion_main!(benches);
