//! A secret key with a memory of what it has signed.

use thiserror::Error;

use crate::keys::{SecretKey, SignError};
use crate::params::MESSAGE_BYTES;
use crate::slot_guard::{GuardError, SlotGuard};
use crate::types::{PublicKey, Signature};

/// Why a signing key does not sign.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The secret key can't sign at the slot.
    #[error(transparent)]
    Key(#[from] SignError),
    /// The slot lies more than a window beyond the prepared ones, as it does after a slip of the pen or a jump of the clock.
    #[error(
        "slot {slot} lies more than a window beyond the prepared slots, which end before {window_end}; to go there, skip to it"
    )]
    Skips {
        /// The slot.
        slot: u32,
        /// End of the window of prepared slots, exclusive.
        window_end: u64,
    },
    /// The guard refuses the slot, or can't record it.
    #[error(transparent)]
    Guard(#[from] GuardError),
}

/// A secret key that never signs two messages at one slot.
///
/// A signature is made and verified first, then its slot is recorded by the guard, and only then it leaves. So a damaged key
/// uses up no slot. The same message may be signed at the same slot again.
///
/// What can't be undone is the record: a slot at which a message was signed is used up for any other message. The window
/// of prepared slots moves both ways, at the price of computing one or two bottom trees.
///
/// # Example
/// ```
/// use sheaf_xmss::{FileSlotGuard, GuardError, KeyGenerator, SigningError, SigningKey, TEST};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("key.journal");
/// let (public_key, secret_key) = KeyGenerator::new(&TEST, 0, 32)?.generate(&mut rand::rng());
/// let guard = FileSlotGuard::create(&TEST, &public_key, &path)?;
/// let mut key = SigningKey::new(secret_key, guard)?;
///
/// let signature = key.sign(7, &[1; 32])?;
/// assert_eq!(key.sign(7, &[1; 32])?, signature);
/// let refused = key.sign(7, &[2; 32]);
/// assert!(matches!(refused, Err(SigningError::Guard(GuardError::SlotUsed { slot: 7 }))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SigningKey<G> {
    secret_key: SecretKey,
    guard: G,
}

impl<G: SlotGuard> SigningKey<G> {
    /// Puts a secret key under a guard, which must know every slot at which the key has signed.
    ///
    /// The guard is bound to the key, if it is not bound yet.
    ///
    /// # Errors
    /// If the guard belongs to another key.
    pub fn new(secret_key: SecretKey, mut guard: G) -> Result<Self, GuardError> {
        guard.bind(&secret_key.identity())?;
        Ok(Self { secret_key, guard })
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.secret_key.public_key()
    }

    /// The secret key, for reading.
    #[must_use]
    pub const fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// The guard.
    #[must_use]
    pub const fn guard(&self) -> &G {
        &self.guard
    }

    /// The guard, for a word to it such as [`FileSlotGuard::raise_floor`](crate::FileSlotGuard::raise_floor).
    pub const fn guard_mut(&mut self) -> &mut G {
        &mut self.guard
    }

    /// Signs `message` at `slot`, and first moves the window if the slot is not in it.
    ///
    /// # Errors
    /// If the key can't sign at the slot or is damaged, the slot lies more than a window beyond the prepared ones
    /// ([`Self::skip_to`] goes there), another message was signed at it, or the record can't be made.
    pub fn sign(
        &mut self,
        slot: u32,
        message: &[u8; MESSAGE_BYTES],
    ) -> Result<Signature, SigningError> {
        self.check_step(slot)?;
        // What may fail for other reasons comes first, so that it uses up no slot.
        self.secret_key.prepare(slot)?;
        let signature = self.secret_key.sign_prepared(slot, message)?;
        self.guard.reserve(slot, message)?;
        Ok(signature)
    }

    /// Moves the window so that it holds `slot`, however far that is; signs and records nothing.
    ///
    /// # Errors
    /// If the key is not active at the slot.
    pub fn skip_to(&mut self, slot: u32) -> Result<(), SigningError> {
        Ok(self.secret_key.prepare(slot)?)
    }

    /// Checks that `slot` is not more than a window beyond the prepared ones.
    fn check_step(&self, slot: u32) -> Result<(), SigningError> {
        if self.secret_key.skips(slot) {
            return Err(SigningError::Skips {
                slot,
                window_end: self.secret_key.window_slots().end,
            });
        }
        Ok(())
    }

    /// Moves the window of the secret key on; see [`SecretKey::advance_window`].
    ///
    /// # Errors
    /// If the key is damaged.
    pub fn advance_window(&mut self) -> Result<bool, SignError> {
        self.secret_key.advance_window()
    }
}
