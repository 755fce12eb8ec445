//! Public keys and signatures, with their SSZ encodings.

use std::cmp::Ordering;

use p3_field::PrimeField32;
use p3_koala_bear::KoalaBear;

use crate::params::{
    ELEMENT_BYTES, MAX_DIGEST, MAX_PARAMETER, MAX_RANDOMNESS, Scheme, SignatureForm, Sizes,
};
use crate::ssz::{DecodeError, Reader, put_elements, put_u32};

/// A hash output: a chain value, a tree node or a root. Elements beyond [`Sizes::digest`] are zero.
pub type Digest = [KoalaBear; MAX_DIGEST];
/// The public parameter of a key. Elements beyond [`Sizes::parameter`] are zero.
pub type Parameter = [KoalaBear; MAX_PARAMETER];
/// The randomness of a signature. Elements beyond [`Sizes::randomness`] are zero.
pub type Randomness = [KoalaBear; MAX_RANDOMNESS];

/// The first `length` elements, and zeros behind them.
fn first<const N: usize>(elements: [KoalaBear; N], length: usize) -> [KoalaBear; N] {
    std::array::from_fn(|i| {
        if i < length {
            elements[i]
        } else {
            KoalaBear::default()
        }
    })
}

/// A public key. The order of keys of the same sizes is the order of their SSZ bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    sizes: &'static Sizes,
    root: Digest,
    parameter: Parameter,
}

impl PublicKey {
    /// The public key with this root and this parameter; elements beyond the sizes of the scheme are dropped.
    #[must_use]
    pub fn new(scheme: &Scheme, root: Digest, parameter: Parameter) -> Self {
        let sizes = scheme.sizes;
        Self {
            sizes,
            root: first(root, sizes.digest),
            parameter: first(parameter, sizes.parameter),
        }
    }

    /// How many elements root and parameter have.
    #[must_use]
    pub const fn sizes(&self) -> &'static Sizes {
        self.sizes
    }

    /// Root of the Merkle tree.
    pub const fn root(&self) -> &Digest {
        &self.root
    }

    /// The parameter that all hash calls under this key take.
    pub const fn parameter(&self) -> &Parameter {
        &self.parameter
    }

    /// The elements of the root, then those of the parameter.
    pub fn elements(&self) -> impl Iterator<Item = KoalaBear> + '_ {
        let (root, parameter) = (
            &self.root[..self.sizes.digest],
            &self.parameter[..self.sizes.parameter],
        );
        root.iter().chain(parameter).copied()
    }

    /// Decodes a public key: `root ‖ parameter`.
    ///
    /// # Errors
    /// If the length is not the scheme's or an element is not canonical.
    pub fn from_bytes(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        let sizes = scheme.sizes;
        let mut reader = Reader::new("public key", bytes, sizes.public_key_bytes() as u64)?;
        Ok(Self {
            sizes,
            root: reader.elements("root", sizes.digest)?,
            parameter: reader.elements("parameter", sizes.parameter)?,
        })
    }

    /// Encodes the public key.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.sizes.public_key_bytes());
        put_elements(&mut bytes, &self.root[..self.sizes.digest]);
        put_elements(&mut bytes, &self.parameter[..self.sizes.parameter]);
        bytes
    }

    /// What the order of keys is the order of: the bytes, padded where the sizes are not the largest.
    fn order(&self) -> impl Ord {
        let bytes = |element: &KoalaBear| element.as_canonical_u32().swap_bytes();
        (
            self.sizes,
            self.root.each_ref().map(bytes),
            self.parameter.each_ref().map(bytes),
        )
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A signature of one message at one slot.
///
/// A well-formed signature has the sizes and lengths that its [`Scheme`] fixes; verification rejects others. Elements beyond its
/// sizes are zero in whatever this crate makes; they count for nothing but equality.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    sizes: &'static Sizes,
    form: SignatureForm,
    /// The randomness with which the message hash is a codeword.
    pub rho: Randomness,
    /// Siblings from the leaf up; `scheme.height()` of them.
    pub path: Vec<Digest>,
    /// The value of each chain at the position that the codeword names; `scheme.chains` of them.
    pub hashes: Vec<Digest>,
}

