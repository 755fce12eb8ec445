//! `sheaf machine example`.

use clap::Args;

use super::{GuestArgument, SizeArgument};
use crate::call::render;
use crate::failure::{Failure, after_help};
use crate::identity::FileSet;
use crate::output::{OutputArgument, OutputKind};
use crate::report::Table;

const EXAMPLES: &str = "Examples:
  sheaf machine example fibonacci --size 1000 --out fibonacci.json
  sheaf machine example xmss --size 4 --out - | head -c 200

The file has arguments, advice and results, as the elements that they consist of; the results are computed
natively. `prove` and `verify` take it.";

/// Arguments of `sheaf machine example`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    guest: GuestArgument,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    output: OutputArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let guest = arguments.guest.guest;
    let size = arguments.size.of(guest)?;
    let output = arguments
        .output
        .check(OutputKind::Call, &FileSet::default())?;
    let case = guest
        .case(size)
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    output.write(render(&case)?.as_bytes())?;
    let mut table = Table::default();
    table.row("program", guest.name);
    table.row("size", format!("{size} {}", guest.unit));
    table.row("input", output.name());
    output.report(&table.render())
}
