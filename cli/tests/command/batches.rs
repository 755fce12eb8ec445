//! Keys and signatures of other programs.

use sheaf::PROD;
use sheaf::xmss::BatchFile;

use crate::sandbox::{Sandbox, message, signed, vectors};

#[test]
fn keys_and_signatures_in_ssz_go_into_batches_and_out_of_them() {
    let sandbox = Sandbox::new();
    let file = std::fs::read(vectors().join("prod-slot-77777.bin")).unwrap();
    let batch = BatchFile::parse(&PROD, &file).unwrap();
    sandbox.write("original", &file);
    let said = sandbox.succeed("batch export original --dir files");
    let hex: String = batch.message.iter().map(|b| format!("{b:02x}")).collect();
    assert!(said.contains("4 signatures") && said.contains("77777") && said.contains(&hex));
    for (index, (key, signature)) in batch.signers.iter().enumerate() {
        let path = |ending| format!("files/{index}.{ending}");
        assert_eq!(sandbox.read(&path("pub")), key.to_bytes());
        assert_eq!(sandbox.read(&path("sig")), signature.to_bytes());
    }
    let files = |ending| {
        (0..4)
            .map(|i| format!("files/{i}.{ending}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (keys, signatures) = (files("pub"), files("sig"));
    let import = format!(
        "batch import --slot 77777 --message {hex} --signatures {signatures} --out new --keys"
    );
    sandbox.succeed(&format!("{import} {keys}"));
    assert_eq!(sandbox.read("new"), file);

    // All keys in one file.
    let all: Vec<u8> = batch
        .signers
        .iter()
        .flat_map(|(key, _)| key.to_bytes())
        .collect();
    sandbox.write("keys", all);
    std::fs::remove_file(sandbox.path("new")).unwrap();
    sandbox.succeed(&format!("{import} keys"));
    assert_eq!(sandbox.read("new"), file);

    // Nothing is overwritten.
    sandbox.refuse(
        "batch export original --dir files",
        2,
        &["files: ", "exists"],
    );
}

#[test]
fn a_signature_that_is_not_valid_is_named_and_not_imported() {
    let sandbox = signed();
    sandbox.succeed("batch export all.batch --dir s");
    let import = |byte: u8, keys: &str, signatures: &str| {
        format!(
            "batch import --slot 7 --message {} --keys {keys} --signatures {signatures} --out x",
            message(byte)
        )
    };
    sandbox.refuse(
        &import(1, "a.pub b.pub c.pub", "s/0.sig s/2.sig s/1.sig"),
        2,
        &["2 signatures are not valid", "s/2.sig: ", "s/1.sig: "],
    );
    sandbox.refuse(
        &import(2, "a.pub", "s/0.sig"),
        2,
        &[
            "one signature is not valid for slot, message and key",
            "s/0.sig",
        ],
    );
    sandbox.refuse(
        &import(1, "a.pub b.pub", "s/0.sig"),
        2,
        &["2 keys and 1 signature: each key needs its signature"],
    );
    sandbox.refuse(
        &import(1, "a.pub b.pub", "s/0.sig s/0.sig"),
        2,
        &["s/0.sig is given twice"],
    );
    for (file, complaint) in [
        ("b.pub", "this is a public key, not a single signature"),
        ("all.batch", "this is a batch of signatures, not a single"),
    ] {
        sandbox.refuse(&import(1, "a.pub", file), 2, &[file, complaint]);
    }
    sandbox.write("cut", &sandbox.read("s/0.sig")[..423]);
    sandbox.refuse(
        &import(1, "a.pub", "cut"),
        2,
        &[
            "cut: a signature in SSZ has 2536 (prod), 424 (test), 1208 (compact) or 216 (compact-test) bytes, the file 423",
        ],
    );
    let mut bad = sandbox.read("s/0.sig");
    bad[0] += 1;
    sandbox.write("bad", bad);
    sandbox.refuse(&import(1, "a.pub", "bad"), 2, &["bad: the offset of path"]);
    sandbox.succeed(&import(1, "a.pub b.pub", "s/0.sig s/1.sig"));
}
