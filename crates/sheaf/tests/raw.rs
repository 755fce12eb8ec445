//! Lists of signatures: made where they are smaller than a proof, and verified as strictly.

mod common;

use std::ops::ControlFlow;

use common::{PROOF, batch, reversed, signers};
use sheaf::xmss::{DecodeError, VerifyError};
use sheaf::{
    Aggregate, Batch, COMPACT, COMPACT_TEST, Claims, ClaimsError, Error, Form, FormatError, Group,
    HEADER_BYTES, InvalidSignature, MAX_BYTES, Options, PROD, Phase, Prover, PublicKey, Rate,
    Rejection, Scheme, Setup, TEST, verification_cost, verify, verify_with,
};

fn prover() -> Prover {
    Prover::new(1).unwrap()
}

fn list(batch: &Batch) -> Vec<u8> {
    let aggregate = prover().aggregate(batch, Options::raw()).unwrap();
    aggregate.to_bytes()
}

fn verify_bytes(claims: &Claims, bytes: &[u8]) -> Result<(), Error> {
    verify(claims, &Aggregate::from_bytes(bytes)?)
}

/// Claims with the first group changed.
fn with_first(claims: &Claims, change: impl FnOnce(&mut Group)) -> Claims {
    let mut groups = claims.groups().to_vec();
    change(&mut groups[0]);
    groups
        .into_iter()
        .fold(Claims::new(*claims.scheme()), |claims, group| {
            claims.with_group(group.slot, group.message, group.keys)
        })
}

#[test]
fn a_list_is_signatures_in_canonical_order_and_nothing_else() {
    for scheme in Scheme::ALL {
        let batch = batch(scheme, &[3, 1, 2]);
        let bytes = list(&batch);
        assert_eq!(list(&reversed(&batch)), bytes, "order changes no byte");
        assert_eq!(bytes[4..HEADER_BYTES], [3, scheme.id, 0, 0]);
        // Slots of `batch` descend.
        let expected: Vec<u8> = batch
            .groups()
            .iter()
            .rev()
            .flat_map(|group| {
                let mut signers = group.signers.clone();
                signers.sort_by_key(|(key, _)| key.to_bytes());
                signers.into_iter().flat_map(|(_, s)| s.to_bytes())
            })
            .collect();
        assert_eq!(bytes[HEADER_BYTES..], expected);
        for claims in [batch.claims(), reversed(&batch).claims()] {
            verify_bytes(&claims, &bytes).unwrap();
        }
    }
}

#[test]
fn the_smallest_form_is_made_unless_another_is_asked_for() {
    let prover = Prover::new(2).unwrap();
    for (scheme, rate) in [(PROD, Rate::Sixteenth), (COMPACT_TEST, Rate::Half)] {
        let limit = Options::raw_up_to(&scheme, rate);
        let forms = [limit, limit + 1].map(|signatures| {
            let batch = batch(scheme, &[signatures]);
            let aggregates = [rate.into(), Options::raw(), Options::proof(rate)]
                .map(|options| prover.aggregate(&batch, options).unwrap());
            for aggregate in &aggregates {
                verify(&batch.claims(), aggregate).unwrap();
            }
            let [smallest, raw, proof] = aggregates;
            assert_eq!((raw.form(), raw.rate()), (Form::Raw, None));
            assert_eq!((proof.form(), proof.rate()), (Form::Proof, Some(rate)));
            // The length of the proof is an expectation.
            let least = raw.byte_len().min(proof.byte_len());
            assert!(100 * smallest.byte_len() <= 103 * least);
            smallest.form()
        });
        assert_eq!(forms, [Form::Raw, Form::Proof], "{}", scheme.name);
    }
}

