//! A proof and its bytes, as specified in `docs/wire-format.md`.

use std::fmt;

use sheaf_transcript::header::{self, kind_name};
use sheaf_xmss::Scheme;
use thiserror::Error;

use crate::Rate;

/// The first bytes of every aggregate.
pub const MAGIC: [u8; 4] = header::MAGIC;

/// The version of proofs that this library makes and verifies; the byte after [`MAGIC`].
pub const FORMAT_VERSION: u8 = header::VERSION;

/// Bytes before the body: magic, version, scheme, rate and kind.
pub const HEADER_BYTES: usize = header::BYTES;

/// The most bytes that an aggregate may have; real ones stay far below.
pub const MAX_BYTES: usize = header::MAX_PROOF_BYTES;

/// Bytes of one field element, the unit of the body.
const ELEMENT_BYTES: usize = 4;

/// The kind of an aggregate whose body is a proof about signatures: byte 7.
pub const KIND_LEAF: u8 = sheaf_aggregation::KIND_LEAF;

/// Why bytes are not an aggregate that this library can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There is less than a header.
    #[error("{found} bytes are less than a header of {HEADER_BYTES}")]
    TooShort {
        /// Number of bytes.
        found: usize,
    },
    /// There are more bytes than any proof has.
    #[error("{found} bytes or more exceed the {MAX_BYTES} that a proof may have")]
    TooLong {
        /// Number of bytes, or of those that were looked at.
        found: usize,
    },
    /// The first four bytes are not [`MAGIC`].
    #[error("the first four bytes do not mark an aggregate")]
    Magic,
    /// The proof is of another version of the protocol.
    #[error("byte 4: the proof has version {found}, this library reads version {FORMAT_VERSION}")]
    Version {
        /// The version of the proof.
        found: u8,
    },
    /// There is no scheme with this identifier.
    #[error("byte 5: {found} identifies no signature scheme")]
    Scheme {
        /// The identifier.
        found: u8,
    },
    /// There is no such rate.
    #[error("byte 6: {found} is not the logarithm of an inverse rate, 1 to 4")]
    Rate {
        /// The byte found.
        found: u8,
    },
    /// The body is not a proof about signatures. Version 3 has numbers for lists of signatures (0), proofs about proofs (2) and proofs
    /// about the run of a program (3), but this library makes and reads none.
    #[error("byte 7: the aggregate is of kind {found} ({}), this library reads kind {KIND_LEAF}", kind_name(*.found))]
    Kind {
        /// The byte found.
        found: u8,
    },
    /// The body is not a sequence of four-byte elements.
    #[error("a body of {found} bytes is not a sequence of four-byte elements")]
    Length {
        /// Number of bytes after the header.
        found: usize,
    },
}

/// A proof that the signatures of some claims are valid.
///
/// Holding one means nothing: it may come from anywhere. Only [`verify`](crate::verify)
/// says whether it proves given claims.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    scheme: Scheme,
    rate: Rate,
    body: Vec<u8>,
}

impl Aggregate {
    #[cfg(feature = "prover")]
    pub(crate) const fn new(scheme: Scheme, rate: Rate, body: Vec<u8>) -> Self {
        Self { scheme, rate, body }
    }

