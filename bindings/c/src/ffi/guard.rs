//! The boundary that no panic crosses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sheaf_bindings::Failure;

use crate::error_object::ErrorObject;
use crate::types::Status;

/// Runs the work of one call, and delivers its error, if any, to `*error` unless `error` is null.
///
/// The code inside does not panic on any input; should a defect make it panic all the same, the caller gets an error. Where
/// panics abort there is nothing to catch, and a defect ends the process.
///
/// # Safety
/// `error` is null or valid for a write.
pub(super) unsafe fn guard(
    error: *mut *mut ErrorObject,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Status {
    // Handles are shared between calls, but hold no invariants that a panic could break: the scratch of a prover has none,
    // and a signing key is poisoned.
    let result = catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(Failure::contained(payload)))
        .map_err(ErrorObject::from);
    let (status, object) = match result {
        Ok(()) => (Status::Ok, std::ptr::null_mut()),
        Err(object) => (
            object.status(),
            if error.is_null() {
                std::ptr::null_mut()
            } else {
                Box::into_raw(Box::new(object))
            },
        ),
    };
    if !error.is_null() {
        // SAFETY: not null, hence valid for a write by the contract of this function. Unaligned, since nothing has checked it.
        unsafe { error.write_unaligned(object) };
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_errors() {
        let mut error = std::ptr::null_mut();
        // SAFETY: `error` is valid for writes.
        let status = unsafe { guard(&raw mut error, || panic!("for the test")) };
        assert_eq!(status, Status::Internal);
        // SAFETY: `guard` has just made it, and nobody else has it.
        let object = unsafe { Box::from_raw(error) };
        assert_eq!(object.message(), c"defect in the library: for the test");
        // SAFETY: null is allowed.
        let status = unsafe { guard(std::ptr::null_mut(), || std::panic::panic_any(7_u8)) };
        assert_eq!(status, Status::Internal);
    }

    #[test]
    fn success_leaves_no_error() {
        let mut error = std::ptr::dangling_mut();
        // SAFETY: `error` is valid for writes.
        let status = unsafe { guard(&raw mut error, || Ok(())) };
        assert_eq!(status, Status::Ok);
        assert!(error.is_null());
    }
}
