//! The fault that this tool is about, made from assembly sources with several linkers: what the checker says of the
//! program has to agree with what the program does.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use sheaf_aligncheck::{Finding, check, protect_archive};
use support::{MISALIGNED, Workshop, has, has_avx, repro, zig};

const GCC: &str = "the Debian package gcc";

/// What kills a program that makes an aligned access to a misaligned address. Zig's programs catch it and abort.
const SIGSEGV: i32 = 11;
const SIGABRT: i32 = 6;

/// Linker flags of `zig build-exe`.
const OWN_LINKER: &str = "-fno-lld";
const LLD: &str = "-flld";

#[test]
fn the_committed_program_is_flagged_and_faults() {
    let report = check(MISALIGNED).unwrap();
    let finding = Finding {
        function: Some("read_vector".to_owned()),
        offset: Some(0),
        address: 0x100_2022,
        instruction: "vmovaps ymm0,[0x1001008]".to_owned(),
        target: 0x100_1008,
        required: 32,
        actual: 8,
    };
    assert_eq!(report.findings, [finding]);
    assert_eq!(
        (report.counts.instructions, report.counts.operands),
        (12, 1)
    );

    if has_avx() {
        let workshop = Workshop::new();
        // Another process makes the program: it can't be run while it is open for writing, as a file of this process is
        // for a moment in every process that another test forks meanwhile.
        fs::write(workshop.path("bytes"), MISALIGNED).unwrap();
        workshop.run("install", &["-m", "755", "bytes", "program"]);
        assert!(faulted(&workshop.execute("program")));
    }
}

#[test]
fn a_debug_build_of_zig_is_flagged_and_faults() {
    let Some(zig) = zig() else { return };
    if !has("as", "the Debian package binutils") || !has_avx() {
        return;
    }
    let workshop = readers("words.s", "vector.s");
    let main = repro("main.zig");
    let build = |objects: [&str; 2], flags: &[&str]| {
        let mut arguments = vec![
            "build-exe",
            main.to_str().unwrap(),
            objects[0],
            objects[1],
            "-lc",
            // Where the constants land depends on the program's code, and so on the CPU that it is for.
            "-mcpu=x86_64_v3",
        ];
        arguments.extend(flags);
        workshop.run(&zig, &arguments);
        let report = check(&fs::read(workshop.path("main")).unwrap()).unwrap();
        (report, workshop.execute("main"))
    };

    let (report, run) = build(["words.o", "vector.o"], &[]);
    assert_eq!(report.findings.len(), 1);
    let finding = &report.findings[0];
    assert_eq!(finding.function.as_deref(), Some("read_vector"));
    assert_eq!(finding.required, 32);
    assert_ne!(finding.target % 32, 0);
    assert!(faulted(&run));

    let sound: [([&str; 2], &[&str]); 3] = [
        (["vector.o", "words.o"], &[]),
        (["words.o", "vector.o"], &["-fllvm", "-flld"]),
        (["vector.o", "words.o"], &["-fllvm", "-flld"]),
    ];
    for (objects, flags) in sound {
        let (report, run) = build(objects, flags);
        assert_eq!(report.findings, [], "{objects:?} {flags:?}");
        assert!(report.counts.operands > 0);
        assert!(run.status.success());
        assert_eq!(run.stderr, b"112233445566778a\n");
    }
}

#[test]
fn gnu_ld_links_it_soundly() {
    if !has("gcc", GCC) || !has_avx() {
        return;
    }
    let workshop = readers("words.s", "vector.s");
    let main = repro("main.c");
    for objects in [["words.o", "vector.o"], ["vector.o", "words.o"]] {
        workshop.run(
            "gcc",
            &[main.to_str().unwrap(), objects[0], objects[1], "-o", "main"],
        );
        let report = check(&fs::read(workshop.path("main")).unwrap()).unwrap();
        assert_eq!((report.findings.len(), report.counts.operands), (0, 1));
        let run = workshop.execute("main");
        assert!(run.status.success());
        assert_eq!(run.stdout, b"112233445566778a\n");
    }
}

/// Static archives as a consumer links them, in both orders, behind 0 to 3 constants of 8 bytes.
#[test]
fn protected_archives_are_sound_wherever_they_land() {
    if !has_avx() {
        return;
    }
    let pads = [0, 1, 2, 3];
    // The constant lands behind all pads and one more word. It faults if that is no multiple of 32 bytes.
    let unprotected = pads.map(|pads| (pads + 1) % 4 != 0);
    expect_faults("words.s", "vector.s", pads, |case| {
        case.words_first
            && !case.vector_protected
            && !case.words_protected
            && unprotected[case.pads]
    });
}

