//! Honest proofs.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::layout::CELLS;
use sheaf_program::{Class, Form, Kind, Message, Permutation, Program, Run, Tag};
use sheaf_transcript::{EF, F, VerifierTranscript};

use super::{program, run};
use crate::{
    Cancelled, Phase, Proof, ProveError, RATES, Scratch, Setup, prove, reduce, verify,
    verify_balance,
};

fn prove_run(program: &Program, run: &Run, rate: usize) -> Proof {
    prove(program, run, rate, &mut Scratch::default(), |_| Ok(())).unwrap()
}

fn accepts(program: &Program, proof: &Proof) {
    let setup = Setup::new(&proof.statement, proof.log_inv_rate).unwrap();
    assert_eq!(
        verify_balance(&setup, program, &proof.statement, &proof.body),
        Ok(())
    );
}

#[test]
fn runs_of_random_programs_are_proven() {
    for (seed, zone_a, zone_b, instances, counts) in [
        (1, [1, 1, 1], [1, 1, 1], 3, vec![10, 20, 40]),
        (2, [0, 0, 0], [0, 0, 1], 1, vec![150]),
        (3, [2, 0, 1], [0, 0, 2], 5, vec![1, 130]),
        (4, [0, 3, 0], [0, 2, 0], 16, vec![0, 100]),
        (5, [0, 0, 0], [1, 1, 0], 1, vec![129, 1]),
        (6, [1, 2, 1], [2, 2, 2], 9, vec![3, 0, 0, 300, 0, 17]),
        (7, [0, 0, 0], [3, 1, 1], 1, vec![0, 0, 0, 0, 7]),
        (8, [0, 0, 3], [0, 0, 0], 16, vec![]),
        (9, [1, 0, 0], [0, 0, 1], 1, vec![2000]),
        (10, [1, 1, 1], [2, 1, 2], 7, vec![3000, 1, 2500, 900, 1000]),
        (11, [2, 1, 1], [1, 1, 1], 0, vec![30, 1, 40]),
    ] {
        let program = program(seed, zone_a, zone_b);
        let run = run(seed, &program, instances, &counts);
        accepts(&program, &prove_run(&program, &run, 1));
    }
}

#[test]
fn all_rates_are_accepted() {
    let program = program(11, [1, 1, 0], [0, 0, 1]);
    let run = run(11, &program, 3, &[120]);
    for rate in RATES {
        let proof = prove_run(&program, &run, rate);
        accepts(&program, &proof);
        assert_eq!(Proof::from_bytes(&proof.to_bytes()), Ok(proof));
    }
    for log_inv_rate in [0, 5, usize::MAX] {
        let refused = prove(
            &program,
            &run,
            log_inv_rate,
            &mut Scratch::default(),
            |_| Ok(()),
        );
        assert_eq!(refused, Err(ProveError::Rate { log_inv_rate }));
    }
}

#[test]
fn a_program_without_rows_has_the_run_of_nothing() {
    // Nothing is sent, so nothing but a public tuple that nobody sends remains: such a run does not balance.
    let program = Program::new(
        vec![],
        vec![sheaf_program::Kind::new("none", Permutation::None)],
    )
    .unwrap();
    let run = Run {
        counts: sheaf_program::Counts {
            instances: 1,
            log_block: 0,
            zone_b: vec![0],
        },
        cells: vec![],
        public: vec![EF::ONE],
    };
    let proof = prove_run(&program, &run, 1);
    let setup = Setup::new(&proof.statement, 1).unwrap();
    let error = verify_balance(&setup, &program, &proof.statement, &proof.body).unwrap_err();
    assert_eq!(error, crate::VerifyError::Balance);
}

/// Of a program that is not sound a false tuple may balance; so may a tuple of a sound one that says nothing of an entry.
#[test]
fn balance_alone_is_not_believed() {
    let verified = |program: &Program, run: &Run| {
        let proof = prove_run(program, run, 1);
        accepts(program, &proof);
        let setup = Setup::new(&proof.statement, 1).unwrap();
        verify(&setup, program, &proof.statement, &proof.body)
    };
    let random = program(14, [0, 0, 0], [0, 0, 1]);
    let of_random = run(14, &random, 1, &[3]);
    let error = verified(&random, &of_random).unwrap_err();
    assert!(
        matches!(error, crate::VerifyError::Conditions(_)),
        "{error}"
    );

    let tag = |class| Tag::new(class, 0).unwrap();
    let send = |multiplicity: EF, class| Message {
        multiplicity: Form::constant(multiplicity),
        tuple: vec![tag(class).form(), Form::cell(0)],
    };
    let mut main = Kind::new("main", Permutation::None);
    main.messages = vec![send(EF::ONE, Class::Entry), send(EF::NEG_ONE, Class::Fun)];
    let mut function = Kind::new("function", Permutation::None);
    function.messages = vec![send(EF::ONE, Class::Fun)];
    let sound = Program::new(vec![], vec![main, function]).unwrap();
    assert_eq!(sound.check().err(), None);
    let run = |counts: [u32; 2], class: Class| {
        let rows = counts.iter().sum::<u32>() as usize;
        let cell = |i: usize| F::from_u8(if i.is_multiple_of(CELLS) { 9 } else { 0 });
        let run = Run {
            counts: super::counts(1, &counts),
            cells: (0..rows * CELLS).map(cell).collect(),
            public: vec![tag(class).element().into(), EF::from_u8(9)],
        };
        assert_eq!(run.check(&sound), Ok(()));
        run
    };
    assert_eq!(verified(&sound, &run([1, 1], Class::Entry)), Ok(()));
    let error = verified(&sound, &run([0, 1], Class::Fun)).unwrap_err();
    assert_eq!(error, crate::VerifyError::Entry);
}

