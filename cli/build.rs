//! Tells the command what it was built from and with, which a report of a speed has to say.
//!
//! `SHEAF_RUSTC` is the compiler's version. `SHEAF_COMMIT` is the commit: that of the working tree if there is git, that which
//! Cargo noted in a package if not, or nothing.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(&compiler, &["--version"]);
    println!(
        "cargo::rustc-env=SHEAF_RUSTC={}",
        version.unwrap_or_default()
    );
    println!(
        "cargo::rustc-env=SHEAF_COMMIT={}",
        commit().unwrap_or_default()
    );
}

/// The commit that the source is of.
fn commit() -> Option<String> {
    // Cargo puts this file into a package: which is then what is built, whatever repository it may lie in.
    const NOTE: &str = ".cargo_vcs_info.json";
    if Path::new(NOTE).exists() {
        println!("cargo::rerun-if-changed={NOTE}");
        return noted(&std::fs::read_to_string(NOTE).ok()?);
    }
    // Changes with every commit and every checkout. Absent where a repository keeps no log; then the script runs once.
    if let Some(log) = output("git", &["rev-parse", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        println!("cargo::rerun-if-changed={log}");
    }
    // An archive without git may have been unpacked inside of another repository.
    output("git", &["ls-files", "--error-unmatch", "build.rs"])?;
    output("git", &["rev-parse", "HEAD"])
}

/// The value of `"sha1"` in Cargo's note, which has one.
fn noted(json: &str) -> Option<String> {
    let (_, rest) = json.split_once("\"sha1\"")?;
    let hash = rest.split('"').nth(1)?;
    Some(hash.to_owned())
}

/// What a program prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
