//! Progress and cancellation, as a caller in another language sees them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError, TryLockError};

/// Tells an observer about progress that several threads make: one report at a time, never backwards.
///
/// No thread waits for the observer. It may call the library, and a thread that waits there for others takes up whatever work
/// it finds, that of this very computation included: it would wait for itself. Whoever comes while the observer is busy
/// leaves the news to the thread that is with it.
pub struct InOrder<F> {
    done: AtomicU64,
    cancelled: AtomicBool,
    state: Mutex<State<F>>,
}

struct State<F> {
    observer: F,
    reported: u64,
}

impl<F: FnMut(u64) -> ControlFlow<()>> InOrder<F> {
    /// Nothing has been done yet.
    pub const fn new(observer: F) -> Self {
        Self {
            done: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State {
                observer,
                reported: 0,
            }),
        }
    }

    /// Reports that `done`, at least 1, has been done, unless more was reported before. Breaks once the observer has.
    pub fn report(&self, done: u64) -> ControlFlow<()> {
        self.done.fetch_max(done, SeqCst);
        loop {
            let mut state = match self.state.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(error)) => PoisonError::into_inner(error),
                Err(TryLockError::WouldBlock) => return self.flow(),
            };
            let latest = self.done.load(SeqCst);
            if latest > state.reported && self.flow().is_continue() {
                state.reported = latest;
                if (state.observer)(latest).is_break() {
                    self.cancelled.store(true, SeqCst);
                }
            }
            drop(state);
            // What came in between found the observer busy.
            if self.done.load(SeqCst) == latest || self.flow().is_break() {
                return self.flow();
            }
        }
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.cancelled.load(SeqCst) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

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

    #[test]
    fn the_thread_that_is_with_the_observer_may_report() {
        type Observer = Box<dyn FnMut(u64) -> ControlFlow<()> + Send>;
        static IN_ORDER: OnceLock<InOrder<Observer>> = OnceLock::new();
        static SEEN: Mutex<Vec<u64>> = Mutex::new(Vec::new());
        let in_order = IN_ORDER.get_or_init(|| {
            InOrder::new(Box::new(|done| {
                SEEN.lock().unwrap().push(done);
                if done == 1 {
                    for more in [3, 2] {
                        assert!(IN_ORDER.get().unwrap().report(more).is_continue());
                    }
                }
                ControlFlow::Continue(())
            }))
        });
        assert!(in_order.report(1).is_continue());
        assert_eq!(*SEEN.lock().unwrap(), [1, 3]);
    }
}
