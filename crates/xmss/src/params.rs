//! The parameter sets of the scheme.
//!
//! A generalized XMSS instance (eprint 2025/055, section 5) is fixed by the height of its Merkle tree and by its
//! *incomparable encoding*: the number of hash chains `v`, the length `w` of each chain and the sum that the `v` digits of
//! every codeword must have. The aborting encoding of eprint 2026/016 adds how many base-`w` digits one field element
//! yields. Everything else is common to all instances and stands here as a plain constant.

use crate::layout::{self, Layout, Part, Width};

/// The most field elements that a hash output has in any scheme: a chain value, a tree node, a root.
pub const MAX_DIGEST: usize = 8;
/// The most field elements that the public parameter has, which separates the hash functions of different keys.
pub const MAX_PARAMETER: usize = 5;
/// Field elements in a tweak, which separates the hash calls made under one key.
pub const TWEAK: usize = 2;
/// Field elements that hold a 256-bit message in base `p`, and the most that a scheme takes a message in as.
pub const MESSAGE: usize = 9;
/// The most field elements that the randomness of a signature has.
pub const MAX_RANDOMNESS: usize = 7;
/// The most field elements in the capacity of the sponge that hashes a leaf.
pub const MAX_CAPACITY: usize = 9;
/// Width of the permutation that steps a chain.
pub const WIDTH_NARROW: usize = 16;
/// Width of the other permutation.
pub const WIDTH_WIDE: usize = 24;
/// Bytes in a message.
pub const MESSAGE_BYTES: usize = 32;
/// Bytes in one encoded field element.
pub const ELEMENT_BYTES: usize = 4;
/// Bytes in the longest SSZ public key of any scheme.
pub const MAX_PUBLIC_KEY_BYTES: usize = (MAX_DIGEST + MAX_PARAMETER) * ELEMENT_BYTES;

/// How many field elements the objects of a scheme have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sizes {
    /// A hash output: a chain value, a tree node, a root. A power of two.
    pub digest: usize,
    /// The public parameter of a key.
    pub parameter: usize,
    /// The randomness of a signature.
    pub randomness: usize,
    /// The message, as the message hash takes it in.
    pub message: usize,
}

impl Sizes {
    /// Bytes in one encoded digest.
    #[must_use]
    pub const fn digest_bytes(&self) -> usize {
        self.digest * ELEMENT_BYTES
    }

    /// Bytes in an SSZ public key.
    #[must_use]
    pub const fn public_key_bytes(&self) -> usize {
        (self.digest + self.parameter) * ELEMENT_BYTES
    }
}

/// The sponge that hashes a leaf.
///
/// The state is `[capacity | rate]`. A block overwrites the rate, the last one is padded with zeros, the permutation is
/// applied after each block, and the digest is the first elements of the rate. Blocks are taken from the prefix and the ends
/// of all chains behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeafSponge {
    /// The permutation.
    pub width: Width,
    /// Elements of the capacity.
    pub capacity: usize,
    /// The capacity that it starts from.
    pub start: &'static [Part],
    /// What is absorbed before the ends.
    pub prefix: &'static [Part],
}

impl LeafSponge {
    /// Elements of the rate.
    #[must_use]
    pub const fn rate(&self) -> usize {
        self.width.elements() - self.capacity
    }
}

/// The hash functions of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hashes {
    /// The calls of the message hash, each with a feed-forward; the last one yields the digits.
    pub message: &'static [Layout],
    /// A chain step, with a feed-forward.
    pub step: Layout,
    /// A leaf.
    pub leaf: LeafSponge,
    /// A node, with a feed-forward.
    pub node: Layout,
    /// The first element of the call that hashes a message of [`MESSAGE`] base-`p` digits to what the message hash takes
    /// in; none if it takes these digits in.
    pub message_domain: Option<u32>,
}

/// How tweaks are written as two field elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TweakCode {
    /// The two digits in base `p` of one integer.
    Digits,
    /// Two words that are below `p` whatever they hold.
    Words,
}

/// How the steps of chains are numbered in tweaks.
///
/// The step of chain `c` that leaves position `s` has the number `stride c + first + s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StepNumbers {
    /// From one chain to the next; above `first` and the length of a chain together.
    pub stride: usize,
    /// The number of the first step of chain 0.
    pub first: usize,
    /// Factor of the number in the first element of a tweak.
    pub scale: usize,
}

