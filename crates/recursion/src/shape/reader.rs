//! Reads the bytes of a shape.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_transcript::field::ORDER;

use super::encoding::DecodeError;
use crate::Digest;

/// Bytes of a field element.
const ELEMENT: usize = 4;

/// Bytes, and how many of them are read.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte's place.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) const fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let truncated = DecodeError::Truncated { offset: self.at };
        let left = self.bytes.get(self.at..).unwrap_or_default();
        let taken = left.get(..count).ok_or(truncated)?;
        self.at += count;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take(1)
            .map(|byte| byte.first().copied().unwrap_or_default())
    }

    /// A number in groups of seven bits, the low ones first, every byte but the last with its high bit set; the last one is not
    /// zero if there is another.
    pub(crate) fn number(&mut self) -> Result<u32, DecodeError> {
        let bad = DecodeError::Number { offset: self.at };
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || shift == 0;
                return u32::try_from(value).ok().filter(|_| shortest).ok_or(bad);
            }
        }
        Err(bad)
    }

    pub(crate) fn digest(&mut self) -> Result<Digest, DecodeError> {
        let mut digest = Digest::default();
        for x in &mut digest {
            let offset = self.at;
            let bytes = self.take(ELEMENT)?;
            let value = bytes
                .iter()
                .rev()
                .fold(0, |value, &byte| value << 8 | u32::from(byte));
            if value >= ORDER {
                return Err(DecodeError::Element { offset, value });
            }
            *x = F::from_u32(value);
        }
        Ok(digest)
    }
}

/// Writes a number.
pub(crate) fn put_number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The bytes that a number takes.
pub(crate) const fn number_bytes(value: u32) -> usize {
    let bits = u32::BITS - value.leading_zeros();
    if bits == 0 {
        1
    } else {
        bits.div_ceil(7) as usize
    }
}

/// Writes a digest.
pub(crate) fn put_digest(out: &mut Vec<u8>, digest: &Digest) {
    use p3_field::PrimeField32;
    for x in digest {
        out.extend(x.as_canonical_u32().to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_encoding() {
        for value in [
            0,
            1,
            127,
            128,
            300,
            1 << 14,
            (1 << 21) - 1,
            1 << 28,
            u32::MAX,
        ] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            assert_eq!(bytes.len(), number_bytes(value));
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.number(), Ok(value));
            assert_eq!(reader.left(), 0);
            // A zero more.
            if let Some(last) = bytes.last_mut() {
                *last |= 0x80;
            }
            bytes.push(0);
            let bad = DecodeError::Number { offset: 0 };
            assert_eq!(Reader::new(&bytes).number(), Err(bad));
            let cut = &bytes[..bytes.len() - 1];
            let end = DecodeError::Truncated { offset: cut.len() };
            let expected = if cut.len() < 5 { end } else { bad };
            assert_eq!(Reader::new(cut).number(), Err(expected));
        }
        let beyond = [0xff, 0xff, 0xff, 0xff, 0x1f];
        assert!(Reader::new(&beyond).number().is_err());
    }
}
