//! What the command says about itself.

use serde_json::Value;

use crate::sandbox::Sandbox;

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
fn help_has_examples_and_the_meaning_of_exit_codes() {
    let sandbox = Sandbox::new();
    for command in [
        "demo",
        "keygen",
        "sign",
        "aggregate",
        "verify",
        "claims",
        "batch",
        "batch import",
        "batch export",
        "inspect",
        "bench",
        "machine",
        "machine list",
        "machine example",
        "machine prove",
        "machine verify",
        "machine profile",
        "machine bench",
        "security",
    ] {
        for flag in ["--help", "-h"] {
            let help = sandbox.succeed(&format!("{command} {flag}"));
            assert!(help.contains(&format!("  sheaf {command}")), "{help}");
            assert!(
                help.contains("Exit codes: 0 success, 1 a proof is rejected, 2"),
                "{help}"
            );
        }
    }
    assert!(sandbox.succeed("--help").contains("Exit codes: 0 success"));
}
