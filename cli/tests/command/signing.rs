//! Signing.

use crate::sandbox::{Sandbox, message, with_keys};

#[test]
fn no_slot_is_signed_twice() {
    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --out a --start 16 --slots 64");
    let sign = |slot: u32, byte: u8| {
        format!(
            "sign --key a --slot {slot} --message {} --out {byte}.batch",
            message(byte)
        )
    };
    sandbox.succeed(&sign(20, 1));
    sandbox.refuse(&sign(20, 2), 2, &["a.journal", "slot 20"]);
    assert!(!sandbox.path("2.batch").exists());
    let first = sandbox.read("1.batch");
    sandbox.succeed(&sign(20, 1));
    assert_eq!(sandbox.read("1.batch"), first);

    // The window moves on, and the moved key is kept.
    let before = sandbox.read("a.key");
    sandbox.succeed(&sign(60, 3));
    assert_ne!(sandbox.read("a.key"), before);
    sandbox.succeed(&sign(61, 4));
    for slot in [15, 80] {
        sandbox.refuse(&sign(slot, 5), 2, &["a.key", "active range 16..80"]);
    }
}

#[test]
fn a_missing_journal_is_noticed_and_the_message_says_what_to_do() {
    let sandbox = with_keys(&["a"]);
    sandbox.refuse(
        "keygen --scheme test --out a",
        2,
        &["a.key: the file exists"],
    );
    std::fs::remove_file(sandbox.path("a.journal")).unwrap();
    let sign = format!("sign --key a --slot 6 --message {} --out x", message(6));
    sandbox.refuse(
        &sign,
        2,
        &["a.journal: ", "is missing", "Put it back", "make a new key"],
    );
}

#[test]
fn a_missing_key_is_named_with_what_to_do() {
    let sandbox = with_keys(&["a"]);
    let sign = |key: &str| format!("sign --key {key} --slot 6 --message {} --out x", message(6));
    sandbox.refuse(&sign("bob"), 2, &["bob.key: ", "`sheaf keygen` makes one"]);
    for other in ["a.pub", "a.journal"] {
        sandbox.refuse(&sign(other), 2, &["did you mean `--key a`?"]);
    }
    std::fs::copy(sandbox.path("a.pub"), sandbox.path("b.key")).unwrap();
    sandbox.refuse(
        &sign("b"),
        2,
        &["b.key: this is a public key, not a secret key"],
    );
}

#[test]
fn one_key_signs_once() {
    let sandbox = with_keys(&["a", "b"]);
    let sign = |keys: &str| format!("sign {keys} --slot 6 --message {} --out x", message(6));
    for keys in ["--key a --key a", "--key a --key b --key a.key"] {
        sandbox.refuse(&sign(keys), 2, &["the key a.key is given twice"]);
    }
    sandbox.refuse(
        &sign("--key a --key ./a"),
        2,
        &["./a.key is the same file as the secret key a.key"],
    );
    for (from, to) in [("a.key", "copy.key"), ("a.journal", "copy.journal")] {
        std::fs::copy(sandbox.path(from), sandbox.path(to)).unwrap();
    }
    sandbox.refuse(
        &sign("--key a --key copy"),
        2,
        &["a.key and copy.key are copies of one key"],
    );
}

#[test]
fn nothing_is_recorded_if_one_of_several_keys_can_not_sign() {
    let sandbox = with_keys(&["a", "b"]);
    sandbox.succeed("keygen --scheme test --start 128 --out late");
    let sign =
        |keys: &str, byte: u8| format!("sign {keys} --slot 6 --message {} --out x", message(byte));
    sandbox.refuse(&sign("--key a --key late", 1), 2, &["late.key", "slot 6"]);
    sandbox.refuse(&sign("--key a --key missing", 1), 2, &["missing.key"]);
    // Another message at the slot.
    sandbox.succeed(&sign("--key b", 1));
    sandbox.refuse(&sign("--key a --key b", 2), 2, &["b.journal", "slot 6"]);
    // A journal of another key.
    let journal = sandbox.read("b.journal");
    std::fs::copy(sandbox.path("a.journal"), sandbox.path("b.journal")).unwrap();
    sandbox.refuse(
        &sign("--key a --key b", 1),
        2,
        &["b.journal", "another public key"],
    );
    sandbox.write("b.journal", journal);
    // No place for the batch.
    let elsewhere = sign("--key a --key b", 1).replace("--out x", "--out missing/x");
    sandbox.refuse(&elsewhere, 2, &["missing"]);
}

