//! The program accepts the proofs about runs that the native verifier accepts, and no others.

mod runs;

use p3_field::PrimeCharacteristicRing;
use runs::{Proof, point, program, proof, tape};
use sheaf_executor::{ExecuteError, Executor, Input, Outcome, Problem};
use sheaf_guests::{Case, fibonacci, membership, poseidon_chain};
use sheaf_machine::{Setup, verify};
use sheaf_program::builder::Executable;
use sheaf_program::{E, F, Run, coefficients};

fn run(executable: &Executable, proof: &Proof, tape: &[F]) -> Result<Outcome, ExecuteError> {
    let input = Input {
        arguments: &proof.program.id(),
        advice: tape,
        max_rows: 1 << 20,
    };
    Executor::new(executable).run(input)
}

/// Runs the program, which has to accept.
fn accepts(executable: &Executable, proof: &Proof) -> Outcome {
    let (elements, verdict) = tape(proof);
    let verdict = verdict.expect("the native verifier accepts");
    let outcome = run(executable, proof, &elements).unwrap_or_else(|error| panic!("{error}"));
    let weight = verdict.functional.at(&point());
    let expected: Vec<F> = [verdict.value, verdict.challenge, weight]
        .into_iter()
        .flat_map(coefficients)
        .collect();
    assert_eq!(outcome.results, expected);
    assert_eq!(outcome.advice_used, elements.len());
    outcome
}

fn execute(executable: &Executable, case: &Case) -> Run {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 20,
    };
    Executor::new(executable).run(input).unwrap().run
}

#[test]
fn guests_of_several_sizes_and_rates_are_accepted() {
    for (executable, case, rates) in [
        (poseidon_chain::program(), poseidon_chain::case(300), 1..4),
        (membership::program(), membership::case(777_777), 1..2),
    ] {
        let run = execute(&executable, &case);
        let verifier = program(run.public.len());
        for rate in rates {
            accepts(&verifier, &proof(&executable.program, &run, rate));
        }
    }
}

/// A run of the program that has functions for each instance.
fn children(instances: u32, steps: u32, rate: usize) -> Proof {
    let executable = runs::children();
    let case = Case {
        arguments: [instances, steps].map(F::from_u32).to_vec(),
        advice: vec![],
        results: vec![],
    };
    proof(&executable.program, &execute(&executable, &case), rate)
}

/// Positions of the public tuple of those.
const CHILDREN: usize = 4;

#[test]
fn any_number_of_instances_is_accepted() {
    let verifier = program(CHILDREN);
    for (instances, steps, rate) in [
        (0, 5, 1),
        (1, 0, 2),
        (3, 200, 3),
        (16, 1, 1),
        (9, 3000, 2),
        (0, 300, 1),
    ] {
        let proof = children(instances, steps, rate);
        assert_eq!(proof.statement.counts().instances, instances);
        accepts(&verifier, &proof);
    }
}

#[test]
fn that_a_proof_is_accepted_is_proven() {
    let verifier = program(CHILDREN);
    let outcome = accepts(&verifier, &children(3, 200, 1));
    let program = &verifier.program;
    assert_eq!(program.check().err(), None);
    outcome.run.check(program).unwrap();
    let own = proof(program, &outcome.run, 1);
    let setup = Setup::from_table(&own.statement, 1).unwrap();
    let verified = verify(&setup, program, &own.statement, &own.body);
    assert_eq!(verified, Ok(()));
    // It has hundreds of kinds.
    let other = runs::program(own.statement.public().len());
    accepts(&other, &own);
}

#[test]
fn a_program_without_permutations_is_refused() {
    let executable = fibonacci::program();
    let case = fibonacci::case(50, E::ONE, E::TWO);
    let honest = proof(&executable.program, &execute(&executable, &case), 1);
    let verifier = program(honest.statement.public().len());
    let (elements, verdict) = tape(&honest);
    assert!(verdict.is_some());
    let error = refuses(&verifier, &honest, &elements, "no permutation");
    assert!(error.contains("zero has no inverse"), "{error}");
}

