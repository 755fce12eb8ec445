//! The `sheaf` command: makes keys, signs, aggregates, verifies and measures.
//!
//! Exit codes are the same for all subcommands: 0 if all went well, 1 if a proof
//! was rejected, 2 if there was nothing usable to work on. Errors are one line on
//! stderr.

#![forbid(unsafe_code)]

mod arguments;
mod batches;
mod call;
mod claims_json;
mod claims_source;
mod commands;
#[cfg(target_arch = "x86_64")]
mod cpu;
mod failure;
mod identity;
mod input;
mod joining;
mod key_files;
mod key_pair;
mod kind;
mod measure;
mod origins;
mod output;
mod progress;
mod proven;
mod public_keys;
mod report;
mod scheme;
mod signers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    aggregate, batch, bench, claims, completions, demo, inspect, keygen, machine, man, merge,
    security, sign, split, verify,
};
use crate::failure::after_help;

/// Aggregate post-quantum XMSS signatures into one succinct proof.
#[derive(Debug, Parser)]
#[command(
    name = "sheaf",
    version,
    long_version = long_version(),
    after_help = after_help("`sheaf SUBCOMMAND --help` has examples.")
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
    /// Make one proof of several, and of signatures
    Merge(merge::Arguments),
    /// Keep a part of what was merged, without proving anything
    Split(split::Arguments),
    /// Verify a proof against slots, messages and keys
    Verify(verify::Arguments),
    /// Write slots, messages and keys to a file, for `verify`
    Claims(claims::Arguments),
    /// Bring keys and signatures of other programs into batches, and out of them
    Batch(batch::Arguments),
    /// Show what a file is: a proof, a batch, claims, a key or a journal
    Inspect(inspect::Arguments),
    /// Measure proving and verifying
    Bench(bench::Arguments),
    /// Run programs, prove that they have run, and verify it
    Machine(machine::Arguments),
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

/// Small, so that no instruction of a CPU that this may not be comes before the answer.
fn main() -> ExitCode {
    #[cfg(target_arch = "x86_64")]
    if !cpu::suits() {
        return ExitCode::from(failure::UNUSABLE);
    }
    run()
}

/// What the command does on a CPU that can run it.
#[inline(never)]
fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Keygen(arguments) => keygen::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Aggregate(arguments) => aggregate::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Split(arguments) => split::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Claims(arguments) => claims::run(&arguments),
        Command::Batch(arguments) => batch::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Machine(arguments) => machine::run(&arguments),
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
    fn every_subcommand_has_examples_and_exit_codes() {
        let cli = Cli::command();
        let nested = cli
            .get_subcommands()
            .flat_map(clap::Command::get_subcommands);
        for command in cli.get_subcommands().chain(nested) {
            let help = command.clone().render_long_help().to_string();
            for part in ["Examples:\n  sheaf ", "Exit codes: 0 success"] {
                assert!(help.contains(part), "{}", command.get_name());
            }
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
