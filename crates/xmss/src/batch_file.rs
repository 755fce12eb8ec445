//! A file of signatures of one message at one slot.
//!
//! Layout: `slot u32 LE ‖ message 32 bytes ‖ n u32 LE ‖ n × (public key ‖ signature)`, the keys and signatures in SSZ. The
//! length of the file follows from the scheme and `n`; nothing is allocated before it has been checked.

use std::slice::ChunksExact;

use thiserror::Error;

use crate::params::{MESSAGE_BYTES, Scheme};
use crate::ssz::{DecodeError, put_u32};
use crate::types::{PublicKey, Signature};

/// Bytes before the first signer.
pub const HEADER_BYTES: usize = 4 + MESSAGE_BYTES + 4;

/// Signatures of one message at one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFile {
    /// The slot at which the message was signed.
    pub slot: u32,
    /// The message.
    pub message: [u8; MESSAGE_BYTES],
    /// Keys and signatures, in the order of the file.
    pub signers: Vec<(PublicKey, Signature)>,
}

/// Why bytes aren't a batch file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchFileError {
    /// The file ends inside its header.
    #[error("the file has {found} bytes, less than its header of {HEADER_BYTES}")]
    Header {
        /// Number of bytes.
        found: usize,
    },
    /// The length of the file doesn't fit the number of signers that it states.
    #[error("the file states {signers} signers, hence {expected} bytes, but has {found}")]
    Length {
        /// The number of signers in the header.
        signers: u32,
        /// The length that such a file has.
        expected: u64,
        /// The length that was found.
        found: u64,
    },
    /// A key or signature is malformed.
    #[error("signer {signer}, whose entry begins at byte {at}: {source}")]
    Signer {
        /// Index of the signer.
        signer: usize,
        /// Position of the malformed key or signature in the file; the source counts from there.
        at: usize,
        /// What is wrong with it.
        source: DecodeError,
    },
}

impl BatchFile {
    /// The scheme of the signatures in a batch file, given its header (more bytes do no harm) and its length in bytes.
    ///
    /// None if the length fits the number of signers under no scheme, or if there are none, which fits every scheme.
    #[must_use]
    pub fn scheme_of(header: &[u8], length: u64) -> Option<Scheme> {
        let count = header.get(HEADER_BYTES - 4..)?.first_chunk()?;
        let count = u32::from_le_bytes(*count);
        Scheme::ALL
            .into_iter()
            .find(|scheme| count > 0 && length == file_bytes(scheme, count))
    }

    /// Decodes a batch file.
    ///
    /// # Errors
    /// If the length doesn't fit the header, or a key or signature is malformed.
    pub fn parse(scheme: &Scheme, bytes: &[u8]) -> Result<Self, BatchFileError> {
        let Header {
            slot,
            message,
            entries,
        } = Header::parse(scheme, bytes)?;
        let signers = entries
            .enumerate()
            .map(|(signer, entry)| {
                let start = HEADER_BYTES + signer * entry_bytes(scheme);
                let (public_key, signature) = entry.split_at(scheme.public_key_bytes());
                let public_key = PublicKey::from_bytes(scheme, public_key).map_err(|source| {
                    BatchFileError::Signer {
                        signer,
                        at: start,
                        source,
                    }
                })?;
                let signature = Signature::from_bytes(scheme, signature).map_err(|source| {
                    BatchFileError::Signer {
                        signer,
                        at: start + scheme.public_key_bytes(),
                        source,
                    }
                })?;
                Ok((public_key, signature))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            slot,
            message,
            signers,
        })
    }

    /// Encodes the file. It can be parsed again if all signatures have the lengths of one scheme.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&self.slot.to_le_bytes());
        out.extend_from_slice(&self.message);
        put_u32(&mut out, self.signers.len());
        for (public_key, signature) in &self.signers {
            out.extend_from_slice(&public_key.to_bytes());
            out.extend_from_slice(&signature.to_bytes());
        }
        out
    }
}

/// Who has signed one message at one slot, read from a batch file whose signatures are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchKeys {
    /// The slot at which the message was signed.
    pub slot: u32,
    /// The message.
    pub message: [u8; MESSAGE_BYTES],
    /// The keys, in the order of the file.
    pub keys: Vec<PublicKey>,
}

impl BatchKeys {
    /// Decodes the header and the keys of a batch file. The bytes of its signatures may be anything.
    ///
    /// # Errors
    /// If the length doesn't fit the header, or a key is malformed.
    pub fn parse(scheme: &Scheme, bytes: &[u8]) -> Result<Self, BatchFileError> {
        let Header {
            slot,
            message,
            entries,
        } = Header::parse(scheme, bytes)?;
        let keys = entries
            .enumerate()
            .map(|(signer, entry)| {
                PublicKey::from_bytes(scheme, &entry[..scheme.public_key_bytes()]).map_err(
                    |source| BatchFileError::Signer {
                        signer,
                        at: HEADER_BYTES + signer * entry_bytes(scheme),
                        source,
                    },
                )
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            slot,
            message,
            keys,
        })
    }
}

/// The header, and the entries that follow it: as many as it states, each of [`entry_bytes`].
struct Header<'a> {
    slot: u32,
    message: [u8; MESSAGE_BYTES],
    entries: ChunksExact<'a, u8>,
}

impl<'a> Header<'a> {
    fn parse(scheme: &Scheme, bytes: &'a [u8]) -> Result<Self, BatchFileError> {
        let short = || BatchFileError::Header { found: bytes.len() };
        let (slot, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        let (message, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (count, entries) = rest.split_first_chunk().ok_or_else(short)?;
        let count = u32::from_le_bytes(*count);
        let expected = file_bytes(scheme, count);
        if bytes.len() as u64 != expected {
            return Err(BatchFileError::Length {
                signers: count,
                expected,
                found: bytes.len() as u64,
            });
        }
        Ok(Self {
            slot: u32::from_le_bytes(*slot),
            message: *message,
            entries: entries.chunks_exact(entry_bytes(scheme)),
        })
    }
}

/// Bytes of a file with this many signers.
fn file_bytes(scheme: &Scheme, count: u32) -> u64 {
    HEADER_BYTES as u64 + u64::from(count) * entry_bytes(scheme) as u64
}

/// Bytes of a public key and a signature.
const fn entry_bytes(scheme: &Scheme) -> usize {
    scheme.public_key_bytes() + scheme.signature_bytes()
}
