//! Cheats about keys: every use of root and parameter, and the chain of capacities that binds them to the statement.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_xmss::TEST;
use sheaf_xmss::params::{CAPACITY, DIGEST, PARAMETER};

use super::forger::{Place, Signer, forge};
use super::{Cheat, MESSAGE, SLOT, add_one, hooked, output_checks, with_digits};
use crate::checks::{Check, switch};
use crate::shape::Shape;
use crate::statement::Statement;
use crate::strategy::Honest;

fn any(seed: u32) -> Signer<'static> {
    with_digits(&TEST, seed, SLOT, |_| true)
}

fn shape() -> Shape {
    Shape::with_lanes(TEST, 2, false)
}

/// The checks of the capacity that a key's permutation passes on.
fn key_checks() -> Vec<Check> {
    output_checks(&shape(), shape().key_slot()).collect()
}

/// As many honest signers, in so many groups.
fn signers(count: usize, groups: usize) -> (Vec<(u32, [u8; 32])>, Vec<Signer<'static>>) {
    let claimed: Vec<(u32, [u8; 32])> = (0..groups).map(|g| (SLOT + g as u32, MESSAGE)).collect();
    let signers = (0..count)
        .map(|i| {
            let group = i * groups / count;
            let signer = with_digits(&TEST, 1 + i as u32, claimed[group].0, |_| true);
            Signer { group, ..signer }
        })
        .collect();
    (claimed, signers)
}

const COUNTS: [(usize, usize); 9] = [
    (1, 1),
    (15, 1),
    (16, 1),
    (17, 1),
    (31, 1),
    (32, 1),
    (33, 1),
    (17, 3),
    (33, 17),
];

#[test]
fn honest_keys_lead_to_the_statement() {
    for (count, groups) in COUNTS {
        let (claimed, signers) = signers(count, groups);
        let mut forgery = forge(TEST, &claimed, &signers);
        assert_eq!(
            forgery.summary.capacities,
            crate::Summary::new(&forgery.statement).capacities,
        );
        let proof = forgery.prove(&Honest);
        assert_eq!(forgery.verify(&proof), Ok(()), "{count} keys");
    }
}

#[test]
fn a_signature_under_another_key_than_the_statement_has() {
    for (count, groups) in COUNTS {
        let (claimed, signers) = signers(count, groups);
        let honest = forge(TEST, &claimed, &signers);
        let lanes: Vec<usize> = (0..count).collect();
        for lane in [0, count / 2, count - 1] {
            for element in [0, DIGEST + PARAMETER - 1] {
                let mut groups = honest.statement.groups().to_vec();
                let mut keys = groups.iter_mut().flat_map(|g| &mut g.keys);
                let key = keys.nth(lane).expect("a key per lane");
                match element.checked_sub(DIGEST) {
                    None => key.root[element] += F::ONE,
                    Some(i) => key.parameter[i] += F::ONE,
                }
                let statement = Statement::unchecked(TEST, groups);
                let mut forgery = honest.as_proof_of(statement, &lanes);
                let mut run = || {
                    let proof = forgery.prove(&Honest);
                    forgery.verify(&proof)
                };
                assert!(run().is_err(), "key {lane} of {count}");
                assert_eq!(switch::without(&key_checks(), run), Ok(()));
            }
        }
    }
}

#[test]
fn a_stream_that_starts_anew() {
    for (count, groups) in COUNTS {
        for lane in [0, 15, 16, count - 1]
            .into_iter()
            .filter(|&lane| lane < count)
        {
            let (claimed, mut signers) = signers(count, groups);
            let honest = forge(TEST, &claimed, &signers);
            let signer = (0..count).find(|&i| honest.lane_of[i] == lane);
            let j = lane % CAPACITY;
            let hook = add_one(Place::KeyCapacity, j);
            let signer = &mut signers[signer.expect("a signer per lane")];
            signer.hook = &hook;
            let mut forgery = forge(TEST, &claimed, &signers);
            let broken = match lane {
                0..16 => Check::FirstCapacities,
                _ => key_checks()[j],
            };
            let mut run = || {
                let proof = forgery.prove(&Honest);
                forgery.verify(&proof)
            };
            assert!(run().is_err(), "lane {lane} of {count}");
            assert_eq!(
                switch::without(&[broken], run),
                Ok(()),
                "lane {lane} of {count}"
            );
        }
    }
}

#[test]
fn the_last_capacity_of_another_key() {
    for (count, groups) in COUNTS {
        for stream in [0, count - 1, 15].map(|s| s % 16) {
            let (claimed, signers) = signers(count, groups);
            let mut forgery = forge(TEST, &claimed, &signers);
            forgery.summary.capacities[stream][CAPACITY - 1] += F::ONE;
            let mut run = || {
                let proof = forgery.prove(&Honest);
                forgery.verify(&proof)
            };
            if stream < count {
                assert!(run().is_err(), "stream {stream} of {count} keys");
                let last = key_checks().split_off(CAPACITY - 1);
                assert_eq!(switch::without(&last, run), Ok(()));
            } else {
                // No lane leads there: the argument says nothing of this stream, the digest of the statement does.
                assert_eq!(run(), Ok(()));
                let digest = forgery.summary.digest();
                assert_eq!(digest, crate::Summary::new(&forgery.statement).digest());
            }
        }
    }
}

#[test]
fn every_use_of_root_and_parameter() {
    let shape = shape();
    let touch = |place: Place, i: usize, check: Check| {
        let hook = add_one(place, i);
        let name = format!("element {i} of {place:?}");
        Cheat::new(name, TEST, hooked(&any(3), &hook), vec![check]).check();
    };
    for i in 0..PARAMETER {
        for k in [0, shape.steps - 1] {
            touch(Place::StepInput(k), 8 + i, Check::NarrowInput(8 + i));
        }
        let first = shape.sponge_slot(0);
        touch(Place::WideInput(first), 9 + i, Check::WideInput(9 + i));
        touch(
            Place::WideInput(shape.key_slot()),
            17 + i,
            Check::WideInput(17 + i),
        );
        for level in 1..=shape.height {
            touch(
                Place::WideInput(shape.node_slot(level)),
                i,
                Check::WideInput(i),
            );
            let checks: Vec<Check> = output_checks(&shape, shape.node_slot(level)).collect();
            touch(Place::FeedForward(level), i, checks[i]);
        }
    }
    for j in 0..DIGEST {
        touch(
            Place::WideInput(shape.key_slot()),
            9 + j,
            Check::WideInput(9 + j),
        );
        let checks: Vec<Check> = output_checks(&shape, shape.node_slot(shape.height)).collect();
        touch(Place::Root, j, checks[j]);
    }
}
