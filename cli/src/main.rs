//! The `sheaf` command: makes keys, signs, aggregates, verifies and measures.
//!
//! Exit codes are the same for all subcommands: 0 if all went well, 1 if a proof
//! was rejected, 2 if there was nothing usable to work on. Errors are one line on
//! stderr.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod failure;
mod files;
mod inputs;
mod measure;
mod progress;
mod report;
mod signers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    aggregate, bench, completions, demo, inspect, keygen, man, security, sign, verify,
};

/// Aggregate post-quantum XMSS signatures into one succinct proof.
#[derive(Debug, Parser)]
#[command(
    name = "sheaf",
    version,
    long_version = long_version(),
    after_help = "Exit codes: 0 success, 1 a proof is rejected, 2 unusable input."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make signatures, aggregate them, verify the proof, and try to cheat
    Demo(demo::Arguments),
    /// Make a key pair
    Keygen(keygen::Arguments),
    /// Sign a message at a slot
    Sign(sign::Arguments),
    /// Prove that all signatures of some batches are valid
    Aggregate(aggregate::Arguments),
    /// Verify a proof against the slots, messages and keys of some batches
    Verify(verify::Arguments),
    /// Show what a proof or a batch is
    Inspect(inspect::Arguments),
    /// Measure proving and verifying
    Bench(bench::Arguments),
    /// List every term of the soundness error
    Security(security::Arguments),
    /// Print a shell's completions
    Completions(completions::Arguments),
    /// Print a page of the manual
    Man(man::Arguments),
}

/// Version, format of proofs, and SIMD instructions: what a report of a problem or of a speed should say.
fn long_version() -> String {
    let build = sheaf::build_info();
    format!(
        "{}\nproof version {}\nbuilt for {}, the CPU has {}",
        build.version, build.proof_version, build.simd, build.cpu_simd
    )
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Keygen(arguments) => keygen::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Aggregate(arguments) => aggregate::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Security(arguments) => security::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::failure::Failure;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_has_examples() {
        for mut command in Cli::command().get_subcommands().cloned() {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:"), "{}", command.get_name());
        }
    }

    #[test]
    fn failures_have_the_documented_codes() {
        for (failure, code) in [
            (Failure::Rejected(String::new()), 1),
            (Failure::Unusable(String::new()), 2),
        ] {
            assert_eq!(failure.exit_code(), ExitCode::from(code));
        }
    }
}
