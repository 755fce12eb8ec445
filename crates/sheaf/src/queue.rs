//! Proofs of one prover run one after the other: first come, first served.
//!
//! Side by side they would take the memory of all at once, and each would wait for all.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often one that waits is asked whether to go on.
const ASKED_EVERY: Duration = Duration::from_millis(10);

/// Who waits, in order of arrival. The first is the one whose turn it is.
#[derive(Default)]
pub(crate) struct Queue {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Default)]
struct Line {
    next: u64,
    tickets: VecDeque<u64>,
}

/// A place in the queue, left when dropped: at the end, on cancellation and on panic alike.
pub(crate) struct Place<'a> {
    queue: &'a Queue,
    ticket: u64,
}

impl Queue {
    /// Takes the last place.
    pub(crate) fn join(&self) -> Place<'_> {
        let mut line = self.lock();
        let ticket = line.next;
        line.next += 1;
        line.tickets.push_back(ticket);
        Place {
            queue: self,
            ticket,
        }
    }

    /// No code that can panic runs under this lock, except for want of memory.
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits for its turn, and asks regularly (never under the lock) whether to go on.
    pub(crate) fn wait<E>(&self, mut ask: impl FnMut() -> Result<(), E>) -> Result<(), E> {
        loop {
            let line = self.queue.lock();
            if line.tickets.front() == Some(&self.ticket) {
                return Ok(());
            }
            drop(line);
            ask()?;
            let line = self.queue.lock();
            let waits = |line: &mut Line| line.tickets.front() != Some(&self.ticket);
            drop(
                self.queue
                    .moved
                    .wait_timeout_while(line, ASKED_EVERY, waits),
            );
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.queue
            .lock()
            .tickets
            .retain(|&ticket| ticket != self.ticket);
        self.queue.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_in_order_of_arrival_and_one_that_leaves_is_passed_over() {
        let queue = Queue::default();
        let [first, second, third] = [(); 3].map(|()| queue.join());
        assert_eq!(first.wait(|| Err("asked")), Ok(()));
        assert_eq!(second.wait(|| Err("asked")), Err("asked"));
        assert_eq!(third.wait(|| Err("asked")), Err("asked"));
        drop(second);
        assert_eq!(
            third.wait(|| Err("asked")),
            Err("asked"),
            "the first is at work"
        );
        drop(first);
        assert_eq!(third.wait(|| Err("asked")), Ok(()));
    }
}
