//! Proofs are merged, and what was merged is split.

use serde_json::Value;
use sheaf::PROD;
use sheaf::xmss::BatchFile;
use sheaf::xmss::one_slot::sign_once;

use crate::sandbox::{Sandbox, signed};

/// A batch of signers with these numbers, and a proof of it, which have one name.
fn prove(sandbox: &Sandbox, name: &str, slot: u32, numbers: &[u8]) {
    write_batch(sandbox, name, slot, numbers);
    sandbox.succeed(&format!(
        "aggregate --form proof --rate-log 2 --batch {name}.batch --out {name}.proof"
    ));
}

fn write_batch(sandbox: &Sandbox, name: &str, slot: u32, numbers: &[u8]) {
    let message = [slot as u8; 32];
    let signers = numbers
        .iter()
        .map(|&number| sign_once(&PROD, &[number; 32], slot, &message));
    let batch = BatchFile {
        slot,
        message,
        signers: signers.collect::<Result<_, _>>().unwrap(),
    };
    sandbox.write(&format!("{name}.batch"), batch.to_bytes());
}

fn three() -> Sandbox {
    let sandbox = Sandbox::new();
    prove(&sandbox, "a", 5, &[1, 2]);
    prove(&sandbox, "b", 6, &[3]);
    write_batch(&sandbox, "c", 6, &[3, 4]);
    sandbox
}

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&sandbox.succeed(arguments)).unwrap()
}

#[test]
fn proofs_are_merged_with_signatures_and_split_again() {
    let sandbox = three();
    let merge = "merge --child a.proof=a.batch --child b.proof=b.batch";
    let shown = sandbox.succeed(&format!("{merge} --batch c.batch --out all.proof"));
    for part in ["2 proofs", "4 signatures in 2 groups", "all.proof"] {
        assert!(shown.contains(part), "{shown}");
    }
    let verify = "verify --batch a.batch --batch c.batch";
    sandbox.succeed(&format!("{verify} all.proof"));
    sandbox.refuse("verify --batch a.batch all.proof", 1, &["rejected"]);
    let facts = json(&sandbox, "inspect --json all.proof");
    assert_eq!(
        (&facts["form"], &facts["rate_log"]),
        (&"merged".into(), &1.into())
    );
    assert_eq!((&facts["leaves"], &facts["height"]), (&3.into(), &1.into()));

    let whole = "all.proof=a.batch,c.batch";
    let facts = json(
        &sandbox,
        &format!("split {whole} --keep a.batch --out part.proof --json"),
    );
    assert_eq!(facts["signatures"], 2);
    sandbox.succeed("verify --batch a.batch part.proof");
    sandbox.refuse(&format!("{verify} part.proof"), 1, &["part.proof"]);
    // What was proven for b alone, and what was added of c, are c together.
    sandbox.succeed(&format!("split {whole} --keep c.batch --out c.proof"));
    let facts = json(
        &sandbox,
        "merge --child part.proof=a.batch --child c.proof=c.batch --rate-log 2 --out again.proof --json",
    );
    assert_eq!(
        (&facts["signatures"], &facts["form"]),
        (&4.into(), &"merged".into())
    );
    sandbox.succeed(&format!("{verify} again.proof"));
}

#[test]
fn what_cannot_be_merged_or_split_is_named_and_leaves_no_file() {
    let sandbox = three();
    write_batch(&sandbox, "d", 5, &[1]);
    let files = sandbox.names();
    let child = "merge --out x --child a.proof=a.batch --child";
    sandbox.refuse(
        &format!("{child} b.proof=a.batch"),
        1,
        &["b.proof: ", "rejected"],
    );
    sandbox.refuse(&format!("{child} b.batch=b.batch"), 1, &["b.batch: "]);
    sandbox.refuse(&format!("{child} none.proof=b.batch"), 2, &["none.proof"]);
    let usage = sandbox.run(&format!("{child} b.proof"));
    assert_eq!(usage.status.code(), Some(2));
    sandbox.refuse(
        &format!("{child} b.proof=b.batch --rate-log 4"),
        2,
        &["rate"],
    );
    let split = "split --out x a.proof=a.batch --keep";
    sandbox.refuse(
        &format!("{split} d.batch"),
        2,
        &["a.proof: ", "proven apart"],
    );
    sandbox.refuse(&format!("{split} b.batch"), 2, &["a.proof: "]);
    assert_eq!(sandbox.names(), files);

    let test = signed();
    test.succeed("aggregate --form proof --batch all.batch --out p");
    test.succeed("aggregate --form proof --rate-log 2 --batch all.batch --out q");
    let text = test.fail("merge --out x --child p=all.batch --child q=all.batch", 2);
    assert!(text.contains("scheme is test"), "{text}");
}
