//! Whether this CPU can run this build.
//!
//! A build for a CPU (`target-cpu=native`, which the repository's configuration sets, or a level of x86-64) ends with SIGILL
//! on one that lacks its instructions, and says nothing. So `main` asks here before it does anything else.
//!
//! This code is compiled for that same CPU. It stays clear of the instructions that it asks for by having no use for them: it
//! handles single words and string literals, and prints through functions that come compiled with the standard library, for
//! any CPU of the architecture. `scripts/other-cpus` shows that it suffices. `is_x86_feature_detected!` would be
//! of no use: it is constantly true for what the build takes for granted.
//!
//! Other architectures are not asked. Whether the operating system saves the registers of AVX-512 is not, either: an
//! ordinary program can't know without an instruction that may be missing.

use std::arch::x86_64::__cpuid_count;
use std::io::{self, Write};

/// The registers in which CPUID answers.
#[derive(Clone, Copy)]
enum Register {
    Eax,
    Ebx,
    Ecx,
    Edx,
}

/// Instructions that the compiler may have used, and where CPUID tells of them.
struct Feature {
    name: &'static str,
    leaf: u32,
    subleaf: u32,
    register: Register,
    bit: u32,
    /// Whether this build takes them for granted.
    built_for: bool,
}

macro_rules! features {
    ($($name:tt: $leaf:literal, $subleaf:literal, $register:ident, $bit:literal;)+) => {
        [$(Feature {
            name: $name,
            leaf: $leaf,
            subleaf: $subleaf,
            register: Register::$register,
            bit: $bit,
            built_for: cfg!(target_feature = $name),
        }),+]
    };
}

/// Leaves, registers and bits as in Intel's "Software Developer's Manual", volume 2A, CPUID, and AMD's "Architecture Programmer's
/// Manual", volume 3, appendix E. What compilers never use of their own accord (random numbers, saving of state) is left out.
static FEATURES: [Feature; 38] = features! {
    "sse3": 1, 0, Ecx, 0;
    "ssse3": 1, 0, Ecx, 9;
    "sse4.1": 1, 0, Ecx, 19;
    "sse4.2": 1, 0, Ecx, 20;
    "popcnt": 1, 0, Ecx, 23;
    "cmpxchg16b": 1, 0, Ecx, 13;
    "movbe": 1, 0, Ecx, 22;
    "aes": 1, 0, Ecx, 25;
    "pclmulqdq": 1, 0, Ecx, 1;
    // Usable if the operating system saves state by XSAVE, which has a bit of its own.
    "xsave": 1, 0, Ecx, 27;
    "avx": 1, 0, Ecx, 28;
    "f16c": 1, 0, Ecx, 29;
    "fma": 1, 0, Ecx, 12;
    "bmi1": 7, 0, Ebx, 3;
    "avx2": 7, 0, Ebx, 5;
    "bmi2": 7, 0, Ebx, 8;
    "adx": 7, 0, Ebx, 19;
    "sha": 7, 0, Ebx, 29;
    "avx512f": 7, 0, Ebx, 16;
    "avx512dq": 7, 0, Ebx, 17;
    "avx512ifma": 7, 0, Ebx, 21;
    "avx512cd": 7, 0, Ebx, 28;
    "avx512bw": 7, 0, Ebx, 30;
    "avx512vl": 7, 0, Ebx, 31;
    "avx512vbmi": 7, 0, Ecx, 1;
    "avx512vbmi2": 7, 0, Ecx, 6;
    "gfni": 7, 0, Ecx, 8;
    "vaes": 7, 0, Ecx, 9;
    "vpclmulqdq": 7, 0, Ecx, 10;
    "avx512vnni": 7, 0, Ecx, 11;
    "avx512bitalg": 7, 0, Ecx, 12;
    "avx512vpopcntdq": 7, 0, Ecx, 14;
    "avx512fp16": 7, 0, Edx, 23;
    "avxvnni": 7, 1, Eax, 4;
    "avx512bf16": 7, 1, Eax, 5;
    "avxifma": 7, 1, Eax, 23;
    "lzcnt": 0x8000_0001, 0, Ecx, 5;
    "sse4a": 0x8000_0001, 0, Ecx, 6;
};

/// The level of x86-64 whose instructions this build takes for granted, maybe with others.
const LEVEL: &str = if cfg!(all(
    target_feature = "avx512bw",
    target_feature = "avx512cd",
    target_feature = "avx512dq",
    target_feature = "avx512vl"
)) {
    "x86-64-v4"
} else if cfg!(all(
    target_feature = "avx2",
    target_feature = "bmi2",
    target_feature = "fma"
)) {
    "x86-64-v3"
} else if cfg!(all(target_feature = "sse4.2", target_feature = "popcnt")) {
    "x86-64-v2"
} else {
    "x86-64"
};

