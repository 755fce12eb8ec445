//! Single signatures, without a proof.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use sheaf::xmss::{self, one_slot};
use sheaf::{PublicKey, Signature};
use sheaf_bindings::{Failure, decode};

use crate::arguments::{Bytes, Message, Number, Seed};
use crate::failure::Raised;

/// Verifies one signature. Returns nothing if it is valid, and raises InvalidSignatures if not.
#[pyfunction]
pub(crate) fn verify_signature(
    py: Python<'_>,
    scheme: Number,
    public_key: Bytes,
    slot: Number,
    message: Message,
    signature: Bytes,
) -> Result<(), Raised> {
    let work = || -> Result<(), Failure> {
        let scheme = decode::scheme(scheme.0)?;
        let key = PublicKey::from_bytes(&scheme, public_key.get())?;
        let signature = Signature::from_bytes(&scheme, signature.get())?;
        Ok(xmss::verify(&scheme, &key, slot.0, &message.0, &signature)?)
    };
    Ok(py.detach(work)?)
}

/// Makes the key that a seed determines at one slot, and its signature of a message: for tests and benchmarks.
///
/// Returns the public key and the signature. The key can sign at no other slot, and costs no more than a signature. Nothing but
/// the caller prevents it from signing two messages, so it is not for use. The seed has 32 bytes.
#[pyfunction]
pub(crate) fn sign_once<'py>(
    py: Python<'py>,
    scheme: Number,
    seed: Seed,
    slot: Number,
    message: Message,
) -> Result<Bound<'py, PyTuple>, Raised> {
    let work = || -> Result<_, Failure> {
        let scheme = decode::scheme(scheme.0)?;
        Ok(one_slot::sign_once(&scheme, &seed.0, slot.0, &message.0)?)
    };
    let (key, signature) = py.detach(work)?;
    let both = [key.to_bytes(), signature.to_bytes()];
    Ok(PyTuple::new(
        py,
        both.map(|bytes| PyBytes::new(py, &bytes)),
    )?)
}
