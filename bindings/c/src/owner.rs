//! Which process a handle belongs to.

/// The process that made a handle. A child that is forked off has a copy of the handle, but neither the threads behind it nor
/// a lock of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u32);

impl Owner {
    /// The process that runs.
    pub(crate) fn this() -> Self {
        Self(std::process::id())
    }

    pub(crate) fn is_here(self) -> bool {
        self == Self::this()
    }
}
