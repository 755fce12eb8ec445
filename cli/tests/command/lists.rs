//! Lists of signatures: what is written in place of a proof of a few.

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, message, signed, with_keys};

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&sandbox.succeed(arguments)).unwrap()
}

/// Bytes of a list of so many signatures of the scheme `test`.
const fn list_bytes(signatures: usize) -> usize {
    8 + 424 * signatures
}

#[test]
fn few_signatures_are_listed_unless_a_proof_is_asked_for() {
    let sandbox = signed();
    let written = sandbox.succeed("aggregate --batch all.batch --out auto");
    assert!(
        written.contains("list of signatures") && !written.contains("rate"),
        "{written}"
    );
    sandbox.succeed("aggregate --batch all.batch --form auto --rate-log 4 --out again");
    sandbox.succeed("aggregate --batch all.batch --form raw --out raw");
    assert_eq!(sandbox.read("auto").len(), list_bytes(3));
    for same in ["again", "raw"] {
        assert_eq!(sandbox.read(same), sandbox.read("auto"));
    }
    let written = sandbox.succeed("aggregate --batch all.batch --form proof --out proof");
    assert!(
        written.contains("rate") && written.contains("proof"),
        "{written}"
    );
    assert!(sandbox.read("proof").len() > list_bytes(100));

    for (file, form, rate) in [("auto", "raw", Value::Null), ("proof", "proof", json!(1))] {
        let shown = sandbox.succeed(&format!("verify --batch all.batch {file}"));
        assert!(
            shown.starts_with("valid: 3 signatures in 1 group"),
            "{shown}"
        );
        let facts = json(&sandbox, &format!("verify --json --batch all.batch {file}"));
        assert_eq!((&facts["form"], &facts["rate_log"]), (&form.into(), &rate));
    }
    let other = sandbox.run("aggregate --batch all.batch --form list --out x");
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn a_list_says_of_itself_what_it_is() {
    let sandbox = signed();
    sandbox.succeed("aggregate --batch all.batch --out list");
    let shown = sandbox.succeed("inspect list");
    assert!(
        shown.contains("the signatures themselves") && !shown.contains("bits"),
        "{shown}"
    );
    let facts = json(&sandbox, "inspect --json list");
    for (key, value) in [
        ("kind", json!("proof")),
        ("form", json!("raw")),
        ("signatures", json!(3)),
        ("bytes", json!(list_bytes(3))),
        ("rate_log", Value::Null),
        ("least_security_bits", Value::Null),
    ] {
        assert_eq!(facts[key], value, "{key}");
    }
}

#[test]
fn damaged_lists_and_other_claims_are_rejected() {
    let sandbox = signed();
    sandbox.succeed("aggregate --batch all.batch --out list");
    let list = sandbox.read("list");
    let verify = "verify --batch all.batch damaged";
    for at in (0..8).chain([8, list.len() / 2, list.len() - 1]) {
        sandbox.write("damaged", &list);
        sandbox.damage("damaged", at);
        let line = sandbox.fail(verify, 1);
        assert!(line.contains("damaged"), "{line}");
    }
    for bytes in [
        &list[..8],
        &list[..list.len() - 4],
        &list[..list_bytes(2)],
        &[&list[..], &[0]].concat(),
    ] {
        sandbox.write("damaged", bytes);
        sandbox.fail(verify, 1);
    }
    // Of the batch only slot, message and keys count.
    sandbox.damage("all.batch", 40 + 52 + 100);
    sandbox.succeed("verify --batch all.batch list");
    for at in [0, 4, 40] {
        sandbox.damage("all.batch", at);
        sandbox.fail("verify --batch all.batch list", 1);
        sandbox.damage("all.batch", at);
    }

    // What is damaged is named as the claims count.
    let sandbox = with_keys(&["a"]);
    let sign = format!(
        "sign --key a --slot 7 --message {} --out one.batch",
        message(1)
    );
    sandbox.succeed(&sign);
    sandbox.succeed("aggregate --batch one.batch --out list");
    sandbox.damage("list", 8 + 200);
    sandbox.refuse(
        "verify --batch one.batch list",
        1,
        &["list: the aggregate is rejected: one signature is not valid: one.batch: signer 0: "],
    );
}

#[test]
fn an_invalid_signature_of_a_batch_is_named_before_anything_is_listed() {
    let sandbox = signed();
    let mut batch = sandbox.read("all.batch");
    let at = batch.len() - 100;
    batch[at] ^= 1;
    sandbox.write("bad.batch", &batch);
    for form in ["raw", "auto", "proof"] {
        let line = sandbox.fail(
            &format!("aggregate --batch bad.batch --form {form} --out x"),
            2,
        );
        assert!(
            line.contains("bad.batch") && !sandbox.path("x").exists(),
            "{line}"
        );
    }
}

#[test]
fn bench_and_demo_know_the_form() {
    let sandbox = Sandbox::new();
    let bench = "bench --scheme test --signatures 5 --repeat 1 --no-cache";
    for form in ["raw", "auto"] {
        let facts = json(&sandbox, &format!("{bench} --form {form} --json"));
        for (key, value) in [
            ("form", json!("raw")),
            ("proof_bytes", json!(list_bytes(5))),
            ("rate_log", Value::Null),
            ("security_bits", Value::Null),
            ("cells_per_signature", Value::Null),
        ] {
            assert_eq!(facts[key], value, "{key}");
        }
        assert!(facts["verify_cost"]["hash_permutations"].as_u64().unwrap() > 0);
        assert_eq!(facts["phases"].as_object().unwrap().len(), 1);
    }
    assert_eq!(json(&sandbox, &format!("{bench} --json"))["form"], "proof");
    let table = sandbox.succeed(&format!("{bench} --form raw"));
    assert!(table.contains("raw") && !table.contains("bits"), "{table}");
    let csv = sandbox.succeed(&format!("{bench} --form raw --csv"));
    assert!(csv.lines().nth(1).unwrap().contains(",raw,"), "{csv}");
    let table =
        sandbox.succeed("bench --scheme test --signatures 3,500 --form auto --repeat 1 --no-cache");
    assert!(table.contains("raw") && table.contains("1/2"), "{table}");

    let shown = sandbox.succeed("demo --scheme test --signatures 4");
    for line in [
        "accepted",
        "the signatures",
        "another message",
        "a forged signature",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
}
