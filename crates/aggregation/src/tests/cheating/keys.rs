//! Cheats about keys: every use of root and parameter, and the chain of capacities that binds them to the statement.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_xmss::{COMPACT_TEST, PublicKey, Scheme, TEST};

use super::forger::{Place, Signer, forge};
use super::{
    Cheat, MESSAGE, SLOT, add_one, digits, has_sum, hooked, input_check, input_place,
    output_checks, signer, with_digits,
};
use crate::checks::{Check, switch};
use crate::shape::{Shape, Slots};
use crate::statement::Statement;
use crate::strategy::Honest;
use crate::streams::CAPACITY;

const SCHEMES: [Scheme; 2] = [TEST, COMPACT_TEST];

fn shape(scheme: Scheme) -> Shape {
    Shape::with_lanes(scheme, 2, false)
}

/// The checks of the capacity that a key's last permutation passes on.
fn key_checks(scheme: Scheme) -> Vec<Check> {
    let shape = shape(scheme);
    output_checks(&shape, shape.calls.key, shape.calls.key.count - 1)
}

/// As many honest signers, in so many groups.
fn signers(
    scheme: Scheme,
    count: usize,
    groups: usize,
) -> (Vec<(u32, [u8; 32])>, Vec<Signer<'static>>) {
    let claimed: Vec<(u32, [u8; 32])> = (0..groups).map(|g| (SLOT + g as u32, MESSAGE)).collect();
    let signers = (0..count)
        .map(|i| {
            let group = i * groups / count;
            let signer = with_digits(&scheme, 1 + i as u32, claimed[group].0, |_| true);
            Signer { group, ..signer }
        })
        .collect();
    (claimed, signers)
}

/// Numbers of signers and of groups.
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

fn cases() -> impl Iterator<Item = (Scheme, usize, usize)> {
    let of = |scheme| COUNTS.map(|(count, groups)| (scheme, count, groups));
    SCHEMES.into_iter().flat_map(of)
}

