//! Keys and signatures of the compact scheme, in every command.

use serde_json::Value;

use crate::sandbox::{Sandbox, message, vectors};

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&sandbox.succeed(arguments)).unwrap()
}

/// A sandbox with keys of the scheme `compact-test`, each with 100 slots from 40 on.
fn with_keys(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.succeed(&format!(
            "keygen --scheme compact-test --start 40 --slots 100 --out {name}"
        ));
    }
    sandbox
}

fn sign(keys: &str, slot: u32, byte: u8, out: &str) -> String {
    let message = message(byte);
    format!("sign {keys} --slot {slot} --message {message} --out {out}")
}

#[test]
fn keys_have_the_slots_that_were_asked_for() {
    let sandbox = Sandbox::new();
    let facts = json(
        &sandbox,
        "keygen --json --scheme compact --start 4294967290 --slots 5 --out a",
    );
    assert_eq!(facts["scheme"], "compact");
    assert_eq!(facts["first_slot"], 4_294_967_290_u32);
    assert_eq!(facts["last_slot"], 4_294_967_294_u32);
    assert_eq!(sandbox.read("a.pub").len(), 32);
    assert!(sandbox.read("a.key").len() < 2000);
    sandbox.refuse(
        "keygen --scheme compact --start 4294967290 --slots 7 --out b",
        2,
        &["7 slots from slot 4294967290"],
    );
    // Without a number, as many as a subtree of the other keys has; or as many as there are.
    let facts = json(&sandbox, "keygen --json --scheme compact-test --out b");
    assert_eq!(
        (&facts["first_slot"], &facts["last_slot"]),
        (&0.into(), &31.into())
    );
    let facts = json(
        &sandbox,
        "keygen --json --scheme compact-test --start 250 --out c",
    );
    assert_eq!(
        (&facts["first_slot"], &facts["last_slot"]),
        (&250.into(), &255.into())
    );
}

#[test]
fn no_slot_is_signed_twice_and_the_key_never_changes() {
    let sandbox = with_keys(&["a"]);
    let key = sandbox.read("a.key");
    // Far slots, in any order, without a word.
    for (slot, byte) in [(139, 1), (40, 2), (90, 3)] {
        sandbox.succeed(&sign("--key a", slot, byte, &format!("{byte}.batch")));
    }
    sandbox.refuse(&sign("--key a", 90, 4, "x"), 2, &["a.journal", "slot 90"]);
    let first = sandbox.read("3.batch");
    sandbox.succeed(&sign("--key a", 90, 3, "3.batch"));
    assert_eq!(sandbox.read("3.batch"), first);
    assert_eq!(sandbox.read("a.key"), key);
    for slot in [39, 140] {
        sandbox.refuse(
            &sign("--key a", slot, 5, "x"),
            2,
            &["a.key", "active range 40..140"],
        );
    }
}

#[test]
fn a_damaged_key_makes_no_signature_and_nothing_is_recorded() {
    let sandbox = with_keys(&["a"]);
    let journal = sandbox.read("a.journal");
    let mut damaged = 0;
    for at in (40..sandbox.read("a.key").len()).step_by(9) {
        sandbox.damage("a.key", at);
        let output = sandbox.run(&sign("--key a", 70, 1, "x --force"));
        if output.status.success() {
            sandbox.write("a.journal", &journal);
        } else {
            let errors = String::from_utf8(output.stderr).unwrap();
            assert!(
                errors.contains("a.key") || errors.contains("a.journal"),
                "{errors}"
            );
            assert_eq!(sandbox.read("a.journal"), journal);
            damaged += 1;
        }
        sandbox.damage("a.key", at);
    }
    assert!(damaged >= 8, "{damaged}");
}

