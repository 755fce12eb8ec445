//! Commit, open and verify for the shapes of large and small aggregates.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::{Claim, Layout, Parameters, commit, open, receive_commitment, verify_opening};
use sheaf_sumcheck::eq;
use sheaf_transcript::{EF, F, ProverTranscript, Transcript, VerifierTranscript};

const CLAIMS: usize = 2;

fn shape(c: &mut Criterion, name: &str, layout: &Layout, log_inv_rate: usize) {
    let parameters =
        Parameters::new(layout, log_inv_rate, 128.0, CLAIMS).expect("parameters exist");
    // A constant slice has the same value everywhere, so claims cost nothing to make.
    let constants: Vec<F> = layout
        .live
        .iter()
        .map(|s| F::from_usize(s * s + 1))
        .collect();
    let cells = constants.repeat(layout.height());

    let mut transcript = ProverTranscript::new();
    let committed = commit(&parameters, cells.clone(), &mut transcript);
    let claims: Vec<Claim> = (0..CLAIMS)
        .map(|_| {
            let point = transcript.sample_point(layout.variables());
            let outer = eq::table(&point[..layout.slice_variables]);
            let terms = layout
                .live
                .iter()
                .zip(&constants)
                .map(|(&s, &c)| outer[s] * c);
            let value: EF = terms.sum();
            Claim { point, value }
        })
        .collect();

    let mut group = c.benchmark_group(format!("{name}/rate 2^-{log_inv_rate}"));
    group.sample_size(10);
    group.bench_function("parameters", |b| {
        b.iter(|| Parameters::new(layout, log_inv_rate, 128.0, CLAIMS));
    });
    group.bench_function("commit", |b| {
        b.iter_batched(
            || cells.clone(),
            |cells| commit(&parameters, cells, &mut ProverTranscript::new()),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("open", |b| {
        b.iter_batched(
            || (committed.clone(), transcript.clone()),
            |(committed, mut transcript)| {
                open(&parameters, committed, &claims, &mut transcript);
                transcript
            },
            BatchSize::LargeInput,
        );
    });
    open(&parameters, committed, &claims, &mut transcript);
    let proof = transcript.into_bytes();
    group.bench_function("verify", |b| {
        b.iter(|| {
            let mut transcript = VerifierTranscript::new(&proof);
            let commitment = receive_commitment(&parameters, &mut transcript)?;
            for claim in &claims {
                transcript.sample_point(claim.point.len());
            }
            verify_opening(&parameters, commitment, &claims, &mut transcript)
        });
    });
    group.finish();
}

fn benches(c: &mut Criterion) {
    for log_inv_rate in [1, 2] {
        shape(
            c,
            "1024 signatures",
            &Layout::prefix(15, 7, 80),
            log_inv_rate,
        );
        shape(c, "10 signatures", &Layout::prefix(11, 5, 20), log_inv_rate);
    }
}

criterion_group!(pcs, benches);
criterion_main!(pcs);