/// The same with a constant that is a string: Zig merges strings as wrongly as other constants.
#[test]
fn strings_are_merged_wrongly_too_unless_protected() {
    expect_faults("string_words.s", "string_vector.s", [0], |case| {
        case.words_first && !case.vector_protected && !case.words_protected
    });
}

/// One way to link the archives of two readers.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// Number of 8-byte constants linked before.
    pads: usize,
    words_first: bool,
    words_protected: bool,
    vector_protected: bool,
}

/// Links two readers in all ways with both linkers of Zig, and compares what the checker finds, and whether the program
/// faults, with what is expected of Zig's own linker. LLD never makes a faulty program.
fn expect_faults<const N: usize>(
    words: &str,
    vector: &str,
    pads: [usize; N],
    expected: impl Fn(Case) -> bool,
) {
    let Some(zig) = zig() else { return };
    if !has("as", "the Debian package binutils") || !has("ar", "the Debian package binutils") {
        return;
    }
    let workshop = readers(words, vector);
    workshop.run("as", &[repro("start.s").to_str().unwrap(), "-o", "start.o"]);
    for name in ["words", "vector"] {
        let (plain, protected) = (format!("{name}.a"), format!("{name}-protected.a"));
        workshop.run("ar", &["rcs", &plain, &format!("{name}.o")]);
        let archive = fs::read(workshop.path(&plain)).unwrap();
        fs::write(
            workshop.path(&protected),
            protect_archive(&archive).unwrap().archive,
        )
        .unwrap();
    }
    for pads in pads {
        workshop.assemble(&padding(pads), "pads.o");
        for bits in 0..8 {
            let case = Case {
                pads,
                words_first: bits & 1 != 0,
                words_protected: bits & 2 != 0,
                vector_protected: bits & 4 != 0,
            };
            let words = if case.words_protected {
                "words-protected.a"
            } else {
                "words.a"
            };
            let vector = if case.vector_protected {
                "vector-protected.a"
            } else {
                "vector.a"
            };
            let archives = if case.words_first {
                [words, vector]
            } else {
                [vector, words]
            };
            for linker in [OWN_LINKER, LLD] {
                let mut arguments = vec!["build-exe", "start.o", "pads.o"];
                arguments.extend(archives);
                arguments.extend([linker, "-fno-compiler-rt", "--name", "program"]);
                workshop.run(&zig, &arguments);
                let report = check(&fs::read(workshop.path("program")).unwrap()).unwrap();
                let run = workshop.execute("program");
                let flagged = !report.findings.is_empty();
                assert_eq!(report.counts.operands, 1, "{case:?} {linker}");
                assert_eq!(
                    flagged,
                    linker == OWN_LINKER && expected(case),
                    "{case:?} {linker}"
                );
                assert_eq!(flagged, faulted(&run), "{case:?} {linker}");
                assert_eq!(!flagged, run.status.success(), "{case:?} {linker}");
            }
        }
    }
}

/// Assembles two readers to `words.o` and `vector.o`.
fn readers(words: &str, vector: &str) -> Workshop {
    let workshop = Workshop::new();
    for (source, object) in [(words, "words.o"), (vector, "vector.o")] {
        workshop.run("as", &[repro(source).to_str().unwrap(), "-o", object]);
    }
    workshop
}

/// An object with a number of 8-byte mergeable constants, all different and all used.
fn padding(count: usize) -> String {
    let mut source = ".section .rodata.cst8, \"aM\", @progbits, 8\n.p2align 3\n".to_owned();
    for index in 0..count {
        source += &format!(".Lpad{index}: .quad 0xabcdef{index:02}\n");
    }
    source += ".text\n.globl read_pads\nread_pads:\n";
    for index in 0..count {
        source += &format!("addq .Lpad{index}(%rip), %rax\n");
    }
    source + "ret\n.section .note.GNU-stack, \"\", @progbits\n"
}

/// Whether a program died from a fault, rather than of anything else.
fn faulted(run: &Output) -> bool {
    let caught = run.status.signal() == Some(SIGABRT)
        && String::from_utf8_lossy(&run.stderr).starts_with("General protection exception");
    run.status.signal() == Some(SIGSEGV) || caught
}
