//! The program accepts the proofs about signatures that the native verifier accepts, and no others.

mod proofs;

use p3_field::PrimeCharacteristicRing;
use proofs::{Proof, program, proof, tape};
use sheaf_aggregation::Summary;
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_machine::{Scratch, Setup, prove, verify};
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

/// Runs the program, which has to accept.
fn accepts(executable: &Executable, proof: &Proof) -> Outcome {
    let (elements, accepted) = tape(proof);
    assert!(accepted);
    let outcome = run(executable, &elements).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outcome.results, Summary::new(&proof.statement).digest());
    assert_eq!(outcome.advice_used, elements.len());
    outcome
}

#[test]
fn proofs_of_all_sizes_and_rates_are_accepted() {
    let executable = program();
    for (lanes, rate) in [(1, 2), (15, 4), (17, 1), (40, 3)] {
        accepts(&executable, &proof(lanes, rate));
    }
}

#[test]
fn that_a_proof_is_accepted_is_proven() {
    let executable = program();
    let outcome = accepts(&executable, &proof(16, 1));
    let program = &executable.program;
    outcome.run.check(program).unwrap();
    let proof = prove(
        program,
        &outcome.run,
        1,
        &mut Scratch::default(),
        |_| Ok(()),
    )
    .unwrap();
    assert_eq!(
        proof.statement.public(),
        executable.entry.public(&[], &outcome.results)
    );
    let setup = Setup::new(&proof.statement, proof.log_inv_rate).unwrap();
    assert_eq!(
        verify(&setup, program, &proof.statement, &proof.body),
        Ok(())
    );
}

#[test]
fn what_is_changed_is_not_accepted() {
    let executable = program();
    let honest = proof(16, 1);
    // Elements of the proof all over it. The tape ends where the native verifier stops, and the program does not get there.
    let count = honest.bytes.len() / 4;
    for i in (0..count).step_by(count / 60) {
        let mut bytes = honest.bytes.clone();
        bytes[4 * i] ^= 1;
        let (elements, accepted) = tape(&Proof {
            bytes,
            ..honest.clone()
        });
        assert!(!accepted, "element {i}");
        let error = run(&executable, &elements).err().unwrap();
        assert!(
            !matches!(error.problem, Problem::Advice { .. }),
            "element {i}: {error}"
        );
    }
    // What is public: rate, slot, size, message, capacities.
    let (elements, _) = tape(&honest);
    for i in 0..157 {
        let mut elements = elements.clone();
        elements[i] += F::ONE;
        let error = run(&executable, &elements).err().unwrap();
        assert!(
            !matches!(error.problem, Problem::Advice { .. }),
            "public element {i}: {error}"
        );
    }
}
