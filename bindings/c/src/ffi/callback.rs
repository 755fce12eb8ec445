//! The caller's observer.

use std::ffi::{CStr, c_int, c_void};
use std::ops::ControlFlow;

use crate::types::{Observer, Progress};

/// An observer with the pointer that it wants to have passed.
pub(super) struct Callback {
    function: Option<unsafe extern "C" fn(*mut c_void, *const Progress) -> c_int>,
    user_data: *mut c_void,
}

// SAFETY: `Callback::new` demands that the function may be called with this pointer on any thread.
unsafe impl Send for Callback {}

impl Callback {
    /// # Safety
    /// `function` may be called with `user_data` on any thread, one call at a time, as long as the value returned exists.
    pub(super) unsafe fn new(function: Observer, user_data: *mut c_void) -> Self {
        Self {
            function,
            user_data,
        }
    }

    /// Reports work that is being done; breaks if the caller wants to cancel.
    pub(super) fn tell(&mut self, phase: &CStr, done: u64, total: u64) -> ControlFlow<()> {
        self.report(&Progress {
            phase: phase.as_ptr(),
            done,
            total,
            waiting: false,
        })
    }

    /// Reports that a proof has not begun, since it waits for others; breaks if the caller wants to cancel.
    pub(super) fn tell_waiting(&mut self, total: u64) -> ControlFlow<()> {
        self.report(&Progress {
            phase: c"waiting".as_ptr(),
            done: 0,
            total,
            waiting: true,
        })
    }

    fn report(&mut self, progress: &Progress) -> ControlFlow<()> {
        let Some(function) = self.function else {
            return ControlFlow::Continue(());
        };
        // SAFETY: the contract of `new`; `&mut self` makes it one call at a time. `progress` and its string outlive the call.
        match unsafe { function(self.user_data, progress) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
