//! `main(n, x) = (digest, value)`: a polynomial of `5 n` coefficients in the base field, known by its digest, at a point of the
//! extension. Coefficients come highest first.

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::Sponge;
use sheaf_program::builder::{Base, Builder, Digest, Executable, Word};
use sheaf_program::{E, F, coefficients};

use crate::{Case, SPONGE_TAG, initial_capacity};

/// Coefficients of a step: a block of the sponge.
pub const STEP: usize = 5;

/// The program.
#[must_use]
pub fn program() -> Executable {
    let mut builder = Builder::new();
    type State = (Base, Digest, (Word, Word));
    let horner = builder.looping::<State>("horner", |state| state[0] == F::ZERO);
    builder.step(&horner, |row, (remaining, capacity, (x, value))| {
        let block: [Base; STEP] = row.advice();
        let capacity = row.absorb(&capacity, &block);
        let mut value = value;
        for coefficient in &block {
            value = row.word_products(&[(&value, &x)], &Word::from(coefficient));
        }
        (remaining.plus(-1), capacity, (x, value))
    });
    let main = builder.function::<(Base, Word), (Digest, Word)>("polynomial");
    builder.body(&main, |row, (n, x)| {
        let start = (n, initial_capacity(), (x.clone(), Word::constant(E::ZERO)));
        row.run_to(&horner, &start, |(capacity, value): &(Digest, Word)| {
            (Base::zero(), capacity.clone(), (x, value.clone()))
        })
    });
    builder.finish(&main).expect("a program")
}

/// A polynomial of `5 n` coefficients at `x`.
#[must_use]
pub fn case(n: u32, x: E) -> Case {
    let advice: Vec<F> = (0..STEP as u32 * n)
        .map(|i| F::from_u32(i * i + 3))
        .collect();
    let mut sponge = Sponge::<F>::new(SPONGE_TAG);
    let mut value = E::ZERO;
    for block in advice.chunks(STEP) {
        sponge.absorb(block);
        for &coefficient in block {
            value = value * x + coefficient;
        }
    }
    let mut arguments = vec![F::from_u32(n)];
    arguments.extend(coefficients(x));
    let mut results = sponge.capacity().to_vec();
    results.extend(coefficients(value));
    Case {
        arguments,
        advice,
        results,
    }
}
