//! Errors as objects.

use std::ffi::{CStr, c_char};

use crate::error_object::ErrorObject;
use crate::types::{Place, Status};

/// The name of a status, for instance `rejected`; `unknown` for other numbers.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn sheaf_status_name(status: i32) -> *const c_char {
    const NAMES: [(Status, &CStr); 18] = [
        (Status::Ok, c"ok"),
        (Status::InvalidArgument, c"invalid argument"),
        (Status::Claims, c"impossible claims"),
        (Status::Malformed, c"malformed"),
        (Status::InvalidSignature, c"invalid signature"),
        (Status::Format, c"not a proof"),
        (Status::Rejected, c"rejected"),
        (Status::Cancelled, c"cancelled"),
        (Status::Unsupported, c"unsupported"),
        (Status::Threads, c"no threads"),
        (Status::SlotUsed, c"slot used"),
        (Status::SlotUnavailable, c"slot unavailable"),
        (Status::JournalLocked, c"journal locked"),
        (Status::JournalMissing, c"journal missing"),
        (Status::JournalExists, c"journal exists"),
        (Status::Journal, c"journal unusable"),
        (Status::Randomness, c"no randomness"),
        (Status::Internal, c"internal error"),
    ];
    NAMES
        .iter()
        .find(|(named, _)| *named as i32 == status)
        .map_or(c"unknown", |(_, name)| name)
        .as_ptr()
}

/// The status that the call returned; `SHEAF_STATUS_OK` if `error` is null.
///
/// Thread safety: any thread, until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_error_status(error: *const ErrorObject) -> Status {
    // SAFETY: null or an error that the library has made.
    unsafe { error.as_ref() }.map_or(Status::Ok, ErrorObject::status)
}

/// What went wrong, for people: one line of UTF-8, valid until the error is freed. Empty if `error` is null.
///
/// Thread safety: any thread, until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_error_message(error: *const ErrorObject) -> *const c_char {
    // SAFETY: null or an error that the library has made.
    unsafe { error.as_ref() }
        .map_or(c"", ErrorObject::message)
        .as_ptr()
}

/// How many places the error is about: all invalid or malformed signatures, both copies of what is there twice, or the group
/// that is empty or has an impossible slot. 0 if it is about none, or `error` is null.
///
/// Thread safety: any thread, until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_error_place_count(error: *const ErrorObject) -> usize {
    // SAFETY: null or an error that the library has made.
    unsafe { error.as_ref() }.map_or(0, |error| error.places().len())
}

/// Place number `i`, counted from 0, in ascending order; `{SHEAF_WHOLE_GROUP, SHEAF_WHOLE_GROUP}` if there are not so many.
///
/// Thread safety: any thread, until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_error_place(error: *const ErrorObject, i: usize) -> Place {
    // SAFETY: null or an error that the library has made.
    unsafe { error.as_ref() }
        .and_then(|error| error.places().get(i).copied())
        .unwrap_or(Place {
            group: usize::MAX,
            index: usize::MAX,
        })
}

/// Frees an error. Does nothing if it is null.
///
/// Thread safety: not while another thread uses the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_error_free(error: *mut ErrorObject) {
    if !error.is_null() {
        // SAFETY: the guard made it of a box, and the caller gives it back once.
        drop(unsafe { Box::from_raw(error) });
    }
}
