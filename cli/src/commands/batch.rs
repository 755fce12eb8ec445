//! `sheaf batch`: keys and signatures of other programs into batch files, and out of them.

mod export;
mod import;

use clap::{Args, Subcommand};

use crate::failure::{Failure, after_help};

const EXAMPLES: &str = "Examples:
  sheaf batch import --slot 7 --message 0101010101010101010101010101010101010101010101010101010101010101 --keys *.pub --signatures *.sig --out slot-7.batch
  sheaf batch export slot-7.batch --dir slot-7

Keys and signatures are in SSZ, as Lean Ethereum clients have them. docs/files.md specifies all files.";

/// Arguments of `sheaf batch`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a batch file of keys and signatures in SSZ
    Import(import::Arguments),
    /// Write each key and each signature of a batch file to a file in SSZ
    Export(export::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Import(arguments) => import::run(arguments),
        Command::Export(arguments) => export::run(arguments),
    }
}
