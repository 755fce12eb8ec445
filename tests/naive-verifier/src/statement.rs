//! What a proof claims, in canonical order, and the public data of every lane but its key.

use crate::Reject;
use crate::field::{F, P, f};
use crate::poseidon::permute16;
use p3_field::PrimeCharacteristicRing;

/// Which hash functions a scheme has, and so how everything is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Both permutations, digests of eight elements: prod and test.
    BothWidths,
    /// The permutation of width 16 alone, digests of four elements: compact and compact-test.
    Compact,
}

/// A parameter set of the signature scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The byte that stands for it in a proof.
    pub id: u8,
    /// Height of the Merkle tree; `2^height` slots.
    pub height: usize,
    /// Number of chains.
    pub chains: usize,
    /// What the digits of a codeword add up to.
    pub target: usize,
    /// Hash functions.
    pub family: Family,
}

/// The parameters of real keys.
pub const PROD: Scheme = Scheme {
    id: 1,
    height: 32,
    chains: 46,
    target: 200,
    family: Family::BothWidths,
};

/// Parameters for tests.
pub const TEST: Scheme = Scheme {
    id: 2,
    height: 8,
    chains: 4,
    target: 6,
    family: Family::BothWidths,
};

/// The parameters of short keys.
pub const COMPACT: Scheme = Scheme {
    id: 3,
    height: 32,
    chains: 42,
    target: 184,
    family: Family::Compact,
};

/// Parameters of short keys for tests.
pub const COMPACT_TEST: Scheme = Scheme {
    id: 4,
    height: 8,
    chains: 4,
    target: 6,
    family: Family::Compact,
};

impl Scheme {
    /// One number for prod and test, and one for the compact schemes.
    fn either<T>(&self, both_widths: T, compact: T) -> T {
        match self.family {
            Family::BothWidths => both_widths,
            Family::Compact => compact,
        }
    }

    /// Elements of a digest.
    pub(crate) fn digest(&self) -> usize {
        self.either(8, 4)
    }

    /// Elements of the parameter of a key.
    pub(crate) fn parameter(&self) -> usize {
        self.either(5, 4)
    }

    /// Elements of the randomness of a signature.
    pub(crate) fn randomness(&self) -> usize {
        self.either(7, 6)
    }

    /// Elements of the capacity of the leaf sponge.
    pub(crate) fn leaf_capacity(&self) -> usize {
        self.either(9, 8)
    }

    /// Elements of a block of the leaf sponge.
    pub(crate) fn leaf_rate(&self) -> usize {
        self.either(15, 8)
    }

    /// What the first call of the message hash passes to the second one, if there are two.
    pub(crate) fn previous(&self) -> usize {
        self.either(0, 8)
    }

    /// Elements of a block of a key.
    pub(crate) fn key_rate(&self) -> usize {
        self.either(15, 7)
    }

    /// Permutations that absorb a key: root, parameter and 1.
    pub(crate) fn key_permutations(&self) -> usize {
        (self.digest() + self.parameter() + 1).div_ceil(self.key_rate())
    }

    /// An element of the message hash is `digit_weight d + remainder_weight rem`.
    pub(crate) fn weights(&self) -> (usize, usize) {
        self.either((REMAINDERS, 1), (1, 1 << (3 * DIGITS)))
    }

    /// The number of the step of a chain that arrives at this position, from 1 to [`TOP`].
    pub(crate) fn number(&self, chain: usize, arrives: usize) -> usize {
        self.either(256 * chain + arrives, 8 * chain + arrives - 1)
    }

    /// By how much the first element of a tweak grows with the number of a step.
    pub(crate) fn number_scale(&self) -> usize {
        self.either(256, 1)
    }

    /// Bytes of a key.
    fn key_bytes(&self) -> usize {
        4 * (self.digest() + self.parameter())
    }
}

/// The last position of a chain.
pub(crate) const TOP: usize = 7;
/// Digits in one element of the message hash.
pub(crate) const DIGITS: usize = 8;
/// Remainders of an element of the message hash lie below this.
pub(crate) const REMAINDERS: usize = 127;

const MAX_LANES: usize = 1 << 16;

/// Keys that signed the same message at the same slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The slot.
    pub slot: u32,
    /// The message.
    pub message: [u8; 32],
    /// The SSZ encodings of the keys.
    pub keys: Vec<Vec<u8>>,
}

/// The public data of one live lane; the key is committed.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub scheme: Scheme,
    pub slot: u32,
    /// As the message hash takes it in.
    pub message: Vec<F>,
}

/// The lowest `count` digits of `n` in base `p`.
pub(crate) fn base_p(mut n: u128, count: usize) -> Vec<F> {
    let mut digit = || {
        let digit = (n % u128::from(P)) as u32;
        n /= u128::from(P);
        F::from_u32(digit)
    };
    (0..count).map(|_| digit()).collect()
}

/// The nine base-`p` digits of a 256-bit little-endian integer.
pub(crate) fn message_digits(bytes: &[u8; 32]) -> Vec<F> {
    let mut rest = *bytes;
    let mut digit = || {
        // Long division by p, byte by byte from the top.
        let remainder = rest.iter_mut().rev().fold(0u64, |remainder, byte| {
            let dividend = remainder << 8 | u64::from(*byte);
            *byte = (dividend / u64::from(P)) as u8;
            dividend % u64::from(P)
        });
        F::from_u32(remainder as u32)
    };
    (0..9).map(|_| digit()).collect()
}

