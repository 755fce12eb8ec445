//! `sheaf bench`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use clap::Args;
use serde::Serialize;
use sheaf::{Batch, Prover, build_info, cells_per_signature, security_report, verify};

use crate::arguments::{RateArgument, SchemeArgument, ThreadsArgument};
use crate::failure::{Failure, print};
use crate::measure::{PhaseClock, median, peak_rss_bytes, timed};
use crate::progress::Bar;
use crate::report::{Table, bytes, time};
use crate::signers::{self, Cache};

const EXAMPLES: &str = "Examples:
  sheaf bench
  sheaf bench --signatures 2048 --rate-log 2 --repeat 5
  sheaf bench --signatures 400 --threads 1 --json

Makes its own signers, and keeps them in the user's cache directory. Times are medians; the peak
memory is that of the whole process.";

/// Verification takes milliseconds, so it is measured more often than proving.
const VERIFICATIONS: usize = 7;

/// Arguments of `sheaf bench`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Number of signatures
    #[arg(long, value_name = "N", default_value_t = 256)]
    signatures: usize,
    /// Number of proofs to make
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = parse_repeat)]
    repeat: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Make all signers anew, and keep none
    #[arg(long)]
    no_cache: bool,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: SchemeArgument,
}

fn parse_repeat(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("at least one proof must be made".to_owned()),
        Ok(n) => Ok(n),
    }
}

/// What was measured. Seconds are medians.
#[derive(Debug, Serialize)]
struct Measurement {
    version: &'static str,
    scheme: &'static str,
    signatures: usize,
    rate_log: u8,
    threads: usize,
    simd: &'static str,
    cpu_simd: &'static str,
    prove_seconds: f64,
    prove_seconds_all: Vec<f64>,
    signatures_per_second: f64,
    verify_seconds: f64,
    proof_bytes: usize,
    /// Absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_rss_bytes: Option<u64>,
    security_bits: f64,
    cells_per_signature: usize,
    phases: BTreeMap<&'static str, f64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let prover = arguments.threads.prover()?;
    let measurement = measure(arguments, &prover)?;
    if arguments.json {
        let json = serde_json::to_string_pretty(&measurement)
            .map_err(|error| Failure::Unusable(error.to_string()))?;
        return print(&(json + "\n"));
    }
    print(&render(&measurement))
}

fn measure(arguments: &Arguments, prover: &Prover) -> Result<Measurement, Failure> {
    let (scheme, rate) = (arguments.scheme.scheme(), arguments.rate.rate());
    // Refuses sizes that can't be proved, before any work.
    let security = security_report(scheme, arguments.signatures, rate)?;
    let cache = if arguments.no_cache {
        Cache::Avoid
    } else {
        Cache::Use
    };
    let mut batch = Batch::new(scheme);
    batch.push(signers::group(
        prover,
        &scheme,
        arguments.signatures,
        cache,
    )?);

    let mut prove_seconds_all = Vec::new();
    let mut phase_seconds: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    let mut aggregate = None;
    for _ in 0..arguments.repeat {
        let bar = Bar::for_proof();
        let mut clock = PhaseClock::default();
        let (proof, duration) = timed(|| {
            prover.aggregate_observed(&batch, rate, |progress| {
                clock.begin(progress.phase);
                bar.show(progress);
                ControlFlow::Continue(())
            })
        });
        for (phase, duration) in clock.finish() {
            let all = phase_seconds.entry(phase.name()).or_default();
            all.push(duration.as_secs_f64());
        }
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

    let build = build_info();
    let prove_seconds = median(&prove_seconds_all);
    Ok(Measurement {
        version: build.version,
        scheme: scheme.name,
        signatures: arguments.signatures,
        rate_log: rate.log_inverse(),
        threads: prover.threads(),
        simd: build.simd.name(),
        cpu_simd: build.cpu_simd.name(),
        prove_seconds,
        prove_seconds_all,
        signatures_per_second: arguments.signatures as f64 / prove_seconds,
        verify_seconds: median(&verify_seconds),
        proof_bytes: aggregate.byte_len(),
        peak_rss_bytes: peak_rss_bytes(),
        security_bits: security.bits(),
        cells_per_signature: cells_per_signature(scheme),
        phases: phase_seconds
            .into_iter()
            .map(|(phase, seconds)| (phase, median(&seconds)))
            .collect(),
    })
}

fn render(m: &Measurement) -> String {
    let seconds = |s| time(std::time::Duration::from_secs_f64(s));
    let mut table = Table::default();
    table.row("signatures", format!("{} ({})", m.signatures, m.scheme));
    table.row("rate", format!("1/{}", 1 << m.rate_log));
    table.row("threads", format!("{}, {}", m.threads, m.simd));
    table.row(
        "prove",
        format!(
            "{}, {:.1} signatures/s",
            seconds(m.prove_seconds),
            m.signatures_per_second
        ),
    );
    for phase in sheaf::Phase::ALL {
        if let Some(&s) = m.phases.get(phase.name()) {
            table.row(format!("  {}", phase.name()), seconds(s));
        }
    }
    table.row("verify", seconds(m.verify_seconds));
    table.row("proof", bytes(m.proof_bytes as u64));
    if let Some(peak) = m.peak_rss_bytes {
        table.row("peak memory", bytes(peak));
    }
    table.row("security", format!("{:.1} bits", m.security_bits));
    table.row("cells/signature", m.cells_per_signature.to_string());
    table.render()
}
