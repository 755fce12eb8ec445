//! Real programs: executed, proven, verified.

use p3_field::PrimeCharacteristicRing;
use sheaf_compiler::{Source, compile};
use sheaf_executor::{Executor, Input};
use sheaf_guests::{
    Case, fibonacci, language, membership, polynomial, poseidon_chain, sorting, xmss,
};
use sheaf_machine::{Scratch, Setup, VerifyError, prove, verify};
use sheaf_program::builder::Executable;
use sheaf_program::{E, F};
use sheaf_xmss::{BatchFile, PROD};

/// Proves a run, and verifies it; nothing else is proven.
fn proves(executable: &Executable, case: &Case) {
    let input = Input {
        arguments: &case.arguments,
        advice: &case.advice,
        max_rows: 1 << 20,
    };
    let run = Executor::new(executable).run(input).unwrap().run;
    let program = &executable.program;
    assert_eq!(program.check().err(), None);
    let proof = prove(program, &run, 1, &mut Scratch::default(), |_| Ok(())).unwrap();
    let setup = Setup::new(&proof.statement, 1).unwrap();
    let verified = verify(&setup, program, &proof.statement, &proof.body);
    assert_eq!(verified, Ok(()));

    let mut other = run;
    *other.public.last_mut().unwrap() += E::ONE;
    let proof = prove(program, &other, 1, &mut Scratch::default(), |_| Ok(())).unwrap();
    let verified = verify(&setup, program, &proof.statement, &proof.body);
    assert_eq!(verified, Err(VerifyError::Balance));
}

#[test]
fn a_loop_is_proven() {
    proves(
        &fibonacci::program(),
        &fibonacci::case(1000, E::ONE, E::TWO),
    );
}

#[test]
fn a_chain_of_permutations_is_proven() {
    proves(&poseidon_chain::program(), &poseidon_chain::case(300));
}

#[test]
fn a_polynomial_in_memory_is_proven() {
    proves(&polynomial::program(), &polynomial::case(200, E::TWO));
}

#[test]
fn a_sorted_array_is_proven() {
    let numbers: Vec<u32> = (0..300).map(|i| i * i * 7 % 4096).collect();
    proves(&sorting::program(), &sorting::case(&numbers));
}

#[test]
fn a_path_in_a_tree_is_proven() {
    proves(&membership::program(), &membership::case(777_777));
}

#[test]
fn programs_in_the_language_are_proven() {
    let numbers = |list: &[u32]| -> Vec<F> { list.iter().copied().map(F::from_u32).collect() };
    // Thirteen numbers downwards: each comes from the other end.
    let places = || (0..13).rev();
    let sorting = places()
        .map(|i| 100 + i * i)
        .chain(places())
        .chain(places());
    for (name, arguments, advice) in [
        ("fibonacci", vec![500], vec![]),
        ("life", vec![2, 1, 7, 0, 0, 0, 0, 0, 2], vec![]),
        ("matrices", vec![4], (0..32).collect()),
        ("polynomial", vec![40, 1, 2, 3, 4, 5], (0..200).collect()),
        ("sorting", vec![13], sorting.collect::<Vec<u32>>()),
    ] {
        let mut texts = language::ALL.iter();
        let text = texts
            .find(|text| text.path.ends_with(&format!("/{name}.rs")))
            .unwrap();
        let program = compile(&Source::new(text.path, text.text)).unwrap();
        let case = Case {
            arguments: numbers(&arguments),
            advice: numbers(&advice),
            results: vec![],
        };
        proves(&program.executable, &case);
    }
}

#[test]
fn signatures_are_proven() {
    let bytes = include_bytes!("../../xmss/tests/vectors/prod-slot-77777.bin");
    let batch = BatchFile::parse(&PROD, bytes).unwrap();
    let case = xmss::case(&PROD, batch.slot, &batch.message, &batch.signers).unwrap();
    proves(&xmss::program(&PROD), &case);
}
