//! `sheaf aggregate`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;

use crate::arguments::{RateArgument, SchemeArgument, ThreadsArgument};
use crate::failure::{Failure, print};
use crate::files::{Access, Existing, write};
use crate::inputs::read_batch;
use crate::measure::timed;
use crate::progress::Bar;
use crate::report::{Table, bytes, count, time};

const EXAMPLES: &str = "Examples:
  sheaf aggregate --batch slot-7.batch --out slot-7.proof
  sheaf aggregate --batch alice.batch --batch bob.batch --rate-log 3 --out small.proof

A batch file is: slot (4 bytes, little-endian), message (32 bytes), number of signers (4 bytes,
little-endian), then public key and signature of each signer in SSZ. Files with the same slot and
message are taken together. The order of files and signers does not matter.";

/// Arguments of `sheaf aggregate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A batch file; may be repeated
    #[arg(long = "batch", value_name = "FILE", required = true)]
    batches: Vec<PathBuf>,
    /// The proof to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: SchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (batch, origins) = read_batch(arguments.scheme.scheme(), &arguments.batches)?;
    let prover = arguments.threads.prover()?;
    let rate = arguments.rate.rate();
    let (aggregate, duration) = timed(|| {
        let bar = Bar::for_proof();
        prover.aggregate_observed(&batch, rate, |progress| {
            bar.show(progress);
            ControlFlow::Continue(())
        })
    });
    let proof = aggregate
        .map_err(|error| origins.explain(error))?
        .to_bytes();
    write(&arguments.out, &proof, Access::Public, Existing::Replace)?;

    let mut table = Table::default();
    let signatures = count(batch.signatures(), "signature");
    let groups = count(batch.groups().len(), "group");
    table.row("aggregated", format!("{signatures} in {groups}"));
    table.row("rate", rate.to_string());
    table.row("time", time(duration));
    let size = bytes(proof.len() as u64);
    table.row("proof", format!("{}, {size}", arguments.out.display()));
    print(&table.render())
}
