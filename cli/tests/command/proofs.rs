//! Aggregating and verifying.

use sheaf::xmss::BatchFile;
use sheaf::xmss::one_slot::sign_once;
use sheaf::{FORMAT_VERSION, KIND_LEAF, MAGIC, TEST};

use crate::sandbox::{Sandbox, message, signed, vectors};

#[test]
fn keys_sign_aggregate_and_verify() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let valid = sandbox.succeed("verify --batch all.batch proof");
    assert!(
        valid.starts_with("valid: 3 signatures in 1 group"),
        "{valid}"
    );

    // Signers with a file each; files of one message are one group, in any order.
    for name in ["a", "b", "c"] {
        sandbox.succeed(&format!(
            "sign --key {name} --slot 7 --message {} --out {name}.batch",
            message(1)
        ));
    }
    sandbox.succeed("verify --batch c.batch --batch a.batch --batch b.batch proof");
    sandbox.fail("verify --batch a.batch --batch b.batch proof", 1);

    // Two groups.
    sandbox.succeed(&format!(
        "sign --key a --key b --slot 8 --message 0x{} --out other.batch",
        message(2)
    ));
    sandbox.succeed(
        "aggregate --form proof --batch all.batch --batch other.batch --out both --rate-log 3",
    );
    sandbox.succeed("verify --batch other.batch --batch all.batch both");
    sandbox.fail("verify --batch all.batch both", 1);
}

#[test]
fn rejected_proofs_exit_with_one() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let proof = sandbox.read("proof");
    let verify = "verify --batch all.batch damaged";

    for at in (0..8).chain([8, proof.len() / 2, proof.len() - 1]) {
        sandbox.write("damaged", &proof);
        sandbox.damage("damaged", at);
        let line = sandbox.fail(verify, 1);
        assert!(line.contains("damaged"), "{line}");
    }
    for bytes in [
        &proof[..0],
        &proof[..7],
        &proof[..proof.len() - 4],
        &[&proof[..], &[0]].concat(),
    ] {
        sandbox.write("damaged", bytes);
        sandbox.fail(verify, 1);
    }
    // Of the batch only slot, message and keys count.
    sandbox.damage("all.batch", 40 + 52 + 100);
    sandbox.succeed("verify --batch all.batch proof");
    for at in [0, 4, 40] {
        sandbox.damage("all.batch", at);
        sandbox.fail("verify --batch all.batch proof", 1);
        sandbox.damage("all.batch", at);
    }
}

#[test]
fn unusable_input_exits_with_two() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");

    for arguments in [
        "verify --batch missing proof",
        "verify --batch all.batch missing",
        "aggregate --batch missing --out x",
        "sign --key missing --slot 1 --message 0 --out x",
        "aggregate --batch all.batch --out missing/x --rate-log 5",
        "bench --signatures many",
        "no-such-command",
    ] {
        assert_eq!(sandbox.run(arguments).status.code(), Some(2), "{arguments}");
    }
    let line = sandbox.fail("verify --batch missing proof", 2);
    assert!(line.contains("missing"), "{line}");

    // A file cut short; an element that is not reduced.
    let batch = sandbox.read("all.batch");
    sandbox.write("cut.batch", &batch[..batch.len() - 1]);
    let line = sandbox.fail("aggregate --batch cut.batch --out x", 2);
    for part in ["cut.batch", "3 signers", "1468 bytes (test)", "has 1467"] {
        assert!(line.contains(part), "{line}");
    }
    let entry = 52 + 424;
    let mut bad = batch.clone();
    bad[40 + entry..][..4].fill(0xff);
    sandbox.write("bad.batch", bad);
    for arguments in [
        "aggregate --batch bad.batch --out x",
        "verify --batch bad.batch proof",
    ] {
        let line = sandbox.fail(arguments, 2);
        let at = format!("byte {}", 40 + entry);
        assert!(line.contains("signer 1") && line.contains(&at), "{line}");
    }
    sandbox.write("empty.batch", [&batch[..36], &[0; 4]].concat());
    sandbox.refuse(
        "aggregate --batch empty.batch --out x",
        2,
        &["empty.batch: the file has no signers"],
    );
    assert!(!sandbox.path("x").exists());
}

#[test]
fn bad_signatures_are_named_by_file_and_index() {
    let sandbox = signed();
    sandbox.succeed(&format!(
        "sign --key a --slot 8 --message {} --out other.batch",
        message(2)
    ));
    let signature = |index: usize| 40 + index * (52 + 424) + 52;
    // Inside a sibling, where another canonical element stays one.
    sandbox.damage("all.batch", signature(0) + 60);
    sandbox.damage("all.batch", signature(2) + 60);
    sandbox.damage("other.batch", signature(0) + 60);
    let line = sandbox.fail("aggregate --batch other.batch --batch all.batch --out x", 2);
    assert!(line.contains("3 signatures are not valid"), "{line}");
    for named in [
        "all.batch: signer 0:",
        "all.batch: signer 2:",
        "other.batch: signer 0:",
    ] {
        assert!(line.contains(named), "{line}");
    }
    assert!(!line.contains("signer 1"), "{line}");

    // One key in two files.
    sandbox.succeed(&format!(
        "sign --key b --slot 7 --message {} --out b.batch",
        message(1)
    ));
    let header = [&MAGIC[..], &[FORMAT_VERSION, 2, 1, KIND_LEAF]].concat();
    sandbox.write("no-proof", header);
    sandbox.refuse(
        "verify --batch all.batch --batch b.batch no-proof",
        2,
        &["b.batch: signer 0 has the same key as all.batch: signer 1"],
    );
}

