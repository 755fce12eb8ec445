//! `sheaf inspect`.

use std::path::PathBuf;

use clap::Args;
use sheaf::xmss::BatchFile;
use sheaf::{Aggregate, MAGIC, MAX_BYTES, MAX_SIGNATURES, security_report};

use crate::arguments::SchemeArgument;
use crate::failure::{Failure, print};
use crate::files::{max_batch_bytes, read};
use crate::report::{Table, bytes};

const EXAMPLES: &str = "Examples:
  sheaf inspect slot-7.proof
  sheaf inspect slot-7.batch --keys

A proof states its version, scheme and rate only: what it proves is not in it. Nothing is verified.";

/// Arguments of `sheaf inspect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A proof or a batch file
    file: PathBuf,
    /// List the keys of a batch file
    #[arg(long)]
    keys: bool,
    #[command(flatten)]
    scheme: SchemeArgument,
}

/// The least security of a proof with this scheme and rate. How many signatures it covers is not in it.
fn security(proof: &Aggregate) -> String {
    let sizes = (0..=MAX_SIGNATURES.ilog2()).map(|log| 1 << log);
    let bits = sizes
        .filter_map(|signatures| security_report(*proof.scheme(), signatures, proof.rate()).ok())
        .map(|report| report.bits())
        .fold(f64::INFINITY, f64::min);
    format!("{bits:.1} bits or more, proven; see `sheaf security`")
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.file;
    let scheme = arguments.scheme.scheme();
    let content = read(path, max_batch_bytes(&scheme).max(MAX_BYTES))?;
    let mut table = Table::default();
    if content.starts_with(&MAGIC) {
        let proof = Aggregate::from_bytes(&content).map_err(|error| Failure::file(path, error))?;
        table.row("kind", "proof");
        table.row("version", sheaf::FORMAT_VERSION.to_string());
        table.row("scheme", proof.scheme().name);
        table.row("rate", proof.rate().to_string());
        table.row("elements", (proof.body().len() / 4).to_string());
        table.row("security", security(&proof));
    } else {
        let batch =
            BatchFile::parse(&scheme, &content).map_err(|error| Failure::file(path, error))?;
        table.row("kind", "batch of signatures");
        table.row("scheme", scheme.name);
        table.row("slot", batch.slot.to_string());
        table.row("message", hex::encode(batch.message));
        table.row("signers", batch.signers.len().to_string());
        if arguments.keys {
            for (index, (key, _)) in batch.signers.iter().enumerate() {
                table.row(format!("key {index}"), hex::encode(key.to_bytes()));
            }
        }
    }
    table.row("size", bytes(content.len() as u64));
    print(&table.render())
}
