//! The parameter sets of the scheme.
//!
//! A generalized XMSS instance (eprint 2025/055, section 5) is fixed by the height of its Merkle tree and by its
//! *incomparable encoding*: the number of hash chains `v`, the length `w` of each chain and the sum that the `v` digits of
//! every codeword must have. The aborting encoding of eprint 2026/016 adds how many base-`w` digits one field element
//! yields. Everything else is common to all instances and stands here as a plain constant.

/// Field elements in a hash output: a chain value, a tree node, a root.
pub const DIGEST: usize = 8;
/// Field elements in the public parameter that separates the hash functions of different keys.
pub const PARAMETER: usize = 5;
/// Field elements in a tweak, which separates the hash calls made under one key.
pub const TWEAK: usize = 2;
/// Field elements that hold a 256-bit message in base `p`.
pub const MESSAGE: usize = 9;
/// Field elements in the randomness of a signature.
pub const RANDOMNESS: usize = 7;
/// Field elements in the capacity of the sponge that hashes a leaf.
pub const CAPACITY: usize = 9;
/// Field elements in the rate of the sponge that hashes a leaf.
pub const RATE: usize = WIDTH_WIDE - CAPACITY;
/// Width of the permutation that steps a chain.
pub const WIDTH_NARROW: usize = 16;
/// Width of the permutation that hashes messages, leaves and tree nodes.
pub const WIDTH_WIDE: usize = 24;
/// Bytes in a message.
pub const MESSAGE_BYTES: usize = 32;
/// Bytes in one encoded field element.
pub const ELEMENT_BYTES: usize = 4;
/// Bytes in one encoded digest.
pub const DIGEST_BYTES: usize = DIGEST * ELEMENT_BYTES;
/// Bytes in an SSZ public key, for every parameter set.
pub const PUBLIC_KEY_BYTES: usize = (DIGEST + PARAMETER) * ELEMENT_BYTES;

/// One parameter set.
///
/// The functions of this crate take the parameter set at run time. Only the constants defined in this module are
/// supported; the type is open for reading, not for construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Scheme {
    /// Name for people.
    pub name: &'static str,
    /// Identifier for machines: the byte that stands for this set in files and statements. Never reused.
    pub id: u8,
    /// Log2 of the number of slots in a key's lifetime; the height of the Merkle tree. Even and at most 32.
    pub log_lifetime: u32,
    /// Number of hash chains `v`, which is the number of digits in a codeword.
    pub chains: usize,
    /// Number of positions `w` on a chain; a digit lies in `0..w`. A power of two.
    pub base: u32,
    /// Sum of the digits of every valid codeword.
    pub target_sum: u32,
    /// Base-`w` digits taken from one field element of the message hash.
    pub digits_per_element: usize,
    /// Quotient `q` with `q * w^digits_per_element = p - 1`, which makes the digits uniform.
    pub quotient: u32,
}

/// The parameter set for real keys: 2^32 slots, 46 chains of length 8.
pub const PROD: Scheme = Scheme {
    name: "prod",
    id: 1,
    log_lifetime: 32,
    chains: 46,
    base: 8,
    target_sum: 200,
    digits_per_element: 8,
    quotient: 127,
};

/// A parameter set for tests: 2^8 slots, 4 chains. It gives no security.
pub const TEST: Scheme = Scheme {
    name: "test",
    id: 2,
    log_lifetime: 8,
    chains: 4,
    base: 8,
    target_sum: 6,
    digits_per_element: 8,
    quotient: 127,
};

impl Scheme {
    /// All supported parameter sets.
    pub const ALL: [Self; 2] = [PROD, TEST];

    /// The supported parameter set with this identifier.
    #[must_use]
    pub const fn from_id(id: u8) -> Option<Self> {
        match id {
            1 => Some(PROD),
            2 => Some(TEST),
            _ => None,
        }
    }

    /// Number of slots in a key's lifetime.
    #[must_use]
    pub const fn lifetime(&self) -> u64 {
        1 << self.log_lifetime
    }

    /// Height of the Merkle tree: the number of siblings in a signature.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.log_lifetime as usize
    }

    /// Number of slots under one bottom tree, which is also the number of bottom trees: the square root of the lifetime.
    #[must_use]
    pub const fn bottom_tree_slots(&self) -> u64 {
        1 << (self.log_lifetime / 2)
    }

    /// Number of slots in the window that a key has prepared: two bottom trees.
    #[must_use]
    pub const fn window_slots(&self) -> u64 {
        2 * self.bottom_tree_slots()
    }

    /// Field elements that the message hash yields: `ceil(v / digits_per_element)`.
    #[must_use]
    pub const fn message_elements(&self) -> usize {
        self.chains.div_ceil(self.digits_per_element)
    }

    /// Steps from the start of a chain to its end: `w - 1`.
    #[must_use]
    pub const fn chain_length(&self) -> usize {
        self.base as usize - 1
    }

    /// Chain steps in every verification: `v * (w - 1) - target_sum`.
    #[must_use]
    pub const fn chain_steps(&self) -> usize {
        self.chains * self.chain_length() - self.target_sum as usize
    }

    /// Permutations in the sponge that hashes a leaf: the parameter, a tweak and `v` chain ends, in blocks of the rate.
    #[must_use]
    pub const fn sponge_permutations(&self) -> usize {
        (PARAMETER + TWEAK + self.chains * DIGEST).div_ceil(RATE)
    }

    /// Bytes in an SSZ signature.
    #[must_use]
    pub const fn signature_bytes(&self) -> usize {
        // The offset of the path, rho, the offset of the hashes, and the one offset inside the path container.
        3 * ELEMENT_BYTES
            + RANDOMNESS * ELEMENT_BYTES
            + (self.height() + self.chains) * DIGEST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeField32;
    use p3_koala_bear::KoalaBear;

    use super::*;

    #[test]
    fn derived_sizes() {
        assert_eq!(PROD.signature_bytes(), 2536);
        assert_eq!(TEST.signature_bytes(), 424);
        assert_eq!(PROD.chain_steps(), 122);
        assert_eq!(PROD.sponge_permutations(), 25);
        assert_eq!(PROD.message_elements(), 6);
        assert_eq!(TEST.message_elements(), 1);
    }

    #[test]
    fn every_set_is_consistent() {
        let known = (0..=u8::MAX).filter_map(Scheme::from_id);
        assert_eq!(known.collect::<Vec<_>>(), Scheme::ALL);
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_id(scheme.id), Some(scheme));
            assert!(scheme.log_lifetime <= 32 && scheme.log_lifetime.is_multiple_of(2));
            assert!(scheme.chains <= 256 && scheme.message_elements() <= WIDTH_WIDE);
            let digits = u64::from(scheme.base).pow(scheme.digits_per_element as u32);
            assert_eq!(
                u64::from(scheme.quotient) * digits,
                u64::from(KoalaBear::ORDER_U32) - 1
            );
        }
    }
}
