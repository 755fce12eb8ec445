//! Keys: made, kept under a journal, and used.
//!
//! There is no way here to sign without a journal. A key that signs two messages at one slot is broken, and only a record that
//! outlives the process prevents it. The journal is created once, by [`create_journal`]; opening a key never creates one, so
//! that a lost journal is noticed.

use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use sheaf::xmss::params::MESSAGE_BYTES;
use sheaf::xmss::{FileSlotGuard, GuardError, KeyGenerator, Owner, SecretKey, SigningKey};
use sheaf::{Prover, PublicKey, Scheme, Signature};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};
use crate::observe::InOrder;

/// Makes a key that is active at `count` slots from slot `start`, or some more. `observer` is told slots done and in all.
///
/// # Errors
/// If the scheme has no such slots, the observer breaks, there is no randomness, or the prover is a parent process's.
pub fn generate(
    prover: &Prover,
    scheme: &Scheme,
    start: u32,
    count: u64,
    mut observer: impl FnMut(u64, u64) -> ControlFlow<()> + Send,
) -> Result<(PublicKey, Zeroizing<Vec<u8>>), Failure> {
    let generator = KeyGenerator::new(scheme, start, count)?;
    // The generator of the threads that rand offers may outlive a fork, and a C program may fork: hence a new one each time.
    let mut random =
        StdRng::try_from_rng(&mut SysRng).map_err(|error| Failure::new(Kind::Randomness, error))?;
    let slots = generator.active_range().slots();
    let total = slots.end - slots.start;
    let in_order = InOrder::new(|done| observer(done, total));
    let (public, secret) = prover.run(|| {
        generator.generate_with_progress(&mut random, &|progress| in_order.report(progress.done))
    })??;
    Ok((public, secret.to_bytes()))
}

/// Creates the journal of a key that has never signed.
///
/// # Errors
/// [`Kind::JournalExists`] if there is anything at `path`, [`Kind::Journal`] if it can't be written.
pub fn create_journal(scheme: &Scheme, public_key: &PublicKey, path: &Path) -> Result<(), Failure> {
    match FileSlotGuard::create(scheme, public_key, path) {
        Ok(_) => Ok(()),
        Err(GuardError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::new(
                Kind::JournalExists,
                "there is a file where the journal was to be created",
            ))
        }
        // No directory to create it in, which is not a lost journal.
        Err(error @ GuardError::Io(_)) => Err(Failure::new(Kind::Journal, error)),
        Err(error) => Err(error.into()),
    }
}

/// A secret key under its journal. May be shared between threads, which then take turns.
#[derive(Debug)]
pub struct Signer {
    scheme: Scheme,
    /// Computes subtrees when the window moves. Signatures are made without it, so that they need not wait for a proof.
    prover: Arc<Prover>,
    owner: Owner,
    key: Mutex<SigningKey<FileSlotGuard>>,
}

impl Signer {
    /// Opens a key whose journal exists.
    ///
    /// # Errors
    /// If the key is malformed, or its journal is missing, in use, damaged or of another key.
    pub fn open(
        prover: Arc<Prover>,
        scheme: &Scheme,
        secret_key: &[u8],
        journal: &Path,
    ) -> Result<Self, Failure> {
        prover.check_process()?;
        let secret_key = SecretKey::from_bytes(scheme, secret_key)?;
        let guard = FileSlotGuard::open(scheme, &secret_key.public_key(), journal)?;
        Ok(Self {
            scheme: *scheme,
            prover,
            owner: Owner::this(),
            key: Mutex::new(SigningKey::new(secret_key, guard)?),
        })
    }

    /// The public key.
    ///
    /// # Errors
    /// As all methods: [`Kind::JournalLocked`] in a forked child, [`Kind::Internal`] after a defect.
    pub fn public_key(&self) -> Result<PublicKey, Failure> {
        Ok(self.key()?.public_key())
    }

    /// Bytes in the public key.
    pub const fn public_key_bytes(&self) -> usize {
        self.scheme.public_key_bytes()
    }

    /// The slots at which the key can ever sign.
    ///
    /// # Errors
    /// As all methods.
    pub fn active_slots(&self) -> Result<Range<u64>, Failure> {
        Ok(self.key()?.secret_key().active_range().slots())
    }

    /// The slots at which the key can sign at once.
    ///
    /// # Errors
    /// As all methods.
    pub fn window_slots(&self) -> Result<Range<u64>, Failure> {
        Ok(self.key()?.secret_key().window_slots())
    }

    /// Signs, once the slot is recorded in the journal. Moves the window if it has to.
    ///
    /// # Errors
    /// If another message was signed at the slot, the key can't sign there, or the record can't be made.
    pub fn sign(&self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<Signature, Failure> {
        let mut key = self.key()?;
        if key.secret_key().window_slots().contains(&u64::from(slot)) {
            return Ok(key.sign(slot, message)?);
        }
        let key = &mut *key;
        Ok(self.prover.run(|| key.sign(slot, message))??)
    }

    /// Moves the window so that it holds `slot`.
    ///
    /// # Errors
    /// If the key is not active at the slot, or damaged.
    pub fn skip_to(&self, slot: u32) -> Result<(), Failure> {
        let mut key = self.key()?;
        let key = &mut *key;
        Ok(self.prover.run(|| key.skip_to(slot))??)
    }

    /// Moves the window on; `false` if it is at the end.
    ///
    /// # Errors
    /// If the key is damaged.
    pub fn advance_window(&self) -> Result<bool, Failure> {
        let mut key = self.key()?;
        let key = &mut *key;
        Ok(self.prover.run(|| key.advance_window())??)
    }

    /// The secret key, with its window.
    ///
    /// # Errors
    /// As all methods.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        Ok(self.key()?.secret_key().to_bytes())
    }

