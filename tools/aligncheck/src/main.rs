//! The `aligncheck` command: finds misaligned operands in linked files, and protects static archives.
//!
//! Exit codes: 0 if all went well, 1 if there is a misaligned operand, 2 if there was nothing usable to work on. Errors are
//! one line on stderr.

#![forbid(unsafe_code)]

use std::fmt::{Display, Write as _};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use sheaf_aligncheck::{Finding, Report, check, protect_archive};

/// Find memory operands that a linker placed at addresses too little aligned for their instructions.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 success, 1 misaligned operands found, 2 unusable input."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check executables and shared libraries
    Check(CheckArguments),
    /// Copy a static archive, with all of its constant sections made non-mergeable
    Protect(ProtectArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aligncheck check build/client               check a final executable
  aligncheck check build/*.so build/client    check several files
  aligncheck check --json build/client | jq '.[].findings[].function'

Exit codes: 0 no misaligned operand, 1 at least one, 2 a file can't be checked.")]
struct CheckArguments {
    /// Executables and shared libraries (x86-64 ELF)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print JSON: an array with one object per file
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aligncheck protect libfoo.a libfoo-protected.a
  aligncheck protect libfoo.a libfoo.a        in place

Exit codes: 0 success, 2 the archive can't be protected.")]
struct ProtectArguments {
    /// Static archive (.a)
    input: PathBuf,
    /// Where to write the protected archive; may be the same file
    output: PathBuf,
}

/// A checked file, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    #[serde(flatten)]
    report: Report,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(arguments) => run_check(&arguments),
        Command::Protect(arguments) => run_protect(&arguments),
    }
    .unwrap_or_else(|message| {
        complain(&message);
        ExitCode::from(2)
    })
}

/// Checks all files, also those after one that can't be checked.
fn run_check(arguments: &CheckArguments) -> Result<ExitCode, String> {
    let mut checked = Vec::new();
    let mut unusable = false;
    for path in &arguments.files {
        let report = read(path).and_then(|bytes| check(&bytes).map_err(|error| about(path, error)));
        match report {
            Ok(report) => checked.push(Checked {
                file: path.display().to_string(),
                report,
            }),
            Err(message) => {
                complain(&message);
                unusable = true;
            }
        }
    }
    if arguments.json {
        let json = serde_json::to_string_pretty(&checked).map_err(|error| error.to_string())?;
        print(&(json + "\n"))?;
    } else {
        print(&checked.iter().map(describe).collect::<String>())?;
    }
    let misaligned = checked
        .iter()
        .any(|checked| !checked.report.findings.is_empty());
    Ok(ExitCode::from(match (unusable, misaligned) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }))
}

fn run_protect(arguments: &ProtectArguments) -> Result<ExitCode, String> {
    let archive = read(&arguments.input)?;
    let protected = protect_archive(&archive).map_err(|error| about(&arguments.input, error))?;
    fs::write(&arguments.output, &protected.archive)
        .map_err(|error| about(&arguments.output, error))?;
    print(&format!(
        "{}: {} sections with {} bytes made non-mergeable in {} objects\n",
        arguments.output.display(),
        protected.sections,
        protected.bytes,
        protected.objects
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The findings of a file, then a summary in one line.
fn describe(checked: &Checked) -> String {
    let Checked { file, report } = checked;
    let counts = &report.counts;
    let mut text = String::new();
    for finding in &report.findings {
        let Finding {
            address,
            instruction,
            target,
            required,
            actual,
            ..
        } = finding;
        // Symbols may hold anything.
        let function = finding.function.as_ref();
        let function = function.map(|name| name.replace(char::is_control, "\u{fffd}"));
        let place = match (function, finding.offset) {
            (Some(function), Some(0)) => format!(" in {function}"),
            (Some(function), Some(offset)) => format!(" in {function}+{offset:#x}"),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "{file}: {address:#x}{place}: `{instruction}` needs {required}-byte alignment; {target:#x} is {actual}-byte aligned"
        );
    }
    if counts.operands_in_loose_segments > 0 {
        let _ = writeln!(
            text,
            "{file}: note: {} operands are aligned only because loaders use whole pages; their segments ask for less (p_align)",
            counts.operands_in_loose_segments
        );
    }
    let _ = write!(
        text,
        "{file}: {} instructions decoded, {} aligned operands checked, {} misaligned",
        counts.instructions,
        counts.operands,
        report.findings.len()
    );
    let skipped = [
        (counts.undecodable_bytes, "bytes not decodable"),
        (
            counts.executable_data_bytes,
            "bytes of data in executable segments",
        ),
        (counts.operands_outside, "operands outside of all segments"),
    ];
    let skipped: Vec<_> = skipped
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !skipped.is_empty() {
        let _ = write!(text, " ({})", skipped.join(", "));
    }
    text.push('\n');
    text
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| about(path, error))
}

fn about(path: &Path, error: impl Display) -> String {
    format!("{}: {error}", path.display())
}

fn complain(message: &str) {
    // Where stderr is closed there is no one to tell.
    let _ = writeln!(io::stderr(), "aligncheck: {}", message.replace('\n', " "));
}

/// Writes to stdout. A reader that has had enough is no failure.
fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("stdout: {error}")),
        _ => Ok(()),
    }
}
