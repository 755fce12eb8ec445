//! `bench` and `security`.

use serde_json::Value;

use crate::sandbox::Sandbox;

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
        let cost = |what: &str| json["verify_cost"][what].as_u64().unwrap();
        for what in [
            "ext",
            "mixed",
            "transcript_permutations",
            "hash_permutations",
        ] {
            assert!(cost(what) > 100, "{what}: {json}");
        }
        assert!(cost("inversions") > 0);
        assert_eq!(json["prove_seconds_all"].as_array().unwrap().len(), 2);
        assert_eq!(json["phases"].as_object().unwrap().len(), 7);
        for key in ["version", "scheme", "simd", "cpu_simd"] {
            assert!(json[key].is_string(), "{key}: {json}");
        }
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
}

#[test]
fn bench_says_on_what_and_of_what_it_is_a_measurement() {
    let sandbox = Sandbox::new();
    let text = sandbox.succeed("bench --scheme test --signatures 2 --repeat 1 --no-cache --json");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert!(json["rustc"].as_str().unwrap().starts_with("rustc 1."));
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        assert!(info.contains(json["cpu"].as_str().unwrap()), "{json}");
    }
    // Absent if the source lies in no repository.
    if let Some(commit) = json["commit"].as_str() {
        assert_eq!(commit.len(), 40, "{commit}");
        assert!(commit.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}

#[test]
fn several_sizes_and_rates_are_one_table() {
    let sandbox = Sandbox::new();
    let arguments = "bench --scheme test --signatures 3,5 --rate-log 1,2,4 --repeat 1 --no-cache";
    let expected = [(3, 1), (3, 2), (3, 4), (5, 1), (5, 2), (5, 4)];

    let table = sandbox.succeed(arguments);
    assert_eq!(table.lines().count(), 7, "{table}");
    let width = table.lines().next().unwrap().len();
    assert!(table.lines().all(|line| line.len() == width), "{table}");
    assert!(table.lines().nth(6).unwrap().contains("1/16"), "{table}");

    let json: Value =
        serde_json::from_str(&sandbox.succeed(&format!("{arguments} --json"))).unwrap();
    let rows = json.as_array().unwrap();
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["signatures"].as_u64().unwrap(),
                row["rate_log"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(found, expected);

    let csv = sandbox.succeed(&format!("{arguments} --csv"));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    assert_eq!((&names[0], &names[1]), ("signatures", "rate_log"));
    // All that JSON has, one way or another.
    for field in rows[0].as_object().unwrap().keys() {
        let part = format!("{field}_");
        let known = names
            .iter()
            .any(|name| name == field || name.starts_with(&part));
        assert!(
            known || ["phases", "prove_seconds_all"].contains(&field.as_str()),
            "{field}"
        );
    }
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    let (bytes, open) = (at("proof_bytes"), at("phase_open"));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (record, ((signatures, rate), row)) in records.iter().zip(expected.iter().zip(rows)) {
        assert_eq!(&record[0], signatures.to_string());
        assert_eq!(&record[1], rate.to_string());
        assert_eq!(record[bytes], row["proof_bytes"].to_string());
        assert!(record[open].parse::<f64>().unwrap() > 0.0);
    }
    assert_eq!(records.len(), 6);
    // One line of a table is a table as well.
    let csv = sandbox.succeed("bench --scheme test --signatures 3 --repeat 1 --no-cache --csv");
    assert_eq!(csv.lines().count(), 2);
}

#[test]
fn numbers_of_signatures_that_no_proof_covers_are_errors_of_usage() {
    let sandbox = Sandbox::new();
    for arguments in [
        "bench --signatures 0",
        "bench --signatures 65537",
        "bench --signatures 10,0",
        "bench --signatures many",
        "bench --rate-log 5",
        "bench --rate-log 1,0",
        "bench --repeat 0",
        "bench --json --csv",
        "demo --signatures 0",
        "security --signatures 0",
        "security --signatures 65537",
    ] {
        let output = sandbox.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(
            errors.contains("For more information, try '--help'"),
            "{errors}"
        );
    }
}

#[test]
fn security_lists_terms_and_their_sum() {
    let sandbox = Sandbox::new();
    let arguments = "security --signatures 100 --rate-log 2";
    let shown = sandbox.succeed(arguments);
    for line in [
        "permutations",
        "commitment",
        "Schwartz-Zippel",
        "weakest term",
        "security: ",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    let json: Value =
        serde_json::from_str(&sandbox.succeed(&format!("{arguments} --json"))).unwrap();
    let bits = json["security_bits"].as_f64().unwrap();
    assert!(
        bits > 128.0 && shown.contains(&format!("security: {bits:.2} bits")),
        "{json}"
    );
    assert_eq!(
        (&json["signatures"], &json["rate_log"]),
        (&100.into(), &2.into())
    );
    let terms = json["terms"].as_array().unwrap();
    assert!(
        terms
            .iter()
            .all(|term| term["bits"].as_f64().unwrap() >= bits),
        "{json}"
    );
    assert!(
        terms
            .iter()
            .any(|term| term["name"] == json["weakest_term"])
    );
    assert!(terms.iter().any(|term| term["is_hash"] == true));
}

/// On no terminal, where a bar would be noise, one line at the start says what takes long.
#[test]
fn long_work_is_announced_where_there_is_no_terminal() {
    let sandbox = Sandbox::new();
    let remarks = |arguments: &str| {
        let output = sandbox.run(arguments);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        let lines = text.lines().filter(|line| !line.contains("warning:"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let bench = "bench --scheme test --no-cache --signatures";
    assert_eq!(
        remarks(&format!("{bench} 256 --repeat 2")),
        [
            "sheaf: making 256 signers",
            "sheaf: proving 256 signatures at rate 1/2, proof 1 of 2",
            "sheaf: proving 256 signatures at rate 1/2, proof 2 of 2",
        ]
    );
    assert_eq!(remarks(&format!("{bench} 4 --repeat 2")), [""; 0]);
    assert_eq!(remarks("keygen --scheme test --out a"), [""; 0]);

    // Before the work: the command is ended as soon as it has said it.
    let mut child = sandbox
        .command("keygen --out real")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    let line = lines.find(|line| !line.as_ref().unwrap().contains("warning:"));
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        line.unwrap().unwrap(),
        "sheaf: making a key for 131072 slots"
    );
    assert!(running && !sandbox.path("real.key").exists());
}
