//! The boundary that no panic crosses.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::failure::Failure;
use crate::types::Status;

/// Runs the work of one call, and delivers its error, if any, to `*error` unless `error` is null.
///
/// The code inside does not panic on any input; should a defect make it panic all the same, the caller gets an error. Where
/// panics abort there is nothing to catch, and a defect ends the process.
///
/// # Safety
/// `error` is null or valid for a write.
pub(super) unsafe fn guard(
    error: *mut *mut Failure,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Status {
    // Handles are shared between calls, but hold no invariants that a panic could break: the scratch of a prover has none,
    // and a signing key is poisoned.
    let result =
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(contained(payload)));
    let (status, object) = match result {
        Ok(()) => (Status::Ok, std::ptr::null_mut()),
        Err(failure) => (
            failure.status(),
            if error.is_null() {
                std::ptr::null_mut()
            } else {
                Box::into_raw(Box::new(failure))
            },
        ),
    };
    if !error.is_null() {
        // SAFETY: not null, hence valid for a write by the contract of this function. Unaligned, since nothing has checked it.
        unsafe { error.write_unaligned(object) };
    }
    status
}

/// The error that stands for a panic.
fn contained(payload: Box<dyn Any + Send>) -> Failure {
    let reason = if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "no reason given".to_owned()
    };
    // Dropping a payload of any other type could panic again.
    std::mem::forget(payload);
    Failure::new(
        Status::Internal,
        format_args!("defect in the library: {reason}"),
    )
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
        let failure = unsafe { Box::from_raw(error) };
        assert_eq!(failure.message(), c"defect in the library: for the test");
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
