//! Where results go, and what they never replace.

use std::process::{Command, Stdio};

use crate::sandbox::{Sandbox, message, signed, with_keys};

fn sign(sandbox: &Sandbox, out: &str) -> String {
    // The journal is whole: a header of 120 bytes, and records.
    assert_eq!(sandbox.read("a.journal").len() % 48, 120 % 48);
    format!("sign --key a --slot 7 --message {} --out {out}", message(1))
}

#[test]
fn an_output_is_never_a_file_of_the_key() {
    let sandbox = with_keys(&["a", "b"]);
    std::fs::create_dir(sandbox.path("sub")).unwrap();
    let mut spellings = vec![
        "a.key".to_owned(),
        "a.journal".to_owned(),
        "a.pub".to_owned(),
        "./a.key".to_owned(),
        "sub/../a.journal".to_owned(),
        sandbox.path("a.key").display().to_string(),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.journal", sandbox.path("link")).unwrap();
        std::os::unix::fs::symlink("..", sandbox.path("sub/up")).unwrap();
        std::fs::hard_link(sandbox.path("a.journal"), sandbox.path("hard")).unwrap();
        spellings.extend(["link", "sub/up/a.key", "hard"].map(str::to_owned));
    }
    for out in &spellings {
        for force in ["", " --force"] {
            let arguments = sign(&sandbox, out) + force;
            sandbox.refuse(&arguments, 2, &[out, "the output would replace the"]);
        }
    }
    // Nor of another key, forced or not.
    for out in ["b.key", "b.journal"] {
        let arguments = sign(&sandbox, out) + " --force";
        sandbox.refuse(&arguments, 2, &[out, "never replaced"]);
    }
    // A public key that is missing is not made up for by a batch.
    std::fs::remove_file(sandbox.path("a.pub")).unwrap();
    sandbox.refuse(
        &sign(&sandbox, "sub/../a.pub"),
        2,
        &["the public key a.pub"],
    );
}

#[test]
fn an_output_is_never_an_input() {
    let sandbox = signed();
    sandbox.succeed("claims --batch all.batch --out claims");
    #[cfg(unix)]
    std::fs::hard_link(sandbox.path("all.batch"), sandbox.path("hard")).unwrap();
    let replace = "the output would replace all.batch";
    for out in [
        "all.batch",
        "./all.batch",
        #[cfg(unix)]
        "hard",
    ] {
        for command in ["aggregate", "claims"] {
            let arguments = format!("{command} --batch all.batch --force --out {out}");
            sandbox.refuse(&arguments, 2, &[replace]);
        }
    }
    sandbox.refuse(
        "claims --claims claims --out claims",
        2,
        &["the output would replace claims"],
    );
    sandbox.succeed("batch export all.batch --dir s");
    for out in ["a.pub", "s/0.sig"] {
        let arguments = format!(
            "batch import --slot 7 --message {} --keys a.pub --signatures s/0.sig --out {out}",
            message(1)
        );
        sandbox.refuse(&arguments, 2, &[&format!("would replace {out}")]);
    }
    // What a shell has opened as standard input is an input as well.
    #[cfg(unix)]
    {
        let before = sandbox.contents();
        let output = sandbox
            .shell("\"$sheaf\" aggregate --form proof --batch - --out all.batch < all.batch");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_eq!(sandbox.contents(), before);
    }
}

#[test]
fn only_a_file_of_the_same_kind_is_replaced_unless_forced() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    sandbox.succeed("claims --batch all.batch --out claims");
    sandbox.write("notes", "something else");
    sandbox.write("empty", "");
    let proof = sandbox.read("proof");
    for (out, kind) in [
        ("b.pub", "this is a public key"),
        ("claims", "this is a file of claims"),
        ("notes", "this is a file that sheaf does not know"),
    ] {
        let aggregate = format!("aggregate --form proof --batch all.batch --out {out}");
        sandbox.refuse(&aggregate, 2, &[out, kind, "a proof does not replace"]);
    }
    let arguments = format!("sign --key a --slot 9 --message {} --out notes", message(1));
    sandbox.refuse(&arguments, 2, &["notes", "add --force"]);
    for out in ["proof --rate-log 2", "proof", "empty", "notes --force"] {
        sandbox.succeed(&format!(
            "aggregate --form proof --batch all.batch --out {out}"
        ));
    }
    for out in ["proof", "empty", "notes"] {
        assert_eq!(sandbox.read(out), proof);
    }
    sandbox.succeed(&(arguments + " --force"));
}

