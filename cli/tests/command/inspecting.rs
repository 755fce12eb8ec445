//! `inspect`.

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, message, signed};

fn inspect(sandbox: &Sandbox, file: &str) -> Value {
    let text = sandbox.succeed(&format!("inspect --json {file}"));
    serde_json::from_str(&text).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn proofs_batches_and_claims_are_described() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let shown = sandbox.succeed("inspect proof");
    for part in ["128.", "bits or more, proven", "test", "1/2"] {
        assert!(shown.contains(part), "{shown}");
    }
    let facts = inspect(&sandbox, "proof");
    assert_eq!(
        (&facts["kind"], &facts["rate_log"]),
        (&"proof".into(), &1.into())
    );
    assert!(facts["least_security_bits"].as_f64().unwrap() > 128.0);
    assert_eq!(facts["bytes"], sandbox.read("proof").len());

    let shown = sandbox.succeed("inspect --keys all.batch");
    let key = hex(&sandbox.read("c.pub"));
    assert!(shown.contains("key 2") && shown.contains(&key), "{shown}");
    let facts = inspect(&sandbox, "all.batch");
    assert_eq!(
        (&facts["kind"], &facts["signers"]),
        (&"batch".into(), &3.into())
    );
    assert_eq!(facts["keys"], Value::Null);
    let facts = inspect(&sandbox, "--keys all.batch");
    assert_eq!(facts["keys"][2], format!("0x{key}"));

    for file in ["claims", "claims.json"] {
        sandbox.succeed(&format!("claims --batch all.batch --out {file}"));
        let shown = sandbox.succeed(&format!("inspect {file}"));
        assert!(
            shown.contains("slot 7") && shown.contains(&message(1)),
            "{shown}"
        );
        let facts = inspect(&sandbox, &format!("--keys {file}"));
        assert_eq!(
            (&facts["kind"], &facts["scheme"]),
            (&"claims".into(), &"test".into())
        );
        assert_eq!(facts["groups"][0]["slot"], 7);
        assert_eq!(facts["groups"][0]["keys"][2], format!("0x{key}"));
    }
    sandbox.refuse(
        "inspect --scheme prod all.batch",
        2,
        &["of the scheme test"],
    );
}

#[test]
fn keys_are_described_without_their_secret() {
    let sandbox = signed();
    let public = hex(&sandbox.read("a.pub"));
    let shown = sandbox.succeed("inspect a.pub");
    assert!(
        shown.contains("public key") && shown.contains(&public),
        "{shown}"
    );
    let facts = inspect(&sandbox, "a.pub");
    assert_eq!(facts["public_key"], format!("0x{public}"));

    let secret = sandbox.read("a.key");
    for arguments in ["inspect a.key", "inspect a.key --json --keys"] {
        let shown = sandbox.succeed(arguments);
        assert!(shown.contains(&public), "{shown}");
        for part in secret[..32].chunks(4) {
            assert!(!shown.contains(&hex(part)), "{shown}");
        }
    }
    let facts = inspect(&sandbox, "a.key");
    assert_eq!(facts["kind"], "secret key");
    assert_eq!(facts["scheme"], "test");
    assert_eq!(facts["slots"], json!({ "first": 0, "last": 31 }));
    assert_eq!(facts["window"], json!({ "first": 0, "last": 31 }));
}

#[test]
fn a_journal_and_its_key_tell_which_slots_are_used_and_left() {
    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --start 16 --slots 64 --out a");
    let facts = inspect(&sandbox, "a.journal");
    assert_eq!(
        (&facts["slots_used"], &facts["last_slot"]),
        (&0.into(), &Value::Null)
    );
    for slot in [17, 40, 38] {
        sandbox.succeed(&format!(
            "sign --key a --slot {slot} --message {} --out x",
            message(1)
        ));
    }
    let before = sandbox.contents();
    let public = format!("0x{}", hex(&sandbox.read("a.pub")));
    for (file, kind) in [("a.journal", "journal"), ("a.key", "secret key")] {
        let facts = inspect(&sandbox, file);
        for (name, value) in [
            ("kind", json!(kind)),
            ("scheme", json!("test")),
            ("public_key", json!(public)),
            ("slots", json!({ "first": 16, "last": 79 })),
            ("window", json!({ "first": 16, "last": 47 })),
            ("slots_used", json!(3)),
            ("slots_left", json!(61)),
            ("last_slot", json!(38)),
        ] {
            assert_eq!(facts[name], value, "{file}: {name}");
        }
        let shown = sandbox.succeed(&format!("inspect {file}"));
        for part in [
            "slots       16 to 79",
            "slots used  3",
            "slots left  61",
            "last slot   38",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
    }
    assert_eq!(sandbox.contents(), before);

    // A journal without its key knows no range; a key without its journal says so.
    std::fs::rename(sandbox.path("a.journal"), sandbox.path("b.journal")).unwrap();
    let facts = inspect(&sandbox, "b.journal");
    assert_eq!(
        (&facts["slots_used"], &facts["slots_left"]),
        (&3.into(), &Value::Null)
    );
    let shown = sandbox.succeed("inspect a.key");
    assert!(
        shown.contains("a.journal: ") && shown.contains("No such file"),
        "{shown}"
    );
    sandbox.damage("b.journal", 130);
    sandbox.refuse(
        "inspect b.journal",
        2,
        &["b.journal: record 0 of the journal is damaged"],
    );
}

#[test]
fn what_is_no_file_of_sheaf_is_said_to_be_none() {
    let sandbox = signed();
    sandbox.write("text", "text");
    sandbox.refuse("inspect text", 2, &["text: this is not a file of sheaf"]);
    sandbox.write("empty", "");
    sandbox.refuse("inspect empty", 2, &["empty: the file is empty"]);
    let batch = sandbox.read("all.batch");
    sandbox.write("cut", &batch[..500]);
    sandbox.refuse("inspect cut", 2, &["3 signers", "cut short or damaged"]);
    sandbox.refuse("inspect missing", 2, &["missing: No such file"]);
}
