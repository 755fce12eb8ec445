//! What a proof claims: groups of keys that each signed one message at one slot.
//!
//! A statement is kept in one canonical form, so that every party that knows
//! the same set of claims derives the same transcript: groups ascend by
//! `(slot, message)`, keys inside a group by their encoding, and neither repeats.

use sheaf_transcript::header;
use sheaf_xmss::{PublicKey, Scheme};
use thiserror::Error;

/// The version of the protocol that this crate speaks, bound by every proof.
pub const PROTOCOL_VERSION: u32 = header::VERSION as u32;

/// The kind of a list of signatures.
pub const KIND_RAW: u8 = header::KIND_RAW;

/// The kind of a proof about signatures.
pub const KIND_LEAF: u8 = header::KIND_LEAF;

/// The most signatures that one proof may cover.
///
/// `2^16` lanes of 4096 columns make a polynomial in 28 variables, the largest
/// for which rate 1/16 still has a domain in the base field.
pub const MAX_SIGNATURES: usize = 1 << 16;

/// Keys that signed the same message at the same slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The slot, below the lifetime of the scheme.
    pub slot: u32,
    /// The message.
    pub message: [u8; 32],
    /// The keys; at least one.
    pub keys: Vec<PublicKey>,
}

/// Why a list of groups is not a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatementError {
    /// A parameter set that is not one of the supported ones, bit for bit.
    #[error("the parameter set with id {id} is not a supported one")]
    UnknownScheme {
        /// The id that it carries.
        id: u8,
    },
    /// No group at all.
    #[error("there is no group to prove or verify")]
    Empty,
    /// A group without keys.
    #[error("group {group} has no keys")]
    EmptyGroup {
        /// Index of the group as given by the caller.
        group: usize,
    },
    /// Two groups with the same slot and message.
    #[error("groups {first} and {second} have the same slot and message")]
    DuplicateGroup {
        /// Index of the first of the two, as given by the caller.
        first: usize,
        /// Index of the other one.
        second: usize,
    },
    /// A key that stands twice in one group.
    #[error("keys {first} and {second} of group {group} are the same")]
    DuplicateKey {
        /// Index of the group, as given by the caller.
        group: usize,
        /// Index of the first copy in the group.
        first: usize,
        /// Index of the other one.
        second: usize,
    },
    /// A key of a scheme with other sizes.
    #[error("key {key} of group {group} is not one of the scheme {scheme}")]
    KeySizes {
        /// Index of the group, as given by the caller.
        group: usize,
        /// Index of the key in the group.
        key: usize,
        /// Name of the statement's scheme.
        scheme: &'static str,
    },
    /// A slot beyond the lifetime of the scheme.
    #[error("slot {slot} of group {group} is beyond the last slot, {last}")]
    SlotOutOfRange {
        /// Index of the group, as given by the caller.
        group: usize,
        /// The slot.
        slot: u32,
        /// The largest slot of the scheme.
        last: u64,
    },
    /// More signatures than one proof may cover.
    #[error("{count} signatures exceed the limit of {MAX_SIGNATURES} per proof")]
    TooMany {
        /// How many were given.
        count: usize,
    },
}

/// A statement in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    scheme: Scheme,
    groups: Vec<Group>,
}

/// Where the caller's signatures went: lane `i` is key `order[i].1` of the caller's group `order[i].0`.
pub type LaneOrder = Vec<(usize, usize)>;

impl Statement {
    /// Brings groups into canonical form.
    ///
    /// Returns the order of the lanes as well, so that a prover can permute its
    /// signatures alike.
    ///
    /// # Errors
    /// If there is nothing to prove, a group or a key repeats, a slot is out of
    /// range or there are too many signatures. Indices are the caller's.
    pub fn new(scheme: Scheme, groups: Vec<Group>) -> Result<(Self, LaneOrder), StatementError> {
        // A digest binds the id alone.
        if Scheme::from_id(scheme.id) != Some(scheme) {
            return Err(StatementError::UnknownScheme { id: scheme.id });
        }
        if groups.is_empty() {
            return Err(StatementError::Empty);
        }
        let count = groups.iter().map(|g| g.keys.len()).sum();
        if count > MAX_SIGNATURES {
            return Err(StatementError::TooMany { count });
        }
        for (group, g) in groups.iter().enumerate() {
            if g.keys.is_empty() {
                return Err(StatementError::EmptyGroup { group });
            }
            let other = |key: &PublicKey| key.sizes() != scheme.sizes;
            if let Some(key) = g.keys.iter().position(other) {
                let scheme = scheme.name;
                return Err(StatementError::KeySizes { group, key, scheme });
            }
            if u64::from(g.slot) >= scheme.lifetime() {
                return Err(StatementError::SlotOutOfRange {
                    group,
                    slot: g.slot,
                    last: scheme.lifetime() - 1,
                });
            }
        }
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&i| (groups[i].slot, groups[i].message));
        for pair in order.windows(2) {
            let (a, b) = (&groups[pair[0]], &groups[pair[1]]);
            if (a.slot, a.message) == (b.slot, b.message) {
                return Err(StatementError::DuplicateGroup {
                    first: pair[0].min(pair[1]),
                    second: pair[0].max(pair[1]),
                });
            }
        }
        let mut lanes = Vec::with_capacity(count);
        let mut sorted = Vec::with_capacity(groups.len());
        for &group in &order {
            let g = &groups[group];
            let mut keys: Vec<usize> = (0..g.keys.len()).collect();
            keys.sort_by_cached_key(|&key| g.keys[key].to_bytes());
            if let Some(pair) = keys.windows(2).find(|p| g.keys[p[0]] == g.keys[p[1]]) {
                return Err(StatementError::DuplicateKey {
                    group,
                    first: pair[0].min(pair[1]),
                    second: pair[0].max(pair[1]),
                });
            }
            lanes.extend(keys.iter().map(|&key| (group, key)));
            sorted.push(Group {
                slot: g.slot,
                message: g.message,
                keys: keys.iter().map(|&key| g.keys[key]).collect(),
            });
        }
        Ok((
            Self {
                scheme,
                groups: sorted,
            },
            lanes,
        ))
    }

    /// Groups as they are, in canonical form or not: to show what the canonical form is good for.
    #[cfg(test)]
    pub(crate) fn unchecked(scheme: Scheme, groups: Vec<Group>) -> Self {
        Self { scheme, groups }
    }

    /// The parameter set of the keys.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The groups, in canonical order.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Number of signatures, which are the live lanes of the proof.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.groups.iter().map(|g| g.keys.len()).sum()
    }

    /// The keys of all groups, in lane order.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.groups.iter().flat_map(|g| &g.keys)
    }
}
