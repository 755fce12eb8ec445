//! The direct checker, which runs every signature's verification, agrees with both verifiers.

mod common;

use common::{TEST_SCHEMES, batch, prove, verdict};
use sheaf::xmss::{KoalaBear, verify};
use sheaf::{Batch, Error, Options, Prover, Rate, Scheme, Signature, SignedGroup};

/// The indices, as `(group, signer)`, of the signatures of a batch that are not valid.
fn invalid(batch: &Batch) -> Vec<(usize, usize)> {
    let mut invalid = Vec::new();
    for (g, group) in batch.groups().iter().enumerate() {
        for (i, (key, signature)) in group.signers.iter().enumerate() {
            if verify(batch.scheme(), key, group.slot, &group.message, signature).is_err() {
                invalid.push((g, i));
            }
        }
    }
    invalid
}

/// A batch with one signature changed.
fn changed(batch: &Batch, (g, i): (usize, usize), change: impl FnOnce(&mut Signature)) -> Batch {
    let mut groups: Vec<SignedGroup> = batch.groups().to_vec();
    change(&mut groups[g].signers[i].1);
    let mut changed = Batch::new(*batch.scheme());
    for group in groups {
        changed.push(group);
    }
    changed
}

#[test]
fn valid_batches_are_proved() {
    for scheme in TEST_SCHEMES {
        for groups in [&[(1, 1)][..], &[(4, 2), (127, 3)]] {
            let batch = batch(scheme, groups);
            assert!(invalid(&batch).is_empty());
            assert_eq!(verdict(&batch.claims(), &prove(&batch, Rate::Half)), Ok(()));
        }
    }
}

/// Nothing is proved for a batch with an invalid signature, whatever is wrong with it.
#[test]
fn invalid_batches_are_refused() {
    for scheme in TEST_SCHEMES {
        invalid_batches_of(scheme);
    }
}

fn invalid_batches_of(scheme: Scheme) {
    let sizes = scheme.sizes;
    let batch = batch(scheme, &[(4, 2), (127, 3)]);
    let prover = Prover::new(1).unwrap();
    let one = KoalaBear::new(1);
    let mut tried = 0;
    for at in [(0, 1), (1, 0), (1, 2)] {
        let mut refused = |change: &dyn Fn(&mut Signature)| {
            let changed = changed(&batch, at, change);
            assert_eq!(invalid(&changed), [at]);
            match prover.aggregate(&changed, Options::proof(Rate::Half)) {
                Err(Error::InvalidSignatures(found)) => {
                    let found: Vec<_> = found.iter().map(|s| (s.group, s.index)).collect();
                    assert_eq!(found, [at]);
                }
                other => panic!("{other:?}"),
            }
            tried += 1;
        };
        for i in 0..sizes.randomness {
            refused(&|signature| signature.rho[i] += one);
        }
        for level in 0..8 {
            for j in 0..sizes.digest {
                refused(&|signature| signature.path[level][j] += one);
            }
        }
        for chain in 0..4 {
            for j in 0..sizes.digest {
                refused(&|signature| signature.hashes[chain][j] += one);
            }
        }
        refused(&|signature| signature.path.swap(0, 1));
        refused(&|signature| signature.hashes.swap(2, 3));
        refused(&|signature| signature.path.truncate(7));
        refused(&|signature| signature.hashes.push([one; 8]));
    }
    assert_eq!(tried, 3 * (sizes.randomness + (8 + 4) * sizes.digest + 4));
}

/// A valid signature of another message, slot or key is an invalid one here.
#[test]
fn misplaced_signatures_are_refused() {
    for scheme in TEST_SCHEMES {
        misplaced_signatures_of(scheme);
    }
}

fn misplaced_signatures_of(scheme: Scheme) {
    let right = batch(scheme, &[(4, 2), (9, 2)]);
    let mut groups: Vec<SignedGroup> = right.groups().to_vec();
    let (first, second) = groups.split_at_mut(1);
    // Keys of one group with the slot and the message of the other.
    core::mem::swap(&mut first[0].signers, &mut second[0].signers);
    // Two signers exchange signatures.
    let mut exchanged: Vec<SignedGroup> = right.groups().to_vec();
    let (a, b) = exchanged[0].signers.split_at_mut(1);
    core::mem::swap(&mut a[0].1, &mut b[0].1);

    for (groups, count) in [(groups, 4), (exchanged, 2)] {
        let mut wrong = Batch::new(scheme);
        for group in groups {
            wrong.push(group);
        }
        assert_eq!(invalid(&wrong).len(), count);
        let refusal = Prover::new(1)
            .unwrap()
            .aggregate(&wrong, Options::proof(Rate::Half));
        assert!(matches!(refusal, Err(Error::InvalidSignatures(all)) if all.len() == count));
        if wrong.claims() != right.claims() {
            let bytes = prove(&right, Rate::Half);
            assert!(verdict(&wrong.claims(), &bytes).is_err());
        }
    }
}
