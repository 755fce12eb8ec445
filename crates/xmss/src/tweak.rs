//! Tweaks: integers that make every hash call under one key distinct, written in base `p`.
//!
//! The low byte of a tweak tells what is hashed: `0x00` a chain step, `0x01` a tree node or leaf, `0x02` a message. The
//! other fields are packed above it, so two different calls can't have the same tweak (eprint 2025/055, section 7).

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;

use crate::params::{MESSAGE, MESSAGE_BYTES, TWEAK};

const CHAIN: u64 = 0x00;
const TREE: u64 = 0x01;
const MESSAGE_HASH: u64 = 0x02;

/// A tweak as field elements, low digit first.
pub type Tweak = [KoalaBear; TWEAK];

/// The `N` lowest base-`p` digits of `n`, least significant first.
pub fn base_p<const N: usize>(mut n: u64) -> [KoalaBear; N] {
    let p = u64::from(KoalaBear::ORDER_U32);
    std::array::from_fn(|_| {
        let digit = n % p;
        n /= p;
        KoalaBear::from_u32(digit as u32)
    })
}

/// The `N` lowest base-`p` digits, least significant first, of the integer whose little-endian bytes are given.
pub fn base_p_bytes<const N: usize>(little_endian: &[u8; MESSAGE_BYTES]) -> [KoalaBear; N] {
    let p = u64::from(KoalaBear::ORDER_U32);
    let mut limbs: [u32; MESSAGE_BYTES / 4] = std::array::from_fn(|i| {
        u32::from_le_bytes(std::array::from_fn(|j| little_endian[4 * i + j]))
    });
    std::array::from_fn(|_| {
        // Schoolbook division by p, most significant limb first; what remains is the next digit.
        let mut remainder = 0u64;
        for limb in limbs.iter_mut().rev() {
            let dividend = (remainder << 32) | u64::from(*limb);
            *limb = (dividend / p) as u32;
            remainder = dividend % p;
        }
        KoalaBear::from_u32(remainder as u32)
    })
}

/// The tweak of step `step` (from position `step - 1` to `step`) of chain `chain` at slot `slot`.
pub fn chain_tweak(slot: u32, chain: u8, step: u8) -> Tweak {
    base_p(u64::from(slot) << 24 | u64::from(chain) << 16 | u64::from(step) << 8 | CHAIN)
}

/// The tweak of the tree node at `position` of `level`; leaves are level 0 and their position is the slot.
pub fn tree_tweak(level: u8, position: u32) -> Tweak {
    base_p(u64::from(level) << 40 | u64::from(position) << 8 | TREE)
}

/// The tweak of the message hash at slot `slot`.
pub fn message_tweak(slot: u32) -> Tweak {
    base_p(u64::from(slot) << 8 | MESSAGE_HASH)
}

/// A message as field elements: its little-endian 256-bit integer in base `p`.
pub fn message_elements(message: &[u8; MESSAGE_BYTES]) -> [KoalaBear; MESSAGE] {
    base_p_bytes(message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_of_the_largest_message() {
        // 2^256 - 1 needs all nine digits: p^8 < 2^248 < p^9.
        let digits = message_elements(&[0xff; MESSAGE_BYTES]);
        assert_ne!(digits[MESSAGE - 1], KoalaBear::ZERO);
    }

    proptest! {
        #[test]
        fn short_and_long_division_agree(n: u64) {
            let mut bytes = [0; MESSAGE_BYTES];
            bytes[..8].copy_from_slice(&n.to_le_bytes());
            prop_assert_eq!(base_p::<4>(n), base_p_bytes::<4>(&bytes));
            let p = u128::from(KoalaBear::ORDER_U32);
            let back = base_p::<3>(n).iter().rev().fold(0u128, |acc, d| acc * p + u128::from(d.as_canonical_u32()));
            prop_assert_eq!(back, u128::from(n));
        }
    }
}
