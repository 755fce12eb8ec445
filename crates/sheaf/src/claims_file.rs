//! Claims as bytes, as specified in `docs/files.md`: what a verifier keeps, or is sent, instead of signatures.

use std::fmt;

use sheaf_xmss::DecodeError;
use sheaf_xmss::params::MAX_PUBLIC_KEY_BYTES;
use thiserror::Error;

use crate::{Claims, MAX_SIGNATURES, PublicKey, Scheme};

/// The first bytes of claims.
pub const CLAIMS_MAGIC: [u8; 4] = *b"shfc";

/// The version of the format; the byte after [`CLAIMS_MAGIC`].
pub const CLAIMS_VERSION: u8 = 1;

/// Bytes before the first group: magic, version, scheme, two zeros and the number of groups.
const HEADER_BYTES: usize = 12;

/// Bytes of a group before its keys: slot, message and number of keys.
const GROUP_BYTES: usize = 4 + 32 + 4;

/// The most bytes that claims may have: those of as many groups, with one key each, as a proof covers signatures.
pub const MAX_CLAIMS_BYTES: usize =
    HEADER_BYTES + MAX_SIGNATURES * (GROUP_BYTES + MAX_PUBLIC_KEY_BYTES);

/// Why bytes are not claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimsFileError {
    /// The bytes end too early.
    #[error("the claims end inside {part} at byte {at}")]
    Truncated {
        /// What is incomplete.
        part: ClaimsPart,
        /// Position of its first byte.
        at: usize,
    },
    /// The first four bytes are not [`CLAIMS_MAGIC`].
    #[error("the first four bytes do not mark claims")]
    Magic,
    /// The claims are of another version of the format.
    #[error("byte 4: the claims have version {found}, this library reads version {CLAIMS_VERSION}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// There is no scheme with this identifier.
    #[error("byte 5: {found} identifies no signature scheme")]
    Scheme {
        /// The identifier.
        found: u8,
    },
    /// The last two bytes before the number of groups are not zero.
    #[error("bytes 6 and 7 are not zero")]
    Reserved,
    /// A key is malformed.
    #[error("key {key} of group {group} at byte {at}: {source}")]
    Key {
        /// Index of the group.
        group: usize,
        /// Index of the key in it.
        key: usize,
        /// Position of the key; the source counts from there.
        at: usize,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// There are more keys than any proof covers.
    #[error("there are more keys than the {MAX_SIGNATURES} that one proof may cover")]
    TooMany,
    /// Bytes follow the last group.
    #[error("{bytes} bytes follow the last group")]
    Trailing {
        /// How many bytes.
        bytes: usize,
    },
}

/// A part of encoded claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimsPart {
    /// What comes before the groups.
    Header,
    /// Slot, message and number of keys of the group with this index.
    Group(usize),
    /// The keys of the group with this index.
    Keys(usize),
}

impl fmt::Display for ClaimsPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => write!(f, "the header"),
            Self::Group(group) => write!(f, "group {group}"),
            Self::Keys(group) => write!(f, "the keys of group {group}"),
        }
    }
}

