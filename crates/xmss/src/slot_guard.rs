//! Guards against signing two messages at one slot.
//!
//! A guard remembers, for each slot, the message that was signed at it. [`SigningKey`](crate::SigningKey) asks it
//! before a signature *leaves*: it makes and verifies one, and releases none that the guard has not recorded. [`FileSlotGuard`](crate::FileSlotGuard)
//! survives the process; [`MemorySlotGuard`] does not and is for tests.

use std::collections::BTreeMap;
use std::io;

use thiserror::Error;

use crate::keys::KeyIdentity;
use crate::params::MESSAGE_BYTES;

/// Why a slot can't be reserved, or a guard can't be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GuardError {
    /// Another message has been signed at the slot.
    #[error("another message has been signed at slot {slot}")]
    SlotUsed {
        /// The slot.
        slot: u32,
    },
    /// The slot lies below the floor of the journal, where every slot counts as used, whatever was signed there.
    #[error(
        "slot {slot} lies below slot {floor}, before which the journal takes every slot for used"
    )]
    BelowFloor {
        /// The slot.
        slot: u32,
        /// The first slot that may be free.
        floor: u64,
    },
    /// Another guard, perhaps of another process, has the journal open. The guards of a process that has forked stay with
    /// the parent: in the child they report this.
    #[error("the journal is in use by another signer")]
    Locked,
    /// The file is not a journal of slots, or of a version unknown to this library.
    #[error("the file is not a journal of slots that this version can read")]
    NotAJournal,
    /// The journal belongs to another key: another public key, or a secret key with another PRF key.
    #[error("the journal belongs to another public key")]
    OtherKey,
    /// A record is damaged in a way that no crash explains, or contradicts an earlier one. The key must not sign until
    /// someone has found out which slots were used.
    #[error("record {record} of the journal is damaged")]
    Damaged {
        /// Index of the record.
        record: u64,
    },
    /// The journal is not the file that was opened, or another program has written to it. Opening it again resolves it.
    #[error("the journal was moved, replaced or changed by another program while it was open")]
    Changed,
    /// The journal has several names, so that it can't be replaced by a shorter one: the other names would keep the old one.
    #[error("the journal has several names (hard links); remove all but one")]
    SeveralNames,
    /// An earlier operation failed, so what the file holds is uncertain. Opening the journal again resolves it.
    #[error("an earlier write to the journal failed; open it again")]
    Poisoned,
    /// The operating system reports an error.
    #[error("the journal can't be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Remembers which message was signed at each slot.
pub trait SlotGuard {
    /// Binds the guard to a key, if it is not bound yet. [`SigningKey`](crate::SigningKey) does it before anything else.
    ///
    /// # Errors
    /// [`GuardError::OtherKey`] if the guard belongs to another key; then it must not sign.
    fn bind(&mut self, key: &KeyIdentity) -> Result<(), GuardError>;

    /// Records that `message` is about to be signed at `slot`. When it returns `Ok`, the record will be there for all later
    /// calls, also those of other processes if the guard is meant to outlive its process.
    ///
    /// Reserving a slot again for the same message succeeds: signing is deterministic, it gives the same signature.
    ///
    /// # Errors
    /// If the slot is reserved for another message or the record can't be made; then no signature must be released.
    fn reserve(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError>;
}

impl<G: SlotGuard + ?Sized> SlotGuard for Box<G> {
    fn bind(&mut self, key: &KeyIdentity) -> Result<(), GuardError> {
        (**self).bind(key)
    }

    fn reserve(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError> {
        (**self).reserve(slot, message)
    }
}

/// A guard that forgets everything with its process. For tests: with a real key it is no protection against a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemorySlotGuard {
    key: Option<KeyIdentity>,
    used: BTreeMap<u32, [u8; MESSAGE_BYTES]>,
}

/// Whether a slot is free for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reservation {
    /// It is free.
    New,
    /// It has been taken for the same message before.
    Repeated,
}

impl MemorySlotGuard {
    /// A guard that has seen no slot.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            key: None,
            used: BTreeMap::new(),
        }
    }

    /// The message that was signed at `slot`.
    #[must_use]
    pub fn message(&self, slot: u32) -> Option<&[u8; MESSAGE_BYTES]> {
        self.used.get(&slot)
    }

    /// Number of slots that have been used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.used.len()
    }

    /// Whether no slot has been used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    /// The slots that have been used, in ascending order.
    pub fn slots(&self) -> impl Iterator<Item = u32> {
        self.used.keys().copied()
    }

    /// The used slots and their messages, in ascending order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, &[u8; MESSAGE_BYTES])> {
        self.used.iter().map(|(&slot, message)| (slot, message))
    }

    /// Whether a message may be signed at a slot.
    pub(crate) fn look(
        &self,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
    ) -> Result<Reservation, GuardError> {
        match self.used.get(&slot) {
            None => Ok(Reservation::New),
            Some(used) if used == message => Ok(Reservation::Repeated),
            Some(_) => Err(GuardError::SlotUsed { slot }),
        }
    }

    /// Marks a slot as used. Returns whether it was free.
    pub(crate) fn insert(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> bool {
        self.used.insert(slot, *message).is_none()
    }

    /// Forgets the slots below a floor.
    pub(crate) fn forget_below(&mut self, floor: u64) {
        self.used = match u32::try_from(floor) {
            Ok(floor) => self.used.split_off(&floor),
            Err(_) => BTreeMap::new(),
        };
    }
}

impl SlotGuard for MemorySlotGuard {
    fn bind(&mut self, key: &KeyIdentity) -> Result<(), GuardError> {
        if self.key.get_or_insert(*key) == key {
            Ok(())
        } else {
            Err(GuardError::OtherKey)
        }
    }

    fn reserve(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError> {
        if self.look(slot, message)? == Reservation::New {
            self.insert(slot, message);
        }
        Ok(())
    }
}
