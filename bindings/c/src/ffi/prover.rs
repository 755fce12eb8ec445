//! The prover as a handle.

use std::sync::Arc;

use super::guard::guard;
use super::raw::Out;
use crate::error_object::ErrorObject;
use crate::types::Status;

/// Makes proofs. Owns its threads, and the memory that one proof leaves to the next.
#[derive(Debug)]
pub struct Prover(pub(super) Arc<sheaf::Prover>);

/// Starts a prover with this many threads; 0 means one per core that the process may use.
///
/// Keep it for all proofs: several provers can live side by side, but each has threads of its own. A process that forks must
/// make provers after the fork, since threads do not come along: in the child, an older prover can only be freed, and calls
/// with it fail with `SHEAF_STATUS_THREADS`.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_prover_new(
    threads: usize,
    prover: *mut *mut Prover,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: `prover` is the caller's place for the result.
        let out = unsafe { Out::new(prover, std::ptr::null_mut(), "prover") }?;
        let prover = Arc::new(sheaf::Prover::new(threads)?);
        out.put(Box::into_raw(Box::new(Prover(prover))));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Number of threads; 0 if `prover` is null.
///
/// Thread safety: any thread, until the prover is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_prover_threads(prover: *const Prover) -> usize {
    // SAFETY: null or a prover that the library has made.
    unsafe { prover.as_ref() }.map_or(0, |prover| prover.0.threads())
}

/// Frees the memory that past proofs have left for the next, and gives it back to the system where the C library is glibc. With
/// other allocators it depends on their settings when the system gets it. Does nothing if `prover` is null.
///
/// Thread safety: any thread, until the prover is freed; proofs that are being made are not disturbed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_prover_release_memory(prover: *const Prover) {
    // SAFETY: null or a prover that the library has made.
    if let Some(prover) = unsafe { prover.as_ref() } {
        prover.0.release_memory();
        // SAFETY: takes no pointers, and may be called from any thread.
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

/// Frees a prover. Does nothing if it is null. Its threads end when the last signing key that was opened with it is freed too.
///
/// Thread safety: not while another thread uses the prover, and not from an observer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_prover_free(prover: *mut Prover) {
    if !prover.is_null() {
        // SAFETY: `sheaf_prover_new` made it of a box, and the caller gives it back once.
        drop(unsafe { Box::from_raw(prover) });
    }
}
