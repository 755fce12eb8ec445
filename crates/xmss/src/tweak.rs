//! Tweaks: two field elements that make every hash call under one key distinct.
//!
//! As [digits](TweakCode::Digits) they are an integer in base `p`. Its low byte tells what is hashed: `0x00` a chain step,
//! `0x01` a tree node or leaf, `0x02` a message; the other fields are packed above it, so two different calls can't have
//! the same tweak (eprint 2025/055, section 7).
//!
//! As [words](TweakCode::Words) they are `kind 2^26 + (index >> 16) 2^10 + sub` and `index & 0xffff`, both below `2^28`, where
//! `kind` is 0 for a chain step, 1 for a leaf, 2 for a node, 3 for the message hash; `sub < 2^10` is the number of the step
//! or the level of the node, and `index` the slot or the node's position.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_koala_bear::KoalaBear;

use crate::params::{MESSAGE, MESSAGE_BYTES, Scheme, TWEAK, TweakCode, WIDTH_NARROW};
use crate::poseidon::compress_narrow;

/// What is hashed, in a tweak of digits.
mod digit {
    pub(super) const CHAIN: u64 = 0x00;
    pub(super) const TREE: u64 = 0x01;
    pub(super) const MESSAGE_HASH: u64 = 0x02;
}

/// What is hashed, in a tweak of words.
mod word {
    pub(super) const CHAIN: u32 = 0;
    pub(super) const LEAF: u32 = 1;
    pub(super) const NODE: u32 = 2;
    pub(super) const MESSAGE_HASH: u32 = 3;
}

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

/// A tweak of words: what is hashed, a part of it below `2^10`, and an index.
const fn words(kind: u32, sub: u32, index: u32) -> Tweak {
    [
        KoalaBear::new((kind << 26) + ((index >> 16) << 10) + sub),
        KoalaBear::new(index & 0xffff),
    ]
}

/// The tweak of the step of chain `chain` that leaves `position`, at slot `slot`.
pub fn chain_tweak(scheme: &Scheme, slot: u32, chain: usize, position: usize) -> Tweak {
    let number = scheme.step_number(chain, position);
    match scheme.tweak_code {
        TweakCode::Digits => base_p(u64::from(slot) << 24 | (number as u64) << 8 | digit::CHAIN),
        TweakCode::Words => words(word::CHAIN, number as u32, slot),
    }
}

/// The tweak of the tree node at `position` of `level`; leaves are level 0 and their position is the slot.
pub fn tree_tweak(scheme: &Scheme, level: usize, position: u32) -> Tweak {
    match scheme.tweak_code {
        TweakCode::Digits => base_p((level as u64) << 40 | u64::from(position) << 8 | digit::TREE),
        TweakCode::Words if level == 0 => words(word::LEAF, 0, position),
        TweakCode::Words => words(word::NODE, level as u32, position),
    }
}

/// The tweak of the message hash at slot `slot`.
pub fn message_tweak(scheme: &Scheme, slot: u32) -> Tweak {
    match scheme.tweak_code {
        TweakCode::Digits => base_p(u64::from(slot) << 8 | digit::MESSAGE_HASH),
        TweakCode::Words => words(word::MESSAGE_HASH, 0, slot),
    }
}

/// A message as field elements: its little-endian 256-bit integer in base `p`.
pub fn message_digits(message: &[u8; MESSAGE_BYTES]) -> [KoalaBear; MESSAGE] {
    base_p_bytes(message)
}

/// What the message hash of a scheme takes in, of a message whose digits are given; the first `scheme.sizes.message` count.
pub fn message_elements(scheme: &Scheme, digits: &[KoalaBear; MESSAGE]) -> [KoalaBear; MESSAGE] {
    let Some(domain) = scheme.hashes.message_domain else {
        return *digits;
    };
    let mut input = [KoalaBear::ZERO; WIDTH_NARROW];
    input[0] = KoalaBear::new(domain);
    input[1..=MESSAGE].copy_from_slice(digits);
    let hash: [_; MESSAGE] = compress_narrow(&input);
    std::array::from_fn(|i| {
        if i < scheme.sizes.message {
            hash[i]
        } else {
            KoalaBear::ZERO
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_of_the_largest_message() {
        // 2^256 - 1 needs all nine digits: p^8 < 2^248 < p^9.
        let digits = message_digits(&[0xff; MESSAGE_BYTES]);
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
