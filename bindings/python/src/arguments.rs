//! What Python passes: numbers, and anything that has bytes in it.
//!
//! `bytes` can't change, so they are read where they are. What can change (`bytearray`, `memoryview`, arrays) is copied once,
//! since other threads of Python run while the library reads.

use pyo3::buffer::{PyBuffer, PyUntypedBuffer};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString};
use sheaf::xmss::params::MESSAGE_BYTES;
use sheaf_bindings::{Failure, decode};

use crate::failure::Raised;

/// A number that is at most `u32::MAX`: a slot, a scheme, a rate, a form.
#[derive(Clone, Copy)]
pub(crate) struct Number(pub(crate) u32);

impl<'a, 'py> FromPyObject<'a, 'py> for Number {
    type Error = Raised;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Raised> {
        match object.extract() {
            Ok(number) => Ok(Self(number)),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => {
                let failure =
                    Failure::argument(format_args!("{} is not from 0 to {}", *object, u32::MAX));
                Err(failure.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Bytes of an object: its own if it is `bytes`, or a copy.
pub(crate) struct Bytes(PyBackedBytes);

impl Bytes {
    pub(crate) fn get(&self) -> &[u8] {
        &self.0
    }

    fn copy_of(buffer: &PyBuffer<u8>, py: Python<'_>) -> Result<Self, Raised> {
        let copy = PyBytes::new_with(py, buffer.len_bytes(), |out| buffer.copy_to_slice(py, out))?;
        Ok(Self(copy.into()))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Bytes {
    type Error = Raised;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Raised> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self(bytes.to_owned().into()));
        }
        match buffer(&object)? {
            Some(buffer) if buffer.dimensions() == 1 => Self::copy_of(&buffer, object.py()),
            Some(_) => Err(PyTypeError::new_err("a table where bytes are expected").into()),
            None => Err(type_error(&object, "bytes are").into()),
        }
    }
}

/// An array of so many bytes.
fn array<const N: usize>(object: Borrowed<'_, '_, PyAny>, what: &str) -> Result<[u8; N], Raised> {
    let bytes: Bytes = object.extract()?;
    <[u8; N]>::try_from(bytes.get()).map_err(|_| {
        let length = bytes.get().len();
        let failure =
            Failure::argument(format_args!("a {what} of {length} bytes, expected are {N}"));
        failure.into()
    })
}

/// A message.
pub(crate) struct Message(pub(crate) [u8; MESSAGE_BYTES]);

impl<'a, 'py> FromPyObject<'a, 'py> for Message {
    type Error = Raised;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Raised> {
        array(object, "message").map(Self)
    }
}

/// A seed of a one-slot signer.
pub(crate) struct Seed(pub(crate) [u8; 32]);

impl<'a, 'py> FromPyObject<'a, 'py> for Seed {
    type Error = Raised;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Raised> {
        array(object, "seed").map(Self)
    }
}

/// Keys or signatures: a sequence of bytes, or a table with one in each row.
pub(crate) enum Rows {
    List(Vec<Bytes>),
    Table {
        bytes: Bytes,
        rows: usize,
        width: usize,
    },
}

impl Rows {
    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Table { rows, .. } => *rows,
        }
    }

    /// The rows. [`decode::check_count`] comes before it: rows without bytes cost nothing to make, but places here.
    pub(crate) fn slices(&self) -> Vec<&[u8]> {
        match self {
            Self::List(list) => list.iter().map(Bytes::get).collect(),
            Self::Table { bytes, rows, width } => (0..*rows)
                .map(|row| &bytes.get()[row * width..][..*width])
                .collect(),
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Rows {
    type Error = Raised;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Raised> {
        if let Some(buffer) = buffer(&object)? {
            let &[rows, width] = buffer.shape() else {
                return Err(PyTypeError::new_err(
                    "bytes where a sequence of bytes is expected, or a table with one in each row",
                )
                .into());
            };
            let bytes = Bytes::copy_of(&buffer, object.py())?;
            return Ok(Self::Table { bytes, rows, width });
        }
        if object.is_instance_of::<PyString>() {
            return Err(type_error(&object, "a sequence of bytes is").into());
        }
        let mut list = Vec::new();
        for item in object.try_iter()? {
            list.push(item?.extract()?);
            // An iterator may have no end.
            decode::check_count([list.len()])?;
        }
        Ok(Self::List(list))
    }
}

/// The buffer of an object, if it has one; it has to be of single bytes.
fn buffer(object: &Bound<'_, PyAny>) -> Result<Option<PyBuffer<u8>>, Raised> {
    match PyUntypedBuffer::get(object) {
        Ok(buffer) => buffer.into_typed().map(Some).map_err(|_| {
            PyTypeError::new_err(
                "a buffer of other elements where one of bytes (uint8) is expected",
            )
            .into()
        }),
        Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn type_error(object: &Bound<'_, PyAny>, expected: &str) -> PyErr {
    let name = object.get_type().name();
    let found = name.map_or_else(|_| "this".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{found} where {expected} expected"))
}
