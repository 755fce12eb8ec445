//! Failures as exceptions. Their classes are Python code: `python/sheaf/errors.py`.

use pyo3::prelude::*;
use pyo3::types::PyType;
use sheaf_bindings::{Failure, Kind, Place};

/// What functions that Python calls return instead of a result: an exception, of this library or of Python.
pub(crate) struct Raised(PyErr);

impl From<Failure> for Raised {
    fn from(failure: Failure) -> Self {
        Self(Python::attach(|py| exception(py, &failure)))
    }
}

impl From<PyErr> for Raised {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

impl From<Raised> for PyErr {
    fn from(raised: Raised) -> Self {
        raised.0
    }
}

/// The exception for a failure; the one that says why, if there is none.
fn exception(py: Python<'_>, failure: &Failure) -> PyErr {
    let build = || {
        let module = py.import("sheaf.errors")?;
        let places = failure.places().iter();
        let places: Vec<(usize, Option<usize>)> = places
            .map(|&Place { group, signer }| (group, signer))
            .collect();
        module
            .getattr(class_name(failure.kind()))?
            .cast_into::<PyType>()?
            .call1((failure.message(), places))
    };
    build().map_or_else(|error: PyErr| error, PyErr::from_value)
}

/// The class in `errors.py`.
const fn class_name(kind: Kind) -> &'static str {
    match kind {
        Kind::InvalidArgument | Kind::Malformed => "MalformedInput",
        Kind::Claims => "ImpossibleClaims",
        Kind::InvalidSignature => "InvalidSignatures",
        Kind::Format | Kind::Rejected => "InvalidProof",
        Kind::Cancelled => "Cancelled",
        Kind::Unsupported => "Unsupported",
        Kind::Threads => "ThreadsUnavailable",
        Kind::SlotUsed => "SlotUsed",
        Kind::SlotUnavailable => "SlotUnavailable",
        Kind::JournalLocked => "JournalLocked",
        Kind::JournalMissing => "JournalMissing",
        Kind::JournalExists => "JournalExists",
        Kind::Journal => "JournalError",
        Kind::Randomness | Kind::Internal => "InternalError",
    }
}