#[test]
fn other_claims_are_rejected() {
    let batch = batch(TEST, &[4, 2]);
    let (claims, bytes) = (batch.claims(), list(&batch));
    let other = signers(&TEST, 99, 1, 5, [5; 32])[0].0;
    let named = |claims: &Claims| match verify_bytes(claims, &bytes) {
        Err(Error::Rejected(Rejection::InvalidSignatures(invalid))) => invalid
            .iter()
            .map(|s| (s.group, s.index))
            .collect::<Vec<_>>(),
        result => panic!("{result:?}"),
    };
    let first: Vec<_> = (0..4).map(|index| (0, index)).collect();
    assert_eq!(named(&with_first(&claims, |g| g.slot += 1)), first);
    assert_eq!(named(&with_first(&claims, |g| g.message[31] ^= 1)), first);
    // Another key stands elsewhere in the canonical order, so that several signatures may be under wrong keys.
    assert!(named(&with_first(&claims, |g| g.keys[2] = other)).contains(&(0, 2)));
    let parameter = with_first(&claims, |group| {
        let mut parameter = *group.keys[1].parameter();
        parameter[4] = Default::default();
        group.keys[1] = PublicKey::new(&TEST, *group.keys[1].root(), parameter);
    });
    assert_eq!(named(&parameter), [(0, 1)]);

    let counted = |claims: &Claims, claimed| {
        let rejection = Rejection::Count { claimed, found: 6 };
        let result = verify_bytes(claims, &bytes);
        assert_eq!(result, Err(Error::Rejected(rejection)));
    };
    counted(&with_first(&claims, |g| g.keys.push(other)), 7);
    counted(&with_first(&claims, |g| g.keys.truncate(3)), 5);
    counted(&claims.clone().with_group(9, [9; 32], [other]), 7);
    let [a, b] = [0, 1].map(|i| claims.groups()[i].clone());
    let only = |g: &Group| Claims::new(TEST).with_group(g.slot, g.message, g.keys.clone());
    counted(&only(&a), 4);
    counted(&only(&b), 2);
    // One key has moved to the other group.
    let moved = Claims::new(TEST)
        .with_group(a.slot, a.message, a.keys[1..].to_vec())
        .with_group(b.slot, b.message, [&b.keys[..], &a.keys[..1]].concat());
    assert!(!named(&moved).is_empty());
}

#[test]
fn claims_that_nothing_can_show_are_refused_as_such() {
    let bytes = list(&batch(TEST, &[2]));
    let empty = Batch::new(TEST);
    let error = Err(Error::Claims(ClaimsError::Empty));
    assert_eq!(verify_bytes(&empty.claims(), &bytes), error);
    assert_eq!(prover().aggregate(&empty, Options::raw()).map(drop), error);
    // Nor is an empty list about anything.
    let nothing = &bytes[..HEADER_BYTES];
    assert_eq!(verify_bytes(&empty.claims(), nothing), error);
    let none = Rejection::Count {
        claimed: 2,
        found: 0,
    };
    assert_eq!(
        verify_bytes(&batch(TEST, &[2]).claims(), nothing),
        Err(Error::Rejected(none))
    );
}

#[test]
fn every_bit_of_a_list_counts() {
    for scheme in [TEST, COMPACT_TEST] {
        let batch = batch(scheme, &[1, 2]);
        let (claims, bytes) = (batch.claims(), list(&batch));
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let result = verify_bytes(&claims, &damaged);
            assert!(
                matches!(result, Err(Error::Format(_) | Error::Rejected(_))),
                "{} bit {bit}: {result:?}",
                scheme.name
            );
        }
        let each = scheme.signature_bytes();
        for length in (0..bytes.len()).chain([bytes.len() + 1, bytes.len() + each]) {
            let mut other = bytes.clone();
            other.resize(length, 0);
            assert!(verify_bytes(&claims, &other).is_err(), "{length} bytes");
        }
        // Signatures in another order, or one of them twice.
        let mut body: Vec<&[u8]> = bytes[HEADER_BYTES..].chunks(each).collect();
        body.swap(0, 2);
        let swapped = [&bytes[..HEADER_BYTES], &body.concat()].concat();
        let twice = [&bytes[..HEADER_BYTES], &body[1].repeat(3)].concat();
        for wrong in [swapped, twice] {
            let result = verify_bytes(&claims, &wrong);
            assert!(
                matches!(
                    result,
                    Err(Error::Rejected(Rejection::InvalidSignatures(_)))
                ),
                "{result:?}"
            );
        }
    }
}

