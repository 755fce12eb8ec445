//! Aggregates are merged, and split again.

use std::ops::ControlFlow;

use sheaf::xmss::one_slot::sign_once;
use sheaf::{
    Aggregate, Batch, Claims, Error, Form, FormatError, Merged, Options, PROD, Prover, PublicKey,
    Rate, Rejection, Signature, TEST, verify,
};

type Signer = (PublicKey, Signature);

fn message(slot: u32) -> [u8; 32] {
    [slot as u8; 32]
}

fn signer(slot: u32, number: u8) -> Signer {
    sign_once(&PROD, &[number; 32], slot, &message(slot)).unwrap()
}

fn batch(slot: u32, numbers: impl IntoIterator<Item = u8>) -> Batch {
    let signers = numbers.into_iter().map(|number| signer(slot, number));
    Batch::new(PROD).with_group(slot, message(slot), signers)
}

/// A batch with a proof of it.
struct Proven {
    batch: Batch,
    claims: Claims,
    aggregate: Aggregate,
}

fn proven(prover: &Prover, slot: u32, numbers: impl IntoIterator<Item = u8>) -> Proven {
    let batch = batch(slot, numbers);
    let aggregate = prover
        .aggregate(&batch, Options::proof(Rate::Quarter))
        .unwrap();
    Proven {
        claims: batch.claims(),
        batch,
        aggregate,
    }
}

impl Proven {
    fn pair(&self) -> (&Claims, &Aggregate) {
        (&self.claims, &self.aggregate)
    }
}

fn of(merged: &Merged) -> (&Claims, &Aggregate) {
    (&merged.claims, &merged.aggregate)
}

fn keys(claims: &Claims) -> Vec<(u32, Vec<PublicKey>)> {
    let groups = claims.groups().iter();
    groups
        .map(|group| (group.slot, group.keys.clone()))
        .collect()
}

#[test]
fn proofs_lists_and_signatures_are_merged_and_split() {
    let prover = Prover::new(2).unwrap();
    let [a, b] = [proven(&prover, 5, [1, 2]), proven(&prover, 6, [1])];
    let list = batch(5, [2, 3]);
    let raw = prover.aggregate(&list, Options::raw()).unwrap();
    let others = batch(7, [4]);

    // Key 2 of slot 5 is in a proof and in a list.
    let children = [a.pair(), (&list.claims(), &raw), b.pair()];
    let merged = prover.merge(&children, Some(&others), Rate::Half).unwrap();
    assert_eq!(merged.aggregate.form(), Form::Merged);
    assert_eq!(merged.aggregate.rate(), Some(Rate::Half));
    let sizes: Vec<_> = keys(&merged.claims)
        .iter()
        .map(|(slot, keys)| (*slot, keys.len()))
        .collect();
    assert_eq!(sizes, [(5, 3), (6, 1), (7, 1)]);
    verify(&merged.claims, &merged.aggregate).unwrap();
    let bytes = merged.aggregate.to_bytes();
    assert_eq!(bytes.len(), merged.aggregate.byte_len());
    assert!(bytes.len() <= 512 << 10, "{} bytes", bytes.len());
    assert_eq!(Aggregate::from_bytes(&bytes).unwrap(), merged.aggregate);

    // Nothing else verifies.
    for slot in 5..=7 {
        let mut fewer = Claims::new(PROD);
        let mut more = Claims::new(PROD);
        for group in merged.claims.groups() {
            let mut keys = group.keys.clone();
            more.add_group(
                group.slot,
                group.message,
                keys.iter()
                    .copied()
                    .chain((group.slot == slot).then(|| signer(slot, 9).0)),
            );
            if group.slot == slot {
                keys.pop();
            }
            if !keys.is_empty() {
                fewer.add_group(group.slot, group.message, keys);
            }
        }
        for claims in [fewer, more] {
            let rejected = verify(&claims, &merged.aggregate);
            assert!(matches!(rejected, Err(Error::Rejected(_))), "{rejected:?}");
        }
    }

    // A part of it, without proving.
    let part = merged
        .aggregate
        .restrict(&merged.claims, &b.claims)
        .unwrap();
    verify(&b.claims, &part).unwrap();
    assert!(verify(&merged.claims, &part).is_err());
    assert!(verify(&a.claims, &part).is_err());
    let impossible = batch(5, [1]).claims();
    let error = merged.aggregate.restrict(&merged.claims, &impossible);
    assert!(matches!(error, Err(Error::Restrict { .. })), "{error:?}");

    // The part is merged again, with a proof that it hides.
    let again = prover
        .merge(&[(&b.claims, &part), a.pair()], None, Rate::Quarter)
        .unwrap();
    verify(&again.claims, &again.aggregate).unwrap();
    assert_eq!(again.claims.signatures(), 3);
    // And both halves of what was split.
    let both = prover
        .merge(&[of(&again), of(&merged)], None, Rate::Half)
        .unwrap();
    verify(&both.claims, &both.aggregate).unwrap();
    assert_eq!(keys(&both.claims), keys(&merged.claims));
}

