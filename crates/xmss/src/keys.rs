//! Secret keys: generation, the window of prepared slots, signing, and their encodings.
//!
//! The Merkle tree is cut into one *top tree* and the *bottom trees* whose roots are its leaves. Key generation computes all
//! bottom trees that have active slots, but keeps only the top tree and one or two adjacent bottom trees, the *window*. A key
//! signs at the slots of its window, and moves the window by computing bottom trees anew from its secret of 32 bytes.
//! Nodes that cover no active slot are random or pseudorandom: they belong to no slot at which the key could sign.
//!
//! | [`KeyFormat`] | `Shake` | `Poseidon` |
//! |---|---|---|
//! | secret | a PRF key, with a random parameter | a [seed](crate::seed), from which the parameter follows |
//! | active range | whole bottom trees, at least two | any |
//! | slots of a bottom tree | `2^(h/2)`, where `h` is the height | `2^s`, `s = ceil(ceil(log2 slots) / 2)` |
//! | window | two bottom trees, stored with the key | one bottom tree or two, not stored: empty when a key has been read |
//! | encoding | SSZ | [postcard](crate::PublicKey::to_postcard) |
//!
//! [`KeyFormat`]: crate::params::KeyFormat
//!
//! A [`SecretKey`] does not know which slots it has signed at. Wrap it in a [`SigningKey`](crate::SigningKey), which does.

mod codec;
mod generate;
mod identity;
mod range;
mod secret;
mod sign;
mod subtree;

use std::fmt;

use thiserror::Error;

pub use self::generate::{KeyGenerator, Progress, SEED_BYTES};
pub use self::identity::{FINGERPRINT_BYTES, KeyIdentity};
pub use self::range::ActiveRange;
pub(crate) use self::secret::Secret;
pub(crate) use self::sign::{encode_message, walk_chains};
use self::subtree::SubTree;
use crate::params::{KeyFormat, Scheme};
use crate::types::{Parameter, PublicKey};

/// Why a key can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The range of slots is empty or reaches beyond the lifetime.
    #[error("{count} slots from slot {start} do not lie within a lifetime of {lifetime} slots")]
    Range {
        /// First slot asked for.
        start: u32,
        /// Number of slots asked for.
        count: u64,
        /// Number of slots in the lifetime.
        lifetime: u64,
    },
    /// The progress callback asked to stop.
    #[error("key generation was cancelled")]
    Cancelled,
}

/// Why a secret key can't sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key is not active at the slot.
    #[error("slot {slot} is outside the active range {start}..{end}")]
    NotActive {
        /// The slot.
        slot: u32,
        /// First active slot.
        start: u64,
        /// End of the active slots, exclusive.
        end: u64,
    },
    /// The window has moved past the slot; it can be moved back.
    #[error("slot {slot} lies before the prepared window, which starts at slot {window_start}")]
    Passed {
        /// The slot.
        slot: u32,
        /// First slot of the window.
        window_start: u64,
    },
    /// The window has not yet reached the slot.
    #[error("slot {slot} lies beyond the prepared window, which ends before slot {window_end}")]
    NotPrepared {
        /// The slot.
        slot: u32,
        /// End of the window, exclusive.
        window_end: u64,
    },
    /// The key would make a signature that is not valid.
    #[error("the secret key is damaged: {damage}")]
    Damaged {
        /// What does not fit.
        damage: Damage,
    },
    /// No randomness gave a codeword. With the parameters of [`PROD`](crate::PROD) this does not happen.
    #[error("no codeword after {attempts} attempts")]
    NoCodeword {
        /// Number of attempts.
        attempts: u64,
    },
}

/// Which part of a secret key does not fit the rest, as a signature at some slot shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Damage {
    /// The one-time key that the secret gives for the slot is not the leaf of its stored tree.
    #[error("the PRF key or seed, the parameter or a leaf of the stored trees is not what it was")]
    Leaf,
    /// The stored bottom tree does not lead to its node in the top tree.
    #[error("the stored bottom tree of the slot does not lead to its node in the top tree")]
    BottomTree,
    /// A bottom tree that was computed anew does not lead to its node in the top tree.
    #[error(
        "the PRF key or seed, the parameter, the active range or the stored top tree is not what it was: a new bottom tree has another root"
    )]
    NewTree,
    /// The top tree does not lead to the root.
    #[error("the stored top tree does not lead to the root of the public key")]
    TopTree,
}

/// A secret key. Zeroized when dropped, not shown by `Debug`, not `Clone`.
///
/// Signing two messages at one slot breaks the key; this type does not prevent it, [`SigningKey`](crate::SigningKey) does.
pub struct SecretKey {
    scheme: Scheme,
    secret: Secret,
    parameter: Parameter,
    range: ActiveRange,
    top: SubTree,
    window: Window,
}

/// Bottom trees that are prepared.
struct Window {
    /// Index of the first one.
    first: u64,
    /// Adjacent ones, at most [`WINDOW_TREES`].
    trees: Vec<SubTree>,
}

/// Most bottom trees in a window.
const WINDOW_TREES: usize = 2;

impl Window {
    /// The indices of the bottom trees.
    fn indices(&self) -> std::ops::Range<u64> {
        self.first..self.first + self.trees.len() as u64
    }
}

