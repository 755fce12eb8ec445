//! `machine`: programs and proofs about their runs.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, signed};

/// A sandbox with an input and a proof of `fibonacci`.
fn proved() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.succeed("machine example fibonacci --size 10 --out input.json");
    sandbox.succeed("machine prove fibonacci --input input.json --out proof");
    sandbox
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The file with other values of some fields.
fn change(sandbox: &Sandbox, from: &str, to: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&sandbox.read(from)).unwrap();
    change(&mut value);
    sandbox.write(to, value.to_string());
}

#[test]
fn a_program_is_run_proven_and_verified() {
    let sandbox = Sandbox::new();
    for (name, size) in [
        ("fibonacci", 10),
        ("membership", 20),
        ("polynomial", 3),
        ("poseidon", 5),
        ("sorting", 7),
        ("xmss", 1),
    ] {
        sandbox.succeed(&format!("machine example {name} --size {size} --out input"));
        let made = sandbox.succeed(&format!("machine prove {name} --input input --out proof"));
        assert!(made.contains("identity") && made.contains("rows"), "{made}");
        let valid = sandbox.succeed(&format!("machine verify {name} proof --public input"));
        let says = format!("valid      {name} has run");
        assert!(valid.contains(&says), "{valid}");
    }
}

#[test]
fn verify_says_what_has_been_proven() {
    let sandbox = proved();
    let verify = "machine verify fibonacci proof --public";
    let shown = sandbox.succeed(&format!("{verify} input.json"));
    // In the first coefficient 1, 2, 3, 5, 8, ..: the tenth, counted from zero, is 144.
    for line in [
        "arguments  10 1 0 0 0 0 2 3 5 7 11",
        "results    144 165 275 385 605",
        "security   128.",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let facts = json(&sandbox.succeed(&format!("{verify} input.json --json")));
    assert_eq!(facts["valid"], true);
    assert_eq!(facts["program"], "fibonacci");
    assert_eq!(facts["results"], json!([144, 165, 275, 385, 605]));
    assert_eq!(
        (&facts["rate_log"], &facts["rows"]),
        (&1.into(), &13.into())
    );
    assert!(facts["security_bits"].as_f64().unwrap() >= 128.0);
    let identity = facts["identity"].as_str().unwrap();
    assert_eq!(identity.len(), 2 + 2 * 36);
    let listed = json(&sandbox.succeed("machine list --json"));
    assert_eq!(listed[0]["identity"], *identity);

    // Whoever knows the arguments alone is told the results.
    sandbox.write(
        "arguments",
        r#"{"arguments": [10, 1, 0, 0, 0, 0, 2, 3, 5, 7, 11]}"#,
    );
    let told = sandbox.succeed(&format!("{verify} arguments"));
    assert!(told.contains("results    144"), "{told}");
}

#[test]
fn a_proof_of_something_else_is_rejected() {
    let sandbox = proved();
    change(&sandbox, "input.json", "results", |v| {
        v["results"][0] = 145.into()
    });
    change(&sandbox, "input.json", "arguments", |v| {
        v["arguments"][0] = 11.into()
    });
    change(&sandbox, "input.json", "more", |v| {
        v["results"] = json!([144])
    });
    for (public, complaint) in [
        ("results", "element 0 of the results is 144, and not 145"),
        ("arguments", "element 0 of the arguments is 10, and not 11"),
        ("more", "results: 5 elements, and not 1"),
    ] {
        let arguments = format!("machine verify fibonacci proof --public {public}");
        sandbox.refuse(&arguments, 1, &["proof", complaint]);
        let output = sandbox.run(&format!("{arguments} --json"));
        let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (output.status.code(), &facts["valid"]),
            (Some(1), &false.into())
        );
        assert!(facts["reason"].as_str().unwrap().contains(complaint));
    }
    let other = "machine verify sorting proof --public input.json";
    sandbox.refuse(other, 1, &["a run of fibonacci, not of sorting"]);

    // A prover who writes other results into a proof has not proven them.
    let bytes = sandbox.read("proof");
    let at = bytes
        .windows(4)
        .position(|four| four == [144, 0, 0, 0])
        .unwrap();
    sandbox.write("forged", &bytes);
    sandbox.damage("forged", at);
    let forged = "machine verify fibonacci forged --public results";
    sandbox.refuse(forged, 1, &["the proof is not valid"]);
}

