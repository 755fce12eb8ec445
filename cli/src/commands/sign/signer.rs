//! One of the keys that sign.

use sheaf::xmss::{FileSlotGuard, SecretKey, SigningKey};
use sheaf::{PublicKey, Signature};

use crate::failure::{Failure, remark};
use crate::key_files::KeyFiles;
use crate::progress::Bar;

/// From so many slots on it takes seconds to prepare them.
const MANY: u64 = 4096;

/// A key that can sign a message at a slot, as far as can be known before the slot is recorded.
#[derive(Debug)]
pub(super) struct Signer<'a> {
    files: &'a KeyFiles,
    key: SigningKey<FileSlotGuard>,
    /// Whether the key's file is to be written anew: its window of prepared slots has moved since it was read.
    has_moved: bool,
}

impl<'a> Signer<'a> {
    /// Opens the journal, and checks that the key can sign. Nothing is recorded.
    pub(super) fn ready(
        files: &'a KeyFiles,
        mut secret: SecretKey,
        slot: u32,
        may_skip: bool,
        message: &[u8; 32],
    ) -> Result<Self, Failure> {
        let unusable = |error: &dyn std::fmt::Display| Failure::file(&files.secret, error);
        let public = secret.public_key();
        let guard = files.open_journal(secret.scheme(), &public)?;
        files.remove_leftover().map_err(|error| unusable(&error))?;
        guard
            .check(slot, message)
            .map_err(|error| Failure::file(&files.journal, error))?;
        let window = secret.window_slots();
        if secret.skips(slot) && !may_skip {
            return Err(unusable(&format_args!(
                "slot {slot} lies more than a window beyond the prepared slots, which end before {}; if it is meant, add --skip-to {slot}",
                window.end
            )));
        }
        if !window.contains(&slot.into()) {
            let name = files.secret.display();
            let many = secret.active_range().bottom_tree_slots() >= MANY;
            let _bar = Bar::unknown(format!("{name}: preparing the slots around {slot}"), many);
            secret.prepare(slot).map_err(|error| unusable(&error))?;
        }
        // A damaged key shows here, before any key's slot is recorded.
        secret
            .sign_prepared(slot, message)
            .map_err(|error| unusable(&error))?;
        Ok(Self {
            files,
            has_moved: secret.stores_window() && secret.window_slots() != window,
            key: SigningKey::new(secret, guard)
                .map_err(|error| Failure::file(&files.journal, error))?,
        })
    }

    /// Records the slot, and signs.
    pub(super) fn sign(
        &mut self,
        slot: u32,
        message: &[u8; 32],
    ) -> Result<(PublicKey, Signature), Failure> {
        let signature = self
            .key
            .sign(slot, message)
            .map_err(|error| Failure::file(&self.files.secret, error))?;
        Ok((self.key.public_key(), signature))
    }

    /// Keeps a window that has moved: seconds of work that the next signature would need again.
    ///
    /// Without it the key is as good as before, so that a failure is no reason to withhold the signature.
    pub(super) fn keep_window(&self) {
        if !self.has_moved {
            return;
        }
        if let Err(error) = self.files.replace_secret(self.key.secret_key()) {
            let file = self.files.secret.display();
            remark(format_args!(
                "warning: {file}: the key could not be stored with its new window, so that the next signature takes longer: {error}"
            ));
        }
    }
}
