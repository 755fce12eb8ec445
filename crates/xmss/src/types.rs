//! Public keys and signatures, with their SSZ encodings.

use std::cmp::Ordering;

use p3_koala_bear::KoalaBear;

use crate::params::{
    DIGEST, DIGEST_BYTES, ELEMENT_BYTES, PARAMETER, PUBLIC_KEY_BYTES, RANDOMNESS, Scheme,
};
use crate::ssz::{DecodeError, Reader, put_elements, put_u32};

/// A hash output: a chain value, a tree node or a root.
pub type Digest = [KoalaBear; DIGEST];
/// The public parameter of a key.
pub type Parameter = [KoalaBear; PARAMETER];
/// The randomness of a signature.
pub type Randomness = [KoalaBear; RANDOMNESS];

/// A public key. Its order is the order of its SSZ bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// Root of the Merkle tree.
    pub root: Digest,
    /// The parameter that all hash calls under this key take.
    pub parameter: Parameter,
}

impl PublicKey {
    /// Decodes a public key: `root ‖ parameter`.
    ///
    /// # Errors
    /// If the length is not [`PUBLIC_KEY_BYTES`] or an element is not canonical.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new("public key", bytes, PUBLIC_KEY_BYTES as u64)?;
        Ok(Self {
            root: reader.elements("root")?,
            parameter: reader.elements("parameter")?,
        })
    }

    /// Encodes the public key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_BYTES] {
        let mut bytes = Vec::with_capacity(PUBLIC_KEY_BYTES);
        put_elements(&mut bytes, &self.root);
        put_elements(&mut bytes, &self.parameter);
        let mut out = [0; PUBLIC_KEY_BYTES];
        out.copy_from_slice(&bytes);
        out
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_bytes().cmp(&other.to_bytes())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A signature of one message at one slot.
///
/// The vectors of a well-formed signature have the lengths that its [`Scheme`] fixes; verification rejects others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The randomness with which the message hash is a codeword.
    pub rho: Randomness,
    /// Siblings from the leaf up; `scheme.height()` of them.
    pub path: Vec<Digest>,
    /// The value of each chain at the position that the codeword names; `scheme.chains` of them.
    pub hashes: Vec<Digest>,
}

/// Bytes of a signature before its path: two offsets and the randomness.
const FIXED_BYTES: usize = 2 * ELEMENT_BYTES + RANDOMNESS * ELEMENT_BYTES;

impl Signature {
    /// Decodes a signature: `offset(path) ‖ rho ‖ offset(hashes) ‖ path ‖ hashes`, where the path is a container of one
    /// list, hence begins with an offset of its own.
    ///
    /// # Errors
    /// If the length or an offset is not the scheme's, or an element is not canonical.
    pub fn from_bytes(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new("signature", bytes, scheme.signature_bytes() as u64)?;
        reader.offset("path", FIXED_BYTES as u64)?;
        let rho = reader.elements("rho")?;
        reader.offset("hashes", hashes_offset(scheme.height()) as u64)?;
        reader.offset("siblings", ELEMENT_BYTES as u64)?;
        let path = reader.element_arrays("path", scheme.height())?;
        let hashes = reader.element_arrays("hashes", scheme.chains)?;
        Ok(Self { rho, path, hashes })
    }

    /// Encodes the signature; `scheme.signature_bytes()` long if it is well-formed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes_offset = hashes_offset(self.path.len());
        let mut out = Vec::with_capacity(hashes_offset + self.hashes.len() * DIGEST_BYTES);
        put_u32(&mut out, FIXED_BYTES);
        put_elements(&mut out, &self.rho);
        put_u32(&mut out, hashes_offset);
        put_u32(&mut out, ELEMENT_BYTES);
        put_elements(&mut out, self.path.as_flattened());
        put_elements(&mut out, self.hashes.as_flattened());
        out
    }
}

const fn hashes_offset(siblings: usize) -> usize {
    FIXED_BYTES + ELEMENT_BYTES + siblings * DIGEST_BYTES
}

#[cfg(test)]
mod tests {
    use p3_field::{PrimeCharacteristicRing, PrimeField32};
    use proptest::prelude::*;

    use super::*;
    use crate::params::{PROD, TEST};

    fn element() -> impl Strategy<Value = KoalaBear> {
        (0..KoalaBear::ORDER_U32).prop_map(KoalaBear::from_u32)
    }

    fn digests(count: usize) -> impl Strategy<Value = Vec<Digest>> {
        prop::collection::vec(prop::array::uniform8(element()), count)
    }

    fn signature(scheme: Scheme) -> impl Strategy<Value = Signature> {
        (
            prop::array::uniform7(element()),
            digests(scheme.height()),
            digests(scheme.chains),
        )
            .prop_map(|(rho, path, hashes)| Signature { rho, path, hashes })
    }

    fn public_key() -> impl Strategy<Value = PublicKey> {
        (
            prop::array::uniform8(element()),
            prop::array::uniform5(element()),
        )
            .prop_map(|(root, parameter)| PublicKey { root, parameter })
    }

    proptest! {
        #[test]
        fn signatures_round_trip(signature in signature(PROD)) {
            let bytes = signature.to_bytes();
            prop_assert_eq!(bytes.len(), PROD.signature_bytes());
            prop_assert_eq!(Signature::from_bytes(&PROD, &bytes), Ok(signature));
        }

        #[test]
        fn the_encoding_is_unique(signature in signature(TEST), at in 0..424usize, flip in 1..=255u8) {
            let mut bytes = signature.to_bytes();
            bytes[at] ^= flip;
            if let Ok(other) = Signature::from_bytes(&TEST, &bytes) {
                prop_assert_ne!(&other, &signature);
                prop_assert_eq!(other.to_bytes(), bytes);
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = Signature::from_bytes(&TEST, &bytes);
            let _ = Signature::from_bytes(&PROD, &bytes);
            let _ = PublicKey::from_bytes(&bytes);
        }

        #[test]
        fn public_keys_round_trip_and_sort_by_bytes(a in public_key(), b in public_key()) {
            prop_assert_eq!(PublicKey::from_bytes(&a.to_bytes()), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
        }
    }

    #[test]
    fn errors_name_the_place() {
        let zero = Signature {
            rho: [KoalaBear::ZERO; RANDOMNESS],
            path: vec![[KoalaBear::ZERO; DIGEST]; TEST.height()],
            hashes: vec![[KoalaBear::ZERO; DIGEST]; TEST.chains],
        };
        let bytes = zero.to_bytes();
        let decode = |bytes: &[u8]| Signature::from_bytes(&TEST, bytes).unwrap_err();

        assert_eq!(
            decode(&bytes[1..]),
            DecodeError::Length {
                what: "signature",
                expected: 424,
                found: 423
            }
        );
        for (at, what, expected) in [(0, "path", 36), (32, "hashes", 296), (36, "siblings", 4)] {
            let mut bad = bytes.clone();
            bad[at] += 1;
            assert_eq!(
                decode(&bad),
                DecodeError::Offset {
                    what,
                    at,
                    expected,
                    found: expected as u32 + 1
                }
            );
        }
        let mut bad = bytes;
        let at = 296 + 3 * DIGEST_BYTES + 4;
        bad[at..at + 4].copy_from_slice(&KoalaBear::ORDER_U32.to_le_bytes());
        let value = KoalaBear::ORDER_U32;
        assert_eq!(
            decode(&bad),
            DecodeError::NonCanonical {
                what: "hashes",
                index: 25,
                at,
                value
            }
        );
    }
}
