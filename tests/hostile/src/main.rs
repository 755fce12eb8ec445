//! The long run; see `sheaf_hostile::campaign`, and `scripts/fuzz` for how to start it.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sheaf_hostile::campaign::Campaign;
use sheaf_hostile::regressions;

/// Hostile bytes against every decoder and the verifier.
#[derive(Debug, Parser)]
struct Arguments {
    /// How long to run
    #[arg(long, value_name = "M", default_value_t = 30)]
    minutes: u64,
    /// How long to run, in seconds
    #[arg(long, value_name = "S", conflicts_with = "minutes")]
    seconds: Option<u64>,
    /// Determines all inputs
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Run this target only
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Where to store inputs that break a promise
    #[arg(long, value_name = "DIRECTORY", default_value_os_t = regressions::directory())]
    regressions: PathBuf,
    /// For the child process: where to say what it does
    #[arg(long, hide = true)]
    traces: Option<PathBuf>,
    /// For the child process: the one block to run
    #[arg(long, hide = true)]
    block: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seconds = arguments.seconds.unwrap_or(60 * arguments.minutes);
    let campaign = Campaign {
        seed: arguments.seed,
        time: Duration::from_secs(seconds),
        target: arguments.target,
        regressions: arguments.regressions,
    };
    let result = match (&arguments.traces, &arguments.block) {
        (None, _) => campaign.supervise(),
        (Some(traces), None) => campaign.run(traces),
        (Some(traces), Some(block)) => campaign.repeat(traces, block),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
