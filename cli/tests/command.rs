//! The command as a user runs it: exit codes, files, and what it prints.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A directory in which the command runs, with nothing of the user's in it.
struct Sandbox(TempDir);

impl Sandbox {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sheaf"))
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env("XDG_CACHE_HOME", self.path("cache"))
            .output()
            .unwrap()
    }

    /// Runs successfully; returns what was printed.
    fn succeed(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fails with this code; returns the one line on stderr.
    fn fail(&self, arguments: &str, code: i32) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
        let lines: Vec<&str> = errors
            .lines()
            .filter(|line| !line.contains("warning:"))
            .collect();
        assert_eq!(lines.len(), 1, "{arguments}: {errors}");
        lines[0].to_owned()
    }
}

fn message(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

/// A sandbox with the keys `a`, `b` and `c`, and `all.batch` in which they sign.
fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c"] {
        sandbox.succeed(&format!("keygen --scheme test --out {name}"));
    }
    let arguments = format!(
        "sign --scheme test --key a --key b.key --key c --slot 7 --message {} --out all.batch",
        message(1)
    );
    sandbox.succeed(&arguments);
    sandbox
}

fn damage(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn keys_sign_aggregate_and_verify() {
    let sandbox = signed();
    sandbox.succeed("aggregate --scheme test --batch all.batch --out proof");
    let valid = sandbox.succeed("verify --scheme test --batch all.batch proof");
    assert!(
        valid.starts_with("valid: 3 signatures in 1 group"),
        "{valid}"
    );

    let shown = sandbox.succeed("inspect proof");
    assert!(
        shown.contains("128.") && shown.contains("bits or more, proven"),
        "{shown}"
    );
    assert!(shown.contains("test") && shown.contains("1/2"), "{shown}");
    let shown = sandbox.succeed("inspect --scheme test --keys all.batch");
    assert!(shown.contains("key 2"), "{shown}");

    // Signers with a file each; files of one message are one group, in any order.
    for name in ["a", "b", "c"] {
        sandbox.succeed(&format!(
            "sign --scheme test --key {name} --slot 7 --message {} --out {name}.batch",
            message(1)
        ));
    }
    sandbox.succeed("verify --scheme test --batch c.batch --batch a.batch --batch b.batch proof");
    sandbox.fail(
        "verify --scheme test --batch a.batch --batch b.batch proof",
        1,
    );

    // Two groups.
    sandbox.succeed(&format!(
        "sign --scheme test --key a --key b --slot 8 --message 0x{} --out other.batch",
        message(2)
    ));
    sandbox.succeed(
        "aggregate --scheme test --batch all.batch --batch other.batch --out both --rate-log 3",
    );
    sandbox.succeed("verify --scheme test --batch other.batch --batch all.batch both");
    sandbox.fail("verify --scheme test --batch all.batch both", 1);
}

#[test]
fn rejected_proofs_exit_with_one() {
    let sandbox = signed();
    sandbox.succeed("aggregate --scheme test --batch all.batch --out proof");
    let proof = std::fs::read(sandbox.path("proof")).unwrap();
    let verify = "verify --scheme test --batch all.batch damaged";

    for at in (0..8).chain([8, proof.len() / 2, proof.len() - 1]) {
        std::fs::write(sandbox.path("damaged"), &proof).unwrap();
        damage(&sandbox.path("damaged"), at);
        let line = sandbox.fail(verify, 1);
        assert!(line.contains("damaged"), "{line}");
    }
    for bytes in [
        &proof[..0],
        &proof[..7],
        &proof[..proof.len() - 4],
        &[&proof[..], &[0]].concat(),
    ] {
        std::fs::write(sandbox.path("damaged"), bytes).unwrap();
        sandbox.fail(verify, 1);
    }
    // Of the batch only slot, message and keys count.
    damage(&sandbox.path("all.batch"), 40 + 52 + 100);
    sandbox.succeed("verify --scheme test --batch all.batch proof");
    for at in [0, 4, 40] {
        damage(&sandbox.path("all.batch"), at);
        sandbox.fail("verify --scheme test --batch all.batch proof", 1);
        damage(&sandbox.path("all.batch"), at);
    }
}

#[test]
fn unusable_input_exits_with_two() {
    let sandbox = signed();
    sandbox.succeed("aggregate --scheme test --batch all.batch --out proof");

    for arguments in [
        "verify --scheme test --batch missing proof",
        "verify --scheme test --batch all.batch missing",
        "aggregate --scheme test --batch missing --out x",
        "sign --scheme test --key missing --slot 1 --message 0 --out x",
        "aggregate --batch all.batch --out missing/x --rate-log 5",
        "bench --signatures many",
        "no-such-command",
    ] {
        assert_eq!(sandbox.run(arguments).status.code(), Some(2), "{arguments}");
    }
    let line = sandbox.fail("verify --scheme test --batch missing proof", 2);
    assert!(line.contains("missing"), "{line}");

    // The wrong scheme; a file cut short; an element that is not reduced.
    let line = sandbox.fail("aggregate --batch all.batch --out x", 2);
    assert!(
        line.contains("all.batch") && line.contains("3 signers"),
        "{line}"
    );
    let batch = std::fs::read(sandbox.path("all.batch")).unwrap();
    std::fs::write(sandbox.path("cut.batch"), &batch[..batch.len() - 1]).unwrap();
    let line = sandbox.fail("aggregate --scheme test --batch cut.batch --out x", 2);
    assert!(line.contains("cut.batch"), "{line}");
    let entry = 52 + 424;
    let mut bad = batch.clone();
    bad[40 + entry..][..4].fill(0xff);
    std::fs::write(sandbox.path("bad.batch"), bad).unwrap();
    for arguments in [
        "aggregate --scheme test --batch bad.batch --out x",
        "verify --scheme test --batch bad.batch proof",
    ] {
        let line = sandbox.fail(arguments, 2);
        let at = format!("byte {}", 40 + entry);
        assert!(line.contains("signer 1") && line.contains(&at), "{line}");
    }
    std::fs::write(
        sandbox.path("empty.batch"),
        [&batch[..36], &[0; 4]].concat(),
    )
    .unwrap();
    sandbox.fail("aggregate --scheme test --batch empty.batch --out x", 2);
    assert!(!sandbox.path("x").exists());
}

#[test]
fn bad_signatures_are_named_by_file_and_index() {
    let sandbox = signed();
    sandbox.succeed(&format!(
        "sign --scheme test --key a --slot 8 --message {} --out other.batch",
        message(2)
    ));
    let signature = |index: usize| 40 + index * (52 + 424) + 52;
    // Inside a sibling, where another canonical element stays one.
    damage(&sandbox.path("all.batch"), signature(0) + 60);
    damage(&sandbox.path("all.batch"), signature(2) + 60);
    damage(&sandbox.path("other.batch"), signature(0) + 60);
    let line = sandbox.fail(
        "aggregate --scheme test --batch other.batch --batch all.batch --out x",
        2,
    );
    assert!(line.contains("3 signatures are not valid"), "{line}");
    for named in [
        "all.batch: signer 0:",
        "all.batch: signer 2:",
        "other.batch: signer 0:",
    ] {
        assert!(line.contains(named), "{line}");
    }
    assert!(!line.contains("signer 1"), "{line}");

    let line = sandbox.fail(
        "verify --scheme test --batch all.batch --batch all.batch no-proof",
        2,
    );
    assert!(line.contains("no-proof"), "{line}");
    let header = [&sheaf::MAGIC[..], &[sheaf::FORMAT_VERSION, 2, 1, 0]].concat();
    std::fs::write(sandbox.path("no-proof"), header).unwrap();
    let line = sandbox.fail(
        "verify --scheme test --batch all.batch --batch all.batch no-proof",
        2,
    );
    assert!(
        line.contains("signer") && line.contains("same key"),
        "{line}"
    );
}

#[test]
fn no_slot_is_signed_twice() {
    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --out a --start 16 --slots 64");
    let sign = |slot: u32, byte: u8| {
        format!(
            "sign --scheme test --key a --slot {slot} --message {} --out {byte}.batch",
            message(byte)
        )
    };
    sandbox.succeed(&sign(20, 1));
    let line = sandbox.fail(&sign(20, 2), 2);
    assert!(line.contains("slot 20"), "{line}");
    assert!(!sandbox.path("2.batch").exists());
    let first = std::fs::read(sandbox.path("1.batch")).unwrap();
    sandbox.succeed(&sign(20, 1));
    assert_eq!(std::fs::read(sandbox.path("1.batch")).unwrap(), first);

    // The window moves on, and the moved key is kept.
    let before = std::fs::read(sandbox.path("a.key")).unwrap();
    sandbox.succeed(&sign(60, 3));
    assert_ne!(std::fs::read(sandbox.path("a.key")).unwrap(), before);
    sandbox.succeed(&sign(61, 4));
    for slot in [15, 80] {
        sandbox.fail(&sign(slot, 5), 2);
    }

    // A lost journal is noticed, and no key is overwritten.
    sandbox.fail("keygen --scheme test --out a", 2);
    std::fs::remove_file(sandbox.path("a.journal")).unwrap();
    let line = sandbox.fail(&sign(62, 6), 2);
    assert!(line.contains("a.journal"), "{line}");
    let line = sandbox.fail("keygen --scheme test --out a", 2);
    assert!(line.contains("a.key"), "{line}");
}

#[cfg(unix)]
#[test]
fn secret_keys_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --out a --slots 64");
    let mode = || {
        let metadata = std::fs::metadata(sandbox.path("a.key")).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(), 0o600);
    sandbox.succeed(&format!(
        "sign --scheme test --key a --slot 50 --message {} --out x",
        message(1)
    ));
    assert_eq!(mode(), 0o600);
    let mut names: Vec<_> = std::fs::read_dir(sandbox.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a.journal", "a.key", "a.pub", "x"]);
}

/// In any build, for instance with `RUSTFLAGS="-C target-cpu=x86-64"`.
#[test]
fn a_build_that_is_slower_than_the_machine_says_so_once() {
    let sandbox = Sandbox::new();
    let version = sandbox.succeed("--version");
    let output = sandbox.run("bench --scheme test --signatures 2 --repeat 1 --no-cache --json");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (simd, cpu_simd) = (
        json["simd"].as_str().unwrap(),
        json["cpu_simd"].as_str().unwrap(),
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    let warnings: Vec<&str> = errors.lines().filter(|l| l.contains("warning:")).collect();
    if simd == cpu_simd {
        assert!(warnings.is_empty(), "{errors}");
    } else {
        assert_eq!(warnings.len(), 1, "{errors}");
        assert!(warnings[0].contains(simd) && warnings[0].contains(cpu_simd));
    }
    let line = format!("built for {simd}, the CPU has {cpu_simd}");
    assert!(version.lines().any(|l| l == line), "{version}");
}

#[test]
fn bench_prints_one_json_object() {
    let sandbox = Sandbox::new();
    let arguments = "bench --scheme test --signatures 5 --rate-log 2 --threads 2 --repeat 2 --json";
    let cache = sandbox.path("cache/sheaf/signers-1-test-77.bin");
    // Once with an empty cache, once with the signers of the first run.
    for _ in 0..2 {
        let json: Value = serde_json::from_str(&sandbox.succeed(arguments)).unwrap();
        for (key, value) in [("signatures", 5), ("rate_log", 2), ("threads", 2)] {
            assert_eq!(json[key], value);
        }
        for key in [
            "prove_seconds",
            "signatures_per_second",
            "verify_seconds",
            "proof_bytes",
            "security_bits",
            "cells_per_signature",
        ] {
            assert!(json[key].as_f64().unwrap() > 0.0, "{key}: {json}");
        }
        assert_eq!(json["prove_seconds_all"].as_array().unwrap().len(), 2);
        assert_eq!(json["phases"].as_object().unwrap().len(), 7);
        assert!(json["simd"].is_string());
        if cfg!(target_os = "linux") {
            assert!(json["peak_rss_bytes"].as_u64().unwrap() > 1 << 20);
        }
        assert!(cache.exists());
    }
    let table = sandbox.succeed("bench --scheme test --signatures 3 --repeat 1 --no-cache");
    assert!(
        table.contains("signatures/s") && table.contains("permutations"),
        "{table}"
    );
    sandbox.fail("bench --signatures 0", 2);
    sandbox.fail("bench --signatures 65537", 2);
}

#[test]
fn demo_runs_to_its_end() {
    let sandbox = Sandbox::new();
    let shown = sandbox.succeed("demo --scheme test --signatures 4");
    for line in [
        "accepted",
        "bits, proven",
        "another message",
        "a forged signature",
        "a truncated proof",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    assert!(!sandbox.path("cache").exists());

    // Real signatures, loaded.
    let batch = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/xmss/tests/vectors/prod-slot-32639.bin"
    );
    sandbox.succeed(&format!("demo --batch {batch}"));
}

#[test]
fn known_answer_vectors_from_files() {
    let sandbox = Sandbox::new();
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/xmss/tests/vectors");
    let batches = ["0", "127", "77777"]
        .map(|slot| format!("--batch {vectors}/prod-slot-{slot}.bin"))
        .join(" ");
    sandbox.succeed(&format!("aggregate {batches} --out proof --threads 2"));
    let valid = sandbox.succeed(&format!("verify {batches} proof"));
    assert!(
        valid.starts_with("valid: 12 signatures in 3 groups"),
        "{valid}"
    );
}

#[test]
fn security_lists_terms_and_their_sum() {
    let sandbox = Sandbox::new();
    let shown = sandbox.succeed("security --signatures 100 --rate-log 2");
    for line in [
        "permutations",
        "commitment",
        "Schwartz-Zippel",
        "weakest term",
        "security: ",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    sandbox.fail("security --signatures 0", 2);
}

#[test]
fn help_has_examples() {
    let sandbox = Sandbox::new();
    for command in [
        "demo",
        "keygen",
        "sign",
        "aggregate",
        "verify",
        "inspect",
        "bench",
        "security",
    ] {
        let help = sandbox.succeed(&format!("{command} --help"));
        assert!(help.contains(&format!("  sheaf {command}")), "{help}");
    }
}