/// How keys are derived from secrets, and written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyFormat {
    /// SHAKE128 under a key; SSZ.
    Shake,
    /// Poseidon1 and ChaCha12 from a [seed](crate::seed); postcard.
    Poseidon,
}

/// How a signature is written as SSZ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureForm {
    /// A container with two lists: offsets stand before randomness, path and chain values.
    Lists,
    /// Vectors of fixed length: chain values, randomness, path.
    Vectors,
}

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
    /// Whether it gives no security, being for tests.
    pub is_for_tests: bool,
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
    /// An element of the message hash is `digit_weight d + remainder_weight r`, with `d < w^digits_per_element`, from which
    /// the digits are taken, and `r < q`. One of the weights is 1.
    pub digit_weight: u32,
    /// See [`digit_weight`](Self::digit_weight).
    pub remainder_weight: u32,
    /// Sizes of objects.
    pub sizes: &'static Sizes,
    /// Hash functions.
    pub hashes: &'static Hashes,
    /// The code of tweaks.
    pub tweak_code: TweakCode,
    /// The numbers of chain steps.
    pub step_numbers: StepNumbers,
    /// Derivation and form of keys.
    pub key_format: KeyFormat,
    /// Form of signatures.
    pub signature_form: SignatureForm,
}

const EIGHT: Sizes = Sizes {
    digest: 8,
    parameter: 5,
    randomness: 7,
    message: 9,
};

const FOUR: Sizes = Sizes {
    digest: 4,
    parameter: 4,
    randomness: 6,
    message: 8,
};

/// Both permutations: the narrow one steps chains.
const BOTH_WIDTHS: Hashes = Hashes {
    message: &[Layout {
        width: Width::Wide,
        parts: &[
            Part::Message,
            Part::Parameter,
            Part::Tweak,
            Part::Randomness,
        ],
    }],
    step: Layout {
        width: Width::Narrow,
        parts: &[Part::Value, Part::Parameter, Part::Tweak],
    },
    leaf: LeafSponge {
        width: Width::Wide,
        capacity: 9,
        start: &[Part::Lengths(9)],
        prefix: &[Part::Parameter, Part::Tweak],
    },
    node: Layout {
        width: Width::Wide,
        parts: &[Part::Parameter, Part::Tweak, Part::Left, Part::Right],
    },
    message_domain: None,
};

/// The narrow permutation alone.
const NARROW_ONLY: Hashes = Hashes {
    message: &[
        Layout {
            width: Width::Narrow,
            parts: &[Part::Message, Part::Randomness, Part::Tweak],
        },
        Layout {
            width: Width::Narrow,
            parts: &[Part::Previous(8), Part::Parameter],
        },
    ],
    step: Layout {
        width: Width::Narrow,
        parts: &[Part::Tweak, Part::Zeros(2), Part::Value, Part::Parameter],
    },
    leaf: LeafSponge {
        width: Width::Narrow,
        capacity: 8,
        start: &[Part::Tweak, Part::Zeros(2), Part::Parameter],
        prefix: &[Part::Zeros(8)],
    },
    node: Layout {
        width: Width::Narrow,
        parts: &[
            Part::Tweak,
            Part::Zeros(2),
            Part::Parameter,
            Part::Left,
            Part::Right,
        ],
    },
    message_domain: Some(1004),
};

/// The parameter set for real keys: 2^32 slots, 46 chains of length 8.
pub const PROD: Scheme = Scheme {
    name: "prod",
    id: 1,
    is_for_tests: false,
    log_lifetime: 32,
    chains: 46,
    base: 8,
    target_sum: 200,
    digits_per_element: 8,
    quotient: 127,
    digit_weight: 127,
    remainder_weight: 1,
    sizes: &EIGHT,
    hashes: &BOTH_WIDTHS,
    tweak_code: TweakCode::Digits,
    step_numbers: StepNumbers {
        stride: 256,
        first: 1,
        scale: 256,
    },
    key_format: KeyFormat::Shake,
    signature_form: SignatureForm::Lists,
};

/// A parameter set for tests: 2^8 slots, 4 chains. It gives no security.
pub const TEST: Scheme = Scheme {
    name: "test",
    id: 2,
    is_for_tests: true,
    log_lifetime: 8,
    chains: 4,
    target_sum: 6,
    ..PROD
};

