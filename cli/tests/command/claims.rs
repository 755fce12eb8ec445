//! Verifying without signatures.

use serde_json::{Value, json};
use sheaf::xmss::BatchFile;
use sheaf::xmss::one_slot::sign_once;
use sheaf::{Claims, TEST};

use crate::sandbox::{Sandbox, message, signed, vectors, with_keys};

/// A sandbox with `all.batch`, `other.batch` and a proof of both.
fn proved() -> Sandbox {
    let sandbox = signed();
    sandbox.succeed(&format!(
        "sign --key a --key b --slot 8 --message {} --out other.batch",
        message(2)
    ));
    sandbox.succeed("aggregate --form proof --batch all.batch --batch other.batch --out proof");
    sandbox
}

#[test]
fn a_file_of_claims_takes_the_place_of_batches() {
    let sandbox = proved();
    for file in ["claims", "claims.json"] {
        let said = sandbox.succeed(&format!(
            "claims --batch all.batch --batch other.batch --out {file}"
        ));
        assert!(said.starts_with("5 keys in 2 groups"), "{said}");
        let valid = sandbox.succeed(&format!("verify --claims {file} proof"));
        assert!(
            valid.starts_with("valid: 5 signatures in 2 groups"),
            "{valid}"
        );
    }
    // Three keys of 52 bytes and two, instead of 5 times 476.
    assert_eq!(sandbox.read("claims").len(), 12 + 2 * 40 + 5 * 52);
    let claims = Claims::from_bytes(&sandbox.read("claims")).unwrap();
    assert_eq!((claims.groups().len(), claims.signatures()), (2, 5));
    let document: Value = serde_json::from_slice(&sandbox.read("claims.json")).unwrap();
    assert_eq!(document["scheme"], "test");
    assert_eq!(document["groups"][1]["slot"], 8);
    let wanted = format!("0x{}", message(2));
    assert_eq!(document["groups"][1]["message"], wanted);

    // From one form into the other and back.
    sandbox.succeed("claims --claims claims.json --out back");
    assert_eq!(sandbox.read("back"), sandbox.read("claims"));
    let text = sandbox.succeed("claims --claims claims --format json --out -");
    assert_eq!(text.as_bytes(), sandbox.read("claims.json"));

    // One message from a batch, the other one claimed.
    sandbox.succeed("claims --batch other.batch --out part");
    sandbox.succeed("verify --claims part --batch all.batch proof");
    sandbox.fail("verify --claims part proof", 1);
}

#[test]
fn slot_message_and_keys_can_be_given_as_they_are() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let claim = |slot: u32, byte: u8, keys: &str| {
        format!(
            "verify proof --scheme test --slot {slot} --message {} --keys {keys}",
            message(byte)
        )
    };
    sandbox.succeed(&claim(7, 1, "c.pub a.pub b.pub"));
    sandbox.fail(&claim(7, 1, "c.pub a.pub"), 1);
    sandbox.fail(&claim(8, 1, "a.pub b.pub c.pub"), 1);
    sandbox.fail(&claim(7, 2, "a.pub b.pub c.pub"), 1);
    // Several keys in one file.
    let keys = ["b.pub", "c.pub"].map(|name| sandbox.read(name)).concat();
    sandbox.write("keys", keys);
    sandbox.succeed(&claim(7, 1, "a.pub keys"));
    sandbox.refuse(
        &claim(7, 1, "keys b.pub"),
        2,
        &["b.pub: key 0 has the same key as keys: key 0"],
    );
    sandbox.write("cut", &sandbox.read("keys")[..100]);
    sandbox.refuse(&claim(7, 1, "a.pub cut"), 2, &["cut", "100 bytes"]);
    sandbox.refuse(
        &claim(7, 1, "all.batch"),
        2,
        &["all.batch: this is a batch of signatures, not a public key"],
    );

    sandbox.refuse(
        &format!(
            "verify --slot 7 --message {} --keys a.pub proof",
            message(1)
        ),
        2,
        &["no proof is given: name it before --keys"],
    );
    for incomplete in ["--slot 7 proof", "--keys a.pub -- proof", "proof"] {
        let output = sandbox.run(&format!("verify {incomplete}"));
        assert_eq!(output.status.code(), Some(2), "{incomplete}");
    }
}

