//! Programs made at random: what the interpreter computes, the rows compute; what panics has no rows.

mod generator;

use p3_field::PrimeCharacteristicRing;
use proptest::prelude::*;
use sheaf_compiler::{Program, Source, compile};
use sheaf_executor::{Executor, Input, Problem};
use sheaf_program::F;

/// Expressions that a program may evaluate; more is too slow to be a test.
const FUEL: usize = 20_000;

/// Main's arguments: a number, elements of both fields, a bool.
fn arguments() -> impl Strategy<Value = Vec<F>> {
    let number = prop_oneof![0..40u32, Just((1 << 24) - 1)];
    (
        number,
        proptest::collection::vec(any::<u32>(), 6),
        any::<bool>(),
    )
        .prop_map(|(n, all, bit)| {
            let mut arguments = vec![F::from_u32(n)];
            arguments.extend(all.into_iter().map(F::from_u32));
            arguments.push(F::from_bool(bit));
            arguments
        })
}

fn compiled(text: &str) -> Program {
    match compile(&Source::new("random.rs", text)) {
        Ok(program) => program,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

/// Compares both sides; whether the program has a result, unless it takes too long.
fn compare(text: &str, program: &Program, arguments: &[F], advice: &[F]) -> Option<bool> {
    let native = program.interpret(arguments, advice, FUEL);
    let input = Input {
        arguments,
        advice,
        max_rows: 1 << 17,
    };
    let run = Executor::new(&program.executable).run(input);
    match (native, run) {
        (Ok((results, taken)), Ok(outcome)) => {
            assert_eq!(results, outcome.results, "{text}");
            assert_eq!(taken, outcome.advice_used, "{text}");
            if let Err(error) = outcome.run.check(&program.executable.program) {
                panic!("{error}\n{text}");
            }
            Some(true)
        }
        (Err(panic), _) if panic.message.contains("too long") => None,
        (Err(panic), Ok(outcome)) => {
            panic!(
                "`{panic}`, but there are rows: {:?}\n{text}",
                outcome.results
            )
        }
        (Err(_), Err(_)) => Some(false),
        (Ok(_), Err(error)) => {
            assert!(
                matches!(error.problem, Problem::TooManyRows { .. }),
                "{error}\n{text}"
            );
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn rows_compute_what_the_program_says(
        choices in proptest::collection::vec(any::<u32>(), 0..600),
        arguments in arguments(),
        advice in proptest::collection::vec(0..1u32 << 24, 64),
    ) {
        let text = generator::program(&choices);
        let advice: Vec<F> = advice.into_iter().map(F::from_u32).collect();
        compare(&text, &compiled(&text), &arguments, &advice);
    }
}

#[test]
fn most_programs_that_are_made_have_results() {
    let mut has = 0;
    let advice: Vec<F> = (0..64).map(F::from_u32).collect();
    for seed in 0..40u32 {
        // Any numbers: a multiplicative generator.
        let mut state = u64::from(seed) * 2 + 1;
        let choices: Vec<u32> = (0..400)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as u32
            })
            .collect();
        let text = generator::program(&choices);
        let arguments: Vec<F> = [5, 1, 2, 3, 4, 5, 6, 1].map(F::from_u32).to_vec();
        let outcome = compare(&text, &compiled(&text), &arguments, &advice);
        has += usize::from(outcome == Some(true));
    }
    assert!(has >= 20, "only {has} of 40 programs have results");
}
