//! The SSZ codec layer: every length and offset of untrusted bytes is checked here.
//!
//! Field elements are canonical `u32`s in little-endian order, offsets are `u32`s in little-endian order and count from the
//! start of the container that holds them. Each object has one encoding; anything else is an error.

use p3_field::PrimeField32;
use p3_field::integers::QuotientMap;
use p3_koala_bear::KoalaBear;
use thiserror::Error;

/// Why bytes aren't the encoding of an object. Positions count from the start of the bytes given to the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The object has another length.
    #[error("{what} is {found} bytes long instead of {expected}")]
    Length {
        /// What was decoded.
        what: &'static str,
        /// The length that its encoding has.
        expected: u64,
        /// The length that was found.
        found: u64,
    },
    /// An offset doesn't point where the layout demands.
    #[error("the offset of {what} at byte {at} is {found} instead of {expected}")]
    Offset {
        /// What the offset points to.
        what: &'static str,
        /// Position of the offset.
        at: usize,
        /// The value that it must have.
        expected: u64,
        /// The value that was found.
        found: u32,
    },
    /// A field element is not reduced.
    #[error("element {index} of {what} at byte {at} is {value}, not below the field's order")]
    NonCanonical {
        /// What the element belongs to.
        what: &'static str,
        /// Index of the element inside it.
        index: usize,
        /// Position of the element.
        at: usize,
        /// The value that was found.
        value: u32,
    },
    /// The bytes end inside a varint, or it is longer than its integer can be.
    #[error("the varint of {what} at byte {at} is cut off or too long")]
    Varint {
        /// What the number means.
        what: &'static str,
        /// Position of its first byte.
        at: usize,
    },
    /// A number is outside the range or differs from what the rest of the object implies.
    #[error("{what} at byte {at} is {found}, which does not fit the rest of the object")]
    Value {
        /// What the number means.
        what: &'static str,
        /// Position of the number.
        at: usize,
        /// The value that was found.
        found: u64,
    },
}

/// Reads an encoding from front to back.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts reading `bytes`, which must have exactly the length `expected`.
    pub(crate) fn new(
        what: &'static str,
        bytes: &'a [u8],
        expected: u64,
    ) -> Result<Self, DecodeError> {
        if bytes.len() as u64 != expected {
            return Err(DecodeError::Length {
                what,
                expected,
                found: bytes.len() as u64,
            });
        }
        Ok(Self { bytes, at: 0 })
    }

    /// Starts reading bytes whose length is known only when they have been read; [`Self::end`] checks it.
    pub(crate) const fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Checks that no byte is left.
    pub(crate) const fn end(&self, what: &'static str) -> Result<(), DecodeError> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(DecodeError::Length {
                what,
                expected: self.at as u64,
                found: self.bytes.len() as u64,
            })
        }
    }

    /// Position of the next byte.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// Passes over bytes that have been read before.
    #[cfg(feature = "signing")]
    pub(crate) const fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Reads `N` bytes.
    pub(crate) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], DecodeError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(array) = rest.first_chunk::<N>() else {
            return Err(DecodeError::Length {
                what,
                expected: N as u64,
                found: rest.len() as u64,
            });
        };
        self.at += N;
        Ok(*array)
    }

    /// Reads a `u32`.
    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// Reads a `u64`.
    #[cfg(feature = "signing")]
    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// Reads an offset, whose value the layout fixes.
    pub(crate) fn offset(&mut self, what: &'static str, expected: u64) -> Result<(), DecodeError> {
        let at = self.at;
        let found = self.u32(what)?;
        if u64::from(found) == expected {
            Ok(())
        } else {
            Err(DecodeError::Offset {
                what,
                at,
                expected,
                found,
            })
        }
    }

    /// Reads `count <= N` field elements; `first` is the index of the first one inside the object, for errors.
    fn elements_from<const N: usize>(
        &mut self,
        what: &'static str,
        first: usize,
        count: usize,
    ) -> Result<[KoalaBear; N], DecodeError> {
        let mut elements = [KoalaBear::default(); N];
        for (i, element) in elements.iter_mut().enumerate().take(count) {
            let at = self.at;
            let value = self.u32(what)?;
            *element =
                KoalaBear::from_canonical_checked(value).ok_or(DecodeError::NonCanonical {
                    what,
                    index: first + i,
                    at,
                    value,
                })?;
        }
        Ok(elements)
    }

    /// Reads `count <= N` field elements; zeros stand behind them.
    pub(crate) fn elements<const N: usize>(
        &mut self,
        what: &'static str,
        count: usize,
    ) -> Result<[KoalaBear; N], DecodeError> {
        self.elements_from(what, 0, count)
    }

    /// Reads `arrays` arrays of `count <= N` field elements. The caller has checked that the bytes suffice.
    pub(crate) fn element_arrays<const N: usize>(
        &mut self,
        what: &'static str,
        arrays: usize,
        count: usize,
    ) -> Result<Vec<[KoalaBear; N]>, DecodeError> {
        (0..arrays)
            .map(|i| self.elements_from(what, i * count, count))
            .collect()
    }
}

/// Appends the canonical encoding of field elements.
pub(crate) fn put_elements(out: &mut Vec<u8>, elements: &[KoalaBear]) {
    for element in elements {
        out.extend_from_slice(&element.as_canonical_u32().to_le_bytes());
    }
}

/// Appends a `u32`, which is how offsets are stored; lengths beyond `u32` don't occur in this crate's objects.
pub(crate) fn put_u32(out: &mut Vec<u8>, value: usize) {
    debug_assert!(u32::try_from(value).is_ok());
    out.extend_from_slice(&(value as u32).to_le_bytes());
}