#[test]
fn the_functional_is_handed_out_with_its_value() {
    let program = program(12, [1, 0, 1], [1, 1, 1]);
    let run = run(12, &program, 2, &[5, 6, 7]);
    let proof = prove_run(&program, &run, 1);
    let setup = Setup::new(&proof.statement, 1).unwrap();
    let reduced = |add: EF| {
        let mut channel = VerifierTranscript::new(&proof.body);
        let value = |x: &crate::Functional| x.evaluate(&program) + add;
        reduce(&setup, &proof.statement, value, &mut channel)
    };
    let functional = reduced(EF::ZERO).unwrap();
    let mut dense = EF::ZERO;
    for c in program.coefficients() {
        dense += functional.kinds[c.kind]
            * functional.forms[c.form]
            * functional.columns[c.column]
            * c.value;
    }
    assert_eq!(functional.evaluate(&program), dense);
    assert_eq!(reduced(EF::ONE).unwrap_err(), crate::VerifyError::Shares);
}

#[test]
fn neither_threads_nor_memory_of_before_change_a_byte() {
    let program = program(13, [1, 1, 1], [1, 1, 1]);
    let run = run(13, &program, 3, &[100, 200, 300]);
    let other = super::run(14, &program, 1, &[10, 2, 3]);
    let mut scratch = Scratch::default();
    let mut prove = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().unwrap();
        let _ = pool.install(|| prove(&program, &other, 1, &mut scratch, |_| Ok(())));
        pool.install(|| prove(&program, &run, 1, &mut scratch, |_| Ok(())))
            .unwrap()
    };
    let one = prove(1);
    assert_eq!(one, prove(2));
    assert_eq!(one, prove(5));
}

#[test]
fn every_phase_is_announced_and_may_be_the_end() {
    let program = program(15, [0, 0, 0], [1, 0, 1]);
    let run = run(15, &program, 1, &[5, 5]);
    for last in Phase::ALL {
        let mut seen = Vec::new();
        let result = prove(&program, &run, 1, &mut Scratch::default(), |phase| {
            seen.push(phase);
            if phase == last {
                Err(Cancelled)
            } else {
                Ok(())
            }
        });
        assert_eq!(result, Err(ProveError::Cancelled));
        assert_eq!(Some(&last), seen.last());
        assert_eq!(seen[..], Phase::ALL[..seen.len()]);
    }
}

#[test]
fn a_set_up_whose_parameters_are_data_is_that_of_the_search() {
    let program = program(16, [0, 1, 0], [0, 0, 1]);
    let run = run(16, &program, 2, &[300]);
    let proof = prove_run(&program, &run, 3);
    let found = Setup::new(&proof.statement, 3).unwrap();
    let rounds = found.parameters().rounds().to_vec();
    let given = Setup::from_rounds(&proof.statement, rounds.clone()).unwrap();
    assert_eq!(given.log_inv_rate(), 3);
    assert_eq!(
        verify_balance(&given, &program, &proof.statement, &proof.body),
        Ok(())
    );
    assert!(Setup::from_rounds(&proof.statement, rounds[1..].to_vec()).is_err());
}

/// The sum of a few programs' proofs: a change of it is a new version of the protocol, and it is the same for every width of vectors.
#[test]
fn proofs_are_pinned() {
    use sha3::{Digest, Sha3_256};

    let mut hash = Sha3_256::new();
    for (seed, zone_a, zone_b, counts) in [
        (41, [1, 1, 1], [1, 1, 1], vec![130, 40, 50]),
        (42, [0, 0, 0], [0, 0, 2], vec![70, 80]),
        (43, [0, 1, 0], [0, 0, 1], vec![1000]),
    ] {
        let program = program(seed, zone_a, zone_b);
        let run = run(seed, &program, 3, &counts);
        hash.update(prove_run(&program, &run, 2).body);
    }
    let digest: String = hash.finalize().iter().map(|x| format!("{x:02x}")).collect();
    assert_eq!(
        digest,
        "4f8bbca3a36e85c6a5908275d634d6d7936921f6184b419cb70324dfbfe3daa2"
    );
}