impl SecretKey {
    /// The parameter set of the key.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::new(&self.scheme, self.top.root(), self.parameter)
    }

    /// The slots at which the key can ever sign.
    #[must_use]
    pub const fn active_range(&self) -> ActiveRange {
        self.range
    }

    /// The slots at which the key can sign without computing a bottom tree; none if a key that stores no window has been read.
    #[must_use]
    pub fn window_slots(&self) -> std::ops::Range<u64> {
        self.range.slots_between(self.window.indices())
    }

    /// Whether the window is part of the key's encoding, so that a key whose window has moved is worth storing.
    #[must_use]
    pub const fn stores_window(&self) -> bool {
        match self.scheme.key_format {
            KeyFormat::Shake => true,
            KeyFormat::Poseidon => false,
        }
    }

    /// Moves the window on by one bottom tree. Returns `false`, and changes nothing, if it is at the end of the active range.
    ///
    /// The tree after the window is computed, and its first one is dropped if it has two. Call it when signing enters the last
    /// tree of the window, in a quiet moment. Costs the hashes of one bottom tree (2^16 leaves for [`PROD`](crate::PROD): seconds;
    /// 2^9 for a [`COMPACT`](crate::COMPACT) key of 2^18 slots), on the threads of the rayon pool in which it is called.
    ///
    /// # Errors
    /// If the key is damaged, so that it gives another tree than the one that was made with it. Then the window stays.
    pub fn advance_window(&mut self) -> Result<bool, SignError> {
        let next = self.window.indices().end;
        if next >= self.range.bottom_trees().end {
            return Ok(false);
        }
        let next = self.bottom_tree(next)?;
        if self.window.trees.len() == WINDOW_TREES {
            self.window.trees.remove(0);
            self.window.first += 1;
        }
        self.window.trees.push(next);
        Ok(true)
    }

    /// Moves the window, if necessary, so that it holds `slot`: on, or back to slots that it has passed.
    ///
    /// Costs at most two bottom trees, however far the slot; see [`advance_window`](Self::advance_window). No move is
    /// final, since every bottom tree can be computed anew.
    ///
    /// # Errors
    /// If the key is not active at the slot, or is damaged. Then the window stays.
    pub fn prepare(&mut self, slot: u32) -> Result<(), SignError> {
        match self.check_prepared(slot) {
            Err(SignError::NotPrepared { .. } | SignError::Passed { .. }) => {}
            result => return result,
        }
        let bottom = u64::from(slot) >> self.range.cut();
        if bottom == self.window.indices().end {
            self.advance_window()?;
            return Ok(());
        }
        // Further away. A stored window has two trees: that after the slot's own is the more useful neighbour, unless there is none.
        let trees = match self.scheme.key_format {
            KeyFormat::Shake => {
                let first = bottom.min(self.range.bottom_trees().end - 2);
                first..first + 2
            }
            KeyFormat::Poseidon => bottom..bottom + 1,
        };
        self.window = Window {
            first: trees.start,
            trees: trees
                .map(|index| self.bottom_tree(index))
                .collect::<Result<_, _>>()?,
        };
        Ok(())
    }

    /// Whether an active `slot` lies more than one window beyond the prepared ones, so that going there is worth a question.
    ///
    /// Never in a key that [stores no window](Self::stores_window): nothing in it tells how far its signer has come.
    #[must_use]
    pub fn skips(&self, slot: u32) -> bool {
        if !self.stores_window() {
            return false;
        }
        let window = self.window_slots();
        let beyond = window.end + (window.end - window.start);
        let slot = u64::from(slot);
        slot >= beyond && self.range.slots().contains(&slot)
    }

    /// Checks that the window holds `slot`.
    fn check_prepared(&self, slot: u32) -> Result<(), SignError> {
        let active = self.range.slots();
        let window = self.window_slots();
        let wide = u64::from(slot);
        if !active.contains(&wide) {
            Err(SignError::NotActive {
                slot,
                start: active.start,
                end: active.end,
            })
        } else if wide < window.start {
            Err(SignError::Passed {
                slot,
                window_start: window.start,
            })
        } else if wide >= window.end {
            Err(SignError::NotPrepared {
                slot,
                window_end: window.end,
            })
        } else {
            Ok(())
        }
    }

    /// Computes a bottom tree, and compares it with the top tree.
    fn bottom_tree(&self, index: u64) -> Result<SubTree, SignError> {
        // Without progress there is no one to cancel, so the result is always there.
        let tree = match generate::bottom_tree(
            &self.scheme,
            &self.secret,
            &self.parameter,
            &self.range,
            index,
            &generate::Silent,
        ) {
            Ok(tree) => tree,
            Err(never) => match never {},
        };
        if self.top.lowest(index) == Some(tree.root()) {
            Ok(tree)
        } else {
            Err(SignError::Damaged {
                damage: Damage::NewTree,
            })
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("scheme", &self.scheme.name)
            .field("public_key", &self.public_key())
            .field("active_slots", &self.range.slots())
            .field("window_slots", &self.window_slots())
            .finish_non_exhaustive()
    }
}
