//! `sheaf machine list`.

use clap::Args;
use serde_json::json;
use sheaf_guests::catalogue;

use crate::call::id_bytes;
use crate::claims_json::hex;
use crate::failure::{Failure, after_help, print};
use crate::report::{JsonArgument, Table, count, print_json};

const EXAMPLES: &str = "Examples:
  sheaf machine list
  sheaf machine list --json

The identity of a program binds what it does: a proof is about the program of one identity.";

/// Arguments of `sheaf machine list`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(super) struct Arguments {
    #[command(flatten)]
    json: JsonArgument,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut table = Table::default();
    let mut all = Vec::new();
    for guest in &catalogue::ALL {
        let executable = guest.program();
        let (entry, kinds) = (&executable.entry, executable.program.kinds().len());
        let (arguments, results) = (entry.argument_elements(), entry.result_elements());
        table.row(guest.name, guest.about);
        let lengths = format!(
            "{}, {}, {}; sizes in {}",
            count(arguments, "argument"),
            count(results, "result"),
            count(kinds, "kind"),
            guest.unit
        );
        table.row("", lengths);
        all.push(json!({
            "name": guest.name,
            "about": guest.about,
            "identity": hex(&id_bytes(&executable.program.id())),
            "arguments": arguments,
            "results": results,
            "kinds": kinds,
            "unit": guest.unit,
            "least_size": guest.sizes.start(),
            "largest_size": guest.sizes.end(),
        }));
    }
    if arguments.json.json {
        print_json(&all)
    } else {
        print(&table.render())
    }
}
