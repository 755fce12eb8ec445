//! Honest proofs are accepted, and nothing else.

#![cfg(feature = "prover")]

use sheaf_aggregation::{Group, Scratch, Setup, Statement, prove, verification_cost, verify};
use sheaf_xmss::one_slot::sign_once;
use sheaf_xmss::{COMPACT, COMPACT_TEST, PROD, PublicKey, Scheme, Signature, TEST};

/// Signers of one message at one slot.
fn group(scheme: &Scheme, slot: u32, message: u8, count: usize) -> (Group, Vec<Signature>) {
    let message = [message; 32];
    let (keys, signatures): (Vec<PublicKey>, Vec<Signature>) = (0..count)
        .map(|i| {
            let mut seed = [message[0]; 32];
            seed[..8].copy_from_slice(&(i as u64).to_le_bytes());
            sign_once(scheme, &seed, slot, &message).expect("the slot is in range")
        })
        .unzip();
    let group = Group {
        slot,
        message,
        keys,
    };
    (group, signatures)
}

/// A statement and its signatures in lane order.
fn statement(scheme: Scheme, groups: Vec<(Group, Vec<Signature>)>) -> (Statement, Vec<Signature>) {
    let (groups, signatures): (Vec<Group>, Vec<Vec<Signature>>) = groups.into_iter().unzip();
    let (statement, order) = Statement::new(scheme, groups).expect("the groups are sound");
    let lanes = order
        .iter()
        .map(|&(group, key)| signatures[group][key].clone())
        .collect();
    (statement, lanes)
}

fn prove_all(statement: &Statement, signatures: &[Signature], rate: usize) -> Vec<u8> {
    let signatures: Vec<&Signature> = signatures.iter().collect();
    prove(
        statement,
        &signatures,
        rate,
        &mut Scratch::default(),
        |_| Ok(()),
    )
    .expect("the signatures are valid")
}

#[test]
fn small_batches_of_the_test_schemes() {
    for scheme in [TEST, COMPACT_TEST] {
        for count in [1, 2, 7, 8, 9, 16, 17, 33] {
            let (statement, signatures) = statement(scheme, vec![group(&scheme, 5, 1, count)]);
            let proof = prove_all(&statement, &signatures, 1);
            assert_eq!(verify(&statement, 1, &proof), Ok(()), "{count} signatures");
        }
    }
}

#[test]
fn several_groups_with_different_paths() {
    for scheme in [TEST, COMPACT_TEST] {
        let groups = vec![
            group(&scheme, 5, 1, 3),
            group(&scheme, 5, 2, 1),
            group(&scheme, 250, 3, 9),
            group(&scheme, 127, 4, 5),
        ];
        let (statement, signatures) = statement(scheme, groups);
        let proof = prove_all(&statement, &signatures, 2);
        assert_eq!(verify(&statement, 2, &proof), Ok(()));
    }
}

#[test]
fn real_parameters_at_every_rate() {
    for scheme in [PROD, COMPACT] {
        let (statement, signatures) = statement(scheme, vec![group(&scheme, 1_000_000, 1, 3)]);
        for rate in 1..=4 {
            let proof = prove_all(&statement, &signatures, rate);
            assert_eq!(verify(&statement, rate, &proof), Ok(()), "rate 2^-{rate}");
            for other in (1..=4).filter(|&other| other != rate) {
                assert!(verify(&statement, other, &proof).is_err());
            }
        }
    }
}

/// Slots where tweaks carry: for all steps, for none, and for some.
#[test]
fn carries_of_every_kind() {
    for slots in [
        vec![127],
        vec![127, 128],
        vec![32_639],
        vec![127 * 5000, 3],
        vec![127, 32_639, 127 * 9000, 5],
    ] {
        let groups = slots.iter().map(|&slot| group(&PROD, slot, 9, 2)).collect();
        let (statement, signatures) = statement(PROD, groups);
        let proof = prove_all(&statement, &signatures, 1);
        assert_eq!(verify(&statement, 1, &proof), Ok(()), "slots {slots:?}");
    }
}

/// Words of tweaks of compact slots: both halves full, and on either side of a carry between them.
#[test]
fn compact_slots_at_the_ends_of_words() {
    for slots in [
        vec![0, u32::MAX],
        vec![65_535, 65_536],
        vec![1 << 31, 7, 1 << 16],
    ] {
        let groups = slots
            .iter()
            .map(|&slot| group(&COMPACT, slot, 9, 2))
            .collect();
        let (statement, signatures) = statement(COMPACT, groups);
        let proof = prove_all(&statement, &signatures, 1);
        assert_eq!(verify(&statement, 1, &proof), Ok(()), "slots {slots:?}");
    }
}

/// What a circuit for the verifier would have to compute. The bounds are a little above what is counted, which
/// depends on how often positions coincide.
#[test]
fn what_verifying_costs() {
    let bounds = [
        (10, 1, [12_500, 12_500, 900]),
        (1024, 1, [17_500, 20_000, 1_200]),
        (1024, 2, [15_500, 18_000, 1_200]),
    ];
    for (count, rate, [ext, mixed, transcript]) in bounds {
        let (statement, signatures) = statement(PROD, vec![group(&PROD, 5, 1, count)]);
        let proof = prove_all(&statement, &signatures, rate);
        let setup = Setup::new(&statement, rate).expect("parameters");
        let cost = verification_cost(&setup, &statement, &proof).expect("a valid proof");
        println!(
            "{count} signatures, rate 2^-{rate}, {} bytes: {cost:?}",
            proof.len()
        );
        assert!(cost.ext <= ext && cost.mixed <= mixed, "{cost:?}");
        assert!(cost.transcript_permutations <= transcript, "{cost:?}");
        // Every key, the group and the digest, and the rows and nodes of the opening.
        assert!(cost.hash_permutations > count as u64 + 12, "{cost:?}");
    }
}

#[test]
fn a_false_proof_has_no_cost() {
    let (statement, signatures) = statement(TEST, vec![group(&TEST, 5, 1, 3)]);
    let mut proof = prove_all(&statement, &signatures, 1);
    let setup = Setup::new(&statement, 1).expect("parameters");
    proof[0] ^= 1;
    let plain = verify(&statement, 1, &proof);
    assert!(plain.is_err());
    assert_eq!(
        verification_cost(&setup, &statement, &proof).map(|_| ()),
        plain
    );
}

/// How many siblings an opening has is a matter of chance, and of few rows the more so.
#[test]
fn how_long_a_proof_becomes_is_known_before_to_six_percent() {
    for (scheme, rates) in [
        (TEST, 1..=4),
        (COMPACT_TEST, 1..=4),
        (PROD, 1..=1),
        (COMPACT, 1..=1),
    ] {
        for count in [1, 16, 40] {
            let (statement, signatures) = statement(scheme, vec![group(&scheme, 5, 1, count)]);
            for rate in rates.clone() {
                let setup = Setup::new(&statement, rate).expect("parameters");
                let expected = 4 * setup.expected_proof_elements();
                let found = prove_all(&statement, &signatures, rate).len();
                assert!(
                    100 * found.abs_diff(expected) <= 6 * expected,
                    "{count} signatures of {} at rate 2^-{rate}: {found} bytes, {expected} expected",
                    scheme.name
                );
            }
        }
    }
}
