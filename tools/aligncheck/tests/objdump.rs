//! Two readings of the same code: this library's, and a plain textual one of what `objdump -d` prints. They have to name
//! the same instructions with aligned operands at known addresses.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use sheaf_aligncheck::{Operand, check, operands};
use support::has;

#[test]
fn this_test_program() {
    compare(&env::current_exe().unwrap());
}

/// The C library that this test runs with: much hand-written assembly.
#[test]
fn the_c_library() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let library = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5))
        .find(|path| path.contains("libc.so"))
        .expect("a test is linked dynamically");
    compare(Path::new(library));
}

fn compare(program: &Path) {
    if !has("objdump", "the Debian package binutils") {
        return;
    }
    let file = fs::read(program).unwrap();
    let found = operands(&file).unwrap();
    assert_eq!(found, by_text(program));
    assert!(found.len() > 50, "{} operands prove little", found.len());

    let report = check(&file).unwrap();
    assert_eq!(report.counts.operands, found.len() as u64);
    assert_eq!(report.findings, []);
}

/// The operands that a reader of objdump's text would list.
fn by_text(program: &Path) -> Vec<Operand> {
    let output = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn", "-w"])
        .arg(program)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(operand_of_line)
        .collect()
}

/// Reads a line such as `4011a6: movaps 0xe53(%rip),%xmm0        # 402000 <constant>`, with a tab behind the colon.
fn operand_of_line(line: &str) -> Option<Operand> {
    let (address, text) = line.split_once(":\t")?;
    let (instruction, target) = text.split_once('#')?;
    let (mnemonic, operands) = instruction.trim().split_once(' ')?;
    if !operands.contains("(%rip)") {
        return None;
    }
    let hexadecimal = |text: &str| u64::from_str_radix(text.trim(), 16).unwrap();
    Some(Operand {
        address: hexadecimal(address),
        target: hexadecimal(target.trim().split(' ').next()?),
        required: alignment_by_name(mnemonic, operands)?,
    })
}

/// The rule, told by the names of instructions in AT&T's syntax.
fn alignment_by_name(mnemonic: &str, operands: &str) -> Option<u64> {
    let any = |names: &[&str]| names.iter().any(|name| mnemonic.starts_with(name));
    let ends = |names: &[&str]| names.iter().any(|name| mnemonic.ends_with(name));
    if mnemonic == "cmpxchg16b" {
        return Some(16);
    }
    if any(&["vmovap", "vmovdqa", "vmovnt"]) {
        let width = [("%zmm", 64), ("%ymm", 32), ("%xmm", 16)];
        return width
            .iter()
            .find(|(register, _)| operands.contains(register))
            .map(|&(_, width)| width);
    }
    let legacy = operands.contains("%xmm") && !mnemonic.starts_with('v');
    // Scalars, halves, and moves that are made for any address.
    let narrow = ends(&["ss", "sd", "ssl", "ssq", "sdl", "sdq"])
        || any(&[
            "movlp", "movhp", "movup", "movdqu", "lddqu", "pcmpestr", "pcmpistr",
        ])
        || any(&[
            "pmovsx",
            "pmovzx",
            "pinsr",
            "pextr",
            "insertps",
            "extractps",
            "cvtps2pd",
            "cvtdq2pd",
            "cvtpi2",
        ])
        || [
            "movd",
            "movq",
            "movddup",
            "cvtss2si",
            "cvttss2si",
            "cvtsd2si",
            "cvttsd2si",
            "comiss",
        ]
        .contains(&mnemonic);
    (legacy && !narrow).then_some(16)
}
