//! What is measured of a program, and how.

use std::collections::BTreeMap;

use serde::Serialize;
use sheaf::{Prover, Rate};
use sheaf_guests::catalogue::Guest;
use sheaf_machine::{Proof, Scratch, Setup, prove, verify};

use super::super::execute;
use crate::failure::Failure;
use crate::measure::{
    PhaseClock, Setting, VERIFICATIONS, median, peak_rss_bytes, restart_peak_rss, timed,
};
use crate::progress::{ProofCounter, RunBar};

/// Proofs of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) guest: &'static Guest,
    pub(super) size: u32,
    pub(super) rate: Rate,
    pub(super) repeat: usize,
}

/// What was measured. Seconds are medians.
#[derive(Debug, Serialize)]
pub(super) struct Measurement {
    #[serde(flatten)]
    pub(super) setting: Setting,
    pub(super) program: &'static str,
    pub(super) size: u32,
    pub(super) rate_log: u8,
    pub(super) threads: usize,
    /// Rows, gaps included.
    pub(super) rows: usize,
    pub(super) kinds: usize,
    /// Cells that the kinds of these rows have.
    pub(super) cells: usize,
    /// Cells of the polynomial that is committed to.
    pub(super) committed_cells: usize,
    pub(super) permutations: usize,
    pub(super) messages: usize,
    /// How long the program takes to run, which is no part of proving.
    pub(super) run_seconds: f64,
    pub(super) prove_seconds: f64,
    pub(super) prove_seconds_all: Vec<f64>,
    pub(super) steps_per_second: f64,
    pub(super) verify_seconds: f64,
    pub(super) proof_bytes: usize,
    /// Absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peak_rss_bytes: Option<u64>,
    pub(super) security_bits: f64,
    pub(super) phases: BTreeMap<&'static str, f64>,
}

pub(super) fn measure(work: Work, prover: &Prover) -> Result<Measurement, Failure> {
    let Work { guest, rate, .. } = work;
    let unusable = |error: String| Failure::Unusable(error);
    let executable = guest.program();
    let program = &executable.program;
    let case = guest
        .case(work.size)
        .map_err(|error| unusable(error.to_string()))?;
    // Making an example is no part of what is measured.
    restart_peak_rss();
    let mut run_seconds = Vec::new();
    let mut prove_seconds_all = Vec::new();
    let mut counter = ProofCounter::new(work.repeat);
    let mut clock = PhaseClock::default();
    let mut scratch = Scratch::default();
    let mut last = None;
    for _ in 0..work.repeat {
        let (outcome, duration) = timed(|| execute(guest.name, &executable, &case));
        let outcome = outcome.map_err(unusable)?;
        run_seconds.push(duration.as_secs_f64());
        let total = outcome.profile.total();
        let bar = RunBar::new(guest.name, total.rows, rate, &counter.next());
        let log_inv_rate = rate.log_inverse().into();
        let (proof, duration) = timed(|| {
            prover.run(|| {
                prove(program, &outcome.run, log_inv_rate, &mut scratch, |phase| {
                    clock.begin(phase.name());
                    bar.show(phase);
                    Ok(())
                })
            })
        });
        clock.end();
        let proof = proof?.map_err(|error| unusable(error.to_string()))?;
        prove_seconds_all.push(duration.as_secs_f64());
        last = Some((proof, total));
    }
    let (proof, total) = last.ok_or_else(|| unusable("no proof was made".to_owned()))?;
    let setup = Setup::new(&proof.statement, proof.log_inv_rate)
        .map_err(|error| unusable(error.to_string()))?;
    let layout = setup.parameters().layout();
    let prove_seconds = median(&prove_seconds_all);
    Ok(Measurement {
        setting: Setting::here(),
        program: guest.name,
        size: work.size,
        rate_log: rate.log_inverse(),
        threads: prover.threads(),
        rows: proof.statement.rows().end(),
        kinds: program.kinds().len(),
        cells: total.cells,
        committed_cells: layout.width() * layout.height(),
        permutations: total.permutations,
        messages: total.messages,
        run_seconds: median(&run_seconds),
        steps_per_second: f64::from(work.size) / prove_seconds,
        prove_seconds,
        prove_seconds_all,
        verify_seconds: verify_seconds(program, &proof)?,
        proof_bytes: proof.to_bytes().len(),
        peak_rss_bytes: peak_rss_bytes(),
        security_bits: setup.security(&proof.statement).bits(),
        phases: clock.medians(),
    })
}

/// The time of a verification, the choice of parameters included.
fn verify_seconds(program: &sheaf_program::Program, proof: &Proof) -> Result<f64, Failure> {
    let rejected = |error: String| Failure::Rejected(error);
    let all = (0..VERIFICATIONS).map(|_| {
        let (result, duration) = timed(|| {
            let setup = Setup::new(&proof.statement, proof.log_inv_rate)
                .map_err(|error| rejected(error.to_string()))?;
            verify(&setup, program, &proof.statement, &proof.body)
                .map_err(|error| rejected(error.to_string()))
        });
        result.map(|()| duration.as_secs_f64())
    });
    let all: Vec<f64> = all.collect::<Result<_, _>>()?;
    Ok(median(&all))
}