impl Claims {
    /// Encodes the claims, with groups and keys in the order in which they were added.
    ///
    /// What they say about signatures depends on no order; the bytes do.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&CLAIMS_MAGIC);
        out.extend_from_slice(&[CLAIMS_VERSION, self.scheme().id, 0, 0]);
        // More than `u32` of either don't fit the memory of a machine that holds them elsewhere as well.
        out.extend_from_slice(&(self.groups().len() as u32).to_le_bytes());
        for group in self.groups() {
            out.extend_from_slice(&group.slot.to_le_bytes());
            out.extend_from_slice(&group.message);
            out.extend_from_slice(&(group.keys.len() as u32).to_le_bytes());
            for key in &group.keys {
                out.extend_from_slice(&key.to_bytes());
            }
        }
        out
    }

    /// Decodes claims from bytes, which may be any; memory is bounded by their length.
    ///
    /// Like [`new`](Self::new) and [`add_group`](Self::add_group) this does not ask whether anything could prove the
    /// claims; [`check`](Self::check) does.
    ///
    /// # Errors
    /// If the bytes are not the encoding of claims, or of more keys than [`MAX_SIGNATURES`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ClaimsFileError> {
        let mut reader = Reader { bytes, at: 0 };
        let [magic @ .., version, scheme, r0, r1] = reader.array::<8>(ClaimsPart::Header)?;
        if magic != CLAIMS_MAGIC {
            return Err(ClaimsFileError::Magic);
        }
        if version != CLAIMS_VERSION {
            return Err(ClaimsFileError::Version { found: version });
        }
        let scheme = Scheme::from_id(scheme).ok_or(ClaimsFileError::Scheme { found: scheme })?;
        if [r0, r1] != [0, 0] {
            return Err(ClaimsFileError::Reserved);
        }
        let groups = reader.u32(ClaimsPart::Header)?;
        let key_bytes = scheme.public_key_bytes();
        let mut claims = Self::new(scheme);
        let mut keys_left = MAX_SIGNATURES;
        for group in 0..groups as usize {
            let slot = reader.u32(ClaimsPart::Group(group))?;
            let message = reader.array(ClaimsPart::Group(group))?;
            let count = reader.u32(ClaimsPart::Group(group))? as usize;
            keys_left = keys_left
                .checked_sub(count)
                .ok_or(ClaimsFileError::TooMany)?;
            let first = reader.at;
            let keys = reader
                .take(count * key_bytes, ClaimsPart::Keys(group))?
                .chunks_exact(key_bytes)
                .enumerate()
                .map(|(key, bytes)| {
                    PublicKey::from_bytes(&scheme, bytes).map_err(|source| ClaimsFileError::Key {
                        group,
                        key,
                        at: first + key * key_bytes,
                        source,
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            claims.add_group(slot, message, keys);
        }
        match bytes.len() - reader.at {
            0 => Ok(claims),
            bytes => Err(ClaimsFileError::Trailing { bytes }),
        }
    }
}

/// Reads from front to back.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize, part: ClaimsPart) -> Result<&'a [u8], ClaimsFileError> {
        let rest = &self.bytes[self.at..];
        let taken = rest
            .get(..count)
            .ok_or(ClaimsFileError::Truncated { part, at: self.at })?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, part: ClaimsPart) -> Result<[u8; N], ClaimsFileError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, part)?);
        Ok(array)
    }

    fn u32(&mut self, part: ClaimsPart) -> Result<u32, ClaimsFileError> {
        self.array(part).map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sheaf_xmss::{COMPACT, TEST};

    use super::*;

    /// A key of one repeated, canonical element.
    fn key(element: u32) -> PublicKey {
        PublicKey::from_bytes(&TEST, &element.to_le_bytes().repeat(13)).unwrap()
    }

    fn sample() -> Claims {
        Claims::new(TEST)
            .with_group(7, [1; 32], [key(1), key(2)])
            .with_group(8, [2; 32], [key(3)])
    }

    #[test]
    fn keys_have_the_sizes_of_their_scheme() {
        let key = PublicKey::from_bytes(&COMPACT, &5u32.to_le_bytes().repeat(8)).unwrap();
        let claims = Claims::new(COMPACT).with_group(7, [1; 32], [key]);
        let bytes = claims.to_bytes();
        assert_eq!(bytes.len(), 12 + 40 + 32);
        assert_eq!(Claims::from_bytes(&bytes), Ok(claims));
        let mut other = bytes;
        other[5] = TEST.id;
        let (part, at) = (ClaimsPart::Keys(0), 52);
        let error = ClaimsFileError::Truncated { part, at };
        assert_eq!(Claims::from_bytes(&other), Err(error));
    }

    fn with(at: usize, value: u8) -> Result<Claims, ClaimsFileError> {
        let mut bytes = sample().to_bytes();
        bytes[at] = value;
        Claims::from_bytes(&bytes)
    }

    #[test]
    fn the_layout_is_the_documented_one() {
        let bytes = sample().to_bytes();
        assert_eq!(bytes[..12], *b"shfc\x01\x02\0\0\x02\0\0\0");
        assert_eq!(bytes[12..16], [7, 0, 0, 0]);
        assert_eq!(bytes[16..48], [1; 32]);
        assert_eq!(bytes[48..52], [2, 0, 0, 0]);
        assert_eq!(bytes[52..104], key(1).to_bytes());
        assert_eq!(bytes.len(), 12 + 2 * 40 + 3 * 52);
        assert_eq!(Claims::from_bytes(&bytes), Ok(sample()));
        let none = Claims::new(TEST);
        assert_eq!(Claims::from_bytes(&none.to_bytes()), Ok(none));
    }

    #[test]
    fn every_byte_of_the_header_is_checked() {
        for at in 0..4 {
            assert_eq!(with(at, b'!'), Err(ClaimsFileError::Magic));
        }
        assert_eq!(with(4, 2), Err(ClaimsFileError::Version { found: 2 }));
        assert_eq!(with(5, 9), Err(ClaimsFileError::Scheme { found: 9 }));
        assert_eq!(with(6, 1), Err(ClaimsFileError::Reserved));
        assert_eq!(with(7, 1), Err(ClaimsFileError::Reserved));
        assert_eq!(with(8, 1), Err(ClaimsFileError::Trailing { bytes: 92 }));
        let (part, at) = (ClaimsPart::Group(2), 248);
        assert_eq!(with(8, 3), Err(ClaimsFileError::Truncated { part, at }));
    }

    #[test]
    fn counts_are_checked_before_anything_is_allocated() {
        let (part, at) = (ClaimsPart::Keys(0), 52);
        assert_eq!(with(48, 200), Err(ClaimsFileError::Truncated { part, at }));
        assert_eq!(with(51, 255), Err(ClaimsFileError::TooMany));
        assert!(matches!(
            with(11, 255),
            Err(ClaimsFileError::Truncated { .. })
        ));
        let bytes = sample().to_bytes();
        for end in 0..bytes.len() {
            assert!(matches!(
                Claims::from_bytes(&bytes[..end]),
                Err(ClaimsFileError::Truncated { .. })
            ));
        }
    }

    #[test]
    fn a_malformed_key_is_named_with_its_place() {
        let error = with(52 + 52 + 3, 0xff).unwrap_err();
        assert!(matches!(
            error,
            ClaimsFileError::Key {
                group: 0,
                key: 1,
                at: 104,
                ..
            }
        ));
        assert!(
            error
                .to_string()
                .starts_with("key 1 of group 0 at byte 104: ")
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_claims_with_this_encoding_or_an_error(tail: Vec<u8>, at in 0..248usize, value: u8) {
            let mut bytes = sample().to_bytes();
            bytes[at] = value;
            bytes.extend(tail);
            if let Ok(claims) = Claims::from_bytes(&bytes) {
                prop_assert_eq!(claims.to_bytes(), bytes);
            }
        }
    }
}
