use proptest::prelude::*;

use super::*;
use crate::form::power_of_x;
use crate::{Constraint, Message, Permutation};

fn program() -> Program {
    let constraint = Constraint {
        products: vec![
            (Form::ZERO, Form::word(3)),
            (Form::output(15), Form::cell(95)),
        ],
        result: Form::constant(-E::ONE),
    };
    let message = Message {
        multiplicity: Form::constant(E::ONE),
        tuple: vec![
            Form::constant(E::TWO),
            Form::ZERO,
            Form::new([(0, power_of_x(2))]),
        ],
    };
    let mut narrow = Kind::new("kind 0", Permutation::Width16);
    narrow.constraints = vec![Constraint::default(), constraint.clone()];
    narrow.messages = vec![message.clone(), message.clone()];
    let mut plain = Kind::new("kind 1", Permutation::None);
    plain.messages = vec![message];
    Program::new(vec![narrow], vec![plain]).unwrap()
}

#[test]
fn a_program_is_decoded_from_its_bytes() {
    let decoded = Program::decode(&program().encode()).unwrap();
    assert_eq!(decoded, program());
    assert_eq!(decoded.id(), program().id());
    let empty = Program::new(vec![], vec![]).unwrap();
    assert_eq!(Program::decode(&empty.encode()).unwrap(), empty);
}

#[test]
fn names_are_no_part_of_bytes_or_identity() {
    let mut kinds = program().kinds().to_vec();
    kinds[0].name = "other".into();
    kinds[0].cells = vec!["x".into()];
    let zone_b = kinds.split_off(1);
    let named = Program::new(kinds, zone_b).unwrap();
    assert_eq!(named.encode(), program().encode());
    assert_eq!(named.id(), program().id());
}

#[test]
fn every_coefficient_and_the_header_change_the_identity() {
    let bytes = program().encode();
    let mut ids = std::collections::HashSet::from([program().id()]);
    let mut count = 1;
    for at in 24..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        if let Ok(other) = Program::decode(&other) {
            count += 1;
            ids.insert(other.id());
        }
    }
    let swapped = Program::new(vec![], program().kinds().to_vec()).unwrap();
    assert_eq!(swapped.coefficient_digest(), program().coefficient_digest());
    ids.insert(swapped.id());
    assert_eq!(ids.len(), count + 1);
    assert!(count > 20);
}

#[test]
fn every_truncation_is_refused_with_what_is_missing() {
    let bytes = program().encode();
    for length in 0..bytes.len() {
        match Program::decode(&bytes[..length]) {
            Err(DecodeError::Magic) => assert!(length < 8),
            Err(DecodeError::Truncated { at, missing }) => {
                assert!(length >= 8 && at == length && (1..=4).contains(&missing));
            }
            other => panic!("{other:?}"),
        }
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(Program::decode(&longer), Err(DecodeError::Trailing(1)));
}

/// The bytes with the word at this place after the header replaced.
fn with_word(word: usize, value: u32) -> Result<Program, DecodeError> {
    let mut bytes = program().encode();
    bytes[24 + 4 * word..][..4].copy_from_slice(&value.to_le_bytes());
    Program::decode(&bytes)
}

#[test]
fn forms_that_are_not_canonical_are_refused_by_name() {
    // The first coefficient: the result of constraint 1, at the constant, minus one.
    let place: u32 = 65 << 7 | 120;
    assert_eq!(program().encode()[24..28], place.to_le_bytes());
    assert_eq!(with_word(1, 0), Err(DecodeError::Zero { number: 0 }));
    let p = F::ORDER_U32;
    assert_eq!(
        with_word(1, p),
        Err(DecodeError::Element {
            number: 0,
            element: p
        })
    );
    assert_eq!(
        with_word(0, 1 << 31 | place),
        Err(DecodeError::Place {
            number: 0,
            place: 1 << 31 | place
        })
    );
    assert_eq!(
        with_word(0, 2 << 16 | place),
        Err(DecodeError::Kind {
            number: 0,
            kind: 2,
            kinds: 2
        })
    );
    assert_eq!(
        with_word(0, 120),
        Err(DecodeError::Form { number: 0, form: 0 })
    );
    for column in [112, 119, 121, 127] {
        assert_eq!(
            with_word(0, 65 << 7 | column),
            Err(DecodeError::Column {
                number: 0,
                kind: 0,
                column: column as usize
            })
        );
    }
    // A later place first, and a place twice.
    assert_eq!(
        with_word(0, 81 << 7 | 120),
        Err(DecodeError::Order { number: 1 })
    );
    assert_eq!(
        with_word(0, 80 << 7 | 120),
        Err(DecodeError::Order { number: 1 })
    );
    // A value with a zero at its end.
    let mut padded = program().encode();
    padded[24..28].copy_from_slice(&(1 << 28 | place).to_le_bytes());
    padded.splice(32..32, [0; 4]);
    assert_eq!(
        Program::decode(&padded),
        Err(DecodeError::Zero { number: 0 })
    );
}

#[test]
fn counts_beyond_the_bytes_take_no_memory() {
    let mut bytes = program().encode();
    bytes[20..24].fill(0xff);
    assert!(matches!(
        Program::decode(&bytes),
        Err(DecodeError::Truncated { .. })
    ));
    bytes[8..20].fill(0xff);
    assert_eq!(Program::decode(&bytes), Err(DecodeError::Kinds(6 * 65535)));
}

proptest! {
    #[test]
    fn damaged_bytes_are_refused_or_are_canonical(
        damage in prop::collection::vec((0usize..400, any::<u8>()), 1..6),
        cut in prop::option::of(0usize..400),
    ) {
        let mut bytes = program().encode();
        for (at, xor) in damage {
            let length = bytes.len();
            bytes[at % length] ^= xor;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut);
        }
        if let Ok(program) = Program::decode(&bytes) {
            prop_assert_eq!(program.encode(), bytes);
            // Neither the conditions nor the identity mind what a program says.
            let _ = (program.check(), program.id(), program.to_string());
        }
    }
}
