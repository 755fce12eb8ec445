//! `sheaf machine verify`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;
use sheaf::MAX_BYTES;
use sheaf_guests::catalogue::Guest;
use sheaf_machine::{FormatError, Proof, Setup, verify};
use sheaf_program::F;

use super::GuestArgument;
use crate::call::{Call, id_bytes, numbers, shown};
use crate::claims_json;
use crate::failure::{Failure, after_help, name_of_input, print};
use crate::identity::FileSet;
use crate::input::{add_once, read_up_to};
use crate::kind::Kind;
use crate::measure::timed;
use crate::report::{JsonArgument, Table, print_json, time};

const EXAMPLES: &str = "Examples:
  sheaf machine verify fibonacci fibonacci.proof --public fibonacci.json
  echo '{\"arguments\": [1000, 1, 0, 0, 0, 0, 2, 3, 5, 7, 11]}' | sheaf machine verify fibonacci fibonacci.proof --public -

A proof says which arguments and results it is about. They are compared with those of the file, as far as
it has any, and printed: whoever leaves \"results\" out takes them from the proof. Advice is ignored, so
that an input of `prove` will do.";

/// Arguments of `sheaf machine verify`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    guest: GuestArgument,
    /// The proof; `-` is standard input
    proof: PathBuf,
    /// What the proof has to be about: arguments and results, in JSON; `-` is standard input
    #[arg(long, value_name = "FILE")]
    public: PathBuf,
    #[command(flatten)]
    json: JsonArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut inputs = FileSet::default();
    add_once(&mut inputs, &arguments.proof)?;
    add_once(&mut inputs, &arguments.public)?;
    let call = Call::read(&arguments.public)?;
    let result = verified(arguments.guest.guest, &call, &arguments.proof);
    if !arguments.json.json {
        return print(&result?.table().render());
    }
    match &result {
        Ok(valid) => print_json(&valid.json())?,
        Err(Failure::Rejected(reason)) => print_json(&json!({ "valid": false, "reason": reason }))?,
        Err(Failure::Unusable(_)) => {}
    }
    result.map(drop)
}

/// What has been proven.
struct Valid {
    name: &'static str,
    proof: Proof,
    arguments: Vec<F>,
    results: Vec<F>,
    security_bits: f64,
    duration: Duration,
}

impl Valid {
    fn table(&self) -> Table {
        let mut table = Table::default();
        let statement = &self.proof.statement;
        table.row(
            "valid",
            format!(
                "{} has run, and returns the results for the arguments",
                self.name
            ),
        );
        table.row("identity", hex::encode(id_bytes(statement.id())));
        table.row("arguments", shown(&self.arguments));
        table.row("results", shown(&self.results));
        table.row("rows", statement.rows().end().to_string());
        table.row("rate", format!("1/{}", 1 << self.proof.log_inv_rate));
        table.row(
            "security",
            format!("{:.1} bits, proven", self.security_bits),
        );
        table.row("verify", time(self.duration));
        table
    }

    fn json(&self) -> serde_json::Value {
        let statement = &self.proof.statement;
        json!({
            "valid": true,
            "program": self.name,
            "identity": claims_json::hex(&id_bytes(statement.id())),
            "arguments": numbers(&self.arguments),
            "results": numbers(&self.results),
            "rows": statement.rows().end(),
            "rate_log": self.proof.log_inv_rate,
            "security_bits": self.security_bits,
            "verify_seconds": self.duration.as_secs_f64(),
        })
    }
}

fn verified(guest: &Guest, call: &Call, path: &Path) -> Result<Valid, Failure> {
    let rejected = |why: String| Failure::Rejected(format!("{}: {why}", name_of_input(path)));
    let bytes = read_up_to(path, MAX_BYTES)
        .map_err(|error| Failure::file(path, error))?
        .ok_or_else(|| {
            let found = MAX_BYTES + 1;
            rejected(FormatError::TooLong { found }.to_string())
        })?;
    // Bytes that are no proof at all do not prove this either.
    let proof = Proof::from_bytes(&bytes).map_err(|error| {
        rejected(match Kind::of_bytes(&bytes) {
            Kind::RunProof | Kind::Proof => error.to_string(),
            other => other.instead_of("a proof"),
        })
    })?;
    let executable = guest.program();
    let statement = &proof.statement;
    if *statement.id() != executable.program.id() {
        let other = match Guest::with_id(statement.id()) {
            Some(other) => format!("of {}", other.name),
            None => "of a program that is not in the list".to_owned(),
        };
        return Err(rejected(format!(
            "this is a proof about a run {other}, not of {}",
            guest.name
        )));
    }
    let (arguments, results) = executable
        .entry
        .call(statement.public())
        .ok_or_else(|| rejected("its public tuple is no call of main".to_owned()))?;
    call.compare(&arguments, &results)
        .map_err(|why| rejected(format!("this is a proof about another run: {why}")))?;
    let (result, duration) = timed(|| {
        let setup = Setup::new(statement, proof.log_inv_rate)
            .map_err(|error| rejected(error.to_string()))?;
        verify(&setup, &executable.program, statement, &proof.body)
            .map_err(|error| rejected(format!("the proof is not valid: {error}")))?;
        Ok::<_, Failure>(setup.security(statement).bits())
    });
    Ok(Valid {
        name: guest.name,
        security_bits: result?,
        arguments,
        results,
        duration,
        proof,
    })
}
