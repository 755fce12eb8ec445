//! The pseudorandom function from which a key derives its secrets: SHAKE128 under a 32-byte key.
//!
//! Each call hashes `domain ‖ purpose ‖ key ‖ slot (4 bytes, big-endian) ‖ ...` and reads 16 bytes per field element, a
//! big-endian integer that is reduced modulo `p`; at 128 bits the bias is below 2^-96.
//!
//! Key generation and signing need thousands of short calls whose input fits one block of the sponge.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;
use sha3::Shake128;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::params::MESSAGE_BYTES;
use crate::types::{Digest, Randomness};

/// Bytes in the key of the function.
pub const PRF_KEY_BYTES: usize = 32;

const DOMAIN: [u8; 16] = [
    0xae, 0xae, 0x22, 0xff, 0x00, 0x01, 0xfa, 0xff, 0x21, 0xaf, 0x12, 0x00, 0x01, 0x11, 0xff, 0x00,
];
const CHAIN_START: u8 = 0x00;
const SIGNING_RANDOMNESS: u8 = 0x01;

/// Bytes from which one field element is made.
const SEED_BYTES: usize = 16;

/// The key of the pseudorandom function; zeroized when dropped and not shown by `Debug`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PrfKey([u8; PRF_KEY_BYTES]);

impl PrfKey {
    /// Takes the bytes of a key.
    #[must_use]
    pub const fn new(bytes: [u8; PRF_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The secret bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; PRF_KEY_BYTES] {
        &self.0
    }

    /// The secret start of chain `chain` at slot `slot`.
    #[must_use]
    pub fn chain_start(&self, slot: u32, chain: u64) -> Digest {
        self.elements(CHAIN_START, slot, &[&chain.to_be_bytes()])
    }

    /// The randomness that the signer tries at its `attempt`-th attempt to encode `message` at slot `slot`.
    #[must_use]
    pub fn randomness(&self, slot: u32, message: &[u8; MESSAGE_BYTES], attempt: u64) -> Randomness {
        self.elements(SIGNING_RANDOMNESS, slot, &[message, &attempt.to_be_bytes()])
    }

    fn elements<const N: usize>(&self, purpose: u8, slot: u32, rest: &[&[u8]]) -> [KoalaBear; N] {
        let mut hasher = Shake128::default();
        hasher.update(&DOMAIN);
        hasher.update(&[purpose]);
        hasher.update(&self.0);
        hasher.update(&slot.to_be_bytes());
        for part in rest {
            hasher.update(part);
        }
        read_elements(&mut hasher.finalize_xof())
    }
}

impl std::fmt::Debug for PrfKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrfKey(..)")
    }
}

/// Reads `N` field elements from a stream of pseudorandom bytes.
pub(crate) fn read_elements<const N: usize>(stream: &mut impl XofReader) -> [KoalaBear; N] {
    let mut bytes = [[0; SEED_BYTES]; N];
    stream.read(bytes.as_flattened_mut());
    let elements = bytes.map(|seed| {
        let p = u64::from(KoalaBear::ORDER_U32);
        // Horner's rule over 32-bit limbs: a 128-bit division would be several times slower.
        let remainder = seed
            .as_chunks::<4>()
            .0
            .iter()
            .fold(0, |remainder: u64, limb| {
                (remainder << 32 | u64::from(u32::from_be_bytes(*limb))) % p
            });
        KoalaBear::from_u32(remainder as u32)
    });
    bytes.zeroize();
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limbs_reduce_like_the_integer() {
        let mut stream = Shake128::default().chain(b"any stream").finalize_xof();
        let mut bytes = [0; SEED_BYTES];
        stream.clone().read(&mut bytes);
        let [element] = read_elements::<1>(&mut stream);
        let expected = u128::from_be_bytes(bytes) % u128::from(KoalaBear::ORDER_U32);
        assert_eq!(u128::from(element.as_canonical_u32()), expected);
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(
            format!("{:?}", PrfKey::new([7; PRF_KEY_BYTES])),
            "PrfKey(..)"
        );
    }
}
