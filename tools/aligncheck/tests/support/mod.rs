//! What several tests need: files of this directory, and tools that they build and run programs with.

// Every test uses its own part.
#![allow(dead_code)]

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The linked reproducer, committed so that no tool is needed to look at it: `start.s`, `words.s` and `vector.s` of the
/// directory `repro`, linked by Zig 0.15.2's own linker.
pub(crate) const MISALIGNED: &[u8] = include_bytes!("../fixtures/misaligned.elf");

/// The objects of `words.s`, `vector.s` and `string_vector.s` in an archive.
pub(crate) const MERGEABLE: &[u8] = include_bytes!("../fixtures/mergeable.a");

/// A directory in which tools run and leave their files.
pub(crate) struct Workshop(TempDir);

impl Workshop {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a tool in the directory. It has to succeed; returns what it printed.
    pub(crate) fn run(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> String {
        let program = program.as_ref();
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.0.path())
            .env(
                "ZIG_GLOBAL_CACHE_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("zig-cache"),
            )
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{} {arguments:?}: {errors}",
            program.display()
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Assembles a source text to an object file.
    pub(crate) fn assemble(&self, source: &str, object: &str) {
        std::fs::write(self.path("source.s"), source).unwrap();
        self.run("as", &["source.s", "-o", object]);
    }

    /// Runs a program that was built here, whether it succeeds or not.
    pub(crate) fn execute(&self, program: &str) -> Output {
        Command::new(self.path(program)).output().unwrap()
    }
}

/// A file of the reproducer.
pub(crate) fn repro(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/repro")
        .join(name)
}

/// The Zig compiler: where the variable `ZIG` says, or where `scripts/install-zig` puts it. `None`, after a loud remark,
/// if it is not there.
pub(crate) fn zig() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../zig-0.15.2/ziglang/zig");
    let zig = env::var_os("ZIG").map_or(installed, PathBuf::from);
    if zig.exists() {
        return Some(zig);
    }
    missing("Zig 0.15.2", "scripts/install-zig");
    None
}

/// Whether a tool can be run. If not, makes a loud remark.
pub(crate) fn has(tool: &str, remedy: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        missing(tool, remedy);
    }
    found
}

/// Says that a test is skipped for want of a tool. In CI, where `CI` is `true`, it fails instead.
fn missing(tool: &str, remedy: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let message = format!("SKIPPED {test}: {tool} is missing; {remedy} installs it\n");
    assert!(env::var("CI").as_deref() != Ok("true"), "{message}");
    // The test harness swallows what successful tests print with `eprintln!`.
    let _ = std::io::stderr().write_all(message.as_bytes());
}

/// Whether this processor executes AVX, which the reproducer needs. If not, makes a loud remark.
pub(crate) fn has_avx() -> bool {
    let found = is_x86_feature_detected!("avx");
    if !found {
        missing("a processor with AVX", "nothing");
    }
    found
}