#[test]
fn a_run_of_many_rows_has_a_proof_of_work() {
    let proof = children(2, 70_000, 1);
    assert_eq!(proof.statement.rows().log_rows(), 17);
    accepts(&program(CHILDREN), &proof);
}

/// The program refuses a tape, and not for want of elements.
fn refuses(executable: &Executable, proof: &Proof, tape: &[F], what: &str) -> String {
    let Err(error) = run(executable, proof, tape) else {
        panic!("{what} is accepted");
    };
    assert!(
        !matches!(error.problem, Problem::Advice { .. }),
        "{what}: {error}"
    );
    error.to_string()
}

#[test]
fn what_is_changed_is_not_accepted() {
    let verifier = program(CHILDREN);
    let honest = children(3, 200, 1);
    // Elements of the proof all over it. The tape ends where the native verifier stops, and the program does not get there.
    let count = honest.body.len() / 4;
    for i in (0..count).step_by(count / 60) {
        let mut changed = honest.clone();
        changed.body[4 * i] ^= 1;
        let (elements, verdict) = tape(&changed);
        assert!(verdict.is_none(), "element {i}");
        refuses(&verifier, &honest, &elements, &format!("element {i}"));
    }
    // What is public, and the value of the functional. The point is not a part of the proof.
    let (elements, _) = tape(&honest);
    let point = 5 * CHILDREN..5 * (CHILDREN + runs::POINT);
    let sizes = SIZES_AT + 3 + honest.statement.counts().zone_b.len() + 12;
    for i in (0..sizes + 5 + 14 + 40).filter(|i| !point.contains(i)) {
        let mut elements = elements.clone();
        elements[i] += F::ONE;
        refuses(
            &verifier,
            &honest,
            &elements,
            &format!("public element {i}"),
        );
    }
}

/// Where the tape has the header, and the sizes.
const HEADER_AT: usize = 5 * (CHILDREN + runs::POINT + 1);
const SIZES_AT: usize = HEADER_AT + 6 + 9;

/// What is changed, where and to what, and what the check says that fails.
type Cheat<'a> = (&'a str, &'a [(usize, F)], &'a str);

#[test]
fn statements_out_of_bounds_are_refused() {
    let verifier = program(CHILDREN);
    let honest = children(3, 200, 1);
    let (elements, _) = tape(&honest);
    let [block_at, instances_at, count_at] = [1, 2, 3].map(|i| SIZES_AT + i);
    let kinds = honest.statement.counts().zone_b.len();
    let live_at = count_at + kinds;
    let number = F::from_u32;
    let cheats: &[Cheat<'_>] = &[
        ("five bits of a block", &[(block_at, number(5))], "one size"),
        ("m + 2", &[(instances_at, number(5))], "bits"),
        ("m = 2^(c - 1)", &[(instances_at, number(2))], "bits"),
        (
            "m = 0, c = 2",
            &[(instances_at, F::ZERO)],
            "without an instance",
        ),
        ("m = -1", &[(instances_at, -F::ONE)], "bits"),
        ("a count below zero", &[(count_at, -number(5))], "bits"),
        ("a count of 2^24", &[(count_at, number(1 << 24))], "bits"),
        ("2^22 rows", &[(count_at, number(1 << 22))], "bits"),
        (
            "two counts that cancel",
            &[(count_at, -F::ONE), (count_at + 1, number(2))],
            "bits",
        ),
        ("17 live blocks", &[(live_at, number(17))], "bits"),
        (
            "zones of the header",
            &[(HEADER_AT, number(0)), (HEADER_AT + 3, number(3))],
            "identity",
        ),
        ("width 16", &[(HEADER_AT + 1, F::ONE)], "identity"),
    ];
    for (name, changes, check) in cheats {
        let mut elements = elements.clone();
        for &(at, value) in *changes {
            elements[at] = value;
        }
        let error = refuses(&verifier, &honest, &elements, name);
        assert!(error.contains(check), "{name}: {error}");
    }
    // Another identity.
    let mut other = honest.clone();
    other.program = poseidon_chain::program().program;
    let error = refuses(&verifier, &other, &elements, "another program");
    assert!(error.contains("identity"), "{error}");
}
