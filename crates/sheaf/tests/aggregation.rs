//! Batches are proved, and nothing but what was proved is accepted.

mod common;

use common::{PROOF, batch, reversed, signers};
use sheaf::xmss::VerifyError;
use sheaf::{
    Aggregate, Batch, Claims, ClaimsError, Error, FormatError, HEADER_BYTES, InvalidSignature,
    Options, PROD, Prover, Rate, Rejection, Setup, TEST, verify, verify_with,
};

fn prover() -> Prover {
    Prover::new(2).unwrap()
}

#[test]
fn groups_of_many_sizes() {
    let prover = prover();
    for sizes in [&[1][..], &[3, 1, 5], &[16], &[17], &[1; 9]] {
        let batch = batch(TEST, sizes);
        let aggregate = prover.aggregate(&batch, PROOF).unwrap();
        verify(&batch.claims(), &aggregate).unwrap();
        let read = Aggregate::from_bytes(&aggregate.to_bytes()).unwrap();
        assert_eq!(read, aggregate);
        verify(&reversed(&batch).claims(), &read).unwrap();
    }
}

#[test]
fn every_rate() {
    let (prover, batch) = (prover(), batch(TEST, &[2, 3]));
    let aggregates = Rate::ALL.map(|rate| prover.aggregate(&batch, Options::proof(rate)).unwrap());
    for (aggregate, rate) in aggregates.iter().zip(Rate::ALL) {
        assert_eq!(aggregate.rate(), Some(rate));
        verify(&batch.claims(), aggregate).unwrap();
        for other in Rate::ALL.into_iter().filter(|&other| other != rate) {
            let mut bytes = aggregate.to_bytes();
            bytes[6] = other.log_inverse();
            assert_rejected(&batch.claims(), &bytes);
        }
    }
}

#[test]
fn prod_signers() {
    let batch = batch(PROD, &[3]);
    let aggregate = prover().aggregate(&batch, PROOF).unwrap();
    verify(&batch.claims(), &aggregate).unwrap();

    let mut bytes = aggregate.to_bytes();
    bytes[5] = TEST.id;
    assert_eq!(
        verify(&batch.claims(), &Aggregate::from_bytes(&bytes).unwrap()),
        Err(Error::Rejected(Rejection::Scheme {
            claimed: "prod",
            found: "test"
        }))
    );
    let mut wrong = Claims::new(PROD);
    for group in batch.claims().groups() {
        wrong.add_group(group.slot + 1, group.message, group.keys.clone());
    }
    assert_rejected(&wrong, &aggregate.to_bytes());
}

/// The bytes are no aggregate, or one that does not prove the claims.
fn assert_rejected(claims: &Claims, bytes: &[u8]) {
    if let Ok(aggregate) = Aggregate::from_bytes(bytes) {
        let result = verify(claims, &aggregate);
        assert!(matches!(result, Err(Error::Rejected(_))), "{result:?}");
    }
}

#[test]
fn other_claims_are_rejected() {
    let batch = batch(TEST, &[4, 2]);
    let bytes = prover().aggregate(&batch, PROOF).unwrap().to_bytes();
    let claims = batch.claims();
    let other_key = signers(&TEST, 99, 1, 5, [5; 32])[0].0;

    // Each change gets slot, message and keys of the first group.
    type Change = fn(&mut u32, &mut [u8; 32], &mut Vec<sheaf::PublicKey>, sheaf::PublicKey);
    let changes: [Change; 6] = [
        |slot, _, _, _| *slot += 1,
        |_, message, _, _| message[31] ^= 1,
        |_, _, keys, other| keys[2] = other,
        |_, _, keys, other| keys.push(other),
        |_, _, keys, _| keys.truncate(3),
        |_, _, keys, _| {
            let mut parameter = *keys[0].parameter();
            parameter[4] = Default::default();
            keys[0] = sheaf::PublicKey::new(&TEST, *keys[0].root(), parameter);
        },
    ];
    for change in changes {
        let mut changed = Claims::new(TEST);
        for (i, group) in claims.groups().iter().enumerate() {
            let mut group = group.clone();
            if i == 0 {
                change(
                    &mut group.slot,
                    &mut group.message,
                    &mut group.keys,
                    other_key,
                );
            }
            changed.add_group(group.slot, group.message, group.keys);
        }
        assert_ne!(changed, claims);
        assert_rejected(&changed, &bytes);
    }

    let first = &claims.groups()[0];
    let one_group = Claims::new(TEST).with_group(first.slot, first.message, first.keys.clone());
    assert_rejected(&one_group, &bytes);
    assert_rejected(&claims.clone().with_group(9, [9; 32], [other_key]), &bytes);
    // The same keys, but one has moved to the other group.
    let second = &claims.groups()[1];
    let mut keys = [first.keys.clone(), second.keys.clone()];
    let moved = keys[0].pop().unwrap();
    keys[1].push(moved);
    let [a, b] = keys;
    let moved = Claims::new(TEST)
        .with_group(first.slot, first.message, a)
        .with_group(second.slot, second.message, b);
    assert_rejected(&moved, &bytes);
}

