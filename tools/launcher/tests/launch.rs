//! The launcher in a release whose builds are shell scripts that say who they are.

#![cfg(target_arch = "x86_64")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

const LEVELS: [&str; 3] = ["x86-64-v4", "x86-64-v3", "x86-64"];

/// Held by a test while it writes programs and runs them: a program can't be run while it is open for writing, as it is
/// for a moment in every process that another thread forks meanwhile.
static PROGRAMS: Mutex<()> = Mutex::new(());

struct Release(
    TempDir,
    #[expect(dead_code, reason = "held")] MutexGuard<'static, ()>,
);

impl Release {
    /// A release with a build of every level.
    fn new() -> Self {
        let alone = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
        let release = Self(tempfile::tempdir().unwrap(), alone);
        fs::create_dir(release.0.path().join("bin")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_sheaf-launcher"), release.launcher()).unwrap();
        for level in LEVELS {
            let build = release.build(level);
            fs::create_dir_all(build.parent().unwrap()).unwrap();
            fs::write(
                &build,
                format!("#!/bin/sh\necho {level} $# \"$*\"\nexit 7\n"),
            )
            .unwrap();
            fs::set_permissions(&build, Permissions::from_mode(0o755)).unwrap();
        }
        release
    }

    fn launcher(&self) -> PathBuf {
        self.0.path().join("bin/sheaf")
    }

    fn build(&self, level: &str) -> PathBuf {
        let builds = self.0.path().join("libexec/sheaf");
        builds.join(level).join("sheaf")
    }

    fn command(&self) -> Command {
        Command::new(self.launcher())
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// One line on stderr, nothing on stdout, exit code 2.
fn assert_unusable(output: &Output, part: &str) {
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(output.stdout.is_empty());
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(
        errors.starts_with("sheaf: ") && errors.contains(part),
        "{errors}"
    );
}

#[test]
fn runs_the_best_build_that_is_left() {
    let release = Release::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    symlink(release.launcher(), &link).unwrap();

    let mut ran = Vec::new();
    loop {
        let output = release.command().args(["two words", ""]).output().unwrap();
        if output.status.code() == Some(2) {
            assert_unusable(&output, "no build for this CPU");
            break;
        }
        assert_eq!(output.status.code(), Some(7));
        let line = text(&output.stdout);
        let level = LEVELS
            .into_iter()
            .find(|level| line == format!("{level} 2 two words \n"))
            .unwrap_or_else(|| panic!("{line}"));
        // The same through a symbolic link in another place.
        let output = Command::new(&link).output().unwrap();
        assert_eq!(text(&output.stdout), format!("{level} 0 \n"));
        fs::remove_file(release.build(level)).unwrap();
        ran.push(level);
    }
    // What this CPU lacks was never run, and comes first.
    assert_eq!(ran, LEVELS[LEVELS.len() - ran.len()..]);
    let flags = fs::read_to_string("/proc/cpuinfo").unwrap();
    let has = |flag| flags.split_whitespace().any(|word| word == flag);
    assert_eq!(ran.contains(&"x86-64-v3"), has("avx2"));
    assert_eq!(ran.contains(&"x86-64-v4"), has("avx512vl"));
}

#[test]
fn the_build_is_called_as_the_launcher_was() {
    let release = Release::new();
    for level in LEVELS {
        fs::remove_file(release.build(level)).unwrap();
    }
    // A shell prints its `argv[0]` and is killed by a signal.
    symlink("/bin/sh", release.build("x86-64")).unwrap();
    let output = release
        .command()
        .arg0("sh")
        .args(["-c", "echo \"$0\"; kill -9 $$"])
        .output()
        .unwrap();
    assert_eq!(text(&output.stdout), "sh\n");
    assert_eq!(output.status.code(), None);
}

#[test]
fn a_build_that_does_not_start_is_named() {
    let release = Release::new();
    for level in LEVELS {
        fs::set_permissions(release.build(level), Permissions::from_mode(0o644)).unwrap();
    }
    let output = release.command().output().unwrap();
    assert_unusable(&output, "/libexec/sheaf/x86-64");
    assert_unusable(&output, "Permission denied");
}
