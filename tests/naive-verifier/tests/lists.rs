//! Lists of signatures: both verifiers accept the same ones, and reject all others at the same lane.

mod common;

use common::{P, TEST_SCHEMES, batch, list, verdict};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sheaf::{COMPACT, Claims, HEADER_BYTES, PROD, Scheme};
use sheaf_naive_verifier::Reject;

#[test]
fn honest_lists_are_accepted_in_every_scheme() {
    for scheme in [PROD, COMPACT] {
        let batch = batch(scheme, &[(77_777, 2), (u32::MAX, 1), (32_639, 1)]);
        assert_eq!(verdict(&batch.claims(), &list(&batch)), Ok(()));
    }
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &[(0, 1), (255, 17), (127, 3)]);
        assert_eq!(verdict(&batch.claims(), &list(&batch)), Ok(()));
    }
}

/// Changes of single elements, all over the list.
fn mutants(scheme: Scheme, rng: &mut StdRng) {
    let batch = batch(scheme, &[(9, 2), (8, 3)]);
    let (claims, honest) = (batch.claims(), list(&batch));
    let each = scheme.signature_bytes();
    let mut seen = [0; 3];
    for at in (HEADER_BYTES..honest.len()).step_by(4) {
        let lane = (at - HEADER_BYTES) / each;
        let element = u32::from_le_bytes(honest[at..at + 4].try_into().unwrap());
        for other in [element ^ 1, element.wrapping_add(P), rng.random()] {
            if other == element {
                continue;
            }
            let mut bytes = honest.clone();
            bytes[at..at + 4].copy_from_slice(&other.to_le_bytes());
            match verdict(&claims, &bytes) {
                Err(Reject::Signature(found)) if found == lane => seen[0] += 1,
                Err(Reject::Unreadable(found)) if found == lane => seen[1] += 1,
                result => panic!("byte {at}: {result:?}"),
            }
        }
    }
    for length in [0, 1, 4, 5, 6].map(|signatures| HEADER_BYTES + signatures * each) {
        let mut bytes = honest.clone();
        bytes.resize(length, 0);
        seen[2] += usize::from(verdict(&claims, &bytes) == Err(Reject::Count));
    }
    assert!(seen[0] > 0 && seen[1] > 0 && seen[2] == 4, "{seen:?}");
}

#[test]
fn changed_elements_are_rejected_at_their_lane() {
    let mut rng = StdRng::seed_from_u64(25);
    for scheme in TEST_SCHEMES {
        mutants(scheme, &mut rng);
    }
}

#[test]
fn header_bytes_have_one_value() {
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &[(9, 2)]);
        let (claims, honest) = (batch.claims(), list(&batch));
        for at in 0..HEADER_BYTES {
            for value in (0..=u8::MAX).filter(|&value| value != honest[at]) {
                let mut bytes = honest.clone();
                bytes[at] = value;
                assert!(verdict(&claims, &bytes).is_err(), "byte {at}: {value}");
            }
        }
        for length in 0..honest.len() {
            assert!(verdict(&claims, &honest[..length]).is_err());
        }
    }
}

#[test]
fn other_claims_are_rejected() {
    for scheme in TEST_SCHEMES {
        let batch = batch(scheme, &[(9, 2), (8, 1)]);
        let (claims, bytes) = (batch.claims(), list(&batch));
        let changed = |change: &dyn Fn(&mut sheaf::Group)| {
            let mut other = Claims::new(scheme);
            for (i, group) in claims.groups().iter().enumerate() {
                let mut group = group.clone();
                if i == 0 {
                    change(&mut group);
                }
                other.add_group(group.slot, group.message, group.keys);
            }
            verdict(&other, &bytes)
        };
        assert_eq!(changed(&|_| ()), Ok(()));
        // The group at slot 9 has lanes 1 and 2.
        assert_eq!(changed(&|g| g.slot += 1), Err(Reject::Signature(1)));
        assert_eq!(changed(&|g| g.message[7] ^= 1), Err(Reject::Signature(1)));
        assert_eq!(changed(&|g| g.slot = 7), Err(Reject::Signature(0)));
        assert_eq!(changed(&|g| g.keys.truncate(1)), Err(Reject::Count));
        assert_eq!(changed(&|g| g.keys.clear()), Err(Reject::Claims));
        assert_eq!(changed(&|g| g.slot = 256), Err(Reject::Claims));
    }
}
