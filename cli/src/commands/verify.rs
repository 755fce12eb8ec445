//! `sheaf verify`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use sheaf::{Aggregate, Error, FormatError, MAX_BYTES, Rate, Rejection};

use crate::claims_source::{ClaimsArguments, ReadClaims};
use crate::failure::{Failure, after_help, name_of_input, print};
use crate::identity::FileSet;
use crate::input::{add_once, read_up_to};
use crate::kind::Kind;
use crate::measure::timed;
use crate::report::{JsonArgument, count, print_json, time};
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf verify --batch slot-7.batch slot-7.proof
  sheaf verify --batch alice.batch --batch bob.batch both.proof
  sheaf verify --claims slot-7.json slot-7.proof
  sheaf verify slot-7.proof --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --keys alice.pub bob.pub

Only slot, message and public keys are taken from batch files; signatures in them are ignored. `sheaf
claims` writes files of claims. A proof has to cover all that is claimed, and nothing else.

Exits with 0 if the proof is valid, 1 if it is not a valid proof of these claims, 2 if a file can't
be read, or a batch, a file of claims or a key is malformed.";

/// Arguments of `sheaf verify`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    #[command(flatten)]
    claims: ClaimsArguments,
    /// The proof; `-` is standard input
    #[arg(required_unless_present = "keys")]
    proof: Option<PathBuf>,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
    #[command(flatten)]
    json: JsonArgument,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Some(path) = &arguments.proof else {
        // `--keys` has taken it for a key.
        return Err(Failure::Unusable(
            "no proof is given: name it before --keys, which takes all files that follow"
                .to_owned(),
        ));
    };
    let mut inputs = FileSet::default();
    arguments.claims.add_to(&mut inputs)?;
    add_once(&mut inputs, path)?;
    let read = arguments.claims.read(arguments.scheme)?;
    let result = verify(&read, path);
    if arguments.json.json {
        match &result {
            Ok(valid) => print_json(&json!({
                "valid": true,
                "signatures": read.claims.signatures(),
                "groups": read.claims.groups().len(),
                "scheme": read.claims.scheme().name,
                "form": valid.aggregate.form().name(),
                "rate_log": valid.aggregate.rate().map(Rate::log_inverse),
                "verify_seconds": valid.seconds.as_secs_f64(),
            }))?,
            Err(Failure::Rejected(reason)) => {
                print_json(&json!({ "valid": false, "reason": reason }))?;
            }
            Err(Failure::Unusable(_)) => {}
        }
        return result.map(drop);
    }
    let valid = result?;
    let scheme = read.claims.scheme();
    let insecure = if scheme.is_for_tests {
        format!(" (the scheme {} gives no security)", scheme.name)
    } else {
        String::new()
    };
    print(&format!(
        "valid: {} in {}, verified in {}{insecure}\n",
        count(read.claims.signatures(), "signature"),
        count(read.claims.groups().len(), "group"),
        time(valid.seconds)
    ))
}

struct Valid {
    aggregate: Aggregate,
    seconds: std::time::Duration,
}

fn verify(read: &ReadClaims, path: &Path) -> Result<Valid, Failure> {
    let rejected = |why: String| Failure::Rejected(format!("{}: {why}", name_of_input(path)));
    let bytes = read_up_to(path, MAX_BYTES)
        .map_err(|error| Failure::file(path, error))?
        .ok_or_else(|| {
            let found = MAX_BYTES + 1;
            rejected(Error::from(FormatError::TooLong { found }).to_string())
        })?;
    // Bytes that are no proof at all are no proof of the claims either.
    let aggregate = Aggregate::from_bytes(&bytes).map_err(|error| {
        rejected(match Kind::of_bytes(&bytes) {
            Kind::Proof | Kind::RunProof | Kind::Unknown | Kind::Empty => {
                Error::from(error).to_string()
            }
            other => other.instead_of("a proof"),
        })
    })?;
    let (result, seconds) = timed(|| sheaf::verify(&read.claims, &aggregate));
    match result {
        Ok(()) => Ok(Valid { aggregate, seconds }),
        // Keys do not tell their scheme, and what the proof says of it is not to be believed.
        Err(Error::Rejected(error @ Rejection::Scheme { found, .. })) if read.scheme_is_assumed => {
            Err(rejected(format!(
                "{}; if the keys are of the scheme {found}, add --scheme {found}",
                Error::from(error)
            )))
        }
        Err(Error::Rejected(Rejection::InvalidSignatures(invalid))) => Err(rejected(format!(
            "the aggregate is rejected: {}",
            read.origins.invalid(&invalid)
        ))),
        Err(error @ Error::Rejected(_)) => Err(rejected(error.to_string())),
        Err(other) => Err(read.origins.explain(other)),
    }
}