/// A proof comes from anyone. If it could say that the keys are of the scheme without security, it would be believed.
#[test]
fn what_a_proof_says_about_the_scheme_of_keys_is_not_believed() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    sandbox.refuse(
        &format!(
            "verify proof --slot 7 --message {} --keys a.pub b.pub c.pub",
            message(1)
        ),
        1,
        &["if the keys are of the scheme test, add --scheme test"],
    );
}

#[test]
fn verify_prints_json_for_programs() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --rate-log 2 --batch all.batch --out proof");
    let verify = "verify --json --batch all.batch proof";
    let mut result: Value = serde_json::from_str(&sandbox.succeed(verify)).unwrap();
    assert!(result["verify_seconds"].as_f64().unwrap() > 0.0);
    result.as_object_mut().unwrap().remove("verify_seconds");
    let expected = json!({
        "valid": true, "signatures": 3, "groups": 1, "scheme": "test", "form": "proof", "rate_log": 2,
    });
    assert_eq!(result, expected);

    sandbox.damage("proof", 1000);
    let output = sandbox.run(verify);
    assert_eq!(output.status.code(), Some(1));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["valid"], false);
    assert!(result["reason"].as_str().unwrap().contains("rejected"));
}

#[test]
fn claims_that_nothing_could_prove_are_not_written() {
    let sandbox = with_keys(&["a", "b"]);
    let claims = |slot: u32, keys: &str| {
        format!(
            "claims --out x --scheme test --slot {slot} --message {} --keys {keys}",
            message(1)
        )
    };
    let twice = [sandbox.read("a.pub"), sandbox.read("a.pub")].concat();
    sandbox.write("twice", twice);
    sandbox.refuse(
        &claims(7, "b.pub twice"),
        2,
        &["twice: key 1 has the same key as twice: key 0"],
    );
    sandbox.refuse(
        &claims(256, "a.pub b.pub"),
        2,
        &["a.pub: slot 256 is beyond"],
    );
    sandbox.succeed(&claims(255, "a.pub b.pub"));
    // In a file of claims places are a group and a key in it.
    let mut bad = sandbox.read("x");
    bad[12 + 40 + 52 + 3] = 0xff;
    sandbox.write("bad", bad);
    sandbox.refuse(
        "verify --claims bad no-proof",
        2,
        &["bad: key 1 of group 0 at byte 104"],
    );
    sandbox.write(
        "bad.json",
        "{\"scheme\": \"test\",\n \"groups\": [{\"slot\": 7}]}",
    );
    sandbox.refuse(
        "verify --claims bad.json no-proof",
        2,
        &["bad.json", "line 2"],
    );
}

#[test]
fn claims_about_real_keys() {
    let sandbox = Sandbox::new();
    let batch = vectors().join("prod-slot-127.bin");
    let batch = batch.display();
    sandbox.succeed(&format!(
        "aggregate --form proof --batch {batch} --out proof"
    ));
    sandbox.succeed(&format!("claims --batch {batch} --out claims"));
    sandbox.succeed("verify --claims claims proof");
    assert_eq!(sandbox.read("claims").len(), 12 + 40 + 4 * 52);
}

/// Two thousand groups of two thousand files. The limit on time is generous: it takes a fraction of a second.
#[test]
fn thousands_of_files_are_joined_in_no_time() {
    let sandbox = Sandbox::new();
    let signer = sign_once(&TEST, &[1; 32], 7, &[1; 32]).unwrap();
    let mut arguments = "claims --out claims".to_owned();
    for file in 0..2000u32 {
        let mut message = [0; 32];
        message[..4].copy_from_slice(&file.to_be_bytes());
        let batch = BatchFile {
            slot: 7,
            message,
            signers: vec![signer.clone()],
        };
        let name = format!("{file}.batch");
        sandbox.write(&name, batch.to_bytes());
        arguments += &format!(" --batch {name}");
    }
    let start = std::time::Instant::now();
    let said = sandbox.succeed(&arguments);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    assert!(said.starts_with("2000 keys in 2000 groups"), "{said}");
}