impl Signature {
    /// A signature of a scheme; elements beyond its sizes are dropped.
    #[must_use]
    pub fn new(
        scheme: &Scheme,
        rho: Randomness,
        mut path: Vec<Digest>,
        mut hashes: Vec<Digest>,
    ) -> Self {
        let sizes = scheme.sizes;
        for digest in path.iter_mut().chain(&mut hashes) {
            *digest = first(*digest, sizes.digest);
        }
        Self {
            sizes,
            form: scheme.signature_form,
            rho: first(rho, sizes.randomness),
            path,
            hashes,
        }
    }

    /// How many elements randomness and digests have.
    #[must_use]
    pub const fn sizes(&self) -> &'static Sizes {
        self.sizes
    }

    /// Whether sizes and lengths are those of a scheme.
    #[must_use]
    pub fn fits(&self, scheme: &Scheme) -> bool {
        self.sizes == scheme.sizes
            && self.form == scheme.signature_form
            && self.path.len() == scheme.height()
            && self.hashes.len() == scheme.chains
    }

    /// Decodes a signature: in the form of lists `offset(path) ‖ rho ‖ offset(hashes) ‖ path ‖ hashes`, where the path is a
    /// container of one list, hence begins with an offset of its own; in the form of vectors `hashes ‖ rho ‖ path`.
    ///
    /// # Errors
    /// If the length or an offset is not the scheme's, or an element is not canonical.
    pub fn from_bytes(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        let sizes = scheme.sizes;
        let mut reader = Reader::new("signature", bytes, scheme.signature_bytes() as u64)?;
        let (rho, path, hashes);
        match scheme.signature_form {
            SignatureForm::Lists => {
                let path_offset = fixed_bytes(sizes);
                reader.offset("path", path_offset as u64)?;
                rho = reader.elements("rho", sizes.randomness)?;
                let hashes_offset = hashes_offset(sizes, scheme.height());
                reader.offset("hashes", hashes_offset as u64)?;
                reader.offset("siblings", ELEMENT_BYTES as u64)?;
                path = reader.element_arrays("path", scheme.height(), sizes.digest)?;
                hashes = reader.element_arrays("hashes", scheme.chains, sizes.digest)?;
            }
            SignatureForm::Vectors => {
                hashes = reader.element_arrays("hashes", scheme.chains, sizes.digest)?;
                rho = reader.elements("rho", sizes.randomness)?;
                path = reader.element_arrays("path", scheme.height(), sizes.digest)?;
            }
        }
        Ok(Self::new(scheme, rho, path, hashes))
    }

    /// Encodes the signature; `scheme.signature_bytes()` long if it is well-formed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let sizes = self.sizes;
        let hashes_offset = hashes_offset(sizes, self.path.len());
        let mut out = Vec::with_capacity(hashes_offset + self.hashes.len() * sizes.digest_bytes());
        let digests = |out: &mut Vec<u8>, digests: &[Digest]| {
            for digest in digests {
                put_elements(out, &digest[..sizes.digest]);
            }
        };
        let rho = &self.rho[..sizes.randomness];
        match self.form {
            SignatureForm::Lists => {
                put_u32(&mut out, fixed_bytes(sizes));
                put_elements(&mut out, rho);
                put_u32(&mut out, hashes_offset);
                put_u32(&mut out, ELEMENT_BYTES);
                digests(&mut out, &self.path);
                digests(&mut out, &self.hashes);
            }
            SignatureForm::Vectors => {
                digests(&mut out, &self.hashes);
                put_elements(&mut out, rho);
                digests(&mut out, &self.path);
            }
        }
        out
    }
}

