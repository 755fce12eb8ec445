//! Plonky3's permutations and ours, on one register of states and on one state.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use p3_field::{Field, PrimeCharacteristicRing};
use p3_koala_bear::{KoalaBear, default_koalabear_poseidon1_16, default_koalabear_poseidon1_24};
use p3_symmetric::Permutation;
use sheaf_poseidon::{permute16, permute24, permute24_single};

type Packed = <KoalaBear as Field>::Packing;

fn permutations(c: &mut Criterion) {
    let narrow = default_koalabear_poseidon1_16();
    let wide = default_koalabear_poseidon1_24();
    let mut group = c.benchmark_group("poseidon1");
    let mut x = [Packed::ONE; 16];
    group.bench_function("16/packed/plonky3", |b| {
        b.iter(|| narrow.permute_mut(black_box(&mut x)))
    });
    group.bench_function("16/packed/sheaf", |b| {
        b.iter(|| permute16(black_box(&mut x)))
    });
    let mut x = [Packed::ONE; 24];
    group.bench_function("24/packed/plonky3", |b| {
        b.iter(|| wide.permute_mut(black_box(&mut x)))
    });
    group.bench_function("24/packed/sheaf", |b| {
        b.iter(|| permute24(black_box(&mut x)))
    });
    let mut x = [KoalaBear::ONE; 24];
    group.bench_function("24/scalar/plonky3", |b| {
        b.iter(|| wide.permute_mut(black_box(&mut x)))
    });
    group.bench_function("24/scalar/sheaf", |b| {
        b.iter(|| permute24(black_box(&mut x)))
    });
    group.bench_function("24/single/sheaf", |b| {
        b.iter(|| permute24_single(black_box(&mut x)))
    });
    group.finish();
}

criterion_group!(benches, permutations);
criterion_main!(benches);