    /// Reads an aggregate from bytes, which may be any.
    ///
    /// Checks the header and that the body has a possible length; the rest is for
    /// [`verify`](crate::verify). Memory is bounded by the length of `bytes`.
    ///
    /// # Errors
    /// If the bytes do not begin with a known header, or have an impossible length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let Some((&[m0, m1, m2, m3, version, scheme, rate, kind], body)) =
            bytes.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(FormatError::TooShort { found: bytes.len() });
        };
        if [m0, m1, m2, m3] != MAGIC {
            return Err(FormatError::Magic);
        }
        // Another version may have another header, so nothing else is looked at before.
        if version != FORMAT_VERSION {
            return Err(FormatError::Version { found: version });
        }
        // What the bytes before it mean is the kind's to say.
        if kind != KIND_LEAF {
            return Err(FormatError::Kind { found: kind });
        }
        let scheme = Scheme::from_id(scheme).ok_or(FormatError::Scheme { found: scheme })?;
        let rate = Rate::from_log_inverse(rate).ok_or(FormatError::Rate { found: rate })?;
        if bytes.len() > MAX_BYTES {
            return Err(FormatError::TooLong { found: bytes.len() });
        }
        if !body.len().is_multiple_of(ELEMENT_BYTES) {
            return Err(FormatError::Length { found: body.len() });
        }
        Ok(Self {
            scheme,
            rate,
            body: body.to_vec(),
        })
    }

    /// The bytes of the aggregate.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.byte_len());
        bytes.extend_from_slice(&MAGIC);
        let rate = self.rate.log_inverse();
        bytes.extend_from_slice(&[FORMAT_VERSION, self.scheme.id, rate, KIND_LEAF]);
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// How many bytes [`to_bytes`](Self::to_bytes) returns.
    #[must_use]
    pub const fn byte_len(&self) -> usize {
        HEADER_BYTES + self.body.len()
    }

    /// The scheme of the signatures, as the header states it.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The rate, as the header states it.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// The body: the transcript of the proof.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregate")
            .field("scheme", &self.scheme.name)
            .field("rate", &self.rate)
            .field("bytes", &self.byte_len())
            .finish_non_exhaustive()
    }
}

impl TryFrom<&[u8]> for Aggregate {
    type Error = FormatError;

    fn try_from(bytes: &[u8]) -> Result<Self, FormatError> {
        Self::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sheaf_xmss::TEST;

    use super::*;

    fn sample() -> Vec<u8> {
        let body = vec![1, 2, 3, 4, 5, 6, 7, 8];
        Aggregate {
            scheme: TEST,
            rate: Rate::Quarter,
            body,
        }
        .to_bytes()
    }

    #[test]
    fn every_header_byte_is_checked() {
        let parse = |at: usize, value: u8| {
            let mut bytes = sample();
            bytes[at] = value;
            Aggregate::from_bytes(&bytes)
        };
        for at in 0..4 {
            assert_eq!(parse(at, b'!'), Err(FormatError::Magic));
        }
        assert_eq!(parse(4, 9), Err(FormatError::Version { found: 9 }));
        assert_eq!(parse(5, 77), Err(FormatError::Scheme { found: 77 }));
        assert_eq!(parse(6, 0), Err(FormatError::Rate { found: 0 }));
        assert_eq!(parse(6, 5), Err(FormatError::Rate { found: 5 }));
        for (found, name) in [
            (0, "a list of signatures"),
            (2, "a proof about proofs"),
            (3, "a proof about the run of a program"),
            (4, "unknown"),
        ] {
            let error = parse(7, found).unwrap_err();
            assert_eq!(error, FormatError::Kind { found });
            assert!(error.to_string().contains(name), "{error}");
        }
        let old = parse(4, 2).unwrap_err();
        assert_eq!(
            old.to_string(),
            "byte 4: the proof has version 2, this library reads version 3"
        );
    }

    #[test]
    fn lengths_are_checked() {
        let bytes = sample();
        for found in 0..HEADER_BYTES {
            assert_eq!(
                Aggregate::from_bytes(&bytes[..found]),
                Err(FormatError::TooShort { found })
            );
        }
        assert_eq!(
            Aggregate::from_bytes(&bytes[..HEADER_BYTES + 3]),
            Err(FormatError::Length { found: 3 })
        );
        let mut long = bytes;
        long.resize(MAX_BYTES, 0);
        assert!(Aggregate::from_bytes(&long).is_ok());
        long.extend([0; 4]);
        assert_eq!(
            Aggregate::from_bytes(&long),
            Err(FormatError::TooLong {
                found: MAX_BYTES + 4
            })
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_an_error(bytes: Vec<u8>) {
            if let Ok(aggregate) = Aggregate::from_bytes(&bytes) {
                prop_assert_eq!(aggregate.to_bytes(), bytes);
            }
        }

        #[test]
        fn damaged_headers_round_trip_or_fail(at in 0..HEADER_BYTES, value: u8, extra: Vec<u8>) {
            let mut bytes = sample();
            bytes[at] = value;
            bytes.extend(extra);
            if let Ok(aggregate) = Aggregate::from_bytes(&bytes) {
                prop_assert_eq!(aggregate.byte_len(), bytes.len());
                prop_assert_eq!(aggregate.to_bytes(), bytes);
            }
        }
    }
}