/// Bytes of a signature of lists before its path: two offsets and the randomness.
const fn fixed_bytes(sizes: &Sizes) -> usize {
    (2 + sizes.randomness) * ELEMENT_BYTES
}

/// Where the hashes of a signature of lists begin.
const fn hashes_offset(sizes: &Sizes, siblings: usize) -> usize {
    fixed_bytes(sizes) + ELEMENT_BYTES + siblings * sizes.digest_bytes()
}

#[cfg(test)]
mod tests {
    use p3_field::{PrimeCharacteristicRing, PrimeField32};
    use proptest::prelude::*;

    use super::*;
    use crate::params::{COMPACT, PROD, TEST};

    fn element() -> impl Strategy<Value = KoalaBear> {
        (0..KoalaBear::ORDER_U32).prop_map(KoalaBear::from_u32)
    }

    fn digest(scheme: Scheme) -> impl Strategy<Value = Digest> {
        prop::array::uniform8(element()).prop_map(move |d| first(d, scheme.sizes.digest))
    }

    fn signature(scheme: Scheme) -> impl Strategy<Value = Signature> {
        (
            prop::array::uniform7(element()),
            prop::collection::vec(digest(scheme), scheme.height()),
            prop::collection::vec(digest(scheme), scheme.chains),
        )
            .prop_map(move |(rho, path, hashes)| {
                Signature::new(&scheme, first(rho, scheme.sizes.randomness), path, hashes)
            })
    }

    fn public_key(scheme: Scheme) -> impl Strategy<Value = PublicKey> {
        (
            prop::array::uniform8(element()),
            prop::array::uniform5(element()),
        )
            .prop_map(move |(root, parameter)| PublicKey::new(&scheme, root, parameter))
    }

    fn some_scheme() -> impl Strategy<Value = Scheme> {
        prop::sample::select(&Scheme::ALL)
    }

    proptest! {
        #[test]
        fn signatures_round_trip((scheme, signature) in some_scheme().prop_flat_map(|s| (Just(s), signature(s)))) {
            let bytes = signature.to_bytes();
            prop_assert_eq!(bytes.len(), scheme.signature_bytes());
            prop_assert_eq!(Signature::from_bytes(&scheme, &bytes), Ok(signature));
        }

        #[test]
        fn the_encoding_is_unique(
            (scheme, signature) in some_scheme().prop_flat_map(|s| (Just(s), signature(s))),
            at: prop::sample::Index,
            flip in 1..=255u8,
        ) {
            let mut bytes = signature.to_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(other) = Signature::from_bytes(&scheme, &bytes) {
                prop_assert_ne!(&other, &signature);
                prop_assert_eq!(other.to_bytes(), bytes);
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..1300)) {
            for scheme in Scheme::ALL {
                let _ = Signature::from_bytes(&scheme, &bytes);
                let _ = PublicKey::from_bytes(&scheme, &bytes);
            }
        }

        #[test]
        fn public_keys_round_trip_and_sort_by_bytes(
            (scheme, a, b) in some_scheme().prop_flat_map(|s| (Just(s), public_key(s), public_key(s))),
        ) {
            prop_assert_eq!(a.to_bytes().len(), scheme.public_key_bytes());
            prop_assert_eq!(PublicKey::from_bytes(&scheme, &a.to_bytes()), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
            prop_assert_eq!(a.elements().count(), scheme.sizes.digest + scheme.sizes.parameter);
        }
    }

    #[test]
    fn keys_of_other_sizes_are_other_keys() {
        let key = |scheme| PublicKey::new(scheme, Digest::default(), Parameter::default());
        assert_ne!(key(&PROD), key(&COMPACT));
        assert_eq!(key(&PROD), key(&TEST));
    }

    #[test]
    fn errors_name_the_place() {
        let zero = Signature::new(
            &TEST,
            Randomness::default(),
            vec![Digest::default(); TEST.height()],
            vec![Digest::default(); TEST.chains],
        );
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
        let at = 296 + 3 * TEST.sizes.digest_bytes() + 4;
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
