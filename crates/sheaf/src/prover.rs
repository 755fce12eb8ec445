//! The prover: a handle that owns its threads and its memory.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, mem, thread};

use rayon::{ThreadPool, ThreadPoolBuilder};
use sheaf_aggregation::{
    self as aggregation, Cancelled, LaneOrder, Phase, ProveError, Scratch, Statement,
};
use sheaf_xmss::{Owner, Signature};

use crate::aggregate::Content;
use crate::queue::{Place, Queue};
use crate::{
    Aggregate, Batch, Claims, Error, HEADER_BYTES, InvalidSignature, MAX_BYTES, Options, raw,
};

/// How far a proof has come: told to an observer before each phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The phase that is about to begin.
    pub phase: Phase,
    /// How many phases are over.
    pub done: usize,
    /// How many phases there are: one if no proof is made.
    pub total: usize,
    /// Whether the proof still waits for earlier ones of the same prover; told about every 10 ms.
    pub waiting: bool,
}

/// Makes aggregates.
///
/// A prover owns a pool of threads, and the memory that one proof leaves to the
/// next. Several provers can live side by side, and one prover can be used from
/// several threads at once, those of a rayon pool included: its proofs then run one after
/// the other, first come, first served. Sixteen callers take hardly more memory than one.
///
/// Only a proof begun on the prover's own threads (in [`Prover::run`] or by an
/// observer) does not wait, since it could wait for itself; it has memory of its own.
/// An observer must not wait for another thread's proof by the same prover.
///
/// Dropping the prover ends the threads and frees the memory.
///
/// Threads do not come along into a process that is forked off: there a prover of the parent refuses to work, with
/// [`Error::Forked`], and can only be dropped.
pub struct Prover {
    pool: Arc<ThreadPool>,
    owner: Owner,
    queue: Queue,
    /// What the last proof has left for the next, unless it is in use.
    memory: Mutex<Option<Memory>>,
}

/// What proofs leave to the next: those about signatures, and those about proofs.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) signatures: Scratch,
    pub(crate) run: sheaf_recursion::Scratch,
}

/// The most threads that a prover may have. Beyond any machine's cores, threads only take memory.
pub const MAX_THREADS: usize = 1024;

/// The stack of a thread. A proof needs 256 KiB; a thread that waits for others may begin another one meanwhile.
const STACK_BYTES: usize = 2 << 20;

/// The stack of a thread that only waits.
const WAITING_STACK_BYTES: usize = 128 << 10;

impl Prover {
    /// Starts a prover with this many threads; 0 means one per core that the process may use.
    ///
    /// # Errors
    /// If there are more than [`MAX_THREADS`], or the threads can't be started.
    pub fn new(threads: usize) -> Result<Self, Error> {
        let threads = match threads {
            0 => thread::available_parallelism()
                .map_or(1, NonZeroUsize::get)
                .min(MAX_THREADS),
            1..=MAX_THREADS => threads,
            _ => {
                return Err(Error::Threads {
                    threads,
                    reason: format!("a prover has at most {MAX_THREADS}"),
                });
            }
        };
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            // Not the default of the standard library, which the environment can set, too small included.
            .stack_size(STACK_BYTES)
            .thread_name(|i| format!("sheaf-{i}"))
            .build()
            .map_err(|error| Error::Threads {
                threads,
                reason: error.to_string(),
            })?;
        Ok(Self {
            pool: Arc::new(pool),
            owner: Owner::this(),
            queue: Queue::default(),
            memory: Mutex::default(),
        })
    }

    /// Number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Shows that all signatures of the batch are valid: in the smallest form, if `options` are a
    /// [`Rate`](crate::Rate), that of a proof; or in the form that [`Options`] ask for.
    ///
    /// Deterministic: the same groups and signers, in whatever order, give the same
    /// bytes on any number of threads.
    ///
    /// A list of signatures is made at once, on the caller's thread: it needs neither the threads nor the memory of the prover,
    /// and waits for no proof.
    ///
    /// # Errors
    /// [`Error::InvalidSignatures`] with every invalid signature, before any proving;
    /// [`Error::Claims`] if the batch is empty, repeats something or is too large, and [`Error::ListTooLong`] if it is so
    /// for the list that is asked for.
    pub fn aggregate(
        &self,
        batch: &Batch,
        options: impl Into<Options>,
    ) -> Result<Aggregate, Error> {
        self.aggregate_observed(batch, options, |_| ControlFlow::Continue(()))
    }

