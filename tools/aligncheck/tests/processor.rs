//! Which instructions demand alignment: the processor is asked. The test walks through the opcode space, takes one
//! encoding of every instruction that has a memory operand and a vector register, executes them all on an 8-aligned
//! address, and compares who faults with what [`required_alignment`] says.
//!
//! Instructions that this processor lacks (AVX-512 on many) give no answer and are left out.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::collections::HashSet;
use std::fs;

use iced_x86::{CpuidFeature, Decoder, DecoderOptions, Instruction, OpKind, Register};
use sheaf_aligncheck::required_alignment;
use support::{Workshop, has, repro};

/// ModRM byte of the operands `[rdi]` and register 1.
const OPERAND_IN_RDI: u8 = 0x0f;

/// Bytes behind the ModRM byte, of which an instruction takes as many as it needs for an immediate operand.
const IMMEDIATE: [u8; 2] = [0, 0];

#[test]
fn the_processor_agrees() {
    if !has("gcc", "the Debian package gcc") {
        return;
    }
    let cases = instructions();
    let workshop = Workshop::new();
    fs::write(workshop.path("table.s"), table(&cases)).unwrap();
    let harness = repro("processor.c");
    workshop.run(
        "gcc",
        &[
            "-O1",
            harness.to_str().unwrap(),
            "table.s",
            "-o",
            "processor",
        ],
    );
    let answers = workshop.run(workshop.path("processor"), &[]);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), cases.len());

    let mut confirmed = [0, 0];
    for ((instruction, bytes), answer) in cases.iter().zip(answers) {
        let required = required_alignment(instruction);
        let context = format!(
            "{:?} {bytes:02x?}: {required:?}, {answer}",
            instruction.code()
        );
        // AMD's processors take any address in these, Intel's manual demands 16 bytes.
        let lenient = instruction.cpuid_features().contains(&CpuidFeature::SHA);
        match answer {
            "ii" => continue,
            ".." if lenient => continue,
            ".." => assert_eq!(required, None, "{context}"),
            ".f" => assert!(required.is_some(), "{context}"),
            _ => panic!("{context}"),
        }
        confirmed[usize::from(required.is_some())] += 1;
    }
    // SSE2, which every x86-64 processor has, accounts for more than this.
    assert!(confirmed[0] > 100 && confirmed[1] > 100, "{confirmed:?}");
}

/// One encoding of each instruction with an operand at `[rdi]` and a vector register, and of those that save registers.
fn instructions() -> Vec<(Instruction, Vec<u8>)> {
    let mut seen = HashSet::new();
    let mut cases = Vec::new();
    for mut bytes in vector_encodings() {
        bytes.push(OPERAND_IN_RDI);
        bytes.extend(IMMEDIATE);
        let instruction = decode(&mut bytes);
        let vector = |index| {
            let register: Register = instruction.op_register(index);
            register.is_vector_register() || register.is_mm()
        };
        let takes_part = !instruction.is_invalid()
            && instruction.memory_base() == Register::RDI
            && (0..instruction.op_count())
                .any(|index| instruction.op_kind(index) == OpKind::Register && vector(index));
        if takes_part && seen.insert(instruction.code()) {
            cases.push((instruction, bytes));
        }
    }
    let others: [&[u8]; 13] = [
        &[0x48, 0x0f, 0xc7, 0x0f], // cmpxchg16b
        &[0x0f, 0xae, 0x07],       // fxsave
        &[0x0f, 0xae, 0x0f],       // fxrstor
        &[0x0f, 0xae, 0x27],       // xsave
        &[0x0f, 0xae, 0x2f],       // xrstor
        &[0x0f, 0xc7, 0x27],       // xsavec
        &[0x0f, 0xae, 0x37],       // xsaveopt
        &[0x48, 0x0f, 0xae, 0x07], // fxsave64
        &[0x48, 0x0f, 0xae, 0x0f], // fxrstor64
        &[0x48, 0x0f, 0xae, 0x27], // xsave64
        &[0x48, 0x0f, 0xae, 0x2f], // xrstor64
        &[0x48, 0x0f, 0xc7, 0x27], // xsavec64
        &[0x48, 0x0f, 0xae, 0x37], // xsaveopt64
    ];
    for bytes in others {
        let mut bytes = bytes.to_vec();
        cases.push((decode(&mut bytes), bytes));
    }
    cases
}

/// Decodes the first instruction and cuts off what does not belong to it.
fn decode(bytes: &mut Vec<u8>) -> Instruction {
    let instruction = Decoder::new(64, bytes, DecoderOptions::NONE).decode();
    bytes.truncate(instruction.len());
    instruction
}

/// Everything that may be in front of a ModRM byte in an instruction with vector registers: prefixes and opcode.
fn vector_encodings() -> Vec<Vec<u8>> {
    let mut encodings = Vec::new();
    for opcode in 0..=u8::MAX {
        for prefix in [&[][..], &[0x66], &[0xf3], &[0xf2]] {
            for rex in [&[][..], &[0x48]] {
                for map in [&[0x0f][..], &[0x0f, 0x38], &[0x0f, 0x3a]] {
                    encodings.push([prefix, rex, map, &[opcode]].concat());
                }
            }
        }
        // The bits of W, of a second source register (none, or register 1), of the length and of the prefix.
        for (w, source) in [(0, 15), (0, 14), (1, 15), (1, 14)] {
            for (length, prefix) in (0..12).map(|bits| (bits / 4, bits % 4)) {
                for map in 1..=6 {
                    if map <= 3 && length <= 1 {
                        let last = w << 7 | source << 3 | length << 2 | prefix;
                        encodings.push(vec![0xc4, 0xe0 | map, last, opcode]);
                    }
                    let middle = w << 7 | source << 3 | 4 | prefix;
                    encodings.push(vec![0x62, 0xf0 | map, middle, length << 5 | 8, opcode]);
                }
            }
        }
    }
    encodings
}

/// The instructions as functions, in assembly. After each, the state that it may have left behind is reset.
fn table(cases: &[(Instruction, Vec<u8>)]) -> String {
    let mut functions = ".text\n".to_owned();
    let mut pointers =
        ".section .data.rel.ro, \"aw\"\n.p2align 3\n.globl instructions\ninstructions:\n"
            .to_owned();
    for (index, (_, bytes)) in cases.iter().enumerate() {
        let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:#x}")).collect();
        functions += &format!(
            "function{index}:\nxorl %eax, %eax\nxorl %edx, %edx\n.byte {}\nfninit\nldmxcsr .Lmxcsr(%rip)\nret\n",
            bytes.join(", ")
        );
        pointers += &format!(".quad function{index}\n");
    }
    let count = format!(
        ".globl instruction_count\ninstruction_count: .quad {}\n.Lmxcsr: .long 0x1f80\n",
        cases.len()
    );
    functions + &pointers + &count + ".section .note.GNU-stack, \"\", @progbits\n"
}
