//! What takes long runs on a thread of its own, and the caller's thread listens to signals meanwhile.
//!
//! Python sets down that a signal has come, and handles it when its main thread asks. A thread that is inside the library
//! would ask only at the end; so the library works elsewhere, and the caller asks every few milliseconds. If there is an
//! exception, of a handler or of the caller's observer, the caller does not wait for the work to notice: the work owns all
//! that it needs, and ends where it next reports.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use sheaf_bindings::{Failure, Kind};

use crate::failure::Raised;

/// How often signals are looked for.
const SIGNALS_EVERY: Duration = Duration::from_millis(20);

/// How far a computation has come.
#[pyclass(frozen, get_all, module = "sheaf")]
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is about to begin, for people.
    pub phase: String,
    /// How much has been done: phases of a proof, or slots of a key.
    pub done: u64,
    /// Out of how much.
    pub total: u64,
    /// Whether a proof still waits for earlier ones of the same prover.
    pub waiting: bool,
}

#[pymethods]
impl Progress {
    fn __repr__(&self) -> String {
        let waiting = if self.waiting { ", waiting" } else { "" };
        format!(
            "<Progress: {} of {} done, {}{waiting}>",
            self.done, self.total, self.phase
        )
    }
}

/// What the work tells its caller.
enum Event<R> {
    Progress(Progress),
    End(Result<R, Failure>),
}

/// Tells the work to end, when the caller no longer waits.
struct Cancelling(Arc<AtomicBool>);

impl Drop for Cancelling {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Runs `work` while Python runs, and calls `observer` with each report of it, on the caller's thread.
pub(crate) fn run<R: Send + 'static>(
    py: Python<'_>,
    observer: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<R, Failure>
    + Send
    + 'static,
) -> Result<R, Raised> {
    let (sender, mut events) = mpsc::channel();
    let cancelling = Cancelling(Arc::default());
    let cancelled = Arc::clone(&cancelling.0);
    let is_observed = observer.is_some();
    let body = move || {
        let report = |progress| {
            if is_observed {
                // Whoever does not listen any more has cancelled.
                let _ = sender.send(Event::Progress(progress));
            }
            if cancelled.load(Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let result = catch_unwind(AssertUnwindSafe(|| work(&report)))
            .unwrap_or_else(|payload| Err(Failure::contained(payload)));
        let _ = sender.send(Event::End(result));
    };
    thread::Builder::new()
        .name("sheaf-call".to_owned())
        .spawn(body)
        .map_err(|error| Failure::new(Kind::Threads, error))?;
    loop {
        // By a reference that nobody else has, since a receiver is not for two threads.
        let events = &mut events;
        match py.detach(move || events.recv_timeout(SIGNALS_EVERY)) {
            Ok(Event::Progress(progress)) => {
                if let Some(observer) = observer {
                    observer.call1((progress,))?;
                }
            }
            Ok(Event::End(result)) => return Ok(result?),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let failure = Failure::new(Kind::Internal, "the work ended without a result");
                return Err(failure.into());
            }
        }
        py.check_signals()?;
    }
}