    /// As [`aggregate`](Self::aggregate), with an observer that may cancel.
    ///
    /// The observer is called from a thread of the prover, before each phase; and while the proof waits
    /// for earlier ones, about every 10 ms from the caller's thread. For a list of signatures it is called once, from the caller's.
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// use std::time::{Duration, Instant};
    /// # use sheaf::{Batch, Error, Prover, Rate, TEST, xmss::one_slot};
    /// # let signer = one_slot::sign_once(&TEST, &[0; 32], 7, &[1; 32])?;
    /// # let batch = Batch::new(TEST).with_group(7, [1; 32], [signer]);
    /// # let prover = Prover::new(1)?;
    ///
    /// let deadline = Instant::now() + Duration::from_millis(800);
    /// let aggregate = prover.aggregate_observed(&batch, Rate::Half, |progress| {
    ///     eprintln!("{}/{} {}", progress.done, progress.total, progress.phase.name());
    ///     if Instant::now() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// });
    /// # assert!(matches!(aggregate, Ok(_) | Err(Error::Cancelled)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the observer breaks; otherwise as [`aggregate`](Self::aggregate).
    pub fn aggregate_observed(
        &self,
        batch: &Batch,
        options: impl Into<Options>,
        mut observer: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Aggregate, Error> {
        self.check_process()?;
        Claims::check_count(batch.signatures())?;
        let scheme = *batch.scheme();
        let (statement, order) = batch.claims().into_statement()?;
        let signatures: Vec<&Signature> = order
            .iter()
            .map(|&(group, index)| &batch.groups()[group].signers[index].1)
            .collect();
        let rate = options.into().proof_rate(&scheme, signatures.len());
        let Some(rate) = rate else {
            let list = list(&statement, &order, &signatures, observer)?;
            return Ok(Aggregate::new(scheme, Content::Raw(list)));
        };
        let _place = self.wait_for_turn(|| {
            let waiting = Progress {
                phase: Phase::Witness,
                done: 0,
                total: Phase::ALL.len(),
                waiting: true,
            };
            match observer(waiting) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Error::Cancelled),
            }
        })?;
        let mut begun = 0;
        let observer = |phase| {
            let progress = Progress {
                phase,
                done: begun,
                total: Phase::ALL.len(),
                waiting: false,
            };
            begun += 1;
            match observer(progress) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Cancelled),
            }
        };

        let mut memory = self.borrow_memory();
        let log_inv_rate = rate.log_inverse().into();
        let body = self.install_without_stealing(|| {
            aggregation::prove(
                &statement,
                &signatures,
                log_inv_rate,
                &mut memory.memory.signatures,
                observer,
            )
        })?;
        body.map(|proof| Aggregate::new(scheme, Content::Leaf(rate, proof)))
            .map_err(|error| in_caller_order(error, &order))
    }

    /// Waits until the proofs are over that came before, and holds up those that come later as long as the place is kept. `tell` is called about every 10 ms,
    /// and may give up.
    pub(crate) fn wait_for_turn(
        &self,
        tell: impl FnMut() -> Result<(), Error>,
    ) -> Result<Option<Place<'_>>, Error> {
        // On a thread of the pool, the proof to wait for could be one beneath on the same stack.
        if self.pool.current_thread_index().is_some() {
            return Ok(None);
        }
        let place = self.queue.join();
        place.wait(tell)?;
        Ok(Some(place))
    }

    /// Runs a proof on the threads of the prover, and meanwhile nothing on the caller's.
    ///
    /// A thread of another pool that waits takes up what work it finds there. That may be another proof by this prover, which
    /// would wait for the one beneath it on the same stack. So a thread that belongs to no pool waits in its stead.
    pub(crate) fn install_without_stealing<R: Send>(
        &self,
        proof: impl FnOnce() -> R + Send,
    ) -> Result<R, Error> {
        let elsewhere =
            self.pool.current_thread_index().is_none() && rayon::current_thread_index().is_some();
        if !elsewhere {
            return Ok(self.pool.install(proof));
        }
        thread::scope(|scope| {
            let waiting = thread::Builder::new()
                .name("sheaf-wait".to_owned())
                .stack_size(WAITING_STACK_BYTES)
                .spawn_scoped(scope, || self.pool.install(proof))
                .map_err(|error| Error::Threads {
                    threads: 1,
                    reason: error.to_string(),
                })?;
            // The panic of an observer goes to its caller.
            waiting.join().map_err(|panic| resume_unwind(panic))
        })
    }

    /// Runs a computation on the threads of this prover, for instance the making of keys.
    ///
    /// Whatever uses rayon inside `work` stays on these threads.
    ///
    /// # Errors
    /// [`Error::Forked`] in a process that was forked off after the prover was made.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> Result<R, Error> {
        self.check_process()?;
        Ok(self.pool.install(work))
    }

    /// Frees the memory that past proofs have left for the next. In a process that was forked off it does nothing.
    ///
    /// All of it goes to the allocator; when the system gets it is the allocator's business. That of glibc keeps some tens of
    /// megabytes, unless the program calls `malloc_trim(0)` or runs with `MALLOC_MMAP_THRESHOLD_=131072` in its environment.
    /// Others give it back after a while, as their settings say.
    pub fn release_memory(&self) {
        // There the lock may be held for ever.
        if self.owner.is_here() {
            *self.lock_memory() = None;
        }
    }

    /// Takes the memory. A proof within another one finds none, and makes some.
    pub(crate) fn borrow_memory(&self) -> Borrowed<'_> {
        let memory = self.lock_memory().take().unwrap_or_default();
        Borrowed {
            prover: self,
            memory,
        }
    }

    /// Checks that the threads of the prover are there: other calls do so first.
    ///
    /// # Errors
    /// [`Error::Forked`] in a process that was forked off after the prover was made.
    pub fn check_process(&self) -> Result<(), Error> {
        if self.owner.is_here() {
            Ok(())
        } else {
            Err(Error::Forked)
        }
    }

    /// Memory holds no invariants, so a panic elsewhere can't have broken any.
    fn lock_memory(&self) -> MutexGuard<'_, Option<Memory>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Memory that goes back to the prover, on cancellation and panic too.