/// Whether this CPU has all that the build takes for granted. If it hasn't, standard error says what it lacks.
#[inline(never)]
pub(crate) fn suits() -> bool {
    let mut suits = true;
    for feature in &FEATURES {
        if feature.built_for && !has(feature, cpuid) {
            if suits {
                say(FIRST);
                say(LEVEL);
                say(SECOND);
            } else {
                say(", ");
            }
            say(feature.name);
            suits = false;
        }
    }
    if !suits {
        say(LAST);
    }
    suits
}

const FIRST: &str = "sheaf: this build of the command is for CPUs of the level ";
const SECOND: &str = " or better, and this CPU lacks ";
const LAST: &str = "; build it on this machine (`cargo build --release` in the source), or anywhere with \
     RUSTFLAGS=\"-C target-cpu=x86-64\", which is slow but runs on every x86-64 CPU, or make a package by scripts/release, \
     which runs the best build on each CPU\n";

/// Where stderr is closed there is no one to tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether CPUID, which is `cpuid` except in tests, tells of a feature.
fn has(feature: &Feature, cpuid: fn(u32, u32, Register) -> u32) -> bool {
    // A CPU answers for a leaf or subleaf that it does not know with those of another.
    let known = cpuid(feature.leaf & 0x8000_0000, 0, Register::Eax) >= feature.leaf
        && (feature.subleaf == 0 || cpuid(feature.leaf, 0, Register::Eax) >= feature.subleaf);
    known && cpuid(feature.leaf, feature.subleaf, feature.register) >> feature.bit & 1 == 1
}

/// One word of the answer: with all four at once the compiler might want a vector register.
#[inline(never)]
fn cpuid(leaf: u32, subleaf: u32, register: Register) -> u32 {
    let answer = __cpuid_count(leaf, subleaf);
    match register {
        Register::Eax => answer.eax,
        Register::Ebx => answer.ebx,
        Register::Ecx => answer.ecx,
        Register::Edx => answer.edx,
    }
}

#[cfg(test)]
mod tests {
    use std::arch::is_x86_feature_detected;

    use super::*;

    fn feature(name: &str) -> &'static Feature {
        FEATURES
            .iter()
            .find(|feature| feature.name == name)
            .unwrap()
    }

    #[test]
    fn the_cpu_that_runs_the_tests_suits() {
        assert!(suits());
    }

    /// Meaningful for what the build does not take for granted, hence most of all in a build for x86-64.
    #[test]
    fn features_are_those_that_the_standard_library_finds() {
        macro_rules! agree {
            ($($name:tt)+) => {
                $(assert_eq!(has(feature($name), cpuid), is_x86_feature_detected!($name), $name);)+
            };
        }
        agree!("sse3" "ssse3" "sse4.1" "sse4.2" "popcnt" "cmpxchg16b" "movbe" "aes" "pclmulqdq" "xsave" "avx" "f16c" "fma");
        agree!("bmi1" "avx2" "bmi2" "adx" "sha" "gfni" "vaes" "vpclmulqdq" "lzcnt" "sse4a");
        agree!("avx512f" "avx512dq" "avx512ifma" "avx512cd" "avx512bw" "avx512vl" "avx512vbmi" "avx512vbmi2" "avx512vnni");
        agree!("avx512bitalg" "avx512vpopcntdq" "avx512fp16" "avxvnni" "avx512bf16" "avxifma");
    }

    #[test]
    fn a_cpu_that_knows_no_leaf_7_has_none_of_its_features() {
        /// Knows leaf 1, answers for higher leaves with ones, as some do with those of their last leaf.
        fn old(leaf: u32, _: u32, register: Register) -> u32 {
            match (leaf, register) {
                (0, Register::Eax) => 1,
                (0x8000_0000, Register::Eax) => 0x8000_0000,
                _ => u32::MAX,
            }
        }
        for feature in &FEATURES {
            assert_eq!(has(feature, old), feature.leaf == 1, "{}", feature.name);
        }
    }

    #[test]
    fn every_feature_of_the_named_level_is_asked_for() {
        let asked = |name: &str| {
            FEATURES
                .iter()
                .any(|feature| feature.name == name && feature.built_for)
        };
        match LEVEL {
            "x86-64-v4" => assert!(asked("avx512vl") && asked("avx2")),
            "x86-64-v3" => assert!(asked("avx2") && !asked("avx512vl")),
            "x86-64-v2" => assert!(asked("sse4.2") && !asked("avx2")),
            _ => assert!(!asked("sse4.2")),
        }
    }
}
