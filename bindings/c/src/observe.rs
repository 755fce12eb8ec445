//! Progress and cancellation, as a caller in another language sees them.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// Tells an observer about progress that several threads make: one report at a time, never backwards.
pub(crate) struct InOrder<F> {
    state: Mutex<State<F>>,
}

struct State<F> {
    observer: F,
    reported: Option<u64>,
    cancelled: bool,
}

impl<F: FnMut(u64) -> ControlFlow<()>> InOrder<F> {
    pub(crate) const fn new(observer: F) -> Self {
        Self {
            state: Mutex::new(State {
                observer,
                reported: None,
                cancelled: false,
            }),
        }
    }

    /// Reports that `done` has been done, unless more was reported before. Breaks once the observer has.
    pub(crate) fn report(&self, done: u64) -> ControlFlow<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cancelled {
            return ControlFlow::Break(());
        }
        if state.reported.is_some_and(|reported| done <= reported) {
            return ControlFlow::Continue(());
        }
        state.reported = Some(done);
        let flow = (state.observer)(done);
        state.cancelled = flow.is_break();
        flow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_ascend_and_a_break_lasts() {
        let mut seen = Vec::new();
        let in_order = InOrder::new(|done| {
            seen.push(done);
            if done == 7 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let flows = [2, 5, 3, 5, 7, 6, 9].map(|done| in_order.report(done).is_break());
        assert_eq!(flows, [false, false, false, false, true, true, true]);
        assert_eq!(seen, [2, 5, 7]);
    }
}
