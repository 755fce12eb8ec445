//! Proofs: verified, and looked at. In Python a proof is `bytes`.

use pyo3::prelude::*;
use sheaf::{Aggregate, FORMAT_VERSION, Form, Rate, Scheme, least_security_bits};
use sheaf_bindings::Failure;

use crate::arguments::Bytes;
use crate::claims::Claims;
use crate::failure::Raised;
use crate::info::{form_object, rate_object, scheme_object};

/// Verifies that every key in the claims has signed its group's message at its slot.
///
/// Returns nothing if so. Raises InvalidProof if the bytes are no proof, or do not prove exactly these claims, and
/// ImpossibleClaims if nothing could prove them. Needs no prover, and runs on the calling thread, while others run.
#[pyfunction]
pub(crate) fn verify(py: Python<'_>, claims: &Claims, proof: Bytes) -> Result<(), Raised> {
    let work = || -> Result<(), Failure> {
        let aggregate = Aggregate::from_bytes(proof.get())?;
        Ok(sheaf::verify(&claims.0, &aggregate)?)
    };
    Ok(py.detach(work)?)
}

/// What a proof says of itself. Nothing is verified, and what it proves is not in it.
#[pyclass(frozen, module = "sheaf")]
pub struct ProofInfo {
    scheme: Scheme,
    form: Form,
    rate: Option<Rate>,
    /// The version of the proof.
    #[pyo3(get)]
    version: u8,
    /// Bytes in the proof.
    #[pyo3(get)]
    size: usize,
    /// Bits of proven security that it has at least, whatever the number of signatures: classical, in the random oracle model.
    /// None of a list of signatures, which is as secure as they are.
    #[pyo3(get)]
    least_security_bits: Option<f64>,
}

#[pymethods]
impl ProofInfo {
    /// The scheme of the signatures.
    #[getter]
    fn scheme<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        scheme_object(py, &self.scheme)
    }

    /// Form.RAW of a list of signatures, Form.PROOF of a proof.
    #[getter]
    fn form<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        form_object(py, self.form)
    }

    /// The rate of the code; None of a list of signatures.
    #[getter]
    fn rate<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.rate.map(|rate| rate_object(py, rate)).transpose()
    }

    fn __repr__(&self) -> String {
        let form = match self.rate {
            Some(rate) => format!("rate {rate}"),
            None => self.form.name().to_owned(),
        };
        format!(
            "<ProofInfo: version {}, scheme {}, {form}, {} bytes>",
            self.version, self.scheme.name, self.size
        )
    }
}

/// Reads the header of a proof. Raises InvalidProof if the bytes are no proof that this version reads.
#[pyfunction]
pub(crate) fn inspect(py: Python<'_>, proof: Bytes) -> Result<ProofInfo, Raised> {
    let work = || -> Result<ProofInfo, Failure> {
        let aggregate = Aggregate::from_bytes(proof.get())?;
        let (scheme, rate) = (*aggregate.scheme(), aggregate.rate());
        Ok(ProofInfo {
            scheme,
            form: aggregate.form(),
            rate,
            version: FORMAT_VERSION,
            size: aggregate.byte_len(),
            least_security_bits: rate.map(|rate| least_security_bits(scheme, rate)),
        })
    };
    Ok(py.detach(work)?)
}
