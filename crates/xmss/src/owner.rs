//! Which process a handle belongs to.

use std::process;

use forkguard::Guard;

/// The process that made a handle.
///
/// A child that is forked off has a copy of every handle, but neither the threads behind it nor a lock of its own, and a mutex
/// that another thread held stays locked there for ever.
///
/// Process identifiers alone would not tell them apart: a child in a PID namespace of its own may have the identifier of its
/// parent. So forks are counted, by a handler that `pthread_atfork` runs in each child. The identifier is compared as well, for
/// children that are made by a system call behind the back of the C library.
#[derive(Clone, Debug)]
pub struct Owner {
    id: u32,
    /// Missing if there was no memory for the handler.
    guard: Option<Guard>,
}

impl Owner {
    /// The process that runs.
    #[must_use]
    pub fn this() -> Self {
        Self {
            id: process::id(),
            guard: Guard::try_new().ok(),
        }
    }

    /// Whether the process that runs is this one.
    #[must_use]
    pub fn is_here(&self) -> bool {
        // Asking a guard resets it, hence the copy.
        let forked = self.guard.clone().is_some_and(|mut g| g.detected_fork());
        self.id == process::id() && !forked
    }
}

#[cfg(all(test, unix))]
mod tests {
    use fork::{Fork, fork, waitpid};

    use super::*;

    #[test]
    fn a_forked_child_is_another_process_whatever_its_identifier() {
        let owner = Owner::this();
        assert!(owner.is_here() && owner.clone().is_here());
        match fork().unwrap() {
            Fork::Child => {
                // As if the child had its parent's identifier, in a PID namespace of its own.
                let same_id = Owner {
                    id: process::id(),
                    ..owner.clone()
                };
                // As if the child had been made without the C library.
                let not_counted = Owner {
                    guard: None,
                    ..owner.clone()
                };
                let own = Owner::this();
                let strangers = [owner, same_id, not_counted];
                let right = own.is_here() && strangers.iter().all(|owner| !owner.is_here());
                process::exit(i32::from(!right));
            }
            Fork::Parent(child) => {
                let status = waitpid(child).unwrap();
                assert_eq!(status, 0);
                assert!(owner.is_here());
            }
        }
    }
}
