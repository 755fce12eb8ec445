//! `sheaf merge`.

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use sheaf::{Error, Options, Rate};

use crate::arguments::{RateArgument, ThreadsArgument};
use crate::batches::read_batches;
use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::input::add_once;
use crate::measure::timed;
use crate::output::{OutputArgument, OutputKind};
use crate::progress::MergeBar;
use crate::proven::{self, Proven};
use crate::report::{JsonArgument, Table, bytes, count, print_json, time};
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf merge --child a.proof=a.batch --child b.proof=b.batch --out both.proof
  sheaf merge --child both.proof=a.batch,b.batch --batch late.batch --rate-log 2 --out all.proof
  sheaf verify --batch a.batch --batch b.batch both.proof

Of the files behind a proof only slots, messages and keys are taken; files of claims serve as well. Keys may be in
several of them. Signatures of --batch are proved first, one proof for each slot and message, as far as no
proof covers them. All proofs are verified before anything is proved.

Proofs have to be of the scheme prod, and each about one slot and message, unless it was merged. The result is
verified like any other, against all batches together, and can be split again: see `sheaf split --help`.";

/// Arguments of `sheaf merge`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// A proof, and the batches or claims that it is about; may be repeated
    #[arg(long = "child", value_name = "PROOF=BATCH[,BATCH..]", required = true, value_parser = proven::parse)]
    children: Vec<proven::Argument>,
    /// A batch file whose signatures are added; may be repeated
    #[arg(long = "batch", value_name = "FILE")]
    batches: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgument,
    #[command(flatten)]
    rate: RateArgument,
    #[command(flatten)]
    threads: ThreadsArgument,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    for child in &arguments.children {
        add_once(&mut inputs, &child.proof)?;
    }
    let output = arguments.output.check(OutputKind::Proof, &inputs)?;
    let mut scheme = arguments.scheme.common();
    let children: Vec<Proven> = (arguments.children.iter())
        .map(|child| child.read(&mut scheme))
        .collect::<Result<_, _>>()?;
    let batch = match &arguments.batches[..] {
        [] => None,
        paths => Some(read_batches(&mut scheme, paths)?),
    };
    let prover = arguments.threads.prover()?;
    let pairs: Vec<_> = (children.iter())
        .map(|child| (&child.claims, &child.aggregate))
        .collect();
    let (merged, duration) = timed(|| {
        let bar = MergeBar::new(pairs.len());
        let (batch, options) = (batch.as_ref(), Options::smallest(arguments.rate.rate()));
        prover.merge_observed(&pairs, batch.map(|(batch, _)| batch), options, |progress| {
            bar.show(progress);
            ControlFlow::Continue(())
        })
    });
    let merged = merged.map_err(|error| match (error, &batch) {
        (Error::Child { child, error }, _) => arguments.children[child].failure(&error),
        (error, Some((_, origins))) => origins.explain(error),
        (error, None) => error.into(),
    })?;
    let (verified, verify_time) = timed(|| sheaf::verify(&merged.claims, &merged.aggregate));
    verified?;
    let written = merged.aggregate.to_bytes();
    output.write(&written)?;

    let groups = merged.claims.groups().len();
    if arguments.json.json {
        return print_json(&json!({
            "children": children.len(),
            "signatures": merged.claims.signatures(),
            "groups": groups,
            "form": merged.aggregate.form().name(),
            "rate_log": merged.aggregate.rate().map(Rate::log_inverse),
            "proof_bytes": written.len(),
            "merge_seconds": duration.as_secs_f64(),
            "verify_seconds": verify_time.as_secs_f64(),
        }));
    }
    let mut table = Table::default();
    let signatures = count(merged.claims.signatures(), "signature");
    table.row("merged", count(children.len(), "proof"));
    table.row(
        "proven",
        format!("{signatures} in {}", count(groups, "group")),
    );
    if let Some(rate) = merged.aggregate.rate() {
        table.row("rate", rate.to_string());
    }
    table.row("time", time(duration));
    table.row("verified in", time(verify_time));
    let size = bytes(written.len() as u64);
    table.row("proof", format!("{}, {size}", output.name()));
    output.report(&table.render())
}
