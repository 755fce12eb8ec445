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

    /// Reports; breaks if the caller wants to cancel.
    pub(super) fn tell(&mut self, phase: &CStr, done: u64, total: u64) -> ControlFlow<()> {
        let Some(function) = self.function else {
            return ControlFlow::Continue(());
        };
        let progress = Progress {
            phase: phase.as_ptr(),
            done,
            total,
        };
        // SAFETY: the contract of `new`; `&mut self` makes it one call at a time. `progress` outlives the call.
        match unsafe { function(self.user_data, &raw const progress) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