#[test]
fn damaged_and_truncated_proofs_are_rejected() {
    let sandbox = proved();
    let proof = sandbox.read("proof");
    let verify = "machine verify fibonacci damaged --public input.json";
    for at in (0..300)
        .step_by(3)
        .chain([proof.len() / 2, proof.len() - 1])
    {
        sandbox.write("damaged", &proof);
        sandbox.damage("damaged", at);
        let line = sandbox.fail(verify, 1);
        assert!(line.contains("damaged"), "{line}");
    }
    for (bytes, complaint) in [
        (&proof[..0], "the file is empty"),
        (&proof[..7], "the bytes end after 7, within the header"),
        (&proof[..100], "the bytes end after 100, within the"),
        (&proof[..proof.len() - 4], "the proof ends inside"),
        (
            &proof[..proof.len() - 1],
            "not a sequence of four-byte elements",
        ),
        (&[&proof[..], &[0; 4]].concat(), "4 bytes"),
    ] {
        sandbox.write("damaged", bytes);
        sandbox.refuse(verify, 1, &["damaged", complaint]);
    }
    // A device that never ends.
    #[cfg(unix)]
    sandbox.refuse(
        "machine verify fibonacci /dev/zero --public input.json",
        1,
        &["exceed the 4194304"],
    );
}

