//! What the prover knows.

use std::cell::RefCell;

use crate::{F, Flat};

/// Elements, and how many of them have been taken.
#[derive(Default)]
struct Tape {
    elements: Vec<F>,
    taken: usize,
}

thread_local! {
    static TAPE: RefCell<Tape> = RefCell::default();
}

/// The next value of the tape.
///
/// # Panics
/// If the tape is at its end, or has no value of this type there.
#[must_use]
pub fn advice<T: Flat>() -> T {
    T::unflatten(&mut std::iter::from_fn(|| {
        TAPE.with_borrow_mut(|tape| {
            let element = tape.elements.get(tape.taken).copied();
            tape.taken += 1;
            element
        })
    }))
}

/// A value that the prover computes and nobody believes: what is hinted has to be asserted.
///
/// Natively it is just the value. A proof says nothing about it but its type.
#[must_use]
pub const fn hint<T: Copy>(value: T) -> T {
    value
}

/// Runs a program with these elements as its tape. Gives its result, and how many elements it has taken.
pub fn with_advice<T>(elements: &[F], program: impl FnOnce() -> T) -> (T, usize) {
    let tape = Tape {
        elements: elements.to_vec(),
        taken: 0,
    };
    let before = TAPE.replace(tape);
    let restore = Restore(Some(before));
    let result = program();
    let taken = TAPE.with_borrow(|tape| tape.taken);
    drop(restore);
    (result, taken)
}

/// Brings the tape before back, also where a program panics.
struct Restore(Option<Tape>);

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(tape) = self.0.take() {
            TAPE.set(tape);
        }
    }
}
