//! Checks of a verifier that the unit tests of its crate can switch off.

/// Defines `applies(check)`, whether a check applies, for the checks that an enum names.
///
/// Every check always applies. A cheat that is rejected says little, though: it may have met any check. Where it is accepted
/// as soon as one is off, it has met that one, and the check is needed. So in the unit tests of the crate that calls this, and
/// nowhere else, there is also `switch::without(checks, f)`, which runs `f` with some checks off on its thread.
///
/// A macro, because only the calling crate knows whether it is being built for its unit tests. The enum is `Copy` and
/// `PartialEq`.
#[macro_export]
macro_rules! switchable {
    ($check:ident) => {
        /// Whether a check applies: always.
        #[cfg(not(test))]
        pub(crate) const fn applies(_: $check) -> bool {
            true
        }

        #[cfg(test)]
        pub(crate) use switch::applies;

        #[cfg(test)]
        pub(crate) mod switch {
            use super::$check;

            ::std::thread_local! {
                /// The checks that are switched off on this thread.
                static OFF: ::core::cell::RefCell<Vec<$check>> =
                    const { ::core::cell::RefCell::new(Vec::new()) };
            }

            /// Whether a check applies on this thread.
            pub(crate) fn applies(check: $check) -> bool {
                OFF.with_borrow(|off| !off.contains(&check))
            }

            /// Runs `f` with some checks switched off on this thread.
            pub(crate) fn without<T>(checks: &[$check], f: impl FnOnce() -> T) -> T {
                OFF.set(checks.to_vec());
                let result = f();
                OFF.set(Vec::new());
                result
            }
        }
    };
}

#[cfg(test)]
mod tests {
    #[derive(Clone, Copy, PartialEq)]
    pub(crate) enum Check {
        Root,
        Layer(usize),
    }

    switchable!(Check);

    fn applying() -> [bool; 3] {
        [Check::Root, Check::Layer(0), Check::Layer(1)].map(applies)
    }

    #[test]
    fn all_checks_apply_but_those_that_are_off() {
        assert_eq!(applying(), [true; 3]);
        let off = [Check::Root, Check::Layer(1)];
        assert_eq!(switch::without(&off, applying), [false, true, false]);
        assert_eq!(applying(), [true; 3]);
    }

    #[test]
    fn a_check_is_off_on_one_thread_only() {
        let elsewhere = || std::thread::spawn(applying).join().expect("no panic");
        assert_eq!(switch::without(&[Check::Root], elsewhere), [true; 3]);
    }
}