#[test]
fn of_thousands_of_invalid_signatures_ten_are_named_and_the_others_counted() {
    let sandbox = Sandbox::new();
    let signers = (0..2000u32).map(|index| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&index.to_le_bytes());
        let (key, mut signature) = sign_once(&TEST, &seed, 7, &[1; 32]).unwrap();
        signature.path.swap(0, 1);
        (key, signature)
    });
    let batch = BatchFile {
        slot: 7,
        message: [1; 32],
        signers: signers.collect(),
    };
    sandbox.write("bad.batch", batch.to_bytes());
    let output = sandbox.run("aggregate --batch bad.batch --out x");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let line = errors.lines().last().unwrap();
    assert!(line.contains("2000 signatures are not valid: bad.batch: signer 0:"));
    assert!(
        line.contains("signer 9:") && !line.contains("signer 10:"),
        "{line}"
    );
    assert!(
        line.ends_with("; and 1990 more") && line.len() < 2000,
        "{line}"
    );
}

#[test]
fn a_file_that_is_given_twice_is_called_that() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let twice = "all.batch is given twice";
    for arguments in [
        "aggregate --batch all.batch --batch all.batch --out x",
        "verify --batch all.batch --batch all.batch proof",
        "verify --batch all.batch all.batch",
        "claims --batch all.batch --batch all.batch --out x",
        "demo --batch all.batch --batch all.batch",
    ] {
        sandbox.refuse(arguments, 2, &[twice]);
    }
    sandbox.refuse(
        "aggregate --batch all.batch --batch ./all.batch --out x",
        2,
        &["./all.batch and all.batch are the same file"],
    );
    sandbox.refuse(
        "aggregate --batch - --batch - --out x",
        2,
        &["standard input is given twice"],
    );
}

#[test]
fn the_scheme_is_found_in_files_and_a_mix_up_is_named() {
    let sandbox = signed();
    let prod = vectors().join("prod-slot-127.bin");
    let prod = prod.display();
    // Without the option everywhere else in these tests; the right one does no harm.
    sandbox.succeed("aggregate --scheme test --batch all.batch --out proof");
    sandbox.succeed("verify --scheme test --batch all.batch proof");
    sandbox.refuse(
        "aggregate --scheme prod --batch all.batch --out x",
        2,
        &["all.batch: the file is of the scheme test, and --scheme prod was given"],
    );
    sandbox.refuse(
        &format!("aggregate --batch {prod} --batch all.batch --out x"),
        2,
        &["all.batch: the file is of the scheme test, and", "of prod"],
    );
    sandbox.refuse(
        &format!("verify --batch {prod} proof"),
        1,
        &[
            "proof",
            "keys of the scheme test, the claims about keys of prod",
        ],
    );
}

#[test]
fn the_wrong_kind_of_file_is_named() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    sandbox.succeed("claims --batch all.batch --out claims");
    sandbox.write(
        "text",
        "This is text, as long as the header of a batch and longer.",
    );
    for (file, kind) in [
        ("a.pub", "this is a public key, not a batch of signatures"),
        ("a.key", "this is a secret key, not a batch of signatures"),
        ("a.journal", "this is a journal of used slots, not a batch"),
        ("proof", "this is a proof, not a batch of signatures"),
        (
            "claims",
            "this is a file of claims, not a batch of signatures",
        ),
        (
            "text",
            "this is not a batch of signatures, nor anything else",
        ),
    ] {
        for arguments in [
            format!("aggregate --batch {file} --out x"),
            format!("demo --batch {file}"),
            format!("claims --batch {file} --out x"),
            format!("batch export {file} --dir x"),
        ] {
            sandbox.refuse(&arguments, 2, &[file, kind]);
        }
    }
    sandbox.refuse(
        "verify --batch all.batch a.pub",
        1,
        &["a.pub: this is a public key, not a proof"],
    );
    sandbox.refuse(
        "verify --claims all.batch proof",
        2,
        &["all.batch: this is a batch of signatures, not a file of claims"],
    );
    sandbox.write("empty", "");
    sandbox.refuse(
        "aggregate --batch empty --out x",
        2,
        &["empty: the file is empty, not a batch"],
    );
}

#[test]
fn known_answer_vectors_from_files() {
    let sandbox = Sandbox::new();
    let vectors = vectors().display();
    let batches = ["0", "127", "77777"]
        .map(|slot| format!("--batch {vectors}/prod-slot-{slot}.bin"))
        .join(" ");
    sandbox.succeed(&format!(
        "aggregate --form proof {batches} --out proof --threads 2"
    ));
    let valid = sandbox.succeed(&format!("verify {batches} proof"));
    assert!(
        valid.starts_with("valid: 12 signatures in 3 groups"),
        "{valid}"
    );
}

#[test]
fn demo_runs_to_its_end() {
    let sandbox = Sandbox::new();
    let shown = sandbox.succeed("demo --scheme test --signatures 4 --form proof");
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
    let batch = vectors().join("prod-slot-32639.bin");
    sandbox.succeed(&format!("demo --form proof --batch {}", batch.display()));
}
