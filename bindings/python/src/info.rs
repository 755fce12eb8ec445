//! Facts about schemes, and about this build.

use pyo3::prelude::*;
use sheaf::{Form, Rate, Scheme};
use sheaf_bindings::decode;
use sheaf_launcher::levels;

use crate::arguments::Number;
use crate::failure::Raised;

/// Facts about this build of the library, and the machine on which it runs.
#[pyclass(frozen, get_all, module = "sheaf")]
pub struct BuildInfo {
    /// The version of the library.
    version: &'static str,
    /// The version of the proofs that it makes and verifies.
    proof_version: u8,
    /// The SIMD level that it uses: scalar, neon, avx2 or avx512.
    simd: &'static str,
    /// The SIMD level that the CPU offers.
    cpu_simd: &'static str,
    /// Whether another build would be several times as fast on this CPU.
    leaves_simd_unused: bool,
    /// All of it in one line, for logs.
    description: String,
}

#[pymethods]
impl BuildInfo {
    fn __str__(&self) -> &str {
        &self.description
    }

    fn __repr__(&self) -> String {
        format!("<BuildInfo: {}>", self.description)
    }
}

/// Describes this build, and the machine on which it runs.
#[pyfunction]
pub(crate) fn build_info() -> BuildInfo {
    let build = sheaf::build_info();
    BuildInfo {
        version: build.version,
        proof_version: build.proof_version,
        simd: build.simd.name(),
        cpu_simd: build.cpu_simd.name(),
        leaves_simd_unused: build.leaves_simd_unused(),
        description: build.to_string(),
    }
}

/// The microarchitecture levels that the CPU supports, best first. Only a build for every CPU knows.
#[pyfunction]
pub(crate) fn cpu_levels() -> Vec<&'static str> {
    levels::of_cpu()
}

/// Bytes in a public key, bytes in a signature, slots in the life of a key, and whether the scheme is for tests only.
#[pyfunction]
pub(crate) fn scheme_facts(scheme: Number) -> Result<(usize, usize, u64, bool), Raised> {
    let scheme = decode::scheme(scheme.0)?;
    Ok((
        scheme.public_key_bytes(),
        scheme.signature_bytes(),
        scheme.lifetime(),
        scheme.is_for_tests,
    ))
}

/// The member of the package's enumeration of schemes.
pub(crate) fn scheme_object<'py>(py: Python<'py>, scheme: &Scheme) -> PyResult<Bound<'py, PyAny>> {
    py.import("sheaf._parameters")?
        .getattr("Scheme")?
        .call1((scheme.id,))
}

/// The member of the package's enumeration of rates.
pub(crate) fn rate_object(py: Python<'_>, rate: Rate) -> PyResult<Bound<'_, PyAny>> {
    py.import("sheaf._parameters")?
        .getattr("Rate")?
        .call1((rate.log_inverse(),))
}

/// The member of the package's enumeration of forms.
pub(crate) fn form_object(py: Python<'_>, form: Form) -> PyResult<Bound<'_, PyAny>> {
    py.import("sheaf._parameters")?
        .getattr("Form")?
        .call1((decode::form_number(form),))
}
