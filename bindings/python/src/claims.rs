//! What a proof is about: claims, and batches with the signatures that prove them.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use sheaf_bindings::decode::{self, RawGroup};
use sheaf_bindings::{Failure, Kind, Place};

use crate::arguments::{Bytes, Message, Number, Rows};
use crate::failure::Raised;
use crate::info::scheme_object;

/// Who has signed what: a scheme, and groups of keys with the slot and the message that all of them signed.
///
/// A group is a tuple (slot, message, keys). Neither the order of groups nor that of keys in a group matters to a proof.
/// Keys are a sequence of bytes, or a table (an array of two dimensions) with one key in each row. Nothing but the form of
/// the keys is checked here; `check` and `verify` refuse claims that are empty or repeat a group or a key.
#[pyclass(frozen, eq, module = "sheaf")]
#[derive(PartialEq)]
pub struct Claims(pub(crate) sheaf::Claims);

#[pymethods]
impl Claims {
    #[new]
    fn new(
        py: Python<'_>,
        scheme: Number,
        groups: Vec<(Number, Message, Rows)>,
    ) -> Result<Self, Raised> {
        let scheme = decode::scheme(scheme.0)?;
        let work = || {
            decode::check_count(groups.iter().map(|(_, _, keys)| keys.len()))?;
            let raw: Vec<_> = groups
                .iter()
                .map(|(slot, message, keys)| RawGroup {
                    slot: slot.0,
                    message: message.0,
                    keys: keys.slices(),
                    signatures: Vec::new(),
                })
                .collect();
            decode::claims(scheme, &raw)
        };
        Ok(Self(py.detach(work)?))
    }

    /// Reads claims from bytes as `to_bytes` and `sheaf claims` write them.
    #[classmethod]
    fn from_bytes(_class: &Bound<'_, PyType>, py: Python<'_>, data: Bytes) -> Result<Self, Raised> {
        let claims = py.detach(|| sheaf::Claims::from_bytes(data.get()));
        Ok(Self(claims.map_err(Failure::from)?))
    }

    /// The claims as bytes, with groups and keys in the order in which they were given.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.0.to_bytes()))
    }

    /// Raises ImpossibleClaims if no proof could exist, because they are empty, repeat something, name a slot that does not
    /// exist, or are more than one proof covers.
    fn check(&self, py: Python<'_>) -> Result<(), Raised> {
        Ok(py.detach(|| self.0.check()).map_err(Failure::from)?)
    }

    /// The scheme of the keys.
    #[getter]
    fn scheme<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        scheme_object(py, self.0.scheme())
    }

    /// Number of signatures claimed.
    #[getter]
    fn signatures(&self) -> usize {
        self.0.signatures()
    }

    /// The groups, each with slot, message and keys, in the order in which they were given.
    #[getter]
    fn groups<'py>(&self, py: Python<'py>) -> Vec<GroupParts<'py>> {
        let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
        let groups = self.0.groups().iter();
        groups
            .map(|group| {
                let keys = group.keys.iter().map(|key| bytes(&key.to_bytes()));
                (group.slot, bytes(&group.message), keys.collect())
            })
            .collect()
    }

    fn __repr__(&self) -> String {
        describe(
            "Claims",
            self.0.scheme(),
            self.0.signatures(),
            self.0.groups().len(),
        )
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let decoder = slf.get_type().getattr("from_bytes")?;
        Ok((decoder, (slf.get().to_bytes(slf.py()),)))
    }
}

/// Slot, message and keys.
type GroupParts<'py> = (u32, Bound<'py, PyBytes>, Vec<Bound<'py, PyBytes>>);

/// Signatures to be aggregated: a scheme, and groups of signers with the slot and the message that all of them signed.
///
/// A group is a tuple (slot, message, keys, signatures), with the signatures in the order of the keys. Keys and signatures
/// are sequences of bytes, or tables (arrays of two dimensions) with one in each row. Nothing but the form of keys and
/// signatures is checked here; `Prover.aggregate` checks the signatures.
#[pyclass(frozen, module = "sheaf")]
pub struct Batch(pub(crate) Arc<sheaf::Batch>);

#[pymethods]
impl Batch {
    #[new]
    fn new(
        py: Python<'_>,
        scheme: Number,
        groups: Vec<(Number, Message, Rows, Rows)>,
    ) -> Result<Self, Raised> {
        let scheme = decode::scheme(scheme.0)?;
        let work = || {
            for (index, (_, _, keys, signatures)) in groups.iter().enumerate() {
                check_pairs(index, keys.len(), signatures.len())?;
            }
            decode::check_count(groups.iter().map(|(_, _, keys, _)| keys.len()))?;
            let raw: Vec<_> = groups
                .iter()
                .map(|(slot, message, keys, signatures)| RawGroup {
                    slot: slot.0,
                    message: message.0,
                    keys: keys.slices(),
                    signatures: signatures.slices(),
                })
                .collect();
            decode::batch(scheme, &raw)
        };
        Ok(Self(Arc::new(py.detach(work)?)))
    }

    /// The claims that a proof of this batch proves.
    #[getter]
    fn claims(&self, py: Python<'_>) -> Claims {
        Claims(py.detach(|| self.0.claims()))
    }

    /// The scheme of the keys.
    #[getter]
    fn scheme<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        scheme_object(py, self.0.scheme())
    }

    /// Number of signatures.
    #[getter]
    fn signatures(&self) -> usize {
        self.0.signatures()
    }

    fn __repr__(&self) -> String {
        describe(
            "Batch",
            self.0.scheme(),
            self.0.signatures(),
            self.0.groups().len(),
        )
    }
}

/// Each key has its signature.
fn check_pairs(group: usize, keys: usize, signatures: usize) -> Result<(), Failure> {
    if keys == signatures {
        return Ok(());
    }
    let message = format!("group {group} has {keys} keys and {signatures} signatures");
    let places = vec![Place::group(group)];
    Err(Failure::at(Kind::InvalidArgument, message, places))
}

fn describe(class: &str, scheme: &sheaf::Scheme, signatures: usize, groups: usize) -> String {
    let name = scheme.name;
    format!("<{class}: {signatures} signatures of {name} keys in {groups} groups>")
}
