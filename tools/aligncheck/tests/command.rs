//! The command as a user runs it: exit codes, files, and what it prints.

#![cfg(unix)]

mod support;

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{MERGEABLE, MISALIGNED, Workshop};

/// A directory with a file that is misaligned, one that is sound, an archive, and one that is neither.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    let mut sound = MISALIGNED.to_vec();
    sound[SOUND_BYTE] = b'\x10';
    for (name, bytes) in [
        ("misaligned", MISALIGNED),
        ("sound", &sound),
        ("archive.a", MERGEABLE),
        ("text", b"no ELF file\n"),
    ] {
        fs::write(workshop.path(name), bytes).unwrap();
    }
    workshop
}

/// Second byte of the instruction `vmovaps ymm0,[..]` is followed by its opcode here, 0x28. With 0x10 it is `vmovups`.
const SOUND_BYTE: usize = 0x2024;

fn aligncheck(workshop: &Workshop, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aligncheck"))
        .args(arguments.split_whitespace())
        .current_dir(workshop.path(""))
        .output()
        .unwrap()
}

/// Runs the command; returns what it printed to stdout and stderr.
fn expect(workshop: &Workshop, arguments: &str, code: i32) -> (String, String) {
    let output = aligncheck(workshop, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments}: {out}{errors}"
    );
    (out, errors)
}

#[test]
fn a_misaligned_operand_is_a_failure() {
    let (out, errors) = expect(&workshop(), "check misaligned", 1);
    assert_eq!(
        out,
        "misaligned: 0x1002022 in read_vector: `vmovaps ymm0,[0x1001008]` needs 32-byte alignment; 0x1001008 is 8-byte \
         aligned\nmisaligned: 12 instructions decoded, 1 aligned operands checked, 1 misaligned\n"
    );
    assert_eq!(errors, "");
}

#[test]
fn a_sound_file_is_a_success() {
    let (out, errors) = expect(&workshop(), "check sound", 0);
    assert_eq!(
        out,
        "sound: 12 instructions decoded, 0 aligned operands checked, 0 misaligned\n"
    );
    assert_eq!(errors, "");
}

#[test]
fn unusable_input_is_named_in_one_line() {
    let workshop = workshop();
    for (arguments, message) in [
        ("check text", "aligncheck: text: not an ELF file\n"),
        (
            "check nothing",
            "aligncheck: nothing: No such file or directory (os error 2)\n",
        ),
        (
            "check archive.a",
            "aligncheck: archive.a: not an ELF file\n",
        ),
        (
            "protect text out.a",
            "aligncheck: text: not a readable static archive: Unsupported archive identifier\n",
        ),
        (
            "protect nothing out.a",
            "aligncheck: nothing: No such file or directory (os error 2)\n",
        ),
        (
            "protect archive.a no/out.a",
            "aligncheck: no/out.a: No such file or directory (os error 2)\n",
        ),
    ] {
        let (out, errors) = expect(&workshop, arguments, 2);
        assert_eq!(
            (out.as_str(), errors.as_str()),
            ("", message),
            "{arguments}"
        );
    }
    assert!(!workshop.path("out.a").exists());
}

/// All files are looked at, and the worst decides.
#[test]
fn several_files() {
    let workshop = workshop();
    let (out, _) = expect(&workshop, "check sound misaligned", 1);
    assert_eq!(out.lines().count(), 3);
    let (out, errors) = expect(&workshop, "check text misaligned sound", 2);
    assert_eq!(out.lines().count(), 3);
    assert_eq!(errors.lines().count(), 1);
}

#[test]
fn json() {
    let (out, _) = expect(&workshop(), "check --json misaligned sound", 1);
    let finding = json!({
        "function": "read_vector",
        "offset": 0,
        "address": "0x1002022",
        "instruction": "vmovaps ymm0,[0x1001008]",
        "target": "0x1001008",
        "required": 32,
        "actual": 8,
    });
    let file = |name: &str, operands: u64, findings: &[Value]| {
        json!({
            "file": name,
            "findings": findings,
            "instructions": 12,
            "undecodable_bytes": 0,
            "executable_data_bytes": 0,
            "operands": operands,
            "operands_outside": 0,
            "operands_in_loose_segments": 0,
        })
    };
    let expected = json!([file("misaligned", 1, &[finding]), file("sound", 0, &[])]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), expected);
}

#[test]
fn protect_into_a_new_file_and_in_place() {
    let workshop = workshop();
    let (out, _) = expect(&workshop, "protect archive.a new.a", 0);
    assert_eq!(
        out,
        "new.a: 4 sections with 88 bytes made non-mergeable in 3 objects\n"
    );
    expect(&workshop, "protect archive.a archive.a", 0);
    assert_eq!(
        fs::read(workshop.path("archive.a")).unwrap(),
        fs::read(workshop.path("new.a")).unwrap()
    );
    let (out, _) = expect(&workshop, "protect archive.a archive.a", 0);
    assert_eq!(
        out,
        "archive.a: 0 sections with 0 bytes made non-mergeable in 3 objects\n"
    );
}

#[test]
fn help_shows_examples() {
    for arguments in ["check --help", "protect --help"] {
        let (out, _) = expect(&workshop(), arguments, 0);
        assert!(
            out.contains("Examples:\n  aligncheck ") && out.contains("Exit codes:"),
            "{out}"
        );
    }
}
