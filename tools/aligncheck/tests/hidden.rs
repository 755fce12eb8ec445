//! Places where an instruction is executed although a file does not make it easy to see.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::fs;

use object::elf::{FileHeader64, SectionHeader64};
use object::read::elf::FileHeader;
use object::{Endianness, pod};
use sheaf_aligncheck::{Error, Report, check};
use support::{Workshop, has};

/// 256 bytes of data at a multiple of 64, and a program that is over at once.
const START: &str = "
    .data
    .p2align 6
area: .zero 256
    .text
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    movl $60, %eax
    syscall
    .cfi_endproc
    .size _start, . - _start
";

/// A program, linked from [`START`] and more. `None` if there is no compiler.
fn link(source: &str, flags: &[&str]) -> Option<(Workshop, Vec<u8>)> {
    if !has("gcc", "the Debian package gcc") {
        return None;
    }
    let workshop = Workshop::new();
    let note = ".section .note.GNU-stack, \"\", @progbits\n";
    fs::write(
        workshop.path("hidden.s"),
        START.to_owned() + source + "\n" + note,
    )
    .unwrap();
    let mut arguments = vec!["-nostdlib", "-static", "hidden.s", "-o", "hidden"];
    arguments.extend(flags);
    workshop.run("gcc", &arguments);
    let file = fs::read(workshop.path("hidden")).unwrap();
    Some((workshop, file))
}

/// Changes the header of a section.
fn change_section(file: &mut [u8], name: &str, change: impl Fn(&mut SectionHeader64<Endianness>)) {
    let header = FileHeader64::<Endianness>::parse(&*file).unwrap();
    let endian = header.endian().unwrap();
    let sections = header.sections(endian, &*file).unwrap();
    let (index, _) = sections.section_by_name(endian, name.as_bytes()).unwrap();
    let start =
        header.e_shoff.get(endian) as usize + index.0 * size_of::<SectionHeader64<Endianness>>();
    let (header, _) = pod::from_bytes_mut(&mut file[start..]).unwrap();
    change(header);
}

/// The offsets of the misaligned operands of one report behind `area`, which the linker puts at the beginning of a page.
fn offsets(report: &Report) -> Vec<u64> {
    let offset = |finding: &sheaf_aligncheck::Finding| finding.target % 4096;
    report.findings.iter().map(offset).collect()
}

#[test]
fn code_in_no_section() {
    let hidden = ".section .hidden, \"ax\", @progbits
        nop
        movaps area+8(%rip), %xmm0
        ret";
    let Some((_, mut file)) = link(hidden, &[]) else {
        return;
    };
    let with_section = check(&file).unwrap();
    assert_eq!(offsets(&with_section), [8]);
    // What is left is the empty section that every table begins with.
    change_section(&mut file, ".hidden", |section| *section = pod_zero());
    let without_section = check(&file).unwrap();
    assert_eq!(offsets(&without_section), [8]);
    assert_eq!(without_section.counts, with_section.counts);
}

fn pod_zero() -> SectionHeader64<Endianness> {
    let zeros = [0; size_of::<SectionHeader64<Endianness>>()];
    *pod::from_bytes(&zeros).unwrap().0
}

/// Data and code share a segment in what older linkers write. Data is not decoded, and the report says so.
#[test]
fn data_in_an_executable_segment() {
    let data = ".section .rodata, \"a\", @progbits
        movaps area+8(%rip), %xmm0
        movaps area+9(%rip), %xmm0";
    let Some((_, file)) = link(data, &["-Wl,-z,noseparate-code", "-Wl,--build-id=none"]) else {
        return;
    };
    let report = check(&file).unwrap();
    assert_eq!(offsets(&report), []);
    // Two instructions of 7 bytes, and the unwinding table.
    assert!(report.counts.executable_data_bytes >= 14, "{report:?}");
    let Some((_, file)) = link(data, &[]) else {
        return;
    };
    assert_eq!(check(&file).unwrap().counts.executable_data_bytes, 0);
}

#[test]
fn a_section_that_is_not_what_is_loaded() {
    let Some((_, mut file)) = link("movaps area+8(%rip), %xmm0", &[]) else {
        return;
    };
    assert_eq!(offsets(&check(&file).unwrap()), [8]);
    change_section(&mut file, ".text", |section| {
        let endian = Endianness::Little;
        let offset = section.sh_offset.get(endian);
        section.sh_offset.set(endian, offset + 16);
    });
    assert_eq!(check(&file), Err(Error::SectionElsewhere));
}

/// Memory is mapped in whole pages.
#[test]
fn an_operand_behind_the_end_of_its_segment() {
    let Some((_, file)) = link("movaps area+264(%rip), %xmm0", &[]) else {
        return;
    };
    let report = check(&file).unwrap();
    assert_eq!(offsets(&report), [264]);
    assert_eq!(report.counts.operands_outside, 0);
}

/// Without prefix or constant, what begins at the label is an instruction that goes on behind the end of the other one,
/// and hides the next.
#[test]
fn a_label_within_an_instruction() {
    let source = "
        .byte 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0   # mov rax, imm64, of which the last byte begins another one
    inside:
        .byte 0x81                              # or dword ptr [rdi], imm32
        movaps area+8(%rip), %xmm0
        ret";
    let Some((_, file)) = link(source, &[]) else {
        return;
    };
    assert_eq!(offsets(&check(&file).unwrap()), [8]);
}

/// The unwinding table tells where functions begin when the symbols are gone.
#[test]
fn a_function_behind_data_in_a_stripped_file() {
    let source = "
        .byte 0x48, 0xb8
    behind_data:
        .cfi_startproc
        movaps area+8(%rip), %xmm0
        ret
        .cfi_endproc";
    let flags = ["-Wl,--eh-frame-hdr", "-s"];
    let Some((_, file)) = link(source, &flags) else {
        return;
    };
    assert_eq!(offsets(&check(&file).unwrap()), [8]);
}

/// A file for debuggers has the headers of the code, and not its bytes.
#[test]
fn a_file_for_debuggers() {
    let Some((workshop, _)) = link("movaps area+8(%rip), %xmm0", &["-g"]) else {
        return;
    };
    workshop.run("objcopy", &["--only-keep-debug", "hidden", "debug"]);
    let file = fs::read(workshop.path("debug")).unwrap();
    assert_eq!(check(&file), Err(Error::NoCode));
}

/// A name is printed as one line of text, whatever it is.
#[test]
fn a_name_with_control_characters() {
    let source = "
    \"two\\nlines\":
        movaps area+8(%rip), %xmm0
        ret";
    let Some((workshop, mut file)) = link(source, &[]) else {
        return;
    };
    // The assembler may not take the name as it is.
    let at = file.windows(3).rposition(|bytes| bytes == b"two").unwrap();
    file[at + 3] = b'\n';
    fs::write(workshop.path("hidden"), &file).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_aligncheck"))
        .arg("check")
        .arg(workshop.path("hidden"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
}