#[test]
fn dashes_are_standard_input_and_output() {
    let sandbox = signed();
    sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
    let pipe = |arguments: &str, input: &[u8]| {
        let mut child = sandbox
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
        output
    };
    let batch = sandbox.read("all.batch");
    let proof = sandbox.read("proof");
    let output = pipe("aggregate --form proof --batch - --out -", &batch);
    assert_eq!(output.stdout, proof);
    let remarks = String::from_utf8(output.stderr).unwrap();
    assert!(remarks.contains("3 signatures"), "{remarks}");
    pipe("verify --batch all.batch -", &proof);
    pipe("verify --batch - proof", &batch);
    pipe("inspect -", &batch);
    let arguments = sign(&sandbox, "-").replace("--slot 7", "--slot 8");
    assert_eq!(pipe(&arguments, b"").stdout.len(), 40 + 52 + 424);
    assert!(!sandbox.path("-").exists());
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn devices_and_fifos_are_written_to() {
        let sandbox = signed();
        sandbox.succeed("aggregate --form proof --batch all.batch --out proof");
        sandbox.succeed("aggregate --form proof --batch all.batch --out /dev/null");
        let null = std::fs::metadata("/dev/null").unwrap();
        assert!(null.file_type().is_char_device());

        let made = Command::new("mkfifo").arg(sandbox.path("fifo")).status();
        assert!(made.unwrap().success());
        let fifo = sandbox.path("fifo");
        let reader = std::thread::spawn(move || std::fs::read(fifo).unwrap());
        sandbox.succeed("aggregate --form proof --batch all.batch --out fifo");
        assert_eq!(reader.join().unwrap(), sandbox.read("proof"));
        let fifo = std::fs::symlink_metadata(sandbox.path("fifo")).unwrap();
        assert!(fifo.file_type().is_fifo());

        let output = sandbox.shell(
            "\"$sheaf\" aggregate --form proof --batch all.batch --out /dev/stdout >redirected",
        );
        assert!(output.status.success(), "{output:?}");
        assert_eq!(sandbox.read("redirected"), sandbox.read("proof"));
        let output =
            sandbox.shell("\"$sheaf\" aggregate --form proof --batch all.batch --out /dev/full");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }

    #[test]
    fn links_stay_and_their_target_is_replaced() {
        let sandbox = signed();
        sandbox.succeed("aggregate --form proof --batch all.batch --out target --rate-log 2");
        symlink("target", sandbox.path("link")).unwrap();
        symlink("link", sandbox.path("second")).unwrap();
        let mode = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(sandbox.path("target"), permissions).unwrap();
        };
        mode(0o640);
        let before = std::fs::metadata(sandbox.path("target")).unwrap();
        sandbox.succeed("aggregate --form proof --batch all.batch --out second");
        for link in ["link", "second"] {
            let metadata = std::fs::symlink_metadata(sandbox.path(link)).unwrap();
            assert!(metadata.file_type().is_symlink());
        }
        let after = std::fs::symlink_metadata(sandbox.path("target")).unwrap();
        assert!(after.is_file());
        assert_ne!(after.ino(), before.ino(), "not replaced all at once");
        assert_eq!(after.mode() & 0o777, 0o640);
        sandbox.succeed("verify --batch all.batch target");
    }

    #[test]
    fn places_that_can_not_be_written_are_noticed_before_the_work() {
        let sandbox = with_keys(&["a"]);
        symlink("nowhere", sandbox.path("dangling")).unwrap();
        std::fs::create_dir(sandbox.path("directory")).unwrap();
        for (out, complaint) in [
            ("dangling", "a link to nowhere, which does not exist"),
            ("directory", "this is a directory"),
            ("directory/", "this is a directory"),
            ("missing/x", "the directory missing: No such file"),
            ("new/", "names no file"),
            ("a.pub/x", "Not a directory"),
        ] {
            sandbox.refuse(&sign(&sandbox, out), 2, &[out, complaint]);
        }
        assert_eq!(
            sandbox.names(),
            ["a.journal", "a.key", "a.pub", "dangling", "directory"]
        );
        sandbox.refuse("keygen --scheme test --out dangling/x", 2, &["dangling"]);
        symlink("nowhere", sandbox.path("n.pub")).unwrap();
        sandbox.refuse(
            "keygen --scheme test --out n",
            2,
            &["n.pub: the file exists"],
        );
    }
}