#[test]
fn damaged_bytes_are_rejected() {
    let batch = batch(TEST, &[3]);
    let claims = batch.claims();
    let bytes = prover().aggregate(&batch, PROOF).unwrap().to_bytes();

    // Every header byte, and bytes all over the body, its first and last element included.
    let step = bytes.len() / 150;
    let positions = (0..2 * HEADER_BYTES)
        .chain((HEADER_BYTES..bytes.len()).step_by(step | 1))
        .chain(bytes.len() - 4..bytes.len());
    for at in positions {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_rejected(&claims, &damaged);
    }

    // Too short, by whole elements and by bytes.
    for cut in (1..40).chain((40..bytes.len()).step_by(step & !3)) {
        assert_rejected(&claims, &bytes[..bytes.len() - cut]);
    }
    let short = Aggregate::from_bytes(&bytes[..bytes.len() - 4]).unwrap();
    assert!(matches!(
        verify(&claims, &short),
        Err(Error::Rejected(Rejection::Truncated { .. }))
    ));

    let long = Aggregate::from_bytes(&[&bytes[..], &[0; 8]].concat()).unwrap();
    assert_eq!(
        verify(&claims, &long),
        Err(Error::Rejected(Rejection::Trailing { bytes: 8 }))
    );
    assert_eq!(
        Aggregate::from_bytes(&[&bytes[..], &[0]].concat()),
        Err(FormatError::Length {
            found: bytes.len() + 1 - HEADER_BYTES
        })
    );

    // The same element, not reduced.
    let at = HEADER_BYTES + 8;
    let mut damaged = bytes.clone();
    let element = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    damaged[at..at + 4].copy_from_slice(&(element + 0x7f00_0001).to_le_bytes());
    assert!(matches!(
        verify(&claims, &Aggregate::from_bytes(&damaged).unwrap()),
        Err(Error::Rejected(Rejection::NotCanonical { offset, .. })) if offset == at
    ));
}

#[test]
fn every_invalid_signature_is_named_as_the_caller_counts() {
    let valid = batch(TEST, &[6, 4, 5]);
    // By their canonical order, groups and keys stand elsewhere than here: slots descend, keys are random.
    let expected = [(0, 5), (1, 0), (1, 3), (2, 2)];
    let mut damaged = Batch::new(TEST);
    for (g, group) in valid.groups().iter().enumerate() {
        let mut group = group.clone();
        for &(_, i) in expected.iter().filter(|&&(bad, _)| bad == g) {
            group.signers[i].1.path.swap(2, 3);
        }
        damaged.push(group);
    }
    let invalid = |group, index| InvalidSignature {
        group,
        index,
        reason: VerifyError::RootMismatch,
    };
    let mut observed = Vec::new();
    let result = prover().aggregate_observed(&damaged, PROOF, |progress| {
        observed.push(progress.phase);
        std::ops::ControlFlow::Continue(())
    });
    let error = Error::InvalidSignatures(expected.map(|(g, i)| invalid(g, i)).to_vec());
    assert_eq!(
        error.to_string().lines().count(),
        1,
        "an error is one line: {error}"
    );
    assert_eq!(result, Err(error));
    assert_eq!(observed, [sheaf::Phase::Witness], "nothing has been proved");
}

