use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::{Base, Builder};
use sheaf_transcript::VerifierTranscript;

use super::*;
use crate::checks::switch::without;

fn program() -> Program {
    let mut builder = Builder::new();
    let memory = builder.memory::<Base>("memory");
    let square = builder.function::<Base, Base>("square");
    builder.body(&square, |row, x| row.product(&x, &x));
    let main = builder.function::<Base, Base>("main");
    builder.body(&main, |row, x| {
        row.write(&memory, &Base::zero(), &x);
        let y = row.call(&square, &x);
        row.call(&square, &y)
    });
    builder.finish(&main).unwrap().program
}

fn element(seed: usize) -> EF {
    EF::from_usize(seed * seed + 3 * seed + 11).cube()
}

fn elements(seed: usize, count: usize) -> Vec<EF> {
    (0..count).map(|i| element(100 * seed + i)).collect()
}

fn deferred(program: &Program, seed: usize) -> PointClaim {
    let mut claim = PointClaim {
        point: core::array::from_fn(|i| element(1000 * seed + i)),
        value: EF::ZERO,
    };
    claim.value = claim.functional().evaluate(program);
    claim
}

fn part(program: &Program, seed: usize, deferred: PointClaim) -> Part {
    let functional = Functional {
        kinds: elements(seed, program.kinds().len()),
        forms: elements(seed + 1, 1 << FORM_BITS),
        columns: eq::table(&elements(seed + 2, COLUMN_BITS)),
    };
    Part {
        seal: [element(seed), element(seed + 50)],
        value: functional.evaluate(program),
        functional,
        deferred,
    }
}

fn parts(program: &Program) -> Vec<Part> {
    vec![
        part(program, 3, PointClaim::EMPTY),
        part(program, 7, deferred(program, 2)),
        part(program, 20, deferred(program, 5)),
    ]
}

fn prove_bytes(program: &Program, parts: &[Part]) -> (PointClaim, Vec<u8>) {
    let (claim, messages) = prove(program, &program.id(), parts);
    (claim, VerifierTranscript::encode(&messages))
}

fn accepts(program: &Program, parts: &[Part], messages: &[u8]) -> bool {
    let mut channel = VerifierTranscript::new(messages);
    let claim = verify(&program.id(), parts, &mut channel);
    claim.is_ok_and(|claim| channel.finish().is_ok() && claim.holds(program))
}

#[test]
fn claims_about_one_program_become_one() {
    let program = program();
    let all = parts(&program);
    for count in 0..=all.len() {
        let (claim, messages) = prove_bytes(&program, &all[..count]);
        let mut channel = VerifierTranscript::new(&messages);
        let verified = verify(&program.id(), &all[..count], &mut channel).unwrap();
        channel.finish().unwrap();
        assert_eq!(verified, claim);
        assert!(claim.holds(&program));
        assert_eq!(claim == PointClaim::EMPTY, count == 0);
        assert_eq!(PointClaim::from_elements(&claim.elements()), Some(claim));
    }
}

#[test]
fn the_extension_of_weights_is_that_of_their_products() {
    let program = program();
    let part = part(&program, 9, PointClaim::EMPTY);
    let point = elements(77, VARIABLES);
    let Functional {
        kinds,
        forms,
        columns,
    } = &part.functional;
    let table = eq::table(&point[COLUMN_BITS..][FORM_BITS..]);
    let at_kinds: EF = kinds.iter().zip(&table).map(|(&a, &b)| a * b).sum();
    let mut expected = EF::ZERO;
    for (f, &form) in forms.iter().enumerate() {
        for (y, &column) in columns.iter().enumerate() {
            expected +=
                form * column * eq::index(&point[..COLUMN_BITS + FORM_BITS], y << FORM_BITS | f);
        }
    }
    assert_eq!(part.functional.at(&point), expected * at_kinds);
}

/// A part whose value, or whose deferred claim, is false: either the sum is, or the claim that is left.
#[test]
fn a_false_claim_does_not_become_a_true_one() {
    let program = program();
    let id = program.id();
    type Change = fn(&mut Part);
    let changes: [Change; 3] = [
        |part| part.value += EF::ONE,
        |part| part.deferred.value += EF::ONE,
        |part| part.deferred.point = core::array::from_fn(|i| element(9 + i)),
    ];
    for i in 0..3 {
        for change in changes {
            let mut all = parts(&program);
            change(&mut all[i]);
            let (claim, messages) = prove_bytes(&program, &all);
            let mut channel = VerifierTranscript::new(&messages);
            assert_eq!(verify(&id, &all, &mut channel), Err(VerifyError::Join));
            without(&[Check::Join], || {
                let mut channel = VerifierTranscript::new(&messages);
                assert_eq!(verify(&id, &all, &mut channel), Ok(claim.clone()));
                assert!(claim.holds(&program));
            });
        }
    }
}

#[test]
fn all_that_is_sent_and_absorbed_counts() {
    let program = program();
    let all = parts(&program);
    let (_, messages) = prove_bytes(&program, &all);
    assert!(accepts(&program, &all, &messages));
    for i in 0..messages.len() / 4 {
        let mut changed = messages.clone();
        changed[4 * i] ^= 1;
        assert!(!accepts(&program, &all, &changed), "element {i}");
    }
    let mut changed = all.clone();
    changed[1].seal[1] += EF::ONE;
    assert!(!accepts(&program, &changed, &messages));
    changed.swap(0, 1);
    assert!(!accepts(&program, &changed, &messages));
    assert!(!accepts(&program, &all[..2], &messages));
}