#[test]
fn a_signature_that_can_not_be_read_is_named() {
    let batch = batch(TEST, &[2, 3]);
    let (claims, bytes) = (batch.claims(), list(&batch));
    let each = TEST.signature_bytes();
    // The last lane belongs to the first group, whose slot is the larger one.
    let at = bytes.len() - 4;
    let mut damaged = bytes.clone();
    let element = u32::from_le_bytes(bytes[at..].try_into().unwrap());
    let value = element + 0x7f00_0001;
    damaged[at..].copy_from_slice(&value.to_le_bytes());
    let Err(Error::Rejected(error)) = verify_bytes(&claims, &damaged) else {
        panic!("a second encoding is accepted");
    };
    let last = (0..2).max_by_key(|&i| batch.groups()[0].signers[i].0.to_bytes());
    assert!(
        matches!(
            error,
            Rejection::Unreadable {
                group: 0,
                index,
                error: DecodeError::NonCanonical { what: "hashes", at, value: found, .. },
            } if Some(index) == last && at == each - 4 && found == value
        ),
        "{error:?}"
    );
    assert_eq!(error.to_string().lines().count(), 1);
}

#[test]
fn every_invalid_signature_of_a_batch_is_named_and_nothing_made() {
    let valid = batch(TEST, &[6, 4, 5]);
    let expected = [(0, 5), (1, 0), (1, 3), (2, 2)];
    let mut damaged = Batch::new(TEST);
    for (g, group) in valid.groups().iter().enumerate() {
        let mut group = group.clone();
        for &(_, i) in expected.iter().filter(|&&(bad, _)| bad == g) {
            group.signers[i].1.path.swap(2, 3);
        }
        damaged.push(group);
    }
    let invalid = expected.map(|(group, index)| InvalidSignature {
        group,
        index,
        reason: VerifyError::RootMismatch,
    });
    let error = Error::InvalidSignatures(invalid.to_vec());
    for options in [Options::raw(), Rate::Half.into(), PROOF] {
        let result = prover().aggregate(&damaged, options);
        assert_eq!(result, Err(error.clone()), "{options:?}");
    }

    let mut group = valid.groups()[0].clone();
    group.signers[1].1.path.pop();
    group.signers[2].1.hashes.clear();
    let misshapen = Batch::new(TEST).with_group(group.slot, group.message, group.signers);
    let invalid = |index, path, hashes| InvalidSignature {
        group: 0,
        index,
        reason: VerifyError::Shape { path, hashes },
    };
    let error = Error::InvalidSignatures(vec![invalid(1, 7, 4), invalid(2, 8, 0)]);
    for options in [Options::raw(), PROOF] {
        assert_eq!(prover().aggregate(&misshapen, options), Err(error.clone()));
    }
}

#[test]
fn a_list_longer_than_an_aggregate_may_be_is_an_error() {
    let (key, signature) = signers(&TEST, 0, 1, 3, [3; 32]).remove(0);
    let longest = (MAX_BYTES - HEADER_BYTES) / TEST.signature_bytes();
    let batch = |count: usize| {
        let signers = (0..count).map(|i| {
            let mut root = *key.root();
            root[0] = sheaf::xmss::KoalaBear::new(i as u32);
            let key = PublicKey::new(&TEST, root, *key.parameter());
            (key, signature.clone())
        });
        Batch::new(TEST).with_group(3, [3; 32], signers)
    };
    let signatures = longest + 1;
    assert_eq!(
        prover().aggregate(&batch(signatures), Options::raw()),
        Err(Error::ListTooLong { signatures })
    );
    // Such a one would fit, if it were valid.
    assert!(matches!(
        prover().aggregate(&batch(longest), Options::raw()),
        Err(Error::InvalidSignatures(invalid)) if invalid.len() >= longest - 1
    ));
}