#[test]
fn what_needs_no_proof_about_proofs_is_none() {
    let prover = Prover::new(1).unwrap();
    let one = proven(&prover, 5, [1]);
    let alone = prover.merge(&[one.pair()], None, Rate::Half).unwrap();
    assert_eq!(
        (&alone.claims.signatures(), &alone.aggregate),
        (&1, &one.aggregate)
    );
    // Its signatures are proved already.
    let covered = prover
        .merge(&[one.pair()], Some(&one.batch), Rate::Half)
        .unwrap();
    assert_eq!(covered.aggregate, one.aggregate);

    let [list, other] = [batch(5, [1, 2]), batch(5, [2, 3])];
    let raw = prover.aggregate(&list, Rate::Half).unwrap();
    let lists = prover
        .merge(&[(&list.claims(), &raw)], Some(&other), Rate::Half)
        .unwrap();
    assert_eq!(
        (lists.aggregate.form(), lists.claims.signatures()),
        (Form::Raw, 3)
    );
    verify(&lists.claims, &lists.aggregate).unwrap();
    let kept = other.claims();
    let part = lists.aggregate.restrict(&lists.claims, &kept).unwrap();
    verify(&kept, &part).unwrap();
    let proof = one.aggregate.restrict(&one.claims, &one.claims).unwrap();
    assert_eq!(proof, one.aggregate);
}

#[test]
fn what_cannot_be_merged_is_named() {
    let prover = Prover::new(1).unwrap();
    let [a, b] = [proven(&prover, 5, [1]), proven(&prover, 6, [2])];
    let merge = |children: &[(&Claims, &Aggregate)], batch: Option<&Batch>, options: Options| {
        prover.merge(children, batch, options).unwrap_err()
    };
    let half = Options::from(Rate::Half);
    assert!(matches!(merge(&[], None, half), Error::Merge { .. }));

    // Proofs of other claims.
    let swapped = [a.pair(), (&a.claims, &b.aggregate)];
    let error = merge(&swapped, None, half);
    assert!(
        matches!(&error, Error::Child { child: 1, error } if matches!(**error, Error::Rejected(_))),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .starts_with("aggregate 1 of those to merge: ")
    );

    // Several groups in one proof.
    let groups = batch(5, [1]).with_group(6, message(6), [signer(6, 1)]);
    let proof = prover
        .aggregate(&groups, Options::proof(Rate::Half))
        .unwrap();
    let claims = groups.claims();
    let error = merge(&[a.pair(), b.pair(), (&claims, &proof)], None, half);
    assert!(matches!(&error, Error::Child { child: 2, .. }), "{error:?}");
    assert!(error.to_string().contains("2 groups"), "{error}");

    let wrong = Batch::new(PROD).with_group(5, message(5), [(signer(5, 1).0, signer(5, 2).1)]);
    assert!(matches!(
        merge(&[a.pair()], Some(&wrong), half),
        Error::InvalidSignatures(_)
    ));
    let error = merge(&[a.pair(), b.pair()], None, Options::proof(Rate::Sixteenth));
    assert!(matches!(error, Error::Merge { .. }), "{error:?}");
    let error = merge(&[a.pair(), b.pair()], None, Options::raw());
    assert!(matches!(error, Error::Merge { .. }), "{error:?}");

    let signers = [sign_once(&TEST, &[0; 32], 5, &message(5)).unwrap()];
    let test = Batch::new(TEST).with_group(5, message(5), signers);
    let proof = prover.aggregate(&test, Options::proof(Rate::Half)).unwrap();
    let claims = test.claims();
    assert!(matches!(
        merge(&[a.pair(), (&claims, &proof)], None, half),
        Error::Merge { .. }
    ));
    let error = merge(&[(&claims, &proof), (&claims, &proof)], None, half);
    assert!(error.to_string().contains("test"), "{error}");
}

