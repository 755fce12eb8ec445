//! The postcard forms: a second encoding of public keys and signatures, and the one of compact secret keys.
//!
//! Postcard writes what serde sees, without names. A field element is its [Montgomery form](crate::montgomery) as a varint
//! (LEB128: seven bits per byte, the low ones first, the top bit set where another byte follows), arrays follow each other
//! without lengths, and lists begin with the number of their items.
//!
//! Varints may be longer than necessary, as long as their bytes are at most those of the integer's largest value. Decoders
//! of postcard take them, so this one does, too. Hence an object has several encodings, unlike in SSZ, and must never be known
//! by them: compare and hash SSZ.

use p3_koala_bear::KoalaBear;

use crate::montgomery::{from_montgomery, to_montgomery};
use crate::params::Scheme;
use crate::ssz::{DecodeError, Reader};
use crate::types::{PublicKey, Signature};

/// Most bytes in the varint of a `u32`.
const VARINT_BYTES: usize = 5;
/// Most bytes in the varint of a `u64`.
#[cfg(feature = "signing")]
const LONG_VARINT_BYTES: usize = 10;

impl Reader<'_> {
    /// Reads a varint of an integer of `bits` bits, in at most `longest` bytes.
    fn varint(
        &mut self,
        what: &'static str,
        bits: u32,
        longest: usize,
    ) -> Result<u64, DecodeError> {
        let at = self.position();
        let error = DecodeError::Varint { what, at };
        let mut value = 0u128;
        for i in 0..longest {
            let [byte] = self.array(what).map_err(|_| error)?;
            value |= u128::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                return match u64::try_from(value) {
                    Ok(value) if value <= u64::MAX >> (64 - bits) => Ok(value),
                    _ => Err(error),
                };
            }
        }
        Err(error)
    }

    /// Reads a varint of 32 bits.
    pub(crate) fn varint_u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        self.varint(what, 32, VARINT_BYTES)
            .map(|value| value as u32)
    }

    /// Reads the number of items in a list.
    #[cfg(feature = "signing")]
    pub(crate) fn varint_length(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.varint(what, 64, LONG_VARINT_BYTES)
    }

    /// Reads `count <= N` elements, the first of which has index `first` in its object; zeros stand behind them.
    fn varint_elements_from<const N: usize>(
        &mut self,
        what: &'static str,
        first: usize,
        count: usize,
    ) -> Result<[KoalaBear; N], DecodeError> {
        let mut elements = [KoalaBear::default(); N];
        for (i, element) in elements.iter_mut().enumerate().take(count) {
            let at = self.position();
            let value = self.varint_u32(what)?;
            *element = from_montgomery(value).ok_or(DecodeError::NonCanonical {
                what,
                index: first + i,
                at,
                value,
            })?;
        }
        Ok(elements)
    }

    /// Reads `arrays` arrays of `count <= N` elements.
    pub(crate) fn varint_arrays<const N: usize>(
        &mut self,
        what: &'static str,
        arrays: usize,
        count: usize,
    ) -> Result<Vec<[KoalaBear; N]>, DecodeError> {
        (0..arrays)
            .map(|i| self.varint_elements_from(what, i * count, count))
            .collect()
    }
}

/// Appends a varint, the shortest one.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends elements.
pub(crate) fn put_elements(out: &mut Vec<u8>, elements: &[KoalaBear]) {
    for &element in elements {
        put_varint(out, to_montgomery(element).into());
    }
}

impl PublicKey {
    /// Decodes the postcard form of a public key: `root ‖ parameter`.
    ///
    /// # Errors
    /// If the bytes end too early or too late, a varint is too long, or an element is not below the field's order.
    pub fn from_postcard(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        let sizes = scheme.sizes;
        let mut reader = Reader::whole(bytes);
        let root = reader.varint_elements_from("root", 0, sizes.digest)?;
        let parameter = reader.varint_elements_from("parameter", 0, sizes.parameter)?;
        reader.end("public key")?;
        Ok(Self::new(scheme, root, parameter))
    }