#[test]
fn misshapen_signatures_are_named() {
    let valid = batch(TEST, &[3]);
    let mut group = valid.groups()[0].clone();
    group.signers[1].1.path.pop();
    group.signers[2].1.hashes.clear();
    let result = prover().aggregate(
        &Batch::new(TEST).with_group(group.slot, group.message, group.signers),
        PROOF,
    );
    let invalid = |index, path, hashes| InvalidSignature {
        group: 0,
        index,
        reason: VerifyError::Shape { path, hashes },
    };
    assert_eq!(
        result,
        Err(Error::InvalidSignatures(vec![
            invalid(1, 7, 4),
            invalid(2, 8, 0)
        ]))
    );
}

#[test]
fn claims_that_nothing_can_prove() {
    let prover = prover();
    let proved = batch(TEST, &[2]);
    let aggregate = prover.aggregate(&proved, PROOF).unwrap();
    let check = |batch: &Batch, error: ClaimsError| {
        assert_eq!(prover.aggregate(batch, PROOF), Err(Error::Claims(error)));
        assert_eq!(
            verify(&batch.claims(), &aggregate),
            Err(Error::Claims(error))
        );
    };
    let one = signers(&TEST, 0, 4, 3, [3; 32]);

    check(&Batch::new(TEST), ClaimsError::Empty);
    check(
        &Batch::new(TEST)
            .with_group(3, [3; 32], one.clone())
            .with_group(4, [3; 32], []),
        ClaimsError::EmptyGroup { group: 1 },
    );
    check(
        &Batch::new(TEST)
            .with_group(3, [3; 32], one[..2].to_vec())
            .with_group(4, [4; 32], one.clone())
            .with_group(3, [3; 32], one[2..].to_vec()),
        ClaimsError::DuplicateGroup {
            first: 0,
            second: 2,
        },
    );
    let mut twice = one.clone();
    twice.push(one[1].clone());
    check(
        &Batch::new(TEST)
            .with_group(9, [3; 32], one.clone())
            .with_group(3, [3; 32], twice),
        ClaimsError::DuplicateKey {
            group: 1,
            first: 1,
            second: 4,
        },
    );
    check(
        &Batch::new(TEST).with_group(256, [3; 32], one),
        ClaimsError::SlotOutOfRange {
            group: 0,
            slot: 256,
            last: 255,
        },
    );
}

#[test]
fn too_many_signatures_are_refused_at_once() {
    let (key, signature) = signers(&TEST, 0, 1, 3, [3; 32]).remove(0);
    let count = sheaf::MAX_SIGNATURES + 1;
    let batch =
        Batch::new(TEST).with_group(3, [3; 32], std::iter::repeat_n((key, signature), count));
    assert_eq!(
        prover().aggregate(&batch, PROOF),
        Err(Error::Claims(ClaimsError::TooMany { count }))
    );
}

#[test]
fn a_set_up_serves_all_claims_of_its_size_and_rate_and_no_others() {
    let prover = Prover::new(2).unwrap();
    let (first, second) = (batch(TEST, &[2, 1]), batch(TEST, &[1, 2]));
    let setup = Setup::new(&first.claims(), Rate::Half).unwrap();
    let prove = |batch, rate| prover.aggregate(batch, Options::proof(rate)).unwrap();
    let aggregate = prove(&first, Rate::Half);
    for batch in [&first, &second] {
        verify_with(&setup, &batch.claims(), &prove(batch, Rate::Half)).unwrap();
    }
    let rejected = verify_with(&setup, &second.claims(), &aggregate);
    assert!(matches!(rejected, Err(Error::Rejected(_))), "{rejected:?}");

    let other_rate = prove(&first, Rate::Quarter);
    let other_size = batch(TEST, &[2, 2]);
    for (batch, aggregate) in [
        (&first, &other_rate),
        (&other_size, &prove(&other_size, Rate::Half)),
        (&other_size, &aggregate),
    ] {
        let refused = verify_with(&setup, &batch.claims(), aggregate);
        assert_eq!(refused, Err(Error::Setup));
        let fitting = Setup::new(&batch.claims(), aggregate.rate().unwrap()).unwrap();
        assert_eq!(
            verify_with(&fitting, &batch.claims(), aggregate),
            verify(&batch.claims(), aggregate)
        );
    }
}
