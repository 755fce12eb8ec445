//! `sheaf split`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::input::add_once;
use crate::measure::timed;
use crate::output::{OutputArgument, OutputKind};
use crate::proven::{self, Proven, read_claims_of};
use crate::report::{JsonArgument, Table, bytes, count, print_json, time};
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf split both.proof=a.batch,b.batch --keep a.batch --out a.proof
  sheaf split all.proof=a.batch,b.batch,late.batch --keep a.batch,late.batch --out some.proof

Nothing is proved. What was proven in one proof before it was merged stays together: batches are kept as they were merged, and
others are replaced by a digest, from which whoever guesses them can confirm the guess. A list of signatures can be split
anywhere. The result is verified like any other, and can be merged.";

/// Arguments of `sheaf split`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// A proof, and the batches or claims that it is about
    #[arg(value_name = "PROOF=BATCH[,BATCH..]", value_parser = proven::parse)]
    proof: proven::Argument,
    /// The batches or claims that are kept
    #[arg(
        long,
        value_name = "BATCH[,BATCH..]",
        required = true,
        value_delimiter = ','
    )]
    keep: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    add_once(&mut inputs, &arguments.proof.proof)?;
    let output = arguments.output.check(OutputKind::Proof, &inputs)?;
    let mut scheme = arguments.scheme.common();
    let Proven { claims, aggregate } = arguments.proof.read(&mut scheme)?;
    let kept = read_claims_of(&mut scheme, &arguments.keep)?;
    // What is not valid is not worth splitting.
    sheaf::verify(&claims, &aggregate).map_err(|error| arguments.proof.failure(&error))?;
    let (part, duration) = timed(|| aggregate.restrict(&claims, &kept));
    let part = part.map_err(|error| arguments.proof.failure(&error))?;
    sheaf::verify(&kept, &part)?;
    let written = part.to_bytes();
    output.write(&written)?;

    let groups = kept.groups().len();
    if arguments.json.json {
        return print_json(&json!({
            "signatures": kept.signatures(),
            "groups": groups,
            "form": part.form().name(),
            "proof_bytes": written.len(),
            "split_seconds": duration.as_secs_f64(),
        }));
    }
    let mut table = Table::default();
    let of = count(claims.signatures(), "signature");
    table.row(
        "kept",
        format!(
            "{} of {of}, in {}",
            kept.signatures(),
            count(groups, "group")
        ),
    );
    table.row("time", time(duration));
    let size = bytes(written.len() as u64);
    table.row("proof", format!("{}, {size}", output.name()));
    output.report(&table.render())
}
