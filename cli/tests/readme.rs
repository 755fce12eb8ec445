//! The README's lines for the command do what they say, in its words.

#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

/// The first block of code under a heading.
fn block(heading: &str) -> String {
    let readme = std::fs::read_to_string(README).unwrap();
    let (_, section) = readme.split_once(&format!("\n{heading}\n")).unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// Runs lines in a shell that finds the command of this build, and stops at the first that fails.
fn run(lines: &str, directory: &Path) -> String {
    let bin = directory.join("bin");
    std::fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_sheaf"), bin.join("sheaf")).unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-eu", "-c", lines])
        .current_dir(directory)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("XDG_CACHE_HOME", directory.join("cache"))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{printed}{errors}");
    printed
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "makes real keys, which takes minutes in a debug build"
)]
fn the_lines_for_the_command_line_work() {
    let block = block("## On the command line");
    let (installation, lines) = block.split_once("\n\n").unwrap();
    assert!(installation.starts_with("cargo install --locked --path cli"));

    let directory = tempfile::tempdir().unwrap();
    let printed = run(lines, directory.path());
    for fact in [
        "valid: 2 signatures in 1 group",
        "128.", // inspect and security
        "signatures/s",
    ] {
        assert!(printed.contains(fact), "{fact}: {printed}");
    }
    for file in ["alice.key", "alice.pub", "alice.journal", "slot-7.proof"] {
        assert!(directory.path().join(file).exists(), "{file}");
    }
}

#[test]
fn the_lines_for_programs_work() {
    let directory = tempfile::tempdir().unwrap();
    let printed = run(&block("## Programs"), directory.path());
    for fact in [
        "sorting has run, and returns the results",
        "128.", // verify and bench
        "numbers/s",
    ] {
        assert!(printed.contains(fact), "{fact}: {printed}");
    }
}

/// "128 bits" means nothing without the attacker that it is about.
#[test]
fn the_security_report_says_which_attackers_its_bits_are_about() {
    let directory = tempfile::tempdir().unwrap();
    let printed = run("sheaf security --signatures 10", directory.path());
    let last = printed.lines().last().unwrap();
    assert!(last.starts_with("security: 128."), "{printed}");
    assert!(last.contains("classical attackers"), "{printed}");
    assert!(last.contains("random oracle model"), "{printed}");
}
