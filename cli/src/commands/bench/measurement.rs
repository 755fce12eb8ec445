//! What is measured, and how.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::Serialize;
use sheaf::{
    Aggregate, Batch, Options, Prover, Rate, Scheme, VerificationCost, cells_per_signature,
    verification_cost, verify,
};

use crate::failure::Failure;
use crate::measure::{
    PhaseClock, Setting, VERIFICATIONS, median, peak_rss_bytes, restart_peak_rss, timed,
};
use crate::progress::{ProofBar, ProofCounter};
use crate::signers::{self, Cache};

/// Proofs of one size at one rate, or lists of one number of signatures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) scheme: Scheme,
    pub(super) signatures: usize,
    pub(super) options: Options,
    pub(super) repeat: usize,
    /// None if no proof is made.
    pub(super) security_bits: Option<f64>,
}

/// What was measured. Seconds are medians.
#[derive(Debug, Serialize)]
pub(super) struct Measurement {
    #[serde(flatten)]
    pub(super) setting: Setting,
    pub(super) scheme: &'static str,
    pub(super) signatures: usize,
    pub(super) form: &'static str,
    /// None of a list of signatures.
    pub(super) rate_log: Option<u8>,
    pub(super) threads: usize,
    pub(super) prove_seconds: f64,
    pub(super) prove_seconds_all: Vec<f64>,
    pub(super) signatures_per_second: f64,
    pub(super) verify_seconds: f64,
    pub(super) verify_cost: VerifyCost,
    pub(super) proof_bytes: usize,
    /// Absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peak_rss_bytes: Option<u64>,
    /// None of a list of signatures, which is as secure as they are.
    pub(super) security_bits: Option<f64>,
    /// None of a list of signatures.
    pub(super) cells_per_signature: Option<usize>,
    pub(super) phases: BTreeMap<&'static str, f64>,
}

/// What the verifier computes, counted while it verifies the last proof.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct VerifyCost {
    /// Products of two extension-field elements.
    pub(super) ext: u64,
    /// Products of an extension-field and a base-field element.
    pub(super) mixed: u64,
    pub(super) inversions: u64,
    /// Permutations of the transcript, nonces included.
    pub(super) transcript_permutations: u64,
    /// Permutations for keys, groups, rows and nodes of trees.
    pub(super) hash_permutations: u64,
}

impl From<VerificationCost> for VerifyCost {
    fn from(cost: VerificationCost) -> Self {
        Self {
            ext: cost.ext,
            mixed: cost.mixed,
            inversions: cost.inversions,
            transcript_permutations: cost.transcript_permutations,
            hash_permutations: cost.hash_permutations,
        }
    }
}

/// Measures one work after the other.
pub(super) fn measure_all(
    works: &[Work],
    prover: &Prover,
    cache: Cache,
) -> Result<Vec<Measurement>, Failure> {
    let mut counter = ProofCounter::new(works.iter().map(|work| work.repeat).sum());
    let mut all = Vec::with_capacity(works.len());
    for (index, work) in works.iter().enumerate() {
        if index > 0 {
            // Memory that a larger proof has left is none of the next one's.
            prover.release_memory();
            restart_peak_rss();
        }
        all.push(measure(work, prover, cache, &mut counter)?);
    }
    Ok(all)
}

fn measure(
    work: &Work,
    prover: &Prover,
    cache: Cache,
    counter: &mut ProofCounter,
) -> Result<Measurement, Failure> {
    let scheme = work.scheme;
    let mut batch = Batch::new(scheme);
    batch.push(signers::group(prover, &scheme, work.signatures, cache)?);

    let rate = work.options.proof_rate(&scheme, work.signatures);
    let mut prove_seconds_all = Vec::new();
    let mut clock = PhaseClock::default();
    let mut aggregate: Option<Aggregate> = None;
    for _ in 0..work.repeat {
        let bar = ProofBar::new(work.signatures, rate, &counter.next());
        let (proof, duration) = timed(|| {
            prover.aggregate_observed(&batch, work.options, |progress| {
                clock.begin(progress.phase.name());
                bar.show(progress);
                ControlFlow::Continue(())
            })
        });
        clock.end();
        aggregate = Some(proof?);
        prove_seconds_all.push(duration.as_secs_f64());
    }
    let aggregate = aggregate.ok_or_else(|| Failure::Unusable("no proof was made".to_owned()))?;

    let claims = batch.claims();
    let verify_seconds = (0..VERIFICATIONS)
        .map(|_| {
            let (result, duration) = timed(|| verify(&claims, &aggregate));
            result.map(|()| duration.as_secs_f64())
        })
        .collect::<Result<Vec<_>, _>>()?;

    let verify_cost = verification_cost(&claims, &aggregate)?.into();

    let prove_seconds = median(&prove_seconds_all);
    Ok(Measurement {
        setting: Setting::here(),
        scheme: scheme.name,
        signatures: work.signatures,
        form: aggregate.form().name(),
        rate_log: rate.map(Rate::log_inverse),
        threads: prover.threads(),
        prove_seconds,
        prove_seconds_all,
        signatures_per_second: work.signatures as f64 / prove_seconds,
        verify_seconds: median(&verify_seconds),
        verify_cost,
        proof_bytes: aggregate.byte_len(),
        peak_rss_bytes: peak_rss_bytes(),
        security_bits: work.security_bits,
        cells_per_signature: rate.map(|_| cells_per_signature(scheme)),
        phases: clock.medians(),
    })
}
