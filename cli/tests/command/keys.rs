//! Making keys.

use serde_json::Value;

use crate::sandbox::{Sandbox, message, with_keys};

#[cfg(unix)]
#[test]
fn secret_keys_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::new();
    sandbox.succeed("keygen --scheme test --out a --slots 64");
    let mode = || {
        let metadata = std::fs::metadata(sandbox.path("a.key")).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(), 0o600);
    sandbox.succeed(&format!(
        "sign --key a --slot 50 --message {} --out x",
        message(1)
    ));
    assert_eq!(mode(), 0o600);
    assert_eq!(sandbox.names(), ["a.journal", "a.key", "a.pub", "x"]);
}

#[cfg(unix)]
#[test]
fn a_secret_key_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = with_keys(&["a"]);
    for (slot, (mode, readers)) in [
        (0o600, None),
        (0o640, Some("its group")),
        (0o644, Some("everyone")),
    ]
    .into_iter()
    .enumerate()
    {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(sandbox.path("a.key"), permissions).unwrap();
        let arguments = format!(
            "sign --key a --slot {slot} --message {} --out x",
            message(1)
        );
        let output = sandbox.run(&arguments);
        assert!(output.status.success());
        let remarks = String::from_utf8(output.stderr).unwrap();
        match readers {
            None => assert_eq!(remarks, ""),
            Some(readers) => {
                assert!(
                    remarks.contains("warning: a.key is readable by"),
                    "{remarks}"
                );
                assert!(remarks.contains(readers) && remarks.contains("chmod 600 a.key"));
            }
        }
    }
}

#[test]
fn a_name_that_is_no_name_is_refused_before_the_work() {
    let sandbox = with_keys(&["a"]);
    std::fs::create_dir(sandbox.path("dir")).unwrap();
    for (name, complaint) in [
        ("dir/", "dir/: this is a directory; name the key as well"),
        ("missing/", "name the key as well"),
        (".", "name the key as well"),
        ("-", "can't be written to standard output"),
        (
            "missing/alice",
            "missing: no file can be made in this directory",
        ),
        ("a", "a.key: the file exists"),
        ("a.key", "a.key: the file exists"),
    ] {
        sandbox.refuse(
            &format!("keygen --scheme test --out {name}"),
            2,
            &[complaint],
        );
    }
    sandbox.succeed("keygen --scheme test --out dir/alice");
}

/// With a limit on the size of files, as on a full disk, the secret key of some kilobytes can't be written.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_of_a_pair() {
    let sandbox = Sandbox::new();
    let keygen = "ulimit -f 1; exec \"$sheaf\" keygen --scheme test --slots 256 --out a";
    let output = sandbox.shell(&format!("trap '' XFSZ; {keygen}"));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("a.key: ") && errors.contains("too large"),
        "{errors}"
    );
    assert_eq!(sandbox.names(), [""; 0]);
    // Killed at the same place, it can't clean up, but none of the three files is there.
    let output = sandbox.shell(keygen);
    assert_eq!(output.status.code(), None);
    for name in ["a.key", "a.pub", "a.journal"] {
        assert!(!sandbox.path(name).exists(), "{name}");
    }
    assert!(sandbox.path("a.key.new").exists());
    // The next run removes what is left of the secret key.
    sandbox.succeed("keygen --scheme test --out a");
    assert_eq!(sandbox.names(), ["a.journal", "a.key", "a.pub"]);
}

/// Two keys of one name, made at once: one of them is there, whole, and can sign.
#[test]
fn of_two_runs_that_make_one_key_at_once_one_succeeds() {
    let sandbox = Sandbox::new();
    for i in 0..10 {
        let keygen = format!("keygen --scheme test --slots 64 --out k{i}");
        let runs = [0; 3].map(|_| {
            let mut command = sandbox.command(&keygen);
            command.stderr(std::process::Stdio::null());
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        });
        let made = runs.map(|mut run| run.wait().unwrap().success());
        assert_eq!(made.iter().filter(|&&made| made).count(), 1, "{made:?}");
        let sign = format!(
            "sign --key k{i} --slot 7 --message {} --out x --force",
            message(1)
        );
        sandbox.succeed(&sign);
        assert!(!sandbox.path(&format!("k{i}.key.new")).exists());
    }
}

#[test]
fn keygen_prints_json_for_programs() {
    let sandbox = Sandbox::new();
    let text = sandbox.succeed("keygen --json --scheme test --start 40 --slots 40 --out a");
    let facts: Value = serde_json::from_str(&text).unwrap();
    let public: String = sandbox
        .read("a.pub")
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(facts["public_key"], format!("0x{public}"));
    assert_eq!(facts["scheme"], "test");
    assert_eq!(
        (&facts["first_slot"], &facts["last_slot"]),
        (&32.into(), &79.into())
    );
    assert_eq!(facts["journal_file"], "a.journal");
    assert!(facts["seconds"].as_f64().unwrap() > 0.0);
}
