//! A proof is valid for its claims, in any order, and for no others.

mod common;

use common::{TEST_SCHEMES, add_one, batch, key_elements, prove, signers, verdict};
use sheaf::{Claims, Group, PublicKey, Rate, Scheme};
use sheaf_naive_verifier::Reject;

fn claims(scheme: Scheme, groups: &[Group]) -> Claims {
    let mut claims = Claims::new(scheme);
    for group in groups {
        claims.add_group(group.slot, group.message, group.keys.iter().copied());
    }
    claims
}

#[test]
fn order_does_not_matter() {
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &[(3, 2), (127, 1), (5, 3)]);
        let bytes = prove(&batch, Rate::Half);
        let mut groups = batch.claims().groups().to_vec();
        for _ in 0..groups.len() {
            groups.rotate_left(1);
            groups[0].keys.reverse();
            assert_eq!(verdict(&claims(scheme, &groups), &bytes), Ok(()));
        }
    }
}

#[test]
fn other_claims() {
    for scheme in TEST_SCHEMES {
        other_claims_of(scheme);
    }
}

/// A proof of one scheme is none of another, whatever the header says.
#[test]
fn claims_of_another_scheme() {
    for scheme in Scheme::ALL.into_iter().filter(|scheme| scheme.is_for_tests) {
        let batch = batch(scheme, &[(3, 2)]);
        let mut bytes = prove(&batch, Rate::Half);
        for other in Scheme::ALL.into_iter().filter(|other| *other != scheme) {
            let groups = if other.sizes == scheme.sizes {
                batch.claims().groups().to_vec()
            } else {
                common::batch(other, &[(3, 2)]).claims().groups().to_vec()
            };
            let claims = claims(other, &groups);
            bytes[5] = scheme.id;
            assert_eq!(verdict(&claims, &bytes), Err(Reject::Header));
            bytes[5] = other.id;
            assert!(verdict(&claims, &bytes).is_err());
        }
    }
}

fn other_claims_of(scheme: Scheme) {
    let batch = batch(scheme, &[(3, 3), (127, 1), (5, 3)]);
    let bytes = prove(&batch, Rate::Half);
    let original = batch.claims().groups().to_vec();
    let stranger: PublicKey = signers(&scheme, 99, 1, 3, [1; 32])[0].0;

    let rejected = |change: &dyn Fn(&mut Vec<Group>)| {
        let mut groups = original.clone();
        change(&mut groups);
        assert_ne!(groups, original);
        verdict(&claims(scheme, &groups), &bytes).expect_err("other claims than those proved")
    };
    for g in 0..original.len() {
        for byte in 0..32 {
            rejected(&|groups| groups[g].message[byte] ^= 0x80);
        }
        for slot in [0, 1, 2, 4, 126, 128, 255] {
            rejected(&|groups| groups[g].slot = slot);
        }
        for key in 0..original[g].keys.len() {
            for element in 0..key_elements(&scheme) {
                rejected(&|groups| add_one(&scheme, &mut groups[g].keys[key], element));
            }
            rejected(&|groups| groups[g].keys[key] = stranger);
        }
        rejected(&|groups| groups[g].keys.push(stranger));
        rejected(&|groups| drop(groups.remove(g)));
        // A key moves to another group.
        for other in (0..original.len()).filter(|&other| other != g) {
            rejected(&|groups| {
                let key = groups[g].keys[0];
                groups[other].keys.push(key);
            });
            if original[g].keys.len() > 1 {
                rejected(&|groups| {
                    let key = groups[g].keys.pop().unwrap();
                    groups[other].keys.push(key);
                });
            }
        }
    }
    rejected(&|groups| {
        let message = groups[0].message;
        groups[0].message = groups[2].message;
        groups[2].message = message;
    });
    rejected(&|groups| {
        groups.push(Group {
            slot: 9,
            message: [9; 32],
            keys: vec![stranger],
        });
    });

    // Claims that nothing could prove.
    for step in [
        rejected(&|groups| groups.clear()),
        rejected(&|groups| groups[1].keys.clear()),
        rejected(&|groups| groups[0].slot = 256),
        rejected(&|groups| groups.push(groups[0].clone())),
        rejected(&|groups| {
            let key = groups[0].keys[0];
            groups[0].keys.push(key);
        }),
    ] {
        assert_eq!(step, Reject::Claims);
    }
}
