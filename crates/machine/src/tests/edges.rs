//! Honest proofs at the limits of ranges.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::{Constraint, Form, Kind, Message, Permutation, Program, Run, Tag};
use sheaf_transcript::{EF, F};

use super::{counts, program, run};
use crate::{Scratch, Setup, prove, verify_balance};

fn accepts(name: &str, program: &Program, run: &Run, scratch: &mut Scratch) {
    let proof = prove(program, run, 1, scratch, |_| Ok(())).unwrap();
    let setup = Setup::new(&proof.statement, 1).unwrap();
    assert_eq!(
        verify_balance(&setup, program, &proof.statement, &proof.body),
        Ok(()),
        "{name}"
    );
}

#[test]
fn runs_at_every_boundary_are_proven() {
    let mut scratch = Scratch::default();
    let mut seed = 1000;
    for (zone_a, zone_b, instances, zone_b_counts) in [
        // Permuted rows begin after the first block of rows.
        ([0, 0, 9], [1, 0, 0], 16, vec![1]),
        ([0, 0, 9], [0, 1, 0], 16, vec![5]),
        ([0, 0, 8], [1, 1, 1], 16, vec![0, 1, 3]),
        ([0, 0, 9], [1, 1, 1], 15, vec![130, 0, 3]),
        ([0, 0, 17], [1, 1, 1], 9, vec![0, 0, 3]),
        ([1, 1, 20], [1, 1, 1], 9, vec![0, 200, 3]),
        ([9, 0, 0], [0, 1, 1], 11, vec![1, 0]),
        ([0, 9, 0], [1, 0, 0], 16, vec![0]),
        ([0, 9, 1], [1, 0, 0], 16, vec![1]),
        // Powers of two, one less, one more.
        ([0, 0, 0], [1, 0, 0], 1, vec![127]),
        ([0, 0, 0], [1, 0, 0], 1, vec![128]),
        ([0, 0, 0], [0, 1, 0], 1, vec![128]),
        ([0, 0, 0], [1, 1, 1], 1, vec![64, 64, 0]),
        ([0, 0, 0], [1, 1, 1], 1, vec![64, 64, 1]),
        ([0, 0, 0], [1, 1, 1], 1, vec![64, 63, 1]),
        ([0, 0, 0], [1, 1, 1], 1, vec![1, 0, 1000]),
        ([0, 0, 0], [1, 1, 1], 1, vec![0, 0, 1000]),
        ([0, 0, 0], [1, 1, 1], 1, vec![0, 1024, 0]),
        ([0, 0, 0], [1, 1, 1], 1, vec![1023, 0, 0]),
        ([0, 0, 0], [1, 1, 1], 1, vec![0, 1, 0]),
        ([0, 0, 0], [1, 1, 1], 1, vec![1, 0, 0]),
        ([0, 0, 0], [0, 0, 1], 1, vec![1]),
        ([1, 0, 0], [0, 0, 0], 1, vec![]),
        ([8, 0, 0], [0, 0, 0], 16, vec![]),
        ([4, 4, 0], [0, 0, 0], 16, vec![]),
        ([4, 4, 0], [0, 0, 0], 9, vec![]),
        ([3, 5, 0], [1, 1, 1], 3, vec![3, 4, 5]),
        // Zone A without an instance has no rows.
        ([3, 5, 2], [1, 1, 1], 0, vec![3, 4, 5]),
        ([3, 0, 0], [0, 0, 1], 0, vec![3]),
        ([150, 0, 0], [1, 0, 0], 0, vec![100]),
    ] {
        seed += 1;
        let name = format!("{zone_a:?} {zone_b:?} {instances} {zone_b_counts:?}");
        let program = program(seed, zone_a, zone_b);
        let run = run(seed, &program, instances, &zone_b_counts);
        accepts(&name, &program, &run, &mut scratch);
    }
}

#[test]
fn kinds_that_say_little_are_proven() {
    let entry = |permutation| {
        let mut kind = Kind::new("entry", permutation);
        kind.messages = vec![Message {
            multiplicity: Form::constant(EF::ONE),
            tuple: vec![Tag::ENTRY.form(), Form::cell(95)],
        }];
        kind
    };
    let constrained = |permutation| {
        let mut kind = Kind::new("constraint", permutation);
        kind.constraints = vec![Constraint {
            products: vec![],
            result: Form::cell(95),
        }];
        kind
    };
    for permutation in Permutation::ALL {
        for order in 0..3 {
            let mut kinds = vec![
                entry(permutation),
                constrained(permutation),
                Kind::new("nothing", permutation),
            ];
            kinds.rotate_left(order);
            let mut zone_b = vec![131, 7, 1];
            zone_b[(3 - order) % 3] = 1;
            let program = Program::new(vec![], kinds).unwrap();
            assert_eq!(program.check(), Ok(()));
            let counts = counts(1, &zone_b);
            let rows: u32 = zone_b.iter().sum();
            let run = Run {
                counts,
                cells: vec![F::ZERO; rows as usize * 96],
                public: vec![EF::ONE],
            };
            assert_eq!(run.check(&program), Ok(()));
            accepts(
                &format!("{permutation:?} {order}"),
                &program,
                &run,
                &mut Scratch::default(),
            );
        }
    }
}

/// The other factor of a product with zero has a value, which is a part of what the verifier asks for.
#[test]
fn products_with_a_factor_that_is_zero_are_proven() {
    let mut kind = Kind::new("entry", Permutation::None);
    kind.messages = vec![Message {
        multiplicity: Form::constant(EF::ONE),
        tuple: vec![Tag::ENTRY.form(), Form::cell(0)],
    }];
    kind.constraints = vec![Constraint {
        products: vec![
            (Form::cell(0), Form::ZERO),
            (Form::ZERO, Form::cell(1)),
            (Form::cell(0), Form::cell(1)),
        ],
        result: Form::cell(2),
    }];
    let program = Program::new(vec![], vec![kind]).unwrap();
    let mut cells = vec![F::ZERO; 96];
    cells[..3].copy_from_slice(&[5, 7, 35].map(F::from_u8));
    let run = Run {
        counts: counts(1, &[1]),
        cells,
        public: vec![EF::ONE, EF::from_u8(5)],
    };
    assert_eq!(run.check(&program), Ok(()));
    accepts("zero", &program, &run, &mut Scratch::default());
}
