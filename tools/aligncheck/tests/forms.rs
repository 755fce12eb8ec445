//! Every form of memory operand, in executables, shared libraries and stripped files.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::fs;

use sheaf_aligncheck::{Error, Finding, Report, check};
use support::{Workshop, has, repro};

/// Function, instruction without its operands, demanded and actual alignment.
type Row<'a> = (&'a str, &'a str, u64, u64);

/// What is to be found in `forms.s` in any kind of file.
const FLAGGED: [Row<'_>; 10] = [
    ("legacy", "movaps", 16, 8),
    ("legacy", "pxor", 16, 4),
    ("legacy", "movntps", 16, 1),
    ("vex", "vmovaps", 16, 8),
    ("vex", "vmovdqa", 32, 16),
    ("vex", "vmovntdq", 32, 16),
    ("evex", "vmovdqa64", 64, 32),
    ("evex", "vmovaps", 32, 16),
    ("evex", "vmovapd", 16, 8),
    ("shapes::area", "lock cmpxchg16b", 16, 8),
];

/// What is to be found in addition where addresses may be absolute.
const FLAGGED_ABSOLUTE: Row<'_> = ("absolute", "movaps", 16, 8);

/// Number of aligned operands at known addresses that are as aligned as they have to be: one in each of `legacy`, `vex`,
/// `evex` and `shapes::area`.
const SOUND: u64 = 4;

/// Links `forms.s`. `None` if there is no compiler.
fn link(flags: &[&str]) -> Option<Vec<u8>> {
    if !has("gcc", "the Debian package gcc") {
        return None;
    }
    let workshop = Workshop::new();
    let source = repro("forms.s");
    let mut arguments = vec!["-nostdlib", source.to_str().unwrap(), "-o", "forms"];
    arguments.extend(flags);
    workshop.run("gcc", &arguments);
    Some(fs::read(workshop.path("forms")).unwrap())
}

fn executable() -> Option<Vec<u8>> {
    link(&[
        "-static",
        "-no-pie",
        "-Wa,--defsym,ABSOLUTE=1",
        "-Wl,-e,legacy",
    ])
}

fn shared_library() -> Option<Vec<u8>> {
    link(&["-shared"])
}

fn rows(report: &Report) -> Vec<Row<'_>> {
    report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.function.as_deref().unwrap_or(""),
                name(&finding.instruction),
                finding.required,
                finding.actual,
            )
        })
        .collect()
}

/// The mnemonic of an instruction, with its prefix.
fn name(instruction: &str) -> &str {
    let end = instruction
        .match_indices(' ')
        .map(|(at, _)| at)
        .find(|&at| &instruction[..at] != "lock")
        .unwrap();
    &instruction[..end]
}

#[test]
fn an_executable_at_fixed_addresses() {
    let Some(file) = executable() else { return };
    let report = check(&file).unwrap();
    let mut expected = FLAGGED.to_vec();
    expected.push(FLAGGED_ABSOLUTE);
    assert_eq!(rows(&report), expected);
    // Absolute operands: the flagged one, a sound one, and one in no segment.
    assert_eq!(report.counts.operands, FLAGGED.len() as u64 + SOUND + 2);
    assert_eq!(report.counts.operands_outside, 1);
    assert_eq!(report.counts.operands_in_loose_segments, 0);
    for finding in &report.findings {
        assert_eq!(finding.actual, 1 << finding.target.trailing_zeros());
        assert!(
            finding
                .instruction
                .contains(&format!("{:#x}", finding.target))
        );
    }
}

#[test]
fn a_shared_library() {
    let Some(file) = shared_library() else { return };
    let report = check(&file).unwrap();
    assert_eq!(rows(&report), FLAGGED);
    assert_eq!(report.counts.operands, FLAGGED.len() as u64 + SOUND);
    assert_eq!(
        (
            report.counts.operands_outside,
            report.counts.operands_in_loose_segments
        ),
        (0, 0)
    );
}

/// A position-independent file whose segments ask for less alignment than the operands need.
#[test]
fn segments_that_promise_too_little() {
    let Some(mut file) = shared_library() else {
        return;
    };
    const PROGRAM_HEADER_SIZE: usize = 56;
    let table = u64::from_le_bytes(file[32..40].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes([file[56], file[57]]));
    for header in 0..count {
        let alignment = table + header * PROGRAM_HEADER_SIZE + 48;
        file[alignment..alignment + 8].copy_from_slice(&16u64.to_le_bytes());
    }
    let report = check(&file).unwrap();
    assert_eq!(rows(&report), FLAGGED);
    // Of the sound ones, one needs 32 bytes and one 64.
    assert_eq!(report.counts.operands_in_loose_segments, 2);
}

#[test]
fn a_file_without_symbols() {
    let Some(file) = executable() else { return };
    let workshop = Workshop::new();
    fs::write(workshop.path("forms"), &file).unwrap();
    workshop.run("strip", &["forms"]);
    let stripped = check(&fs::read(workshop.path("forms")).unwrap()).unwrap();
    expect_found_without_names(&stripped, &check(&file).unwrap());
}

#[test]
fn a_file_without_section_headers() {
    let Some(mut file) = executable() else { return };
    let whole = check(&file).unwrap();
    file[40..48].fill(0); // e_shoff
    file[60..64].fill(0); // e_shnum, e_shstrndx
    expect_found_without_names(&check(&file).unwrap(), &whole);
}

/// Without symbols, the byte of data before `vex` hides the instruction after it, and everything else is found.
fn expect_found_without_names(found: &Report, whole: &Report) {
    let place = |finding: &Finding| (finding.address, finding.target, finding.required);
    let hidden = |finding: &&Finding| finding.instruction.starts_with("vmovaps xmm0");
    let expected: Vec<_> = whole
        .findings
        .iter()
        .filter(|finding| !hidden(finding))
        .map(place)
        .collect();
    assert_eq!(
        found.findings.iter().map(place).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(expected.len() + 1, whole.findings.len());
    assert!(
        found
            .findings
            .iter()
            .all(|finding| finding.function.is_none() && finding.offset.is_none())
    );
}

#[test]
fn what_is_no_linked_x86_64_file() {
    assert_eq!(check(b""), Err(Error::NotElf));
    assert_eq!(check(b"#!/bin/sh\n"), Err(Error::NotElf));
    assert_eq!(check(b"\x7fELF"), Err(Error::NotX86_64));
    let Some(file) = shared_library() else { return };
    let with = |offset: usize, byte: u8| {
        let mut file = file.clone();
        file[offset] = byte;
        check(&file)
    };
    assert_eq!(with(4, 1), Err(Error::NotX86_64)); // 32 bits
    assert_eq!(with(18, 183), Err(Error::NotX86_64)); // AArch64
    assert_eq!(with(16, 1), Err(Error::NotLinked)); // a relocatable object
    assert_eq!(with(16, 4), Err(Error::NotLinked)); // a core dump
    assert!(matches!(check(&file[..file.len() / 2]), Err(Error::Elf(_))));

    let Some(object) = link(&["-c"]) else { return };
    assert_eq!(check(&object), Err(Error::NotLinked));
}
