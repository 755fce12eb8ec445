//! The program accepts the proofs about signatures that the native verifier accepts, and no others.

mod proofs;

use p3_field::PrimeCharacteristicRing;
use proofs::{Proof, program, proof, tape};
use sheaf_aggregation::Summary;
use sheaf_executor::{ExecuteError, Executor, Input, Outcome};
use sheaf_program::F;
use sheaf_program::builder::Executable;

fn run(executable: &Executable, tape: &[F]) -> Result<Outcome, ExecuteError> {
    let input = Input {
        arguments: &[],
        advice: tape,
        max_rows: 1 << 20,
    };
    Executor::new(executable).run(input)
}

#[test]
fn honest_proofs_are_accepted_and_changed_ones_are_not() {
    let executable = program();
    let honest = proof(16, 1);
    let (elements, accepted) = tape(&honest);
    assert!(accepted);
    let outcome = run(&executable, &elements).unwrap_or_else(|error| panic!("{error}"));
    outcome.run.check(&executable.program).unwrap();
    assert_eq!(outcome.results, Summary::new(&honest.statement).digest());
    assert_eq!(outcome.advice_used, elements.len());

    // Elements of the proof all over it. The tape ends where the native verifier stops.
    let count = honest.bytes.len() / 4;
    for i in (0..count).step_by(count / 60) {
        let mut bytes = honest.bytes.clone();
        bytes[4 * i] ^= 1;
        let (elements, accepted) = tape(&Proof {
            bytes,
            ..honest.clone()
        });
        assert!(!accepted, "element {i}");
        assert!(run(&executable, &elements).is_err(), "element {i}");
    }
    // What is public: rate, slot, size, message, capacities.
    for i in 0..160 {
        let mut elements = elements.clone();
        elements[i] += F::ONE;
        assert!(run(&executable, &elements).is_err(), "public element {i}");
    }
}