    /// The postcard form of the public key, with the shortest varints.
    ///
    /// Other software knows it for the keys of [`COMPACT`](crate::COMPACT). Its length depends on the key.
    #[must_use]
    pub fn to_postcard(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let sizes = self.sizes();
        put_elements(&mut out, &self.root()[..sizes.digest]);
        put_elements(&mut out, &self.parameter()[..sizes.parameter]);
        out
    }
}

impl Signature {
    /// Decodes the postcard form of a signature: `hashes ‖ rho ‖ path`.
    ///
    /// # Errors
    /// If the bytes end too early or too late, a varint is too long, or an element is not below the field's order.
    pub fn from_postcard(scheme: &Scheme, bytes: &[u8]) -> Result<Self, DecodeError> {
        let sizes = scheme.sizes;
        let mut reader = Reader::whole(bytes);
        let hashes = reader.varint_arrays("hashes", scheme.chains, sizes.digest)?;
        let rho = reader.varint_elements_from("rho", 0, sizes.randomness)?;
        let path = reader.varint_arrays("path", scheme.height(), sizes.digest)?;
        reader.end("signature")?;
        Ok(Self::new(scheme, rho, path, hashes))
    }

    /// The postcard form of the signature, with the shortest varints.
    ///
    /// Other software knows it for the signatures of [`COMPACT`](crate::COMPACT). Its length depends on the signature.
    #[must_use]
    pub fn to_postcard(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let sizes = self.sizes();
        let digests = |out: &mut Vec<u8>, digests: &[crate::Digest]| {
            for digest in digests {
                put_elements(out, &digest[..sizes.digest]);
            }
        };
        digests(&mut out, &self.hashes);
        put_elements(&mut out, &self.rho[..sizes.randomness]);
        digests(&mut out, &self.path);
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Result<u32, DecodeError> {
        let mut reader = Reader::whole(bytes);
        let value = reader.varint_u32("number")?;
        reader.end("number")?;
        Ok(value)
    }

    #[test]
    fn a_varint_may_be_longer_than_necessary_but_not_than_its_integer() {
        let error = Err(DecodeError::Varint {
            what: "number",
            at: 0,
        });
        assert_eq!(read(&[0x05]), Ok(5));
        assert_eq!(read(&[0x85, 0x00]), Ok(5));
        assert_eq!(read(&[0x85, 0x80, 0x80, 0x80, 0x00]), Ok(5));
        assert_eq!(read(&[0x85, 0x80, 0x80, 0x80, 0x80, 0x00]), error);
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(u32::MAX));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x10]), error);
        assert_eq!(read(&[0xff, 0xff]), error);
        assert_eq!(read(&[]), error);
        let late = DecodeError::Length {
            what: "number",
            expected: 1,
            found: 2,
        };
        assert_eq!(read(&[5, 0]), Err(late));
    }

    #[cfg(feature = "signing")]
    #[test]
    fn lengths_have_64_bits() {
        let read = |bytes: &[u8]| Reader::whole(bytes).varint_length("number");
        let mut longest = [0xff; 10];
        longest[9] = 1;
        assert_eq!(read(&longest), Ok(u64::MAX));
        longest[9] = 2;
        assert!(read(&longest).is_err());
        longest[9] = 0x80;
        assert!(read(&longest).is_err());
    }

    proptest! {
        #[test]
        fn varints_round_trip(value: u32, wide: u64) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value.into());
            prop_assert_eq!(read(&bytes), Ok(value));
            bytes.clear();
            put_varint(&mut bytes, wide);
            prop_assert_eq!(Reader::whole(&bytes).varint("number", 64, 10), Ok(wide));
            prop_assert!(bytes.len() == 1 || bytes.last() != Some(&0));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..1600)) {
            for scheme in Scheme::ALL {
                let _ = Signature::from_postcard(&scheme, &bytes);
                let _ = PublicKey::from_postcard(&scheme, &bytes);
            }
        }
    }
}
