//! Proofs of different schemes, one after the other and against each other.

mod common;

use common::{PROOF, batch};
use sheaf::{
    Aggregate, Batch, COMPACT, COMPACT_TEST, Claims, Options, PROD, Prover, Rate, TEST, verify,
};
use sheaf_xmss::Signature;

#[test]
fn scratch_carries_nothing_from_one_scheme_to_the_next() {
    let prover = Prover::new(2).unwrap();
    let cases = [
        (PROD, vec![2], Rate::Half),
        (COMPACT, vec![1], Rate::Half),
        (COMPACT_TEST, vec![17, 3], Rate::Quarter),
        (TEST, vec![33], Rate::Half),
        (COMPACT, vec![2, 1], Rate::Half),
        (PROD, vec![1], Rate::Half),
        (COMPACT_TEST, vec![33, 31, 1], Rate::Half),
        (COMPACT_TEST, vec![1], Rate::Half),
        (TEST, vec![1], Rate::Half),
    ];
    for (scheme, sizes, rate) in cases {
        let batch = batch(scheme, &sizes);
        let used = prover.aggregate(&batch, Options::proof(rate)).unwrap();
        let fresh = Prover::new(1)
            .unwrap()
            .aggregate(&batch, Options::proof(rate))
            .unwrap();
        assert!(used == fresh, "{} {sizes:?}", scheme.name);
        verify(&batch.claims(), &used).unwrap();
    }
}

#[test]
fn compact_proofs_are_about_their_claims_alone() {
    let one = batch(COMPACT_TEST, &[3, 2]);
    let prover = Prover::new(2).unwrap();
    let aggregate = prover.aggregate(&one, PROOF).unwrap();
    verify(&one.claims(), &aggregate).unwrap();

    // The same keys, slots and messages, as claims of the scheme with longer chains.
    let mut other = Claims::new(COMPACT);
    for group in one.claims().groups() {
        other = other.with_group(group.slot, group.message, group.keys.iter().copied());
    }
    assert!(verify(&other, &aggregate).is_err());
    // And with the other scheme's number in the header.
    let mut bytes = aggregate.to_bytes();
    for at in 0..bytes.len().min(32) {
        let was = bytes[at];
        if was == COMPACT_TEST.id {
            for id in [0, 1, 2, 3, 5] {
                bytes[at] = id;
                if let Ok(changed) = Aggregate::from_bytes(&bytes) {
                    assert!(verify(&one.claims(), &changed).is_err());
                    assert!(verify(&other, &changed).is_err());
                }
            }
        }
        bytes[at] = was;
    }
}

#[test]
fn elements_beyond_the_sizes_of_a_signature_count_nowhere() {
    let clean = batch(COMPACT_TEST, &[5]);
    let mut dirty = Batch::new(COMPACT_TEST);
    for group in clean.groups() {
        let signers: Vec<_> = group
            .signers
            .iter()
            .map(|(key, signature)| {
                let mut signature: Signature = signature.clone();
                let one = signature.hashes[0][0];
                for digest in signature.path.iter_mut().chain(&mut signature.hashes) {
                    digest[4..].fill(one);
                }
                signature.rho[6..].fill(one);
                (*key, signature)
            })
            .collect();
        dirty = dirty.with_group(group.slot, group.message, signers);
    }
    let prover = Prover::new(2).unwrap();
    let [a, b] = [&clean, &dirty].map(|batch| prover.aggregate(batch, PROOF).unwrap());
    assert!(a == b);
    verify(&clean.claims(), &b).unwrap();
}