#[test]
fn files_are_known_and_described() {
    let sandbox = with_keys(&["a", "b"]);
    sandbox.succeed(&sign("--key a --key b", 77, 1, "batch"));
    sandbox.succeed("batch export batch --dir parts");
    sandbox.succeed("claims --batch batch --out claims");
    sandbox.succeed("claims --batch batch --out claims.json");
    for (file, kind, scheme) in [
        ("a.key", "secret key", "compact-test"),
        ("a.journal", "journal", "compact-test"),
        ("batch", "batch", "compact-test"),
        ("claims", "claims", "compact-test"),
        ("claims.json", "claims", "compact-test"),
        ("parts/0.sig", "signature", "compact-test"),
        (
            "parts/0.pub",
            "public key",
            "compact or compact-test: not told by a public key",
        ),
    ] {
        let facts = json(&sandbox, &format!("inspect --json {file}"));
        assert_eq!(facts["kind"], kind, "{file}");
        if facts["scheme"] != Value::Null {
            assert_eq!(facts["scheme"], scheme, "{file}");
        }
        let shown = sandbox.succeed(&format!("inspect {file}"));
        assert!(shown.contains(scheme), "{shown}");
    }
    let facts = json(&sandbox, "inspect --json a.key");
    assert_eq!(facts["slots"]["first"], 40);
    assert_eq!(facts["slots"]["last"], 139);
    // There is no window in the file.
    assert_eq!(facts["window"], Value::Null);
    assert_eq!(facts["slots_left"], 99);
    assert_eq!(sandbox.read("parts/0.sig").len(), 216);
    assert_eq!(sandbox.read("claims").len(), 12 + 40 + 2 * 32);
}

#[test]
fn signatures_of_other_programs_become_a_batch() {
    let sandbox = with_keys(&["a", "b"]);
    sandbox.succeed(&sign("--key a --key b", 77, 1, "batch"));
    sandbox.succeed("batch export batch --dir parts");
    let message = message(1);
    let import = |keys: &str| {
        format!(
            "batch import --slot 77 --message {message} --keys {keys} --signatures parts/0.sig parts/1.sig --out again --force"
        )
    };
    sandbox.succeed(&import("parts/0.pub parts/1.pub"));
    assert_eq!(sandbox.read("again"), sandbox.read("batch"));
    // Both keys in one file.
    let both = [sandbox.read("a.pub"), sandbox.read("b.pub")].concat();
    sandbox.write("both.pub", both);
    sandbox.succeed(&import("both.pub"));
    assert_eq!(sandbox.read("again"), sandbox.read("batch"));
}

#[test]
fn real_signatures_are_read_without_a_word_of_their_scheme() {
    let sandbox = Sandbox::new();
    let batch = vectors().join("compact/slot-65536.bin");
    let batch = batch.display();
    let facts = json(&sandbox, &format!("inspect --json {batch}"));
    assert_eq!(
        (&facts["kind"], &facts["scheme"]),
        (&"batch".into(), &"compact".into())
    );
    assert_eq!(
        (&facts["slot"], &facts["signers"]),
        (&65_536.into(), &64.into())
    );
    sandbox.succeed(&format!("claims --batch {batch} --out claims"));
    assert_eq!(sandbox.read("claims").len(), 12 + 40 + 64 * 32);
    sandbox.succeed(&format!("batch export {batch} --dir parts"));
    assert_eq!(sandbox.read("parts/00.pub").len(), 32);
    assert_eq!(sandbox.read("parts/63.sig").len(), 1208);
}

#[test]
fn schemes_are_not_taken_together() {
    let sandbox = with_keys(&["a"]);
    sandbox.succeed("keygen --scheme test --slots 100 --out t");
    sandbox.refuse(
        &sign("--key a --key t", 50, 1, "x"),
        2,
        &["t.key: the file is of the scheme test", "compact-test"],
    );
    sandbox.refuse(
        &sign("--key a --scheme compact", 50, 1, "x"),
        2,
        &["a.key: the file is of the scheme compact-test, and --scheme compact was given"],
    );
    sandbox.succeed(&sign("--key a", 50, 1, "a.batch"));
    sandbox.succeed(&sign("--key t", 50, 1, "t.batch"));
    sandbox.refuse(
        "aggregate --batch a.batch --batch t.batch --out x",
        2,
        &[
            "t.batch: the file is of the scheme test, and",
            "of compact-test",
        ],
    );
}

#[test]
fn keys_of_one_seed_do_not_sign_together() {
    let sandbox = with_keys(&["a"]);
    // Another range of the same seed: one that was made elsewhere. Its seed is in the first bytes.
    let seed: [u8; 32] = sandbox.read("a.key")[1..33].try_into().unwrap();
    let generator = sheaf::xmss::KeyGenerator::new(&sheaf::COMPACT_TEST, 0, 90).unwrap();
    let (public, secret) = generator.generate_from(&seed);
    sandbox.write("b.key", &*secret.to_bytes());
    sandbox.write("b.pub", public.to_bytes());
    sheaf::xmss::FileSlotGuard::create(&sheaf::COMPACT_TEST, &public, &sandbox.path("b.journal"))
        .unwrap();
    sandbox.refuse(
        &sign("--key a --key b", 50, 1, "x"),
        2,
        &["a.key and b.key have the same secret"],
    );
    sandbox.succeed(&sign("--key b", 50, 1, "x"));
}

