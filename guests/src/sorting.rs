//! `main(n) = (digest, sorted)`: digests of a list of numbers below 2^12 and of the same list sorted.
//!
//! The tape has each number with its place in the sorted list. Memory at a place has the number *and where it comes
//! from*: two numbers can't have one place, since memory has one word there. All places are below `n`, hence all are taken.

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::Sponge;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Executable, Memory};

use crate::{Case, SPONGE_TAG, initial_capacity};

/// Bits of a number, and of its place.
pub const BITS: usize = 12;

/// The program.
#[must_use]
pub fn program() -> Executable {
    let mut builder = Builder::new();
    let sorted: Memory<(Base, Base)> = builder.memory("sorted");

    // Number of the next one, how many there are, digest.
    let take = builder.looping::<(Base, Base, Digest)>("take", |state| state[0] == state[1]);
    builder.step(&take, |row, (i, n, capacity)| {
        let number: Base = row.advice();
        let place: Base = row.advice();
        row.name(&number, "number");
        row.name(&place, "place");
        row.bits(&number, BITS);
        row.bits(&place, BITS);
        row.bits(&(&n.plus(-1) - &place), BITS);
        row.write(&sorted, &place, &(number.clone(), i.clone()));
        let capacity = row.absorb(&capacity, &[number]);
        (i.plus(1), n, capacity)
    });

    // Place of the next one, how many there are, the one before, digest.
    let give =
        builder.looping::<(Base, Base, (Base, Digest))>("give", |state| state[0] == state[1]);
    builder.step(&give, |row, (i, n, (last, capacity))| {
        let (number, _) = row.read(&sorted, &i);
        row.bits(&(&number - &last), BITS);
        let capacity = row.absorb(&capacity, std::slice::from_ref(&number));
        (i.plus(1), n, (number, capacity))
    });

    let main = builder.function::<Base, (Digest, Digest)>("sorting");
    let taken = builder.function::<Base, Digest>("list");
    builder.body(&taken, |row, n| {
        let start = (Base::zero(), n.clone(), initial_capacity());
        row.run_to(&take, &start, |digest: &Digest| {
            (n.clone(), n, digest.clone())
        })
    });
    let given = builder.function::<Base, Digest>("sorted list");
    builder.body(&given, |row, n| {
        let start = (Base::zero(), n.clone(), (Base::zero(), initial_capacity()));
        let (_, digest) = row.run_to(&give, &start, |last: &(Base, Digest)| {
            (n.clone(), n, last.clone())
        });
        digest
    });
    builder.body(&main, |row, n| {
        // A place below n is below n in the integers.
        row.bits(&n, BITS);
        (row.call(&taken, &n), row.call(&given, &n))
    });
    builder.finish(&main).expect("a program")
}

/// The list that the program sorts.
#[must_use]
pub fn case(numbers: &[u32]) -> Case {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by_key(|&i| numbers[i]);
    let mut places = vec![0; numbers.len()];
    for (place, &i) in order.iter().enumerate() {
        places[i] = place;
    }
    let digest = |numbers: &mut dyn Iterator<Item = u32>| {
        let mut sponge = Sponge::<F>::new(SPONGE_TAG);
        for number in numbers {
            sponge.absorb(&[F::from_u32(number)]);
        }
        sponge.capacity()
    };
    let first = digest(&mut numbers.iter().copied());
    let second = digest(&mut order.iter().map(|&i| numbers[i]));
    Case {
        arguments: vec![F::from_usize(numbers.len())],
        advice: (numbers.iter().zip(&places))
            .flat_map(|(&number, &place)| [F::from_u32(number), F::from_usize(place)])
            .collect(),
        results: [first, second].concat(),
    }
}
