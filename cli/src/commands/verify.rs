//! `sheaf verify`.

use std::path::PathBuf;

use clap::Args;
use sheaf::{Aggregate, Error, FormatError, MAX_BYTES};

use crate::arguments::SchemeArgument;
use crate::failure::{Failure, print};
use crate::files::read_up_to;
use crate::inputs::read_claims;
use crate::measure::timed;
use crate::report::{count, time};

const EXAMPLES: &str = "Examples:
  sheaf verify --batch slot-7.batch slot-7.proof
  sheaf verify --batch alice.batch --batch bob.batch both.proof

Only slot, message and public keys are taken from the batch files; signatures in them are ignored.
Exits with 0 if the proof is valid, 1 if it is not a valid proof of these claims, 2 if a file can't
be read or a batch file is malformed.";

/// Arguments of `sheaf verify`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A batch file whose slot, message and keys the proof must cover; may be repeated
    #[arg(long = "batch", value_name = "FILE", required = true)]
    batches: Vec<PathBuf>,
    /// The proof
    proof: PathBuf,
    #[command(flatten)]
    scheme: SchemeArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.proof;
    let (claims, origins) = read_claims(arguments.scheme.scheme(), &arguments.batches)?;
    let rejected = |error: Error| Failure::Rejected(format!("{}: {error}", path.display()));
    let bytes = read_up_to(path, MAX_BYTES)
        .map_err(|error| Failure::file(path, error))?
        .ok_or_else(|| {
            let found = MAX_BYTES + 1;
            rejected(FormatError::TooLong { found }.into())
        })?;
    // Bytes that are no proof at all are no proof of the claims either.
    let aggregate = Aggregate::from_bytes(&bytes).map_err(|error| rejected(error.into()))?;
    let (result, duration) = timed(|| sheaf::verify(&claims, &aggregate));
    result.map_err(|error| match error {
        Error::Rejected(_) => rejected(error),
        other => origins.explain(other),
    })?;
    print(&format!(
        "valid: {} in {}, verified in {}\n",
        count(claims.signatures(), "signature"),
        count(claims.groups().len(), "group"),
        time(duration)
    ))
}
