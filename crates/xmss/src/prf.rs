//! The pseudorandom function from which a key derives its secrets: SHAKE128 under a 32-byte key.
//!
//! Each call hashes `domain ‖ purpose ‖ key ‖ slot (4 bytes, big-endian) ‖ ...` and reads 16 bytes per field element, a
//! big-endian integer that is reduced modulo `p`; at 128 bits the bias is below 2^-96.
//!
//! [`PrfKey::chain_start`] and [`PrfKey::randomness`] say what the function is. Key generation and signing need thousands of
//! calls, for which [`PrfKey::chain_starts`] and [`PrfKey::randomness_of_attempts`] compute several at a time in the lanes of
//! a vectorised Keccak.

mod lanes;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Shake128, Shake256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::keys::FINGERPRINT_BYTES;
use crate::params::MESSAGE_BYTES;
use crate::types::{Digest, Randomness};

/// Bytes in the key of the function.
pub const PRF_KEY_BYTES: usize = 32;

const DOMAIN: [u8; 16] = [
    0xae, 0xae, 0x22, 0xff, 0x00, 0x01, 0xfa, 0xff, 0x21, 0xaf, 0x12, 0x00, 0x01, 0x11, 0xff, 0x00,
];
const CHAIN_START: u8 = 0x00;
const SIGNING_RANDOMNESS: u8 = 0x01;

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
    pub fn chain_start(&self, slot: u32, chain: u64) -> Digest {
        self.elements(CHAIN_START, slot, &[&chain.to_be_bytes()])
    }

    /// The randomness that the signer tries at its `attempt`-th attempt to encode `message` at slot `slot`.
    pub fn randomness(&self, slot: u32, message: &[u8; MESSAGE_BYTES], attempt: u64) -> Randomness {
        self.elements(SIGNING_RANDOMNESS, slot, &[message, &attempt.to_be_bytes()])
    }

    /// [`chain_start`](Self::chain_start) of each pair of a slot and a chain.
    #[must_use]
    pub fn chain_starts(&self, slots_and_chains: &[(u32, u64)]) -> Vec<Digest> {
        lanes::shake_elements(slots_and_chains.len(), |i| {
            let (slot, chain) = slots_and_chains[i];
            self.input(CHAIN_START, slot, &[&chain.to_be_bytes()])
        })
    }

    /// [`randomness`](Self::randomness) of `count` attempts from `first` on.
    #[must_use]
    pub fn randomness_of_attempts(
        &self,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
        first: u64,
        count: usize,
    ) -> Vec<Randomness> {
        lanes::shake_elements(count, |i| {
            let attempt = first.wrapping_add(i as u64);
            self.input(SIGNING_RANDOMNESS, slot, &[message, &attempt.to_be_bytes()])
        })
    }

    /// A hash of the key that does not tell the key, by which a journal knows it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; FINGERPRINT_BYTES] {
        let mut out = [0; FINGERPRINT_BYTES];
        Shake256::default()
            .chain(b"sheaf PRF key fingerprint")
            .chain(self.0)
            .finalize_xof_into(&mut out);
        out
    }

    fn elements<const N: usize>(&self, purpose: u8, slot: u32, rest: &[&[u8]]) -> [KoalaBear; N] {
        let input = self.input(purpose, slot, rest);
        read_elements(&mut Shake128::default().chain(input.as_bytes()).finalize_xof())
    }

    fn input(&self, purpose: u8, slot: u32, rest: &[&[u8]]) -> lanes::Input {
        let mut input = lanes::Input::default();
        for part in [&DOMAIN[..], &[purpose], &self.0, &slot.to_be_bytes()]
            .iter()
            .chain(rest)
        {
            input.push(part);
        }
        input
    }
}

impl std::fmt::Debug for PrfKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrfKey(..)")
    }
}

/// Reads `N` field elements from a stream of pseudorandom bytes.
pub(crate) fn read_elements<const N: usize>(stream: &mut impl XofReader) -> [KoalaBear; N] {
    let mut bytes = [[[0; 8]; 2]; N];
    stream.read(bytes.as_flattened_mut().as_flattened_mut());
    let elements = bytes.map(|halves| reduce(halves.map(u64::from_be_bytes)));
    bytes.as_flattened_mut().as_flattened_mut().zeroize();
    elements
}

/// The field element that the 128-bit integer `high * 2^64 + low` is modulo `p`.
fn reduce([high, low]: [u64; 2]) -> KoalaBear {
    // Horner's rule with 32-bit limbs: a 128-bit division would be several times slower.
    let p = u64::from(KoalaBear::ORDER_U32);
    let remainder = ((high % p) << 32 | low >> 32) % p;
    KoalaBear::from_u32(((remainder << 32 | (low & 0xffff_ffff)) % p) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn limbs_reduce_like_the_integer(n: u128) {
            let element = reduce([(n >> 64) as u64, n as u64]);
            prop_assert_eq!(u128::from(element.as_canonical_u32()), n % u128::from(KoalaBear::ORDER_U32));
        }

        #[test]
        fn lanes_agree_with_the_definition(
            key: [u8; PRF_KEY_BYTES],
            message: [u8; MESSAGE_BYTES],
            slot: u32,
            first: u32,
            count in 0..11usize,
        ) {
            let key = PrfKey::new(key);
            let first = u64::from(first);
            let positions: Vec<_> = (0..count as u64).map(|i| (slot ^ i as u32, first * i)).collect();
            let starts: Vec<_> = positions.iter().map(|&(slot, chain)| key.chain_start(slot, chain)).collect();
            prop_assert_eq!(key.chain_starts(&positions), starts);
            let randomness: Vec<_> =
                (first..first + count as u64).map(|i| key.randomness(slot, &message, i)).collect();
            prop_assert_eq!(key.randomness_of_attempts(slot, &message, first, count), randomness);
        }
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(
            format!("{:?}", PrfKey::new([7; PRF_KEY_BYTES])),
            "PrfKey(..)"
        );
    }
}
