//! `sheaf claims`.

use clap::{Args, ValueEnum};

use crate::claims_json;
use crate::claims_source::ClaimsArguments;
use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::output::{OutputArgument, OutputKind};
use crate::report::count;
use crate::scheme::ExpectedSchemeArgument;

const EXAMPLES: &str = "Examples:
  sheaf claims --batch alice.batch --batch bob.batch --out slot-7.claims
  sheaf claims --claims slot-7.claims --out slot-7.json
  sheaf claims --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --keys alice.pub bob.pub --out slot-7.claims

Writes who is claimed to have signed what: slot, message and keys. `sheaf verify --claims` takes it, and
needs no signatures. docs/files.md specifies both forms.";

/// Arguments of `sheaf claims`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    #[command(flatten)]
    claims: ClaimsArguments,
    #[command(flatten)]
    output: OutputArgument,
    /// The form of the file [default: json if its name ends in .json, binary if not]
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    scheme: ExpectedSchemeArgument,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Binary,
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    arguments.claims.add_to(&mut inputs)?;
    let output = arguments.output.check(OutputKind::Claims, &inputs)?;
    let read = arguments.claims.read(arguments.scheme)?;
    // Claims that nothing could prove are no use to anyone.
    let claims = &read.claims;
    claims
        .check()
        .map_err(|error| read.origins.explain(error.into()))?;
    let is_json_name = || {
        let extension = arguments.output.path().extension();
        extension.is_some_and(|extension| extension == "json")
    };
    let bytes = match arguments.format {
        Some(Format::Binary) => claims.to_bytes(),
        None if !is_json_name() => claims.to_bytes(),
        Some(Format::Json) | None => claims_json::render(claims)
            .map_err(|error| Failure::Unusable(error.to_string()))?
            .into_bytes(),
    };
    output.write(&bytes)?;
    output.report(&format!(
        "{} in {} of the scheme {} in {}\n",
        count(claims.signatures(), "key"),
        count(claims.groups().len(), "group"),
        claims.scheme().name,
        output.name()
    ))
}