/// The parameter set for short keys and signatures: digests of 124 bits, 2^32 slots, 42 chains of length 8.
pub const COMPACT: Scheme = Scheme {
    name: "compact",
    id: 3,
    is_for_tests: false,
    log_lifetime: 32,
    chains: 42,
    base: 8,
    target_sum: 184,
    digits_per_element: 8,
    quotient: 127,
    digit_weight: 1,
    remainder_weight: 1 << 24,
    sizes: &FOUR,
    hashes: &NARROW_ONLY,
    tweak_code: TweakCode::Words,
    step_numbers: StepNumbers {
        stride: 8,
        first: 0,
        scale: 1,
    },
    key_format: KeyFormat::Poseidon,
    signature_form: SignatureForm::Vectors,
};

/// A parameter set for tests that is to [`COMPACT`] what [`TEST`] is to [`PROD`]. It gives no security.
pub const COMPACT_TEST: Scheme = Scheme {
    name: "compact-test",
    id: 4,
    is_for_tests: true,
    log_lifetime: 8,
    chains: 4,
    target_sum: 6,
    ..COMPACT
};

impl Scheme {
    /// All supported parameter sets.
    pub const ALL: [Self; 4] = [PROD, TEST, COMPACT, COMPACT_TEST];

    /// The supported parameter set with this identifier.
    #[must_use]
    pub const fn from_id(id: u8) -> Option<Self> {
        match id {
            1 => Some(PROD),
            2 => Some(TEST),
            3 => Some(COMPACT),
            4 => Some(COMPACT_TEST),
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

    /// The square root of the lifetime. In keys of [`KeyFormat::Shake`] it is the number of slots under one bottom tree; that of
    /// any key is [`ActiveRange::bottom_tree_slots`](crate::keys::ActiveRange::bottom_tree_slots).
    #[must_use]
    pub const fn bottom_tree_slots(&self) -> u64 {
        1 << (self.log_lifetime / 2)
    }

    /// Twice the square root of the lifetime: as far as a [journal's](crate::file_slot_guard) floor is behind what is signed in
    /// order, and the window of keys of [`KeyFormat::Shake`].
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

    /// Permutations in the sponge that hashes a leaf.
    #[must_use]
    pub fn sponge_permutations(&self) -> usize {
        let leaf = &self.hashes.leaf;
        let prefix = layout::length(self.sizes, leaf.prefix);
        (prefix + self.chains * self.sizes.digest).div_ceil(leaf.rate())
    }

    /// Bytes in an SSZ public key.
    #[must_use]
    pub const fn public_key_bytes(&self) -> usize {
        self.sizes.public_key_bytes()
    }

    /// Bytes in an SSZ signature.
    #[must_use]
    pub const fn signature_bytes(&self) -> usize {
        let offsets = match self.signature_form {
            // The offset of the path, the offset of the hashes, and the one offset inside the path container.
            SignatureForm::Lists => 3,
            SignatureForm::Vectors => 0,
        };
        (offsets + self.sizes.randomness) * ELEMENT_BYTES
            + (self.height() + self.chains) * self.sizes.digest_bytes()
    }

    /// The number of the step of `chain` that leaves `position`.
    #[must_use]
    pub const fn step_number(&self, chain: usize, position: usize) -> usize {
        self.step_numbers.stride * chain + self.step_numbers.first + position
    }

    /// The digits' and the remainder's part of an element `a < p - 1` of the message hash.
    #[must_use]
    pub const fn split(&self, a: u32) -> (u32, u32) {
        if self.digit_weight > self.remainder_weight {
            (a / self.digit_weight, a % self.digit_weight)
        } else {
            (a % self.remainder_weight, a / self.remainder_weight)
        }
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
        assert_eq!(COMPACT.public_key_bytes(), 32);
        assert_eq!(COMPACT.signature_bytes(), 1208);
        assert_eq!(COMPACT.chain_steps(), 110);
        assert_eq!(COMPACT.sponge_permutations(), 22);
        assert_eq!(COMPACT.message_elements(), 6);
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
            let weights = [scheme.digit_weight, scheme.remainder_weight].map(u64::from);
            assert!(weights == [scheme.quotient.into(), 1] || weights == [1, digits]);
            for a in [0, 1, 126, 127, 1 << 24, 126 << 24, KoalaBear::ORDER_U32 - 2] {
                let (digits, remainder) = scheme.split(a);
                let sum = digits * scheme.digit_weight + remainder * scheme.remainder_weight;
                assert!(sum == a && remainder < scheme.quotient);
            }
            let StepNumbers { stride, first, .. } = scheme.step_numbers;
            assert!(first + scheme.chain_length() <= stride);
            assert!(scheme.sizes.digest.is_power_of_two());
        }
    }
}