#[test]
fn a_merge_is_cancelled_between_phases_and_is_the_same_on_any_number_of_threads() {
    let prover = Prover::new(1).unwrap();
    let [a, b] = [proven(&prover, 5, [1]), proven(&prover, 6, [2])];
    let children = [a.pair(), b.pair()];
    let mut names = Vec::new();
    let whole = prover
        .merge_observed(&children, None, Rate::Half, |progress| {
            assert_eq!(progress.done, names.len());
            assert!(!progress.waiting && progress.done < progress.total);
            names.push(progress.phase.name());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(names[..2], ["children", "run"]);
    for (stop, name) in names.iter().enumerate() {
        let cancelled =
            prover.merge_observed(&children, None, Rate::Half, |progress| {
                match progress.done == stop {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
        assert_eq!(cancelled, Err(Error::Cancelled), "at {name}");
    }
    let threads = Prover::new(3).unwrap();
    assert_eq!(threads.merge(&children, None, Rate::Half).unwrap(), whole);
}

#[test]
fn bytes_of_a_merged_proof_are_checked() {
    let prover = Prover::new(2).unwrap();
    let [a, b] = [proven(&prover, 5, [1]), proven(&prover, 6, [2])];
    let merged = prover
        .merge(&[a.pair(), b.pair()], None, Rate::Half)
        .unwrap();
    let bytes = merged.aggregate.to_bytes();
    let read = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        Aggregate::from_bytes(&bytes)
    };
    assert!(matches!(read(5, 2), Err(FormatError::NodeScheme { .. })));
    assert!(matches!(
        read(6, 2),
        Err(FormatError::NodeRate { found: 2, proof: 1 })
    ));
    assert!(matches!(read(11, 1), Err(FormatError::NodeLength { .. })));
    // A bit anywhere: it is not read, or not accepted.
    let step = bytes.len() / 60;
    for at in (8..bytes.len()).step_by(step).chain(8..80) {
        let changed = read(at, bytes[at] ^ 4);
        let accepted = changed.is_ok_and(|changed| verify(&merged.claims, &changed).is_ok());
        assert!(!accepted, "byte {at}");
    }
    for length in [
        8,
        11,
        12,
        40,
        600,
        bytes.len() / 2,
        bytes.len() - 4,
        bytes.len() - 1,
    ] {
        let short = Aggregate::from_bytes(&bytes[..length]);
        let accepted = short.is_ok_and(|short| verify(&merged.claims, &short).is_ok());
        assert!(!accepted, "{length} bytes");
    }
    let rejected = verify(&a.claims, &merged.aggregate);
    assert!(matches!(
        rejected,
        Err(Error::Rejected(Rejection::Inconsistent { .. }))
    ));
}

#[test]
fn nine_messages_are_one_proof_and_each_is_split_off() {
    let prover = Prover::new(2).unwrap();
    let all: Vec<Proven> = (0..9)
        .map(|i| proven(&prover, 100 + i, [i as u8]))
        .collect();
    let children: Vec<_> = all.iter().map(Proven::pair).collect();
    let merged = prover.merge(&children, None, Rate::Quarter).unwrap();
    verify(&merged.claims, &merged.aggregate).unwrap();
    let bytes = merged.aggregate.byte_len();
    assert!(bytes <= 512 << 10, "{bytes} bytes");
    for one in &all {
        let part = merged
            .aggregate
            .restrict(&merged.claims, &one.claims)
            .unwrap();
        verify(&one.claims, &part).unwrap();
        assert!(verify(&merged.claims, &part).is_err());
    }
}

#[test]
fn what_was_merged_is_merged_with_one_more_again_and_again() {
    let prover = Prover::new(2).unwrap();
    let first = proven(&prover, 5, [0]);
    let mut merged = Merged {
        claims: first.claims.clone(),
        aggregate: first.aggregate,
    };
    for number in 1..=8 {
        let next = proven(&prover, 5, [number]);
        merged = prover
            .merge(&[of(&merged), next.pair()], None, Rate::Half)
            .unwrap();
        assert_eq!(merged.aggregate.tree().unwrap().height, usize::from(number));
    }
    verify(&merged.claims, &merged.aggregate).unwrap();
    assert_eq!(merged.claims.signatures(), 9);
    assert_eq!(merged.claims.groups().len(), 1);
    // The first two are still there to be kept.
    let two = batch(5, [0, 1]).claims();
    let part = merged.aggregate.restrict(&merged.claims, &two).unwrap();
    verify(&two, &part).unwrap();
}