#[test]
fn a_list_waits_for_no_proof_and_may_be_cancelled() {
    let (prover, batch) = (prover(), batch(TEST, &[2]));
    let mut seen = Vec::new();
    let proof = prover.aggregate_observed(&batch, PROOF, |progress| {
        if seen.is_empty() {
            // The only thread of the prover is busy, with this.
            let made = std::thread::scope(|scope| {
                let list = scope.spawn(|| prover.aggregate(&batch, Rate::Half));
                list.join().unwrap()
            });
            assert_eq!(made.map(|list| list.form()), Ok(Form::Raw));
        }
        seen.push(progress.phase);
        ControlFlow::Continue(())
    });
    assert_eq!(proof.map(|proof| proof.form()), Ok(Form::Proof));
    assert_eq!(seen, Phase::ALL);

    for stop in [false, true] {
        let mut seen = Vec::new();
        let list = prover.aggregate_observed(&batch, Options::raw(), |progress| {
            assert_eq!((progress.done, progress.total), (0, 1));
            assert!(!progress.waiting);
            seen.push(progress.phase);
            if stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(seen, [Phase::Witness]);
        assert_eq!(list.is_err(), stop);
        assert!(list.is_ok() || list == Err(Error::Cancelled));
    }
}

#[test]
fn a_set_up_is_of_no_account_to_a_list() {
    let batch = batch(TEST, &[2, 1]);
    let aggregate = prover().aggregate(&batch, Rate::Half).unwrap();
    for size in [&[2, 1][..], &[20]] {
        let setup = Setup::new(&common::batch(TEST, size).claims(), Rate::Eighth).unwrap();
        assert_eq!(verify_with(&setup, &batch.claims(), &aggregate), Ok(()));
        let wrong = with_first(&batch.claims(), |group| group.slot -= 1);
        assert!(matches!(
            verify_with(&setup, &wrong, &aggregate),
            Err(Error::Rejected(Rejection::InvalidSignatures(_)))
        ));
    }
}

#[test]
fn verifying_a_list_costs_the_permutations_of_its_signatures() {
    // Per signature: of prod 180, of compact 166 without the one for the message.
    for (scheme, each, per_message) in [(PROD, 180, 0), (COMPACT, 166, 1)] {
        let batch = batch(scheme, &[2, 3]);
        let aggregate = prover().aggregate(&batch, Rate::Half).unwrap();
        let cost = verification_cost(&batch.claims(), &aggregate).unwrap();
        assert_eq!(cost.hash_permutations, 5 * each + 2 * per_message);
        assert_eq!(
            (cost.ext, cost.mixed, cost.transcript_permutations),
            (0, 0, 0)
        );
        let wrong = with_first(&batch.claims(), |group| group.slot += 1);
        assert!(verification_cost(&wrong, &aggregate).is_err());
    }
}

#[test]
fn a_proof_is_no_list_and_a_list_no_proof() {
    let batch = batch(TEST, &[3]);
    let claims = batch.claims();
    let mut bytes = list(&batch);
    bytes[6..8].copy_from_slice(&[1, 1]);
    let as_proof = verify_bytes(&claims, &bytes);
    assert!(matches!(as_proof, Err(Error::Rejected(_))), "{as_proof:?}");
    let mut bytes = prover().aggregate(&batch, PROOF).unwrap().to_bytes();
    bytes[6..8].copy_from_slice(&[0, 0]);
    let as_list = verify_bytes(&claims, &bytes);
    assert!(
        matches!(as_list, Err(Error::Format(FormatError::ListLength { .. }))),
        "{as_list:?}"
    );
}
