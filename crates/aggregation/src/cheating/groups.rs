//! Cheats about who signed what: sides of the path, messages of other groups, keys that count twice.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_xmss::TEST;
use sheaf_xmss::tweak::message_elements;

use super::forger::{HONEST, Place, Signer, forge};
use super::{Cheat, MESSAGE, SLOT, digits, has_sum, hooked, output_checks, signer, with_digits};
use crate::checks::Check;
use crate::shape::Shape;
use crate::statement::{Statement, StatementError};
use crate::strategy::Honest;
use crate::verify::verify;

/// The checks that the node at `level` is a child of the node above.
fn parent_checks(level: usize) -> Vec<Check> {
    let shape = Shape::with_lanes(TEST, 2, false);
    let slot = match level {
        0 => shape.sponge_slot(shape.sponge - 1),
        _ => shape.node_slot(level),
    };
    output_checks(&shape, slot).collect()
}

#[test]
fn a_node_on_the_other_side() {
    for level in 1..=TEST.height() {
        let hook = move |place: Place, values: &mut [F]| {
            if place == Place::Children(level) {
                values.rotate_left(8);
            }
        };
        let signer = with_digits(&TEST, 1, SLOT, |_| true);
        let name = format!("children of level {level} swapped");
        let mut cheat = Cheat::new(name, TEST, hooked(&signer, &hook), parent_checks(level - 1));
        cheat.check();
        // With a group at another slot beside it, where the side bits of some levels are columns.
        let other = Signer {
            group: 1,
            ..with_digits(&TEST, 2, SLOT ^ 0b0101_0011, |_| true)
        };
        cheat.groups.push((other.slot, MESSAGE));
        cheat.signers.push(other);
        cheat.check();
    }
}

/// The message whose elements are those of `MESSAGE`, but for the last one, which is one more.
fn message_above() -> [u8; 32] {
    // MESSAGE + p^8, in bytes.
    let order = u64::from(sheaf_transcript::field::ORDER);
    let mut power = [0u8; 32];
    power[0] = 1;
    for _ in 0..8 {
        let mut carry = 0u64;
        for byte in &mut power {
            carry += u64::from(*byte) * order;
            *byte = carry as u8;
            carry >>= 8;
        }
    }
    let mut carry = 0u16;
    core::array::from_fn(|i| {
        carry += u16::from(power[i]) + u16::from(MESSAGE[i]);
        let byte = carry as u8;
        carry >>= 8;
        byte
    })
}

#[test]
fn a_signature_of_another_groups_message() {
    let other = message_above();
    let [ours, theirs] = [MESSAGE, other].map(|m| message_elements(&m));
    assert_eq!(ours[..8], theirs[..8]);
    assert_ne!(ours[8], theirs[8]);

    let of_other = |seed: u32| {
        let parameter = core::array::from_fn(|i| F::from_u32(1000 * seed + i as u32));
        (0..1 << 20)
            .map(|attempt| Signer {
                parameter,
                randomness: core::array::from_fn(|_| F::from_u32(attempt)),
                group: 1,
                slot: SLOT,
                message: other,
                lengths: None,
                hook: HONEST,
            })
            .find(|s| {
                let hash = super::message_hash(&TEST, s);
                has_sum(&digits(&TEST, &hash), TEST.target_sum)
            })
            .expect("randomness with a valid codeword")
    };
    let honest = with_digits(&TEST, 1, SLOT, |_| true);
    let cheat = Signer {
        group: 0,
        ..of_other(2)
    };
    let mut cheat = Cheat::new(
        "signed for the other group".into(),
        TEST,
        cheat,
        vec![Check::WideInput(8)],
    );
    cheat.groups = vec![(SLOT, MESSAGE), (SLOT, other)];
    cheat.signers.extend([honest, of_other(3)]);
    cheat.check();
}

#[test]
fn a_signature_at_another_groups_slot() {
    // Several checks stand against it, tweaks of all kinds among them.
    let mut cheat = Cheat::new(
        "signed at the other slot".into(),
        TEST,
        with_digits(&TEST, 1, SLOT, |_| true),
        vec![],
    );
    cheat.signers[0] = with_digits(&TEST, 1, SLOT + 1, |_| true);
    cheat.groups.push((SLOT + 1, MESSAGE));
    cheat.signers.push(Signer {
        group: 1,
        ..with_digits(&TEST, 2, SLOT + 1, |_| true)
    });
    assert!(matches!(cheat.run(&[]), Some(Err(_))));
    cheat.signers[0].group = 1;
    assert_eq!(cheat.run(&[]), Some(Ok(())));
}

/// The library refuses a key that stands twice in a group: the argument itself would count its signature twice.
#[test]
fn a_key_that_counts_twice() {
    let twice = [0, 0].map(|_| with_digits(&TEST, 1, SLOT, |_| true));
    let once = forge(TEST, &[(SLOT, MESSAGE)], &twice[..1]);
    let [group] = once.statement.groups() else {
        panic!("one group");
    };
    let mut group = group.clone();
    group.keys.push(group.keys[0]);
    let error = Statement::new(TEST, vec![group.clone()]).unwrap_err();
    assert!(matches!(error, StatementError::DuplicateKey { .. }));

    let statement = Statement::unchecked(TEST, vec![group]);
    let mut forgery = once.as_proof_of(statement, &[0, 0]);
    let proof = forgery.prove(&Honest);
    assert_eq!(verify(&forgery.statement, 1, &proof), Ok(()));
}

#[test]
fn a_hook_of_the_message_is_seen_by_the_search() {
    let hook = super::add_one(Place::WideOutput(Shape::MESSAGE_SLOT), 0);
    let hooked = signer(&TEST, 1, SLOT, &hook, |_| true);
    let plain = signer(&TEST, 1, SLOT, HONEST, |_| true);
    let [a, b] = [hooked, plain].map(|s| super::message_hash(&TEST, &s)[0]);
    assert_eq!(F::from_u32(a), F::from_u32(b) + F::ONE);
}
