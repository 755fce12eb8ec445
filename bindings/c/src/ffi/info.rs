//! Facts about the library.

use std::ffi::CStr;

use sheaf::SimdLevel;
use sheaf_bindings::decode;

use crate::types::{Build, Scheme};

/// The version, with the zero that ends it for C.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// Describes this build and the machine on which it runs.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn sheaf_build_info() -> Build {
    let build = sheaf::build_info();
    Build {
        version: VERSION.as_ptr().cast(),
        simd: name(build.simd).as_ptr(),
        cpu_simd: name(build.cpu_simd).as_ptr(),
        proof_version: build.proof_version.into(),
        leaves_simd_unused: build.leaves_simd_unused(),
    }
}

const fn name(level: SimdLevel) -> &'static CStr {
    match level {
        SimdLevel::Scalar => c"scalar",
        SimdLevel::Neon => c"neon",
        SimdLevel::Avx2 => c"avx2",
        SimdLevel::Avx512 => c"avx512",
    }
}

/// Bytes in a public key of the scheme, in SSZ; 0 if there is no such scheme.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn sheaf_public_key_bytes(scheme: Scheme) -> usize {
    decode::public_key_bytes(scheme)
}

/// Bytes in a signature of the scheme, in SSZ; 0 if there is no such scheme.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn sheaf_signature_bytes(scheme: Scheme) -> usize {
    decode::scheme(scheme).map_or(0, |scheme| scheme.signature_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_library() {
        use SimdLevel::{Avx2, Avx512, Neon, Scalar};
        for level in [Scalar, Neon, Avx2, Avx512] {
            assert_eq!(name(level).to_str(), Ok(level.name()));
        }
        assert!(CStr::from_bytes_with_nul(VERSION.as_bytes()).is_ok());
    }
}