#[test]
fn a_damaged_key_makes_no_signature_and_nothing_is_recorded() {
    let sandbox = with_keys(&["a", "b"]);
    let sign = format!(
        "sign --key a --key b --slot 6 --message {} --out x",
        message(1)
    );
    let before = (sandbox.read("a.journal"), sandbox.read("b.journal"));
    let mut refused = 0;
    // One bit in each node of each tree. Some of them are on the path of this slot.
    for at in (100..sandbox.read("b.key").len()).step_by(32) {
        sandbox.damage("b.key", at);
        let output = sandbox.run(&sign);
        if output.status.success() {
            sandbox.succeed("aggregate --batch x --out y");
            for (name, journal) in [("a.journal", &before.0), ("b.journal", &before.1)] {
                sandbox.write(name, journal);
            }
        } else {
            let errors = String::from_utf8(output.stderr).unwrap();
            assert!(errors.contains("b.key"), "{errors}");
            let after = (sandbox.read("a.journal"), sandbox.read("b.journal"));
            assert_eq!(after, before);
            refused += 1;
        }
        sandbox.damage("b.key", at);
    }
    // A sibling in each of eight layers at least.
    assert!(refused >= 8, "{refused}");
}

#[test]
fn a_slot_far_ahead_is_said_twice_and_slots_before_it_can_still_be_signed() {
    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --slots 256 --out k");
    let sign = |slot: u32, more: &str| {
        let message = message(1);
        format!("sign --key k --slot {slot} --message {message} --out {slot}.batch {more}")
    };
    let journal = sandbox.read("k.journal");
    sandbox.refuse(&sign(200, ""), 2, &["more than a window", "--skip-to 200"]);
    sandbox.refuse(&sign(200, "--skip-to 20"), 2, &["not the same slot"]);
    assert_eq!(sandbox.read("k.journal"), journal);
    for (slot, more) in [(200, "--skip-to 200"), (3, ""), (31, ""), (47, "")] {
        sandbox.succeed(&sign(slot, more));
        sandbox.succeed(&format!("aggregate --batch {slot}.batch --out p --force"));
    }
}

#[test]
fn keys_of_different_schemes_do_not_sign_together() {
    let sandbox = with_keys(&["a"]);
    // What counts is the depth of the trees, in the first bytes.
    let mut prod = sandbox.read("a.key");
    prod[88] = 32;
    sandbox.write("p.key", prod);
    let sign = |keys: &str| format!("sign {keys} --slot 6 --message {} --out x", message(6));
    sandbox.refuse(
        &sign("--key a --scheme prod"),
        2,
        &["a.key: the file is of the scheme test, and --scheme prod was given"],
    );
    sandbox.refuse(&sign("--key p"), 2, &["p.key"]);
}

/// What is lost is the batch: the slot is used up for its message, which may be signed again.
#[cfg(target_os = "linux")]
#[test]
fn a_batch_that_can_not_be_written_can_be_made_again() {
    let sandbox = with_keys(&["a"]);
    let sign = |out: &str| format!("sign --key a --slot 6 --message {} --out {out}", message(6));
    let line = sandbox.fail(&sign("/dev/full"), 2);
    assert!(
        line.contains("/dev/full: No space left") && line.contains("the same command"),
        "{line}"
    );
    sandbox.succeed(&sign("x"));
}

#[cfg(unix)]
#[test]
fn a_secret_key_that_is_a_link_stays_one_when_its_window_moves() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("safe")).unwrap();
    sandbox.succeed("keygen --scheme test --slots 64 --out a");
    std::fs::rename(sandbox.path("a.key"), sandbox.path("safe/a.key")).unwrap();
    std::os::unix::fs::symlink("safe/a.key", sandbox.path("a.key")).unwrap();
    let before = sandbox.read("safe/a.key");
    sandbox.succeed(&format!(
        "sign --key a --slot 40 --message {} --out x",
        message(6)
    ));
    assert!(
        sandbox
            .path("a.key")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    assert_ne!(sandbox.read("safe/a.key"), before);
    assert_eq!(std::fs::read_dir(sandbox.path("safe")).unwrap().count(), 1);
}

/// A signer is killed at any moment while it moves the window. What it leaves of the secret key is gone after the next run.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_no_copy_of_the_secret_key_for_long() {
    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --slots 256 --out k");
    let sign = |slot: u32| {
        let message = message(slot as u8);
        format!("sign --key k --slot {slot} --skip-to {slot} --message {message} --out x --force")
    };
    sandbox.succeed(&sign(0));
    let names = sandbox.names();
    let mut left = 0;
    for round in 0..60 {
        // Far enough from the last slot for the window to move.
        let slot = if round % 2 == 0 { 200 } else { 20 };
        let mut child = sandbox
            .command(&sign(slot))
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(150 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        left += usize::from(sandbox.path("k.key.new").exists());
        let after: Vec<_> = sandbox.names();
        let strange = after.iter().filter(|name| !names.contains(name));
        let strange: Vec<_> = strange
            .filter(|name| {
                !name.starts_with(".tmp") && *name != "k.key.new" && *name != "k.journal.new"
            })
            .collect();
        assert!(strange.is_empty(), "{strange:?}");
        sandbox.succeed(&sign(slot));
        assert!(!sandbox.path("k.key.new").exists());
    }
    println!("{left} copies were left and removed");
    // As it is found whatever the timing of the runs above.
    sandbox.write("k.key.new", sandbox.read("k.key"));
    sandbox.succeed(&sign(21));
    assert!(!sandbox.path("k.key.new").exists());
}