/// The message as the message hash takes it in.
fn message_elements(scheme: &Scheme, bytes: &[u8; 32]) -> Vec<F> {
    let digits = message_digits(bytes);
    match scheme.family {
        Family::BothWidths => digits,
        Family::Compact => {
            // 1004 | message 9 | 0 6, with feed-forward.
            let mut input = [f(0); 16];
            input[0] = f(1004);
            input[1..10].copy_from_slice(&digits);
            let output = permute16(input);
            (0..8).map(|i| output[i] + input[i]).collect()
        }
    }
}

/// What a tweak of words is for.
#[derive(Clone, Copy)]
enum Kind {
    Chain = 0,
    Leaf = 1,
    Node = 2,
    Message = 3,
}

/// The tweak of the compact schemes.
fn words(kind: Kind, sub: usize, index: u32) -> Vec<F> {
    let index = index as usize;
    vec![
        f(((kind as usize) << 26) + ((index >> 16) << 10) + sub),
        f(index & 0xffff),
    ]
}

impl Lane {
    pub(crate) fn message_tweak(&self) -> Vec<F> {
        match self.scheme.family {
            Family::BothWidths => base_p(u128::from(self.slot) << 8 | 2, 2),
            Family::Compact => words(Kind::Message, 0, self.slot),
        }
    }

    /// The tweak of the path's node at `level`, and at 0 of its leaf.
    pub(crate) fn node_tweak(&self, level: usize) -> Vec<F> {
        let position = u64::from(self.slot) >> level;
        match self.scheme.family {
            Family::BothWidths => base_p((level as u128) << 40 | u128::from(position) << 8 | 1, 2),
            Family::Compact if level == 0 => words(Kind::Leaf, 0, position as u32),
            Family::Compact => words(Kind::Node, level, position as u32),
        }
    }

    /// The tweak of the step with this number.
    pub(crate) fn step_tweak(&self, number: usize) -> Vec<F> {
        match self.scheme.family {
            Family::BothWidths => base_p((u128::from(self.slot) << 24) + 256 * number as u128, 2),
            Family::Compact => words(Kind::Chain, number, self.slot),
        }
    }

    /// The tweak of steps without their number.
    pub(crate) fn chain_tweak(&self) -> Vec<F> {
        self.step_tweak(0)
    }

    /// What a step adds to the second element: 0 or 1.
    pub(crate) fn carry(&self, number: usize) -> F {
        self.step_tweak(number)[1] - self.step_tweak(0)[1]
    }

    /// Whether some step of the slot carries and some does not.
    pub(crate) fn carries_vary(&self) -> bool {
        let carry = |chain: usize, step: usize| self.carry(self.scheme.number(chain, step));
        (0..self.scheme.chains).any(|c| (1..=TOP).any(|step| carry(c, step) != carry(0, 1)))
    }

    /// Steps of a chain after digit `x` that do not carry.
    pub(crate) fn steps_without_carry(&self, chain: usize, x: usize) -> usize {
        let steps = x + 1..=TOP;
        steps
            .filter(|&step| self.carry(self.scheme.number(chain, step)) == F::ZERO)
            .count()
    }

    /// Whether the node at `level` of the path is a right child.
    pub(crate) fn is_right(&self, level: usize) -> F {
        f((self.slot as usize >> level) & 1)
    }
}

/// Puts groups into their order: by slot, then message; keys by their bytes.
pub(crate) fn canonical(scheme: &Scheme, groups: &[Group]) -> Result<Vec<Group>, Reject> {
    let mut groups = groups.to_vec();
    groups.sort_by_key(|g| (g.slot, g.message));
    for group in &mut groups {
        group.keys.sort_unstable();
    }
    let lanes: usize = groups.iter().map(|g| g.keys.len()).sum();
    let groups_repeat = groups
        .windows(2)
        .any(|g| (g[0].slot, g[0].message) == (g[1].slot, g[1].message));
    let group_is_bad = |g: &Group| {
        let key_is_bad =
            |key: &Vec<u8>| key.len() != scheme.key_bytes() || key_elements(key).is_none();
        g.keys.is_empty()
            || u64::from(g.slot) >= 1 << scheme.height
            || g.keys.windows(2).any(|k| k[0] == k[1])
            || g.keys.iter().any(key_is_bad)
    };
    if !(1..=MAX_LANES).contains(&lanes) || groups_repeat || groups.iter().any(group_is_bad) {
        return Err(Reject::Claims);
    }
    Ok(groups)
}

/// `root | parameter`; `None` if an element is not canonical.
pub(crate) fn key_elements(key: &[u8]) -> Option<Vec<F>> {
    key.chunks(4)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .map(|n| (n < P).then(|| F::from_u32(n)))
        .collect()
}

/// The lanes of groups, each with its slot, its message and its number of keys.
pub(crate) fn lanes(scheme: &Scheme, groups: &[(u32, [u8; 32], usize)]) -> Vec<Lane> {
    let lane = |&(slot, ref message, _): &(u32, [u8; 32], usize)| Lane {
        scheme: *scheme,
        slot,
        message: message_elements(scheme, message),
    };
    groups
        .iter()
        .flat_map(|group| vec![lane(group); group.2])
        .collect()
}
