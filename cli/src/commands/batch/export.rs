//! `sheaf batch export`.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use sheaf::xmss::BatchFile;

use crate::batches::read_batch;
use crate::failure::{Failure, after_help, print};
use crate::identity::parent;
use crate::output::sync_directory;
use crate::report::count;
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf batch export slot-7.batch --dir slot-7

Makes the directory, and in it NUMBER.pub and NUMBER.sig for each signer, in SSZ. Numbers have as many
digits as the last one, so that files sort by them.";

/// Arguments of `sheaf batch export`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    /// The batch file; `-` is standard input
    #[arg(value_name = "FILE")]
    batch: PathBuf,
    /// The directory to make, which must not exist
    #[arg(long, value_name = "DIRECTORY")]
    dir: PathBuf,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let batch = read_batch(&mut arguments.scheme.common(), &arguments.batch)?;
    let directory = &arguments.dir;
    let unusable = |error: io::Error| Failure::file(directory, error);
    std::fs::create_dir(directory).map_err(unusable)?;
    if let Err(error) = write(directory, &batch) {
        // It was not there before, so that all in it is ours.
        let _ = std::fs::remove_dir_all(directory);
        return Err(unusable(error));
    }
    print(&format!(
        "{} and as many keys in {}\n  slot     {}\n  message  {}\n",
        count(batch.signers.len(), "signature"),
        directory.display(),
        batch.slot,
        hex::encode(batch.message)
    ))
}

fn write(directory: &Path, batch: &BatchFile) -> io::Result<()> {
    let last = batch.signers.len().saturating_sub(1);
    let digits = last.to_string().len();
    for (index, (key, signature)) in batch.signers.iter().enumerate() {
        let file = |ending| directory.join(format!("{index:0digits$}.{ending}"));
        std::fs::write(file("pub"), key.to_bytes())?;
        std::fs::write(file("sig"), signature.to_bytes())?;
    }
    sync_directory(directory)?;
    sync_directory(parent(directory))
}
