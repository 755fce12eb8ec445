//! The microarchitecture levels of x86-64, as its ABI defines them.
//!
//! Right only where it is compiled for the lowest level: what a build takes for granted is not asked for.

/// The levels that this CPU and its operating system support, best first. Level 2 is left out:
/// field arithmetic gains nothing from it.
#[cfg(target_arch = "x86_64")]
#[must_use]
pub fn of_cpu() -> Vec<&'static str> {
    macro_rules! all {
        ($($feature:tt)+) => { $(std::arch::is_x86_feature_detected!($feature))&&+ };
    }
    // The ABI also asks for LAHF and SAHF, which Rust can't detect. Every CPU with AVX2 has them.
    let v2 = all!("cmpxchg16b" "popcnt" "sse3" "sse4.1" "sse4.2" "ssse3");
    let v3 = v2 && all!("avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe" "xsave");
    let v4 = v3 && all!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl");

    let levels = [("x86-64-v4", v4), ("x86-64-v3", v3), ("x86-64", true)];
    levels
        .into_iter()
        .filter_map(|(level, supported)| supported.then_some(level))
        .collect()
}

/// Other architectures have no levels, hence one build.
#[cfg(not(target_arch = "x86_64"))]
#[must_use]
pub fn of_cpu() -> Vec<&'static str> {
    vec![std::env::consts::ARCH]
}