#[test]
fn honest_keys_lead_to_the_statement() {
    for (scheme, count, groups) in cases() {
        let (claimed, signers) = signers(scheme, count, groups);
        let mut forgery = forge(scheme, &claimed, &signers);
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
    for (scheme, count, groups) in cases() {
        let (claimed, signers) = signers(scheme, count, groups);
        let honest = forge(scheme, &claimed, &signers);
        let lanes: Vec<usize> = (0..count).collect();
        for lane in [0, count / 2, count - 1] {
            let sizes = scheme.sizes;
            for element in [0, sizes.digest + sizes.parameter - 1] {
                let mut groups = honest.statement.groups().to_vec();
                let mut keys = groups.iter_mut().flat_map(|g| &mut g.keys);
                let key = keys.nth(lane).expect("a key per lane");
                let (mut root, mut parameter) = (*key.root(), *key.parameter());
                match element.checked_sub(sizes.digest) {
                    None => root[element] += F::ONE,
                    Some(i) => parameter[i] += F::ONE,
                }
                *key = PublicKey::new(&scheme, root, parameter);
                let statement = Statement::unchecked(scheme, groups);
                let mut forgery = honest.as_proof_of(statement, &lanes);
                let mut run = || {
                    let proof = forgery.prove(&Honest);
                    forgery.verify(&proof)
                };
                assert!(run().is_err(), "key {lane} of {count}");
                assert_eq!(switch::without(&key_checks(scheme), run), Ok(()));
            }
        }
    }
}

#[test]
fn a_stream_that_starts_anew() {
    for (scheme, count, groups) in cases() {
        for lane in [0, 15, 16, count - 1]
            .into_iter()
            .filter(|&lane| lane < count)
        {
            let (claimed, mut signers) = signers(scheme, count, groups);
            let honest = forge(scheme, &claimed, &signers);
            let signer = (0..count).find(|&i| honest.lane_of[i] == lane);
            let j = lane % CAPACITY;
            let hook = add_one(Place::KeyCapacity, j);
            let signer = &mut signers[signer.expect("a signer per lane")];
            signer.hook = &hook;
            let mut forgery = forge(scheme, &claimed, &signers);
            let broken = match lane {
                0..16 => Check::FirstCapacities,
                _ => key_checks(scheme)[j],
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
    for (scheme, count, groups) in cases() {
        for stream in [0, count - 1, 15].map(|s| s % 16) {
            let (claimed, signers) = signers(scheme, count, groups);
            let mut forgery = forge(scheme, &claimed, &signers);
            forgery.summary.capacities[stream][CAPACITY - 1] += F::ONE;
            let mut run = || {
                let proof = forgery.prove(&Honest);
                forgery.verify(&proof)
            };
            if stream < count {
                assert!(run().is_err(), "stream {stream} of {count} keys");
                let last = key_checks(scheme).split_off(CAPACITY - 1);
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

/// An input of permutation `i` of some slots in which the parameter stands from element `first` on: how many elements of it,
/// from which one on.
struct Use {
    slots: Slots,
    i: usize,
    first: usize,
    from: usize,
    count: usize,
}

/// Where the layouts of the scheme have the parameter, but for the message hash; and where they have the root.
fn uses(shape: &Shape) -> (Vec<Use>, Vec<Use>) {
    let calls = &shape.calls;
    let of = |slots, i, first, from, count| Use {
        slots,
        i,
        first,
        from,
        count,
    };
    let steps = [0, shape.steps - 1];
    let nodes = 0..shape.height;
    let (mut parameters, roots);
    match shape.scheme.sizes.digest {
        8 => {
            parameters = vec![of(calls.leaf, 0, 9, 0, 5), of(calls.key, 0, 17, 0, 5)];
            parameters.extend(steps.map(|k| of(calls.steps, k, 8, 0, 5)));
            parameters.extend(nodes.map(|i| of(calls.nodes, i, 0, 0, 5)));
            roots = vec![of(calls.key, 0, 9, 0, 8)];
        }
        4 => {
            parameters = vec![
                of(calls.leaf, 0, 4, 0, 4),
                of(calls.key, 0, 13, 0, 3),
                of(calls.key, 1, 9, 3, 1),
            ];
            parameters.extend(steps.map(|k| of(calls.steps, k, 8, 0, 4)));
            parameters.extend(nodes.map(|i| of(calls.nodes, i, 4, 0, 4)));
            roots = vec![of(calls.key, 0, 9, 0, 4)];
        }
        other => panic!("a digest of {other} elements"),
    }
    (parameters, roots)
}

#[test]
fn every_use_of_root_and_parameter() {
    for scheme in SCHEMES {
        let shape = shape(scheme);
        let (parameters, roots) = uses(&shape);
        let honest = with_digits(&scheme, 3, SLOT, |_| true);
        let key = forge(scheme, &[(SLOT, MESSAGE)], std::slice::from_ref(&honest)).lanes[0].key;
        let parameters = parameters.iter().map(|u| (u, &key.parameter()[..]));
        for (u, elements) in parameters.chain(roots.iter().map(|u| (u, &key.root()[..]))) {
            let place = input_place(u.slots, u.i);
            for e in 0..u.count {
                let (j, x) = (u.first + e, elements[u.from + e]);
                // It stands there, and nothing else may.
                let hook = |at: Place, values: &mut [F]| {
                    if at == place {
                        assert_eq!(values[j], x, "{at:?}");
                    }
                };
                let looks = hooked(&honest, &hook);
                let _ = forge(scheme, &[(SLOT, MESSAGE)], &[looks]);
                touch(&honest, scheme, place, j, input_check(u.slots.width, j));
            }
        }
        let height = shape.height;
        let tops = output_checks(&shape, shape.calls.nodes, height - 1);
        for (j, &check) in tops.iter().enumerate() {
            touch(&honest, scheme, Place::Root, j, check);
        }
        // The parameter in the message hash, whose digits have to be valid all the same.
        let last = shape.calls.message[shape.calls.message.len() - 1];
        let first = scheme.sizes.message;
        for i in 0..scheme.sizes.parameter {
            let hook = add_one(input_place(last, 0), first + i);
            let valid = |hash: &[u32]| has_sum(&digits(&scheme, hash), scheme.target_sum);
            let cheat = signer(&scheme, 3, SLOT, &hook, valid);
            let breaks = vec![input_check(last.width, first + i)];
            let name = format!("element {i} of the parameter of the message hash");
            Cheat::new(name, scheme, cheat, breaks).check();
        }
    }
}

fn touch(signer: &Signer, scheme: Scheme, place: Place, i: usize, check: Check) {
    let hook = add_one(place, i);
    let name = format!("element {i} of {place:?}");
    Cheat::new(name, scheme, hooked(signer, &hook), vec![check]).check();
}