pub(crate) struct Borrowed<'a> {
    prover: &'a Prover,
    pub(crate) memory: Memory,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        // That of a proof within is freed.
        *self.prover.lock_memory() = Some(mem::take(&mut self.memory));
    }
}

impl Drop for Prover {
    fn drop(&mut self) {
        // Ending threads that are not there might wait for one of them.
        if !self.owner.is_here() {
            mem::forget(Arc::clone(&self.pool));
        }
    }
}

impl fmt::Debug for Prover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prover")
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}

/// Verifies signatures, which are in lane order, and lists them.
fn list(
    statement: &Statement,
    order: &LaneOrder,
    signatures: &[&Signature],
    mut observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<u8>, Error> {
    let bytes = signatures.len() * statement.scheme().signature_bytes();
    if HEADER_BYTES + bytes > MAX_BYTES {
        return Err(Error::ListTooLong {
            signatures: signatures.len(),
        });
    }
    let progress = Progress {
        phase: Phase::Witness,
        done: 0,
        total: 1,
        waiting: false,
    };
    if observer(progress).is_break() {
        return Err(Error::Cancelled);
    }
    let invalid = raw::invalid(statement, order, signatures.iter().copied().cloned());
    if invalid.is_empty() {
        Ok(raw::list(signatures))
    } else {
        Err(Error::InvalidSignatures(invalid))
    }
}

/// Translates an error about lanes into one about the caller's groups and indices.
pub(crate) fn in_caller_order(error: ProveError, order: &LaneOrder) -> Error {
    match error {
        ProveError::Cancelled => Error::Cancelled,
        ProveError::Invalid(lanes) => {
            let mut invalid: Vec<InvalidSignature> = lanes
                .into_iter()
                .map(|(lane, reason)| InvalidSignature {
                    group: order[lane].0,
                    index: order[lane].1,
                    reason,
                })
                .collect();
            invalid.sort_unstable_by_key(|s| (s.group, s.index));
            Error::InvalidSignatures(invalid)
        }
        other => Error::Unsupported {
            reason: other.to_string(),
        },
    }
}

#[cfg(all(test, feature = "signing"))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use sheaf_xmss::{TEST, one_slot};

    use super::*;
    use crate::Rate;

    #[test]
    fn scratch_is_not_lost_on_cancellation_and_panic() {
        let signer = one_slot::sign_once(&TEST, &[0; 32], 7, &[1; 32]).unwrap();
        let batch = Batch::new(TEST).with_group(7, [1; 32], [signer]);
        let prover = Prover::new(1).unwrap();
        let proof = Options::proof(Rate::Half);
        let has_scratch = || prover.lock_memory().is_some();
        assert!(!has_scratch());

        let cancelled = prover.aggregate_observed(&batch, proof, |progress| {
            assert!(!has_scratch(), "the proof has it");
            match progress.phase {
                Phase::Commit => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        assert_eq!(cancelled, Err(Error::Cancelled));
        assert!(has_scratch());

        prover.release_memory();
        assert!(!has_scratch());
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            prover.aggregate_observed(&batch, proof, |_| panic!("an observer that fails"))
        }));
        assert!(panicked.is_err() && has_scratch());
    }
}
