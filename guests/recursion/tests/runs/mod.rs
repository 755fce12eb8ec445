//! Proofs about runs, as the program takes them.

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::{Functional, Scratch, Setup, Statement, prove_with, statement};
use sheaf_program::builder::{Base, Builder, Digest, Executable, Row, Word};
use sheaf_program::{E, F, Program, Run, coefficients};
use sheaf_recursion_guest::machine::{self, Machine};
use sheaf_recursion_guest::opening::{Constants, Opening};
use sheaf_recursion_guest::permutation::Shared;
use sheaf_recursion_guest::transcript::Sponge;

/// Words of a point of a functional.
pub(crate) const POINT: usize = sheaf_machine::join::VARIABLES;

/// Verifies one proof of the identity that it is given, whose public tuple of so many positions comes from the tape, with a point behind it.
/// Returns the value of the functional, the first challenge after the proof, and the weight of the functional at the point.
pub(crate) fn program(positions: usize) -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let constants = Constants::at(0);
    let opening = Opening::new(&mut builder, &memory, constants);
    let shared = Shared::new(&mut builder, &memory);
    let machine = Machine::new(&mut builder, &memory, &opening, &shared, positions);
    let main = builder.function::<Digest, [Word; 3]>("main");
    builder.body(&main, |row: &mut Row, id| {
        opening.prepare(row);
        let public = Base::number(Constants::LENGTH);
        let point = public.plus(positions as i32);
        let weight = point.plus(POINT as i32);
        let free = weight.plus(machine.weight_words() as i32);
        for i in 0..positions + POINT {
            let word: Word = row.advice();
            row.write(&memory, &public.plus(i as i32), &word);
        }
        let left = machine.verify(row, &id, &public, &free);
        let mut sponge = Sponge::resume(&left.capacity);
        sponge.absorb(row, sheaf_machine::join::SEAL, &[]);
        let challenge = sponge.sample(row);
        let weight = machine.weight_at(row, &left.functional, &point, &weight);
        [left.value, challenge, weight]
    });
    builder
        .finish(&main)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A proof with all that a verifier knows.
#[derive(Clone)]
pub(crate) struct Proof {
    pub(crate) program: Program,
    pub(crate) statement: Statement,
    pub(crate) log_inv_rate: usize,
    pub(crate) body: Vec<u8>,
}

/// A proof with the set-up of the table.
pub(crate) fn proof(program: &Program, run: &Run, log_inv_rate: usize) -> Proof {
    let statement = statement(program, run).unwrap();
    let setup = Setup::from_table(&statement, log_inv_rate).unwrap();
    let mut scratch = Scratch::default();
    let proof = prove_with(&setup, program, run, &mut scratch, |_| Ok(())).unwrap();
    Proof {
        program: program.clone(),
        statement: proof.statement,
        log_inv_rate,
        body: proof.body,
    }
}

/// The point at which weights are asked for.
pub(crate) fn point() -> [E; POINT] {
    std::array::from_fn(|i| {
        E::new(std::array::from_fn(|j| {
            F::from_usize(1 + 31 * i + 7 * j * j + i * i)
        }))
    })
}

/// What the native verifier says: the functional, its value, and the first challenge after the proof.
pub(crate) struct Verdict {
    pub(crate) functional: Functional,
    pub(crate) value: E,
    pub(crate) challenge: E,
}

/// What the program takes from the tape, up to where the native verifier stops, and what that says.
pub(crate) fn tape(proof: &Proof) -> (Vec<F>, Option<Verdict>) {
    let Proof {
        program,
        statement,
        log_inv_rate,
        body,
    } = proof;
    let setup = Setup::from_table(statement, *log_inv_rate).unwrap();
    let words = statement.public().iter().copied().chain(point());
    let mut tape: Vec<F> = words.flat_map(coefficients).collect();
    let (of_proof, read) = machine::tape(&setup, program, statement, body);
    tape.extend(of_proof);
    let verdict = read.ok().map(|read| Verdict {
        functional: read.functional,
        value: read.value,
        challenge: read.seal[0],
    });
    (tape, verdict)
}

/// So many calls of functions that are called for each instance, and a loop of so many permutations.
pub(crate) fn children() -> Executable {
    let mut builder = Builder::new();
    let outer = builder.per_instance::<Base, Base>("outer");
    let inner = builder.per_instance::<Base, Base>("inner");
    let permuted = |row: &mut Row, x: &Base| {
        let inputs = std::array::from_fn(|i| match i {
            0 => x.clone(),
            _ => Base::zero(),
        });
        row.permute24(&inputs)[1].clone()
    };
    builder.body(&inner, |row, x| row.product(&x, &x));
    builder.body(&outer, |row, x| {
        let square = row.call(&inner, &x);
        permuted(row, &square)
    });
    let calls = builder.looping::<[Base; 2]>("calls", |state| state[0] == F::ZERO);
    builder.step(&calls, |row, [remaining, x]| {
        let x = row.call(&outer, &x);
        [remaining.plus(-1), x]
    });
    let chain = builder.looping::<[Base; 2]>("chain", |state| state[0] == F::ZERO);
    builder.step(&chain, |row, [remaining, x]| {
        let x = permuted(row, &x);
        [remaining.plus(-1), x]
    });
    let main = builder.function::<[Base; 2], Base>("main");
    builder.body(&main, |row, [instances, steps]| {
        let start = [instances, Base::number(7)];
        let x: Base = row.run_to(&calls, &start, |x: &Base| [Base::zero(), x.clone()]);
        let x: Base = row.run_to(&chain, &[steps, x], |x: &Base| [Base::zero(), x.clone()]);
        x
    });
    builder.finish(&main).unwrap()
}
