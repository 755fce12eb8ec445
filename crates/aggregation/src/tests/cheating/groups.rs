//! Cheats about who signed what: sides of the path, messages of other groups, keys that count twice.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_xmss::tweak::message_digits;
use sheaf_xmss::{COMPACT_TEST, Scheme, TEST};

use super::forger::{HONEST, Place, Signer, forge};
use super::{
    Cheat, MESSAGE, SLOT, digits, has_sum, hooked, input_check, output_checks, search, signer,
    with_digits,
};
use crate::checks::Check;
use crate::shape::Shape;
use crate::statement::{Statement, StatementError};
use crate::strategy::Honest;
use crate::verify::verify;

const SCHEMES: [Scheme; 2] = [TEST, COMPACT_TEST];

fn shape(scheme: Scheme) -> Shape {
    Shape::with_lanes(scheme, 2, false)
}

/// The checks that the node at `level` is a child of the node above.
fn parent_checks(scheme: Scheme, level: usize) -> Vec<Check> {
    let shape = shape(scheme);
    match level {
        0 => output_checks(&shape, shape.calls.leaf, shape.calls.leaf.count - 1),
        _ => output_checks(&shape, shape.calls.nodes, level - 1),
    }
}

#[test]
fn a_node_on_the_other_side() {
    for (scheme, level) in SCHEMES
        .into_iter()
        .flat_map(|s| (1..=s.height()).map(move |l| (s, l)))
    {
        let hook = move |place: Place, values: &mut [F]| {
            if place == Place::Children(level) {
                values.rotate_left(scheme.sizes.digest);
            }
        };
        let signer = with_digits(&scheme, 1, SLOT, |_| true);
        let name = format!("children of level {level} swapped");
        let mut cheat = Cheat::new(
            name,
            scheme,
            hooked(&signer, &hook),
            parent_checks(scheme, level - 1),
        );
        cheat.check();
        // With a group at another slot beside it, where the side bits of some levels are columns.
        let other = Signer {
            group: 1,
            ..with_digits(&scheme, 2, SLOT ^ 0b0101_0011, |_| true)
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
    let [ours, theirs] = [MESSAGE, other].map(|m| message_digits(&m));
    assert_eq!(ours[..8], theirs[..8]);
    assert_ne!(ours[8], theirs[8]);

    for scheme in SCHEMES {
        let shape = shape(scheme);
        let first = shape.calls.message[0];
        // Where the message itself is an input, one element is another one; where it is hashed, all of them, and they are
        // fed forward.
        let breaks = match scheme.sizes.message {
            9 => vec![input_check(first.width, 8)],
            8 => {
                let inputs = (0..8).map(|j| input_check(first.width, j));
                inputs.chain(output_checks(&shape, first, 0)).collect()
            }
            other => panic!("a message of {other} elements"),
        };
        let of_other = |seed: u32| {
            let message = other;
            let plain = signer(&scheme, seed, SLOT, HONEST, |_| true);
            let signer = Signer { message, ..plain };
            let valid = |hash: &[u32]| has_sum(&digits(&scheme, hash), scheme.target_sum);
            Signer {
                group: 1,
                ..search(&scheme, signer, valid)
            }
        };
        let honest = with_digits(&scheme, 1, SLOT, |_| true);
        let cheat = Signer {
            group: 0,
            ..of_other(2)
        };
        let name = "signed for the other group".into();
        let mut cheat = Cheat::new(name, scheme, cheat, breaks);
        cheat.groups = vec![(SLOT, MESSAGE), (SLOT, other)];
        cheat.signers.extend([honest, of_other(3)]);
        cheat.check();
    }
}

#[test]
fn a_signature_at_another_groups_slot() {
    for scheme in SCHEMES {
        // Several checks stand against it, tweaks of all kinds among them.
        let mut cheat = Cheat::new(
            "signed at the other slot".into(),
            scheme,
            with_digits(&scheme, 1, SLOT, |_| true),
            vec![],
        );
        cheat.signers[0] = with_digits(&scheme, 1, SLOT + 1, |_| true);
        cheat.groups.push((SLOT + 1, MESSAGE));
        cheat.signers.push(Signer {
            group: 1,
            ..with_digits(&scheme, 2, SLOT + 1, |_| true)
        });
        assert!(matches!(cheat.run(&[]), Some(Err(_))));
        cheat.signers[0].group = 1;
        assert_eq!(cheat.run(&[]), Some(Ok(())));
    }
}

/// The library refuses a key that stands twice in a group: the argument itself would count its signature twice.
#[test]
fn a_key_that_counts_twice() {
    for scheme in SCHEMES {
        let twice = [0, 0].map(|_| with_digits(&scheme, 1, SLOT, |_| true));
        let once = forge(scheme, &[(SLOT, MESSAGE)], &twice[..1]);
        let [group] = once.statement.groups() else {
            panic!("one group");
        };
        let mut group = group.clone();
        group.keys.push(group.keys[0]);
        let error = Statement::new(scheme, vec![group.clone()]).unwrap_err();
        assert!(matches!(error, StatementError::DuplicateKey { .. }));

        let statement = Statement::unchecked(scheme, vec![group]);
        let mut forgery = once.as_proof_of(statement, &[0, 0]);
        let proof = forgery.prove(&Honest);
        assert_eq!(verify(&forgery.statement, 1, &proof), Ok(()));
    }
}

#[test]
fn a_hook_of_the_message_is_seen_by_the_search() {
    for scheme in SCHEMES {
        let calls = shape(scheme).calls;
        let last = calls.message[calls.message.len() - 1];
        let hook = super::add_one(Place::Output(last.width, last.first), 0);
        let hooked = signer(&scheme, 1, SLOT, &hook, |_| true);
        let plain = signer(&scheme, 1, SLOT, HONEST, |_| true);
        let [a, b] = [hooked, plain].map(|s| super::message_hash(&scheme, &calls, &s)[0]);
        assert_eq!(F::from_u32(a), F::from_u32(b) + F::ONE);
    }
}
