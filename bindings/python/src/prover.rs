//! The prover as a context manager.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use sheaf_bindings::{Failure, decode, signer};

use crate::arguments::Number;
use crate::background::{self, Progress};
use crate::claims::Batch;
use crate::failure::Raised;

/// Makes proofs. Owns its threads, and the memory that one proof leaves to the next.
///
/// `threads` is how many; 0 means one per core that the process may use. Keep a prover for all proofs, and close it at the
/// end: it is a context manager. Several threads of Python may use one at once; its proofs are made one after the other.
///
/// Make it after a fork: in a forked child, a prover of the parent raises ThreadsUnavailable.
#[pyclass(frozen, module = "sheaf")]
pub struct Prover(Mutex<Option<Arc<sheaf::Prover>>>);

impl Prover {
    pub(crate) fn get(&self) -> Result<Arc<sheaf::Prover>, Failure> {
        let prover = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let prover = prover.ok_or_else(|| Failure::argument("the prover is closed"))?;
        prover.check_process()?;
        Ok(prover)
    }
}

#[pymethods]
impl Prover {
    #[new]
    #[pyo3(signature = (threads = 0))]
    fn new(py: Python<'_>, threads: usize) -> Result<Self, Raised> {
        let prover = py.detach(|| sheaf::Prover::new(threads));
        let prover = prover.map_err(Failure::from)?;
        Ok(Self(Mutex::new(Some(Arc::new(prover)))))
    }

    /// Shows that all signatures of the batch are valid, and returns the proof.
    ///
    /// Few signatures are smaller as a list than as any proof, and by default the smaller one is made: `form` says which of them
    /// it is to be, a Form. A list has no rate, is made at once and waits for nothing.
    ///
    /// Deterministic: the same signers, in whatever order, give the same bytes on any machine. All signatures are checked
    /// first; if some are invalid, InvalidSignatures names each of them.
    ///
    /// `progress` is called with a Progress before each phase, and about every 10 ms while the proof waits for earlier ones
    /// of this prover; always on the calling thread. What it raises cancels the proof and is raised here. So does what a
    /// signal handler raises, such as KeyboardInterrupt. The prover then ends the phase that it is in, and is ready for the next
    /// proof.
    #[pyo3(
        signature = (batch, rate = Number(1), progress = None, *, form = Number(decode::FORM_AUTO)),
        text_signature = "($self, batch, rate=1, progress=None, *, form=0)"
    )]
    fn aggregate<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        rate: Number,
        progress: Option<&Bound<'py, PyAny>>,
        form: Number,
    ) -> Result<Bound<'py, PyBytes>, Raised> {
        let prover = self.get()?;
        let options = decode::options(form.0, rate.0)?;
        let batch = Arc::clone(&batch.0);
        let proof = background::run(py, progress, move |report| {
            let aggregate = prover.aggregate_observed(&batch, options, |progress| {
                report(Progress {
                    phase: progress.phase.name().to_owned(),
                    done: progress.done as u64,
                    total: progress.total as u64,
                    waiting: progress.waiting,
                })
            })?;
            Ok(aggregate.to_bytes())
        })?;
        Ok(PyBytes::new(py, &proof))
    }

    /// Makes a key that is active at `slots` slots from `first_slot` on, and returns the public and the secret key.
    ///
    /// The range grows to whole subtrees, at least two: 131072 slots for PROD, which take from seconds to minutes. Keys of
    /// COMPACT have the slots that were asked for. Store the secret key where nobody else can read it, and create its journal
    /// with `create_journal`, once. `progress` is called as in `aggregate`, with slots done.
    #[pyo3(signature = (scheme, first_slot, slots, progress = None))]
    fn generate_key<'py>(
        &self,
        py: Python<'py>,
        scheme: Number,
        first_slot: Number,
        slots: u64,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyTuple>, Raised> {
        let prover = self.get()?;
        let scheme = decode::scheme(scheme.0)?;
        let (public, secret) = background::run(py, progress, move |report| {
            signer::generate(&prover, &scheme, first_slot.0, slots, |done, total| {
                report(Progress {
                    phase: "leaves".to_owned(),
                    done,
                    total,
                    waiting: false,
                })
            })
        })?;
        let keys = [&public.to_bytes()[..], &secret[..]];
        Ok(PyTuple::new(py, keys.map(|key| PyBytes::new(py, key)))?)
    }

    /// Number of threads.
    #[getter]
    fn threads(&self) -> Result<usize, Raised> {
        Ok(self.get()?.threads())
    }

    /// Gives back the memory that past proofs have left for the next.
    fn release_memory(&self, py: Python<'_>) -> Result<(), Raised> {
        let prover = self.get()?;
        py.detach(|| prover.release_memory());
        Ok(())
    }

    /// Ends the threads, once the proofs and keys that use them have ended. Further calls raise an exception.
    fn close(&self, py: Python<'_>) {
        let prover = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(prover));
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        match self.get() {
            Ok(prover) => format!("<Prover: {} threads>", prover.threads()),
            Err(failure) => format!("<Prover: {failure}>"),
        }
    }
}
