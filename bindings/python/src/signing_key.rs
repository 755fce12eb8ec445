//! Secret keys under their journals.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyRange, PyTuple};
use sheaf::PublicKey;
use sheaf_bindings::signer::{self, Signer};
use sheaf_bindings::{Failure, decode};

use crate::arguments::{Bytes, Message, Number};
use crate::background;
use crate::failure::Raised;
use crate::prover::Prover;

/// Creates the journal of a key that has never signed: the file in which each slot is recorded before a signature is released.
///
/// Call it once in the life of a key. It raises JournalExists if there is a file. Keep the journal beside the key, on a local
/// file system, as long as the key exists. A key whose journal is lost, or was restored from a backup, must not sign.
#[pyfunction]
pub(crate) fn create_journal(
    py: Python<'_>,
    scheme: Number,
    public_key: Bytes,
    path: PathBuf,
) -> Result<(), Raised> {
    let work = || -> Result<(), Failure> {
        let scheme = decode::scheme(scheme.0)?;
        let public_key = PublicKey::from_bytes(&scheme, public_key.get())?;
        signer::create_journal(&scheme, &public_key, &path)
    };
    Ok(py.detach(work)?)
}

/// A secret key under its journal, which must exist and is locked until the key is closed: it is a context manager.
///
/// The threads of the prover are used when the key moves on to its next subtree, and only then. Several threads of Python may
/// use one key; they take turns. Open it after a fork: in a forked child, a key of the parent raises JournalLocked.
#[pyclass(frozen, module = "sheaf")]
pub struct SigningKey(Mutex<Option<Arc<Signer>>>);

impl SigningKey {
    fn get(&self) -> Result<Arc<Signer>, Failure> {
        let key = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        key.ok_or_else(|| Failure::argument("the key is closed"))
    }

    /// Runs what may compute subtrees, or wait for a thread that does.
    fn run<R: Send + 'static>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Signer) -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Raised> {
        let key = self.get()?;
        background::run(py, None, move |_| work(&key))
    }

    fn slots<'py>(
        &self,
        py: Python<'py>,
        slots: impl FnOnce(&Signer) -> Result<std::ops::Range<u64>, Failure> + Send + 'static,
    ) -> Result<Bound<'py, PyRange>, Raised> {
        let slots = self.run(py, slots)?;
        let bound = |slot| isize::try_from(slot).map_err(Failure::argument);
        Ok(PyRange::new(py, bound(slots.start)?, bound(slots.end)?)?)
    }
}

#[pymethods]
impl SigningKey {
    #[new]
    fn new(
        py: Python<'_>,
        prover: &Prover,
        scheme: Number,
        secret_key: Bytes,
        journal: PathBuf,
    ) -> Result<Self, Raised> {
        let work = || -> Result<Signer, Failure> {
            let scheme = decode::scheme(scheme.0)?;
            Signer::open(prover.get()?, &scheme, secret_key.get(), &journal)
        };
        let signer = py.detach(work)?;
        Ok(Self(Mutex::new(Some(Arc::new(signer)))))
    }

    /// Signs a message of 32 bytes at a slot. The slot is on the disk before the signature is released.
    ///
    /// Another message at the same slot raises SlotUsed; the same message gives the same signature again. Takes milliseconds
    /// inside the window of prepared slots, and seconds outside of it. A slot more than a window beyond the prepared ones raises
    /// SlotUnavailable, since it is more likely a mistake than meant: `skip_to` goes there.
    ///
    /// An exception of a signal handler is raised at once, and then it is open whether the slot was recorded. Signing the
    /// same message again is safe.
    fn sign<'py>(
        &self,
        py: Python<'py>,
        slot: Number,
        message: Message,
    ) -> Result<Bound<'py, PyBytes>, Raised> {
        let signature = self.run(py, move |key| key.sign(slot.0, &message.0))?;
        Ok(PyBytes::new(py, &signature.to_bytes()))
    }

    /// The public key.
    #[getter]
    fn public_key<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        let key = self.run(py, Signer::public_key)?;
        Ok(PyBytes::new(py, &key.to_bytes()))
    }

    /// The slots at which the key can ever sign.
    #[getter]
    fn active_slots<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyRange>, Raised> {
        self.slots(py, Signer::active_slots)
    }

    /// The slots at which the key can sign at once.
    #[getter]
    fn window_slots<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyRange>, Raised> {
        self.slots(py, Signer::window_slots)
    }

    /// Moves the window on by half of it, in seconds with PROD; returns False if it is at the end.
    ///
    /// Call it in a quiet moment, once signing has reached the second half of the window, and store the key anew.
    fn advance(&self, py: Python<'_>) -> Result<bool, Raised> {
        self.run(py, Signer::advance_window)
    }

    /// Moves the window so that it holds `slot`, however far that is. Signs nothing and records nothing.
    fn skip_to(&self, py: Python<'_>, slot: Number) -> Result<(), Raised> {
        self.run(py, move |key| key.skip_to(slot.0))
    }

    /// The secret key with its present window, if its scheme keeps one. Storing it anew saves seconds of work.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        let secret = self.run(py, Signer::to_bytes)?;
        Ok(PyBytes::new(py, &secret))
    }

    /// Wipes the key from memory and unlocks its journal, once calls that are under way have ended.
    fn close(&self, py: Python<'_>) {
        let key = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(key));
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }
}
