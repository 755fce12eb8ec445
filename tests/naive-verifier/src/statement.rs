//! What a proof claims, in canonical order, and the public data of every lane but its key.

use crate::Reject;
use crate::field::{F, P, f};
use p3_field::PrimeCharacteristicRing;

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
}

/// The parameters of real keys.
pub const PROD: Scheme = Scheme {
    id: 1,
    height: 32,
    chains: 46,
    target: 200,
};

/// Parameters for tests.
pub const TEST: Scheme = Scheme {
    id: 2,
    height: 8,
    chains: 4,
    target: 6,
};

/// The last position of a chain.
pub(crate) const TOP: usize = 7;
/// Digits in one element of the message hash.
pub(crate) const DIGITS: usize = 8;
/// Remainders of an element of the message hash lie below this.
pub(crate) const REMAINDERS: usize = 127;

const MAX_LANES: usize = 1 << 16;
const KEY_BYTES: usize = 52;

/// Keys that signed the same message at the same slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The slot.
    pub slot: u32,
    /// The message.
    pub message: [u8; 32],
    /// The SSZ encodings of the keys.
    pub keys: Vec<[u8; KEY_BYTES]>,
}

/// The public data of one live lane; the key is committed.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub slot: u32,
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
pub(crate) fn message_elements(bytes: &[u8; 32]) -> Vec<F> {
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

/// `256 chain + step`.
pub(crate) fn position(chain: usize, step: usize) -> usize {
    256 * chain + step
}

/// The integer tweak of a chain step is `slot 2^24 + 256 q`.
fn chain_tweak(slot: u32, q: usize) -> Vec<F> {
    base_p((u128::from(slot) << 24) + 256 * q as u128, 2)
}

impl Lane {
    pub(crate) fn message_tweak(&self) -> Vec<F> {
        base_p(u128::from(self.slot) << 8 | 2, 2)
    }

    pub(crate) fn node_tweak(&self, level: usize) -> Vec<F> {
        let position = u128::from(self.slot) >> level;
        base_p((level as u128) << 40 | position << 8 | 1, 2)
    }

    /// The digits of `slot 2^24`.
    pub(crate) fn chain_tweak(&self) -> Vec<F> {
        chain_tweak(self.slot, 0)
    }

    /// What position `q` adds to the second digit: 0 or 1.
    pub(crate) fn carry(&self, q: usize) -> F {
        chain_tweak(self.slot, q)[1] - chain_tweak(self.slot, 0)[1]
    }

    /// Whether some step of the slot carries and some does not.
    pub(crate) fn carries_vary(&self, chains: usize) -> bool {
        let first = self.carry(position(0, 1));
        (0..chains).any(|c| (1..=TOP).any(|step| self.carry(position(c, step)) != first))
    }

    /// Steps of a chain after digit `x` that do not carry.
    pub(crate) fn steps_without_carry(&self, chain: usize, x: usize) -> usize {
        let steps = x + 1..=TOP;
        steps
            .filter(|&step| self.carry(position(chain, step)) == F::ZERO)
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
        let key_is_bad = |key: &[u8; KEY_BYTES]| key_elements(key).is_none();
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

/// `root 8 | parameter 5`; `None` if an element is not canonical.
pub(crate) fn key_elements(key: &[u8; KEY_BYTES]) -> Option<Vec<F>> {
    key.chunks(4)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .map(|n| (n < P).then(|| F::from_u32(n)))
        .collect()
}

/// The lanes of groups, each with its slot, its message and its number of keys.
pub(crate) fn lanes(groups: &[(u32, [u8; 32], usize)]) -> Vec<Lane> {
    let lane = |&(slot, ref message, _): &(u32, [u8; 32], usize)| Lane {
        slot,
        message: message_elements(message),
    };
    groups
        .iter()
        .flat_map(|group| vec![lane(group); group.2])
        .collect()
}
