//! A list of signatures, each verified by itself.

use crate::Reject;
use crate::calls::Call;
use crate::field::{F, f};
use crate::poseidon::permute;
use crate::statement::{DIGITS, Family, Group, Lane, Scheme, TOP, canonical, key_elements, lanes};
use crate::wiring::lengths;
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Verifies that a list has a valid signature of every key, in the order of the lanes, and nothing else.
pub(crate) fn verify(scheme: &Scheme, groups: &[Group], list: &[u8]) -> Result<(), Reject> {
    let groups = canonical(scheme, groups)?;
    let keys: Vec<&Vec<u8>> = groups.iter().flat_map(|g| &g.keys).collect();
    let shape: Vec<_> = groups
        .iter()
        .map(|g| (g.slot, g.message, g.keys.len()))
        .collect();
    let each = bytes(scheme);
    if list.len() != keys.len() * each {
        return Err(Reject::Count);
    }
    let signatures: Vec<Signature> = (0..keys.len())
        .map(|i| read(scheme, &list[i * each..][..each]).ok_or(Reject::Unreadable(i)))
        .collect::<Result<_, _>>()?;
    let lanes = lanes(scheme, &shape);
    for (i, ((lane, key), signature)) in lanes.iter().zip(keys).zip(signatures).enumerate() {
        if !is_valid(lane, key, &signature) {
            return Err(Reject::Signature(i));
        }
    }
    Ok(())
}

/// What a signature consists of.
struct Signature {
    randomness: Vec<F>,
    siblings: Vec<Vec<F>>,
    chain_values: Vec<Vec<F>>,
}

/// Bytes of a signature.
pub(crate) fn bytes(scheme: &Scheme) -> usize {
    let offsets = match scheme.family {
        Family::BothWidths => 3,
        Family::Compact => 0,
    };
    let digests = scheme.height + scheme.chains;
    4 * (offsets + scheme.randomness() + digests * scheme.digest())
}

/// The SSZ form of a signature.
fn read(scheme: &Scheme, bytes: &[u8]) -> Option<Signature> {
    let (n, r) = (scheme.digest(), scheme.randomness());
    let (path, chains) = (n * scheme.height, n * scheme.chains);
    let offset = |at: usize, expected: usize| {
        let expected = (expected as u32).to_le_bytes();
        (bytes[4 * at..][..4] == expected).then_some(())
    };
    let elements = |first: usize, count: usize| key_elements(&bytes[4 * first..][..4 * count]);
    let (randomness, siblings, chain_values) = match scheme.family {
        Family::BothWidths => {
            offset(0, 4 * (r + 2))?;
            offset(r + 1, 4 * (r + 3 + path))?;
            offset(r + 2, 4)?;
            (
                elements(1, r),
                elements(r + 3, path),
                elements(r + 3 + path, chains),
            )
        }
        Family::Compact => (
            elements(chains, r),
            elements(chains + r, path),
            elements(0, chains),
        ),
    };
    let digests = |elements: Vec<F>| elements.chunks(n).map(<[F]>::to_vec).collect();
    Some(Signature {
        randomness: randomness?,
        siblings: digests(siblings?),
        chain_values: digests(chain_values?),
    })
}

/// A permutation, to whose output its input is added.
fn hash(scheme: &Scheme, call: Call, parts: &[&[F]]) -> Vec<F> {
    let input = parts.concat();
    let mut output = permute(scheme.width(call), &input);
    for (x, y) in output.iter_mut().zip(input) {
        *x += y;
    }
    output
}

fn is_valid(lane: &Lane, key: &[u8], signature: &Signature) -> bool {
    let scheme = &lane.scheme;
    let Some(key) = key_elements(key) else {
        return false;
    };
    let (root, parameter) = key.split_at(scheme.digest());
    let Some(codeword) = codeword(lane, parameter, &signature.randomness) else {
        return false;
    };
    let chains = codeword.iter().zip(&signature.chain_values).enumerate();
    let ends: Vec<Vec<F>> = chains
        .map(|(chain, (&digit, value))| {
            (digit + 1..=TOP).fold(value.clone(), |value, arrives| {
                step(lane, parameter, scheme.number(chain, arrives), &value)
            })
        })
        .collect();
    let mut node = leaf(lane, parameter, &ends.concat());
    for (level, sibling) in (1..).zip(&signature.siblings) {
        let is_right = lane.is_right(level - 1) == F::ONE;
        let [left, right] = if is_right {
            [sibling, &node]
        } else {
            [&node, sibling]
        };
        let tweak = lane.node_tweak(level);
        let call = Call::Node(level);
        let mut output = match scheme.family {
            Family::BothWidths => hash(scheme, call, &[parameter, &tweak, left, right]),
            Family::Compact => hash(scheme, call, &[&tweak, &[f(0); 2], parameter, left, right]),
        };
        output.truncate(scheme.digest());
        node = output;
    }
    node == root
}

/// The digits of the chains; none if an element of the hash is `p - 1`, or they have another sum.
fn codeword(lane: &Lane, parameter: &[F], randomness: &[F]) -> Option<Vec<usize>> {
    let scheme = &lane.scheme;
    let tweak = lane.message_tweak();
    let output = match scheme.family {
        Family::BothWidths => {
            let parts = [&lane.message, parameter, &tweak, randomness];
            hash(scheme, Call::Message(0), &parts)
        }
        Family::Compact => {
            let parts = [&lane.message[..], randomness, &tweak];
            let first = hash(scheme, Call::Message(0), &parts);
            let passed_on = &first[..scheme.previous()];
            hash(scheme, Call::Message(1), &[passed_on, parameter])
        }
    };
    let elements = &output[..scheme.chains.div_ceil(DIGITS)];
    if elements.contains(&F::NEG_ONE) {
        return None;
    }
    let (digit_weight, _) = scheme.weights();
    let digits = elements.iter().flat_map(|element| {
        let all = element.as_canonical_u32() as usize / digit_weight % (1 << (3 * DIGITS));
        (0..DIGITS).map(move |i| all >> (3 * i) & TOP)
    });
    let digits: Vec<usize> = digits.take(scheme.chains).collect();
    (digits.iter().sum::<usize>() == scheme.target).then_some(digits)
}

/// A step of a chain.
fn step(lane: &Lane, parameter: &[F], number: usize, value: &[F]) -> Vec<F> {
    let scheme = &lane.scheme;
    let (call, tweak) = (Call::Step(0), lane.step_tweak(number));
    let mut output = match scheme.family {
        Family::BothWidths => hash(scheme, call, &[value, parameter, &tweak]),
        Family::Compact => hash(scheme, call, &[&tweak, &[f(0); 2], value, parameter]),
    };
    output.truncate(scheme.digest());
    output
}

/// The leaf above the ends of all chains: a sponge, to whose outputs nothing is added.
fn leaf(lane: &Lane, parameter: &[F], ends: &[F]) -> Vec<F> {
    let scheme = &lane.scheme;
    let tweak = lane.node_tweak(0);
    let (start, absorbed) = match scheme.family {
        Family::BothWidths => (lengths(scheme), [parameter, &tweak, ends].concat()),
        Family::Compact => (
            [&tweak[..], &[f(0); 2], parameter].concat(),
            [&[f(0); 8][..], ends].concat(),
        ),
    };
    let capacity = scheme.leaf_capacity();
    let mut state = start;
    for block in absorbed.chunks(scheme.leaf_rate()) {
        let input = [&state[..capacity], block].concat();
        state = permute(scheme.width(Call::Leaf(0)), &input);
    }
    state[capacity..][..scheme.digest()].to_vec()
}
