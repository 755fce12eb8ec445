//! The `aligncheck` command.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use sheaf_aligncheck::protect_archive;

/// Make static archives immune to linkers that lose the alignment of constants.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Copy a static archive and make all of its constant sections non-mergeable
    Protect(Protect),
}

#[derive(Debug, Args)]
struct Protect {
    /// Static archive (.a) to read
    input: PathBuf,
    /// Where to write the protected archive; may be the same file
    output: PathBuf,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Protect(arguments) => protect(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("aligncheck: {}", message.replace('\n', " "));
            ExitCode::from(2)
        }
    }
}

fn protect(arguments: &Protect) -> Result<(), String> {
    let file = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let archive = fs::read(&arguments.input).map_err(|error| file(&arguments.input, &error))?;
    let protected = protect_archive(&archive).map_err(|error| file(&arguments.input, &error))?;
    fs::write(&arguments.output, &protected.archive)
        .map_err(|error| file(&arguments.output, &error))?;
    println!(
        "{}: {} sections with {} bytes made non-mergeable in {} objects",
        arguments.output.display(),
        protected.sections,
        protected.bytes,
        protected.objects
    );
    Ok(())
}
