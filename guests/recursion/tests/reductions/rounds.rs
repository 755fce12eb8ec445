//! Rounds inside a program are those of the native verifier, whatever is sent.

use proptest::prelude::*;
use sheaf_program::builder::{Base, Builder, Executable, Word};
use sheaf_program::{F, coefficients};
use sheaf_recursion_guest::rounds::{Claimed, Rounds};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_sumcheck::round;
use sheaf_transcript::{Label, Transcript};

use super::common::{checksum, checksum_of, elements, native, run_to_end};

const ROUND: Label = Label::new("test/round");
const NEXT: Label = Label::new("test/next");

/// A program that takes a claim, a point and the rounds from the tape. It returns the last claim, the challenges and what is drawn then.
fn program(degree: usize, claimed: Claimed, count: usize) -> Executable {
    let mut builder = Builder::new();
    let memory = builder.memory::<Word>("memory");
    let rounds = Rounds::new(&mut builder, &memory, ROUND, degree, claimed);
    let main = builder.function::<Base, [Word; 3]>("main");
    builder.body(&main, |row, number| {
        let claim: Word = row.advice();
        for i in (0..).take(count) {
            let coordinate: Word = row.advice();
            row.write(&memory, &Base::number(i), &coordinate);
        }
        let (from, to) = (Base::zero(), Base::number(count as u32));
        let running = (Sponge::new().capacity(), claim);
        let (capacity, claim) = rounds.run(row, &running, &from, &to, &number);
        let challenges = checksum_of(row, &memory, &[(to, count)]);
        let mut sponge = Sponge::resume(&capacity);
        sponge.absorb(row, NEXT, &[]);
        [claim, challenges, sponge.sample(row)]
    });
    builder.finish(&main).unwrap()
}

fn degree() -> impl Strategy<Value = usize> {
    prop_oneof![1..5_usize, 8..10_usize]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn claims_and_challenges_are_the_native_ones(
        degree in degree(),
        count in 1..12_usize,
        is_eq: bool,
        seed in 0..1_usize << 20,
    ) {
        let claim = elements(seed, 1)[0];
        let point = elements(seed + 1, count);
        let sent: Vec<F> = elements(seed + 2, count * degree).into_iter().flat_map(coefficients).collect();
        let ((challenges, left, drawn), _) = native(&sent, |channel| {
            let (challenges, left) = if is_eq {
                round::receive_all(ROUND, degree, claim, &point, channel).unwrap()
            } else {
                let (mut challenges, mut left) = (Vec::new(), claim);
                for _ in 0..count {
                    let (x, next) = round::receive(ROUND, degree, left, round::Claimed::Sum, channel).unwrap();
                    challenges.push(x);
                    left = next;
                }
                (challenges, left)
            };
            // What is left of the last block is not drawn.
            channel.absorb(NEXT, &[]);
            (challenges, left, channel.sample())
        });
        let claimed = if is_eq { Claimed::Eq } else { Claimed::Sum };
        let before: Vec<F> = [&[claim][..], &point].concat().into_iter().flat_map(coefficients).collect();
        let executable = program(degree, claimed, count);
        let tape = [before, sent].concat();
        let outcome = run_to_end(&executable, &[F::new(count as u32)], &tape);
        let expected = [left, checksum(&challenges), drawn];
        prop_assert_eq!(outcome.results, expected.map(coefficients).concat());
    }
}
