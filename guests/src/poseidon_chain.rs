//! `main(n, x)` applies the permutation of width 24 `n` times.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::permute24;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Executable, Packed};

use crate::Case;

/// The program.
#[must_use]
pub fn program() -> Executable {
    let mut builder = Builder::new();
    let steps = builder.looping::<(Base, Packed<24>)>("steps", |state| state[0] == F::ZERO);
    builder.step(&steps, |row, (remaining, state)| {
        let next = row.permute24(&state.0);
        (remaining.plus(-1), Packed(next))
    });
    let main = builder.function::<(Base, Packed<24>), Packed<24>>("poseidon_chain");
    builder.body(&main, |row, start| {
        // One row, wider than the steps.
        row.permute_idly();
        row.run_to(&steps, &start, |state: &Packed<24>| {
            (Base::zero(), state.clone())
        })
    });
    builder.finish(&main).expect("a program")
}

/// A run of `n` steps.
#[must_use]
pub fn case(n: u32) -> Case {
    let mut state: [F; 24] = array::from_fn(F::from_usize);
    let mut arguments = vec![F::from_u32(n)];
    arguments.extend(state);
    for _ in 0..n {
        permute24(&mut state);
    }
    Case {
        arguments,
        advice: vec![],
        results: state.to_vec(),
    }
}
