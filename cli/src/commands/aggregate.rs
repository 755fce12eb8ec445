//! `sheaf aggregate`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use sheaf::Form;

use crate::arguments::{FormArgument, RateArgument, ThreadsArgument};
use crate::batches::read_batches;
use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::input::add_once;
use crate::measure::timed;
use crate::output::{OutputArgument, OutputKind};
use crate::progress::ProofBar;
use crate::report::{Table, bytes, count, time};
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf aggregate --batch slot-7.batch --out slot-7.proof
  sheaf aggregate --batch alice.batch --batch bob.batch --rate-log 3 --out small.proof
  sheaf aggregate --batch slot-7.batch --form proof --out slot-7.proof
  cat slot-7.batch | sheaf aggregate --batch - --out - > slot-7.proof

A batch file is: slot (4 bytes, little-endian), message (32 bytes), number of signers (4 bytes,
little-endian), then public key and signature of each signer in SSZ. Files with the same slot and
message are taken together. The order of files and signers does not matter.

A few dozen signatures are smaller as they are than as a proof, and are verified faster: by default the
smaller form is written. Whoever verifies need not know which it is.";

/// Arguments of `sheaf aggregate`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// A batch file; may be repeated. `-` is standard input
    #[arg(long = "batch", value_name = "FILE", required = true)]
    batches: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    form: FormArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    for path in &arguments.batches {
        add_once(&mut inputs, path)?;
    }
    let output = arguments.output.check(OutputKind::Proof, &inputs)?;
    let (batch, origins) = read_batches(&mut arguments.scheme.common(), &arguments.batches)?;
    let prover = arguments.threads.prover()?;
    let options = arguments.form.options(arguments.rate);
    let rate = options.proof_rate(batch.scheme(), batch.signatures());
    let (aggregate, duration) = timed(|| {
        let bar = ProofBar::new(batch.signatures(), rate, "");
        prover.aggregate_observed(&batch, options, |progress| {
            bar.show(progress);
            ControlFlow::Continue(())
        })
    });
    let aggregate = aggregate.map_err(|error| origins.explain(error))?;
    let bytes_written = aggregate.to_bytes();
    output.write(&bytes_written)?;

    let mut table = Table::default();
    let signatures = count(batch.signatures(), "signature");
    let groups = count(batch.groups().len(), "group");
    table.row("aggregated", format!("{signatures} in {groups}"));
    if let Some(rate) = rate {
        table.row("rate", rate.to_string());
    }
    table.row("time", time(duration));
    let size = bytes(bytes_written.len() as u64);
    let what = match aggregate.form() {
        Form::Raw => "list of signatures",
        _ => "proof",
    };
    table.row(what, format!("{}, {size}", output.name()));
    output.report(&table.render())
}
