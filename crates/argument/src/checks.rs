//! The equations on which the arguments rest, each with a name.
//!
//! All of them always apply. In the unit tests of this crate, and nowhere else, some can
//! be switched off, to show that a cheat which is rejected meets the equation that it
//! breaks, and would be accepted without it.

/// An equation that the verifier checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The children of layer `i` of a fraction tree give the layer's claim.
    FractionLayer(usize),
    /// The evaluations of layer `i` of the permutation argument give the layer's claim.
    PermutationLayer(usize),
    /// The column evaluations give the batched value of the forms.
    Columns,
}

/// Whether a check applies: always.
#[cfg(not(test))]
pub(crate) const fn applies(_: Check) -> bool {
    true
}

#[cfg(test)]
pub(crate) use switch::applies;

#[cfg(test)]
pub(crate) mod switch {
    use std::cell::RefCell;

    use super::Check;

    thread_local! {
        /// The checks that are switched off on this thread.
        static OFF: RefCell<Vec<Check>> = const { RefCell::new(Vec::new()) };
    }

    /// Whether a check applies on this thread.
    pub(crate) fn applies(check: Check) -> bool {
        OFF.with_borrow(|off| !off.contains(&check))
    }

    /// Runs `f` with a check switched off on this thread.
    pub(crate) fn without<T>(check: Check, f: impl FnOnce() -> T) -> T {
        OFF.set(vec![check]);
        let result = f();
        OFF.set(Vec::new());
        result
    }
}
