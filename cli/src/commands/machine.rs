//! `sheaf machine`: programs, and proofs that they have run.

mod bench;
mod example;
mod list;
mod profile;
mod prove;
mod verify;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use sheaf_executor::{Executor, Input, Outcome};
use sheaf_guests::Case;
use sheaf_guests::catalogue::{self, Guest};
use sheaf_program::builder::Executable;
use sheaf_program::rows::LOG_ROWS_MAX;

use crate::failure::{Failure, after_help};
use crate::progress::Bar;

const EXAMPLES: &str = "Examples:
  sheaf machine list
  sheaf machine example fibonacci --size 1000 --out fibonacci.json
  sheaf machine prove fibonacci --input fibonacci.json --out fibonacci.proof
  sheaf machine verify fibonacci fibonacci.proof --public fibonacci.json

A program is a list of kinds of rows; docs/programs.md says how they are written, docs/machine.md what a
proof proves, docs/files.md what is in an input file.";

/// Arguments of `sheaf machine`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the programs
    List(list::Arguments),
    /// Write an input of a program, with the results that it has
    Example(example::Arguments),
    /// Run a program on an input, and prove that it has run
    Prove(prove::Arguments),
    /// Verify that a program has run, with these arguments and results
    Verify(verify::Arguments),
    /// Show where the rows of a run go
    Profile(profile::Arguments),
    /// Measure running, proving and verifying
    Bench(bench::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::List(arguments) => list::run(arguments),
        Command::Example(arguments) => example::run(arguments),
        Command::Prove(arguments) => prove::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Profile(arguments) => profile::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
    }
}

/// The name of a program.
#[derive(Clone, Copy, Debug, Args)]
struct GuestArgument {
    /// The program; `sheaf machine list` says what each computes
    #[arg(value_name = "NAME", value_parser = guests())]
    guest: &'static Guest,
}

fn guests() -> impl TypedValueParser<Value = &'static Guest> {
    let names = catalogue::ALL
        .iter()
        .map(|guest| PossibleValue::new(guest.name));
    PossibleValuesParser::new(names).try_map(|name| Guest::named(&name).ok_or("no such program"))
}

/// The size of an example.
#[derive(Clone, Copy, Debug, Args)]
struct SizeArgument {
    /// The size of the example, in the unit that `sheaf machine list` names; if not given, what takes about a second to prove
    #[arg(long, value_name = "N")]
    size: Option<u32>,
}

impl SizeArgument {
    /// The size for a program.
    fn of(self, guest: &Guest) -> Result<u32, Failure> {
        let size = self.size.unwrap_or(guest.size);
        if guest.sizes.contains(&size) {
            return Ok(size);
        }
        let (least, most) = (guest.sizes.start(), guest.sizes.end());
        let range = if least == most {
            least.to_string()
        } else {
            format!("from {least} to {most}")
        };
        Err(Failure::Unusable(format!(
            "{size} {}: examples of {} have {range}",
            guest.unit, guest.name
        )))
    }
}

/// Runs a program. The error is for people.
fn execute(name: &str, executable: &Executable, case: &Case) -> Result<Outcome, String> {
    let _bar = Bar::unknown(format!("running {name}"), false);
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: (1 << LOG_ROWS_MAX) - 1,
    };
    Executor::new(executable)
        .run(input)
        .map_err(|error| format!("{name} has no such run: {error}"))
}
