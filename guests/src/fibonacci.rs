//! Fibonacci's recurrence over the extension: `main(n, a, b)` is the `n`-th of `a, b, a + b, ..`.
//!
//! The shortest loop with two words of state, 12 cells to a step.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{E, F, coefficients};

use crate::Case;

/// The program.
#[must_use]
pub fn program() -> Executable {
    let mut builder = Builder::new();
    let steps = builder.looping::<(Base, Word, Word)>("steps", |state| state[0] == F::ZERO);
    builder.step(&steps, |row, (remaining, a, b)| {
        row.name(&remaining, "remaining");
        let sum = &a + &b;
        (remaining.plus(-1), b, sum)
    });
    let main = builder.function::<(Base, Word, Word), Word>("fibonacci");
    builder.body(&main, |row, start| {
        let (a, _) = row.run_to(&steps, &start, |(a, b): &(Word, Word)| {
            (Base::zero(), a.clone(), b.clone())
        });
        a
    });
    builder.finish(&main).expect("a program")
}

/// A run of `n` steps.
#[must_use]
pub fn case(n: u32, a: E, b: E) -> Case {
    let (mut x, mut y) = (a, b);
    for _ in 0..n {
        (x, y) = (y, x + y);
    }
    let mut arguments = vec![F::from_u32(n)];
    arguments.extend(coefficients(a));
    arguments.extend(coefficients(b));
    Case {
        arguments,
        advice: vec![],
        results: coefficients(x).to_vec(),
    }
}