    fn key(&self) -> Result<MutexGuard<'_, SigningKey<FileSlotGuard>>, Failure> {
        // In a forked child the journal is the parent's, the threads are not there, and the key may be locked for ever.
        if !self.owner.is_here() {
            return Err(Failure::new(
                Kind::JournalLocked,
                "the key was opened before the process forked, and stays with the parent",
            ));
        }
        // After a panic the window may be half moved.
        self.key.lock().map_err(|_| {
            Failure::new(
                Kind::Internal,
                "an earlier call with this key met a defect; open the key again",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use sheaf::TEST;
    use sheaf::xmss::verify;

    use super::*;

    fn prover() -> Arc<Prover> {
        Arc::new(Prover::new(1).unwrap())
    }

    fn make(prover: &Prover, slots: u64) -> (PublicKey, Zeroizing<Vec<u8>>) {
        generate(prover, &TEST, 0, slots, |_, _| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn a_key_signs_each_slot_once_even_when_opened_again() {
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal");
        let prover = prover();
        let (public, secret) = make(&prover, 64);
        let open = || Signer::open(prover.clone(), &TEST, &secret, &journal);
        assert_eq!(open().unwrap_err().kind(), Kind::JournalMissing);
        create_journal(&TEST, &public, &journal).unwrap();
        let again = create_journal(&TEST, &public, &journal);
        assert_eq!(again.unwrap_err().kind(), Kind::JournalExists);

        let signer = open().unwrap();
        assert_eq!(open().unwrap_err().kind(), Kind::JournalLocked);
        let signature = signer.sign(5, &[1; 32]).unwrap();
        verify(&TEST, &public, 5, &[1; 32], &signature).unwrap();
        drop(signer);

        let signer = open().unwrap();
        assert_eq!(signer.sign(5, &[1; 32]).unwrap(), signature);
        let other = signer.sign(5, &[2; 32]).unwrap_err();
        assert_eq!(other.kind(), Kind::SlotUsed);
    }

    #[test]
    fn the_window_moves() {
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal");
        let prover = prover();
        let (public, secret) = make(&prover, 80);
        create_journal(&TEST, &public, &journal).unwrap();
        let signer = Signer::open(prover.clone(), &TEST, &secret, &journal).unwrap();
        assert_eq!(signer.active_slots().unwrap(), 0..80);
        assert_eq!(signer.window_slots().unwrap(), 0..32);
        assert!(signer.advance_window().unwrap());
        assert_eq!(signer.window_slots().unwrap(), 16..48);
        // A slot that was passed can still be signed.
        signer.sign(3, &[1; 32]).unwrap();
        assert_eq!(signer.window_slots().unwrap(), 0..32);
        let far = signer.sign(70, &[1; 32]).unwrap_err();
        assert_eq!(far.kind(), Kind::SlotUnavailable);
        signer.skip_to(70).unwrap();
        // Signing further on moves it as well, and the bytes remember.
        let signature = signer.sign(70, &[1; 32]).unwrap();
        verify(&TEST, &public, 70, &[1; 32], &signature).unwrap();
        assert_eq!(signer.window_slots().unwrap(), 48..80);
        assert!(!signer.advance_window().unwrap());
        let saved = signer.to_bytes().unwrap();
        drop(signer);
        let signer = Signer::open(prover, &TEST, &saved, &journal).unwrap();
        assert_eq!(signer.window_slots().unwrap(), 48..80);
        assert_eq!(signer.public_key().unwrap(), public);
    }

    #[test]
    fn key_generation_reports_and_stops() {
        let prover = prover();
        let mut last = 0;
        let keys = generate(&prover, &TEST, 0, 256, |done, total| {
            assert!(done > last && total == 256);
            last = done;
            ControlFlow::Continue(())
        });
        assert!(keys.is_ok());
        assert_eq!(last, 256);
        let stopped = generate(&prover, &TEST, 0, 256, |_, _| ControlFlow::Break(()));
        assert_eq!(stopped.unwrap_err().kind(), Kind::Cancelled);
        let range = generate(&prover, &TEST, 255, 2, |_, _| ControlFlow::Continue(()));
        assert_eq!(range.unwrap_err().kind(), Kind::InvalidArgument);
    }

    #[test]
    fn a_journal_needs_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        let (public, _) = make(&prover(), 32);
        let nowhere = directory.path().join("none").join("journal");
        let failure = create_journal(&TEST, &public, &nowhere).unwrap_err();
        assert_eq!(failure.kind(), Kind::Journal);
    }
}