#[test]
fn kinds_of_proofs_are_told_apart() {
    let sandbox = signed();
    sandbox.succeed("machine example fibonacci --size 10 --out input.json");
    sandbox.succeed("machine prove fibonacci --input input.json --out run");
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    sandbox.refuse(
        "machine verify fibonacci proof --public input.json",
        1,
        &["kind 1 (a proof about signatures)"],
    );
    sandbox.refuse(
        "machine verify fibonacci all.batch --public input.json",
        1,
        &["a batch of signatures"],
    );
    sandbox.refuse(
        "verify --batch all.batch run",
        1,
        &["kind 3 (a proof about the run of a program)"],
    );
    // Neither replaces the other, nor its own input.
    for (arguments, complaint) in [
        (
            "aggregate --batch all.batch --out run",
            "a proof does not replace",
        ),
        (
            "machine prove fibonacci --input input.json --out proof",
            "this is a proof, which a proof about the run",
        ),
        (
            "machine prove fibonacci --input input.json --out input.json --force",
            "would replace input.json",
        ),
        ("machine example sorting --out run", "does not replace"),
    ] {
        sandbox.refuse(arguments, 2, &[complaint]);
    }
    sandbox.succeed("machine prove fibonacci --input input.json --out run --rate-log 3");

    let shown = sandbox.succeed("inspect run");
    for part in [
        "run of a program",
        "fibonacci",
        "144 165 275",
        "1/8",
        "128.",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    let facts = json(&sandbox.succeed("inspect run --json"));
    assert_eq!(
        (&facts["kind"], &facts["program"]),
        (&"run proof".into(), &"fibonacci".into())
    );
    assert_eq!(facts["arguments"][0], 10);
    let facts = json(&sandbox.succeed("inspect input.json --json"));
    assert_eq!(
        (&facts["kind"], &facts["arguments"]),
        (&"input".into(), &11.into())
    );
}

#[test]
fn input_that_can_not_be_used_is_named() {
    let sandbox = proved();
    for (text, complaint) in [
        ("", "EOF"),
        ("{}", "there are no arguments"),
        (
            r#"{"arguments": [1, 2]}"#,
            "main gets 11 elements as arguments, not 2",
        ),
        (r#"{"arguments": [2130706433]}"#, "2130706433 is not below"),
        (r#"{"argument": []}"#, "unknown field `argument`"),
    ] {
        sandbox.write("bad", text);
        let prove = "machine prove fibonacci --input bad --out new";
        sandbox.refuse(prove, 2, &["bad: ", complaint]);
    }
    sandbox.refuse(
        "machine prove fibonacci --input missing --out new",
        2,
        &["missing: No such file"],
    );
    // Results that the run does not have.
    change(&sandbox, "input.json", "wrong", |v| {
        v["results"][0] = 7.into()
    });
    sandbox.refuse(
        "machine prove fibonacci --input wrong --out new",
        2,
        &["element 0 of the results is 144, and not 7"],
    );
    // An assertion that does not hold, with its line.
    sandbox.succeed("machine example membership --out path");
    change(&sandbox, "path", "other", |v| v["advice"][0] = 1.into());
    sandbox.refuse(
        "machine prove membership --input other --out new",
        2,
        &["other: membership has no such run", "membership.rs"],
    );
    change(&sandbox, "path", "short", |v| v["advice"] = json!([]));
    sandbox.refuse(
        "machine prove membership --input short --out new",
        2,
        &["the tape of advice ends after 0 elements"],
    );
    assert!(!sandbox.path("new").exists());
}

#[test]
fn unknown_names_and_sizes_are_errors_of_usage() {
    let sandbox = Sandbox::new();
    let output = sandbox.run("machine bench nonsense");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("fibonacci") && errors.contains("xmss"),
        "{errors}"
    );
    for (arguments, complaint) in [
        (
            "machine bench membership --size 3",
            "3 levels: examples of membership have 20",
        ),
        (
            "machine profile xmss --size 0",
            "0 signatures: examples of xmss have from 1 to",
        ),
        (
            "machine profile fibonacci --size 4194304",
            "the run has more than",
        ),
    ] {
        sandbox.refuse(arguments, 2, &[complaint]);
    }
}

#[test]
fn bench_prints_one_json_object() {
    let sandbox = Sandbox::new();
    let bench = "machine bench poseidon --size 30 --repeat 2 --rate-log 2 --threads 2";
    let facts = json(&sandbox.succeed(&format!("{bench} --json")));
    for (name, value) in [("size", 30), ("rate_log", 2), ("threads", 2), ("kinds", 4)] {
        assert_eq!(facts[name], value, "{name}");
    }
    for name in [
        "rows",
        "cells",
        "committed_cells",
        "permutations",
        "messages",
        "run_seconds",
        "prove_seconds",
        "verify_seconds",
        "steps_per_second",
        "proof_bytes",
    ] {
        assert!(facts[name].as_f64().unwrap() > 0.0, "{name}: {facts}");
    }
    assert!(facts["security_bits"].as_f64().unwrap() >= 128.0);
    assert_eq!(facts["prove_seconds_all"].as_array().unwrap().len(), 2);
    assert_eq!(facts["phases"].as_object().unwrap().len(), 8);
    if cfg!(target_os = "linux") {
        assert!(facts["peak_rss_bytes"].as_u64().unwrap() > 1 << 20);
    }
    for name in ["version", "rustc", "simd", "program"] {
        assert!(facts[name].is_string(), "{name}");
    }
    let table = sandbox.succeed(bench);
    assert!(
        table.contains("permutations/s") && table.contains("committed"),
        "{table}"
    );
}

#[test]
fn a_profile_says_where_rows_go() {
    let sandbox = proved();
    let example = sandbox.succeed("machine profile fibonacci --size 10");
    assert!(
        example.contains("steps") && example.contains("total"),
        "{example}"
    );
    let same = sandbox.succeed("machine profile fibonacci --input input.json");
    assert_eq!(same, example);
    let facts = json(&sandbox.succeed("machine profile fibonacci --size 10 --json"));
    assert_eq!(facts["total"]["rows"], 13);
    let kinds = facts["kinds"].as_array().unwrap();
    let steps = kinds.iter().find(|kind| kind["name"] == "steps").unwrap();
    assert_eq!(steps["rows"], 10);
}

#[test]
fn dashes_are_standard_input_and_output() {
    let sandbox = Sandbox::new();
    let input = sandbox.succeed("machine example sorting --size 5 --out -");
    let mut child = sandbox
        .command("machine prove sorting --input - --out -")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let proof = child.wait_with_output().unwrap().stdout;
    sandbox.write("proof", proof);
    sandbox.write("input", input);
    sandbox.succeed("machine verify sorting proof --public input");
}

/// On no terminal one line at the start says what takes long.
#[test]
fn long_proofs_are_announced_where_there_is_no_terminal() {
    let sandbox = Sandbox::new();
    let remarks = |size: u32| {
        let output = sandbox.run(&format!("machine bench fibonacci --size {size} --repeat 1"));
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        let lines = text.lines().filter(|line| !line.contains("warning:"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let announced = "sheaf: proving a run of fibonacci, 131075 rows, at rate 1/2";
    assert_eq!(remarks(1 << 17), [announced]);
    assert_eq!(remarks(100), [""; 0]);
}
