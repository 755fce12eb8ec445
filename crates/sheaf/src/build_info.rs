//! What this build of the library can do, and what the machine could.

use std::fmt;

/// The SIMD instructions that field arithmetic uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimdLevel {
    /// None: one field element at a time.
    Scalar,
    /// NEON: four elements at a time.
    Neon,
    /// AVX2: eight elements at a time.
    Avx2,
    /// AVX-512: sixteen elements at a time.
    Avx512,
}

impl SimdLevel {
    /// The level of the instructions that the library was compiled to use.
    ///
    /// It is chosen by the compiler's target features, hence by whoever builds the
    /// program: `RUSTFLAGS="-C target-cpu=native"` takes all that the machine has.
    /// Set `RUSTDOCFLAGS` to the same for doctests, which rustdoc compiles.
    pub const COMPILED: Self = if cfg!(all(target_arch = "x86_64", target_feature = "avx512f")) {
        Self::Avx512
    } else if cfg!(all(target_arch = "x86_64", target_feature = "avx2")) {
        Self::Avx2
    } else if cfg!(all(target_arch = "aarch64", target_feature = "neon")) {
        Self::Neon
    } else {
        Self::Scalar
    };

    /// The highest level that the CPU offers.
    #[must_use]
    pub fn of_cpu() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Self::Avx2;
            }
        }
        Self::COMPILED
    }

    /// A name for people and for JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Facts about this build of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildInfo {
    /// The version of the library.
    pub version: &'static str,
    /// The version of the proofs that it makes and verifies.
    pub proof_version: u8,
    /// The SIMD level that it uses.
    pub simd: SimdLevel,
    /// The SIMD level that the CPU offers.
    pub cpu_simd: SimdLevel,
}

impl BuildInfo {
    /// Whether the CPU has wider SIMD instructions than this build uses, so that another build would be faster.
    #[must_use]
    pub fn leaves_simd_unused(&self) -> bool {
        self.simd < self.cpu_simd
    }
}

/// In one line, for logs: `sheaf 0.1.0, proof version 3, built for avx2, the CPU has avx512`.
impl fmt::Display for BuildInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "sheaf {}, proof version {}, built for {}, the CPU has {}",
            self.version, self.proof_version, self.simd, self.cpu_simd
        )
    }
}

/// Describes this build and the machine on which it runs.
///
/// ```
/// let build = sheaf::build_info();
/// println!("{build}");
/// if build.leaves_simd_unused() {
///     eprintln!("a build for {} would be several times as fast", build.cpu_simd);
/// }
/// ```
#[must_use]
pub fn build_info() -> BuildInfo {
    BuildInfo {
        version: env!("CARGO_PKG_VERSION"),
        proof_version: crate::FORMAT_VERSION,
        simd: SimdLevel::COMPILED,
        cpu_simd: SimdLevel::of_cpu(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_build_uses_no_more_than_the_cpu_has() {
        let build = build_info();
        assert!(build.simd <= build.cpu_simd);
        assert_eq!(build.leaves_simd_unused(), build.simd != build.cpu_simd);
    }

    #[test]
    fn a_build_describes_itself_in_one_line() {
        let mut build = build_info();
        (build.simd, build.cpu_simd) = (SimdLevel::Scalar, SimdLevel::Avx2);
        let line = build.to_string();
        for fact in [
            build.version,
            &format!("proof version {},", build.proof_version),
            "built for scalar",
            "the CPU has avx2",
        ] {
            assert!(line.contains(fact), "{line}");
        }
        assert!(!line.contains('\n'));
    }
}
