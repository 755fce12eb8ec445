//! The sponge inside a program says what the native one says.

use p3_field::PrimeCharacteristicRing;
use proptest::prelude::*;
use sheaf_executor::{Executor, Input};
use sheaf_program::builder::{Base, Builder, Executable, Packed};
use sheaf_program::{F, coefficients};
use sheaf_recursion_guest::transcript::Sponge;
use sheaf_transcript::{Label, ProverTranscript, Transcript};

const LABELS: [Label; 3] = [Label::new("a"), Label::new("b"), Label::new("c")];

/// What is done with a transcript.
#[derive(Clone, Debug)]
enum Op {
    Absorb(usize, usize),
    Sample(usize),
    Index,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..3usize, 0..40usize).prop_map(|(label, count)| Op::Absorb(label, count)),
        (1..5usize).prop_map(Op::Sample),
        Just(Op::Index),
    ]
}

/// All challenges natively, and the tape.
fn native(ops: &[Op]) -> (Vec<F>, Vec<F>) {
    let mut transcript = ProverTranscript::new();
    let (mut drawn, mut tape) = (Vec::new(), Vec::new());
    for op in ops {
        match *op {
            Op::Absorb(label, count) => {
                let values: Vec<F> = (0..count)
                    .map(|i| F::from_usize(tape.len() + i + 3))
                    .collect();
                transcript.absorb(LABELS[label], &values);
                tape.extend(values);
            }
            Op::Sample(count) => {
                drawn.extend((0..count).flat_map(|_| coefficients(transcript.sample())));
            }
            Op::Index => drawn.push(F::from_usize(transcript.sample_indices(1, 24)[0])),
        }
    }
    (drawn, tape)
}

/// A program that returns the sum of all challenges, with positions from the tape's end.
fn program(ops: &[Op]) -> Executable {
    let mut builder = Builder::new();
    let main = builder.function::<(), Packed<1>>("main");
    builder.body(&main, |row, ()| {
        let mut sponge = Sponge::new();
        let mut sum = Base::zero();
        let mut add = |row: &mut sheaf_program::builder::Row, x: &Base| {
            sum = row.products(&[(&sum, &Base::number(3))], x);
        };
        for op in ops {
            match *op {
                Op::Absorb(label, count) => {
                    sponge.receive_base(row, LABELS[label], count);
                }
                Op::Sample(count) => {
                    for _ in 0..count {
                        for x in sponge.sample(row).coefficients() {
                            add(row, &x);
                        }
                    }
                }
                Op::Index => {
                    let element = sponge.squeeze(row);
                    let bits = row.canonical_bits(&element);
                    let low = (0..24).fold(Base::zero(), |sum, i| {
                        &sum + &bits[i].times(F::from_u32(1 << i))
                    });
                    add(row, &low);
                }
            }
        }
        Packed([sum])
    });
    builder.finish(&main).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn challenges_are_the_native_ones(ops in prop::collection::vec(op(), 1..16)) {
        let (drawn, advice) = native(&ops);
        let executable = program(&ops);
        let input = Input { arguments: &[], advice: &advice, max_rows: 10_000 };
        let outcome = Executor::new(&executable).run(input).unwrap();
        outcome.run.check(&executable.program).unwrap();
        let expected = drawn.iter().fold(F::ZERO, |sum, &x| sum * F::from_u8(3) + x);
        prop_assert_eq!(outcome.results, [expected]);
    }
}