#[test]
fn help_lists_the_schemes() {
    let sandbox = Sandbox::new();
    for command in [
        "keygen", "sign", "verify", "demo", "bench", "claims", "security",
    ] {
        let help = sandbox.succeed(&format!("{command} --help"));
        for part in [
            "prod:",
            "compact:",
            "compact-test:",
            "Public keys of 32 bytes, signatures of 1208",
            "no security",
        ] {
            assert!(help.contains(part), "{command}: {part}: {help}");
        }
    }
}

#[test]
fn public_keys_alone_are_taken_for_real_ones_of_their_length() {
    let sandbox = with_keys(&["a", "b"]);
    let claims = |keys: &str, more: &str| {
        let message = message(1);
        format!("claims --slot 77 --message {message} --keys {keys} --out claims --force {more}")
    };
    for (more, scheme) in [
        ("", "compact"),
        ("--scheme compact-test", "compact-test"),
        ("--scheme compact", "compact"),
    ] {
        sandbox.succeed(&claims("a.pub b.pub", more));
        let facts = json(&sandbox, "inspect --json claims");
        assert_eq!(facts["scheme"], scheme);
        assert_eq!(sandbox.read("claims").len(), 12 + 40 + 2 * 32);
    }
    sandbox.refuse(
        &claims("a.pub", "--scheme prod"),
        2,
        &["a.pub: 32 bytes are no whole number of public keys of 52 bytes (prod)"],
    );
    // The first file decides, and the others have to agree.
    sandbox.succeed("keygen --scheme test --out t");
    sandbox.refuse(
        &claims("a.pub t.pub", ""),
        2,
        &["t.pub: 52 bytes are no whole number", "32 bytes (compact)"],
    );
    // As many bytes as 8 keys of one scheme and 13 of another one have.
    let keys: Vec<u8> = (0..13u32).flat_map(|i| i.to_le_bytes().repeat(8)).collect();
    sandbox.write("many.pub", keys);
    let question = "416 bytes may be 8 keys of prod or 13 keys of compact: say which by --scheme";
    sandbox.refuse(&claims("many.pub", ""), 2, &["many.pub", question]);
    sandbox.refuse("inspect many.pub", 2, &["many.pub", question]);
    let facts = json(&sandbox, "inspect --json --scheme compact many.pub");
    assert_eq!(facts["keys"].as_array().unwrap().len(), 13);
    sandbox.succeed(&claims("many.pub", "--scheme compact"));
    assert_eq!(sandbox.read("claims").len(), 12 + 40 + 13 * 32);
}

#[test]
fn compact_signatures_are_aggregated_and_verified() {
    let sandbox = with_keys(&["a", "b", "c"]);
    sandbox.succeed(&sign("--key a --key b", 77, 1, "one.batch"));
    sandbox.succeed(&sign("--key c", 78, 2, "two.batch"));
    sandbox.succeed("aggregate --form proof --batch one.batch --batch two.batch --out proof");
    sandbox.succeed("claims --batch one.batch --batch two.batch --out claims");
    sandbox.succeed("verify proof --claims claims");
    let facts = json(&sandbox, "inspect --json proof");
    assert_eq!(
        (&facts["kind"], &facts["scheme"]),
        (&"proof".into(), &"compact-test".into())
    );
    sandbox.succeed("claims --batch one.batch --out fewer");
    sandbox.refuse("verify proof --claims fewer", 1, &["proof"]);
}

#[test]
fn compact_proofs_are_shown_measured_and_reported_on() {
    let sandbox = Sandbox::new();
    sandbox.succeed("demo --scheme compact --signatures 3 --form proof");
    let bench = json(
        &sandbox,
        "bench --json --scheme compact --signatures 20 --repeat 1",
    );
    assert_eq!(bench["scheme"], "compact");
    let report = json(&sandbox, "security --json --scheme compact --signatures 20");
    assert!(
        report["security_bits"]
            .as_f64()
            .is_some_and(|bits| bits >= 128.0),
        "{report}"
    );
}
