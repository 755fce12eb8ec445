//! Verification of XMSS signatures as an ordinary program: `main(n, slot, message) = keys`.
//!
//! - `n` signatures of one message at one slot are valid, of the keys with the digest `keys`: a sponge over blocks `[root 8 | parameter 5]`.
//! - The slot stands in the public tuple as the digest of its *tweaks*, which whoever reads a proof computes from the slot: [`tweak_digest`].
//!   The program takes them from the tape into memory, once for all signatures. That they are base-`p` digits of integers is thus nothing that has to be proven.
//! - The scheme is data: lengths of chains, heights and sums are constants of the program, from [`Scheme`].
//!
//! Each signature has a place in a second memory for the ends of its chains, which the leaf's sponge reads.
//!
//! ```text
//!     signatures      loop: key from the tape, into the sponge of keys
//!       signature       message hash (width 24)
//!         codeword        digits of 6 elements, their sum
//!           element         A = 127 d + r, r < 127
//!             digits          loop: a digit of d; the chain's end into memory
//!               chain           loop: a step (width 16)
//!         tree            leaf, path, root
//!           block 0, 1, ..  the leaf's sponge (width 24)
//!           path            loop: a node (width 24)
//! ```

use std::array;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_poseidon::sponge::Sponge;
use sheaf_program::F;
use sheaf_program::builder::{
    Base, Builder, Digest, Executable, Function, Loop, Memory, Packed, Row,
};
use sheaf_xmss::encoding::encode;
use sheaf_xmss::params::{MESSAGE_BYTES, RATE, Scheme};
use sheaf_xmss::tree::leaf_capacity;
use sheaf_xmss::tweak::{chain_tweak, message_elements, message_tweak, tree_tweak};
use sheaf_xmss::{EncodingError, PublicKey, Signature};

use crate::{Case, SPONGE_TAG, initial_capacity};

/// A chain value, a node or a root.
type Value = Packed<8>;
/// A key's parameter.
type Parameter = Packed<5>;
/// Two elements of a tweak, and the side of the child below a node: 1 for the right one.
type Tweak = Packed<3>;

/// Tweaks that a step of the program takes from the tape.
const TWEAKS_PER_BLOCK: usize = 4;

/// Where tweaks stand in memory.
#[derive(Clone, Copy)]
struct Places {
    chain_length: usize,
    chains: usize,
    height: usize,
}

impl Places {
    const fn new(scheme: &Scheme) -> Self {
        Self {
            chain_length: scheme.chain_length(),
            chains: scheme.chains,
            height: scheme.height(),
        }
    }

    /// The tweak of the step that leaves position 0 of a chain; those of later steps follow, and then the next chain.
    const fn chain(self, chain: usize) -> usize {
        1 + chain * self.chain_length
    }

    /// The tweak of a level; the leaf's is 0.
    const fn level(self, level: usize) -> usize {
        self.chain(self.chains) + level
    }

    /// Blocks of tweaks, with zeros behind.
    const fn blocks(self) -> usize {
        self.level(self.height + 1).div_ceil(TWEAKS_PER_BLOCK)
    }
}

/// All tweaks of a slot, as the program has them in memory.
#[must_use]
pub fn tweaks(scheme: &Scheme, slot: u32) -> Vec<[F; 3]> {
    let places = Places::new(scheme);
    let word = |[low, high]: [F; 2], side: u32| [low, high, F::from_u32(side)];
    let mut all = vec![word(message_tweak(slot), 0)];
    for chain in 0..scheme.chains {
        all.extend(
            (1..=scheme.chain_length())
                .map(|step| word(chain_tweak(slot, chain as u8, step as u8), 0)),
        );
    }
    all.push(word(tree_tweak(0, slot), 0));
    for level in 1..=scheme.height() {
        let position = (u64::from(slot) >> level) as u32;
        all.push(word(
            tree_tweak(level as u8, position),
            slot >> (level - 1) & 1,
        ));
    }
    all.resize(places.blocks() * TWEAKS_PER_BLOCK, [F::ZERO; 3]);
    all
}

/// The digest of a slot's tweaks, which stands for the slot in the public tuple.
pub fn tweak_digest(scheme: &Scheme, slot: u32) -> [F; 9] {
    let mut sponge = Sponge::<F>::new(SPONGE_TAG);
    for block in tweaks(scheme, slot).chunks(TWEAKS_PER_BLOCK) {
        sponge.absorb(block.as_flattened());
    }
    sponge.capacity()
}

/// The digest of keys, in order.
pub fn key_digest<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> [F; 9] {
    let mut sponge = Sponge::<F>::new(SPONGE_TAG);
    for key in keys {
        sponge.absorb(&[&key.root[..], &key.parameter[..]].concat());
    }
    sponge.capacity()
}

/// What the program is run on for signatures of a message at a slot.
///
/// # Errors
/// If a message hash is no codeword. Other signatures that are not valid have a case, but no run.
pub fn case(
    scheme: &Scheme,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
    signers: &[(PublicKey, Signature)],
) -> Result<Case, EncodingError> {
    let mut arguments = vec![F::from_usize(signers.len())];
    arguments.extend(tweak_digest(scheme, slot));
    arguments.extend(message_elements(message));
    let mut advice = tweaks(scheme, slot).as_flattened().to_vec();
    for (key, signature) in signers {
        // Whatever the codeword is, the program reads the signature in this order.
        encode(scheme, &key.parameter, slot, message, &signature.rho)?;
        advice.extend(key.root);
        advice.extend(key.parameter);
        advice.extend(signature.rho);
        advice.extend(signature.hashes.as_flattened());
        advice.extend(signature.path.as_flattened());
    }
    let results = key_digest(signers.iter().map(|(key, _)| key)).to_vec();
    Ok(Case {
        arguments,
        advice,
        results,
    })
}

/// The program for a scheme.
///
/// # Panics
/// If the scheme's digits are not those of a base 8 with 8 to an element, as those of all supported schemes are.
#[must_use]
pub fn program(scheme: &Scheme) -> Executable {
    assert!(scheme.base == 8 && scheme.digits_per_element == 8 && scheme.quotient == 127);
    let places = Places::new(scheme);
    let mut builder = Builder::new();
    let memory = Memories {
        tweaks: builder.memory("tweaks"),
        ends: builder.memory("ends"),
    };
    let codeword = codeword(&mut builder, scheme, places, &memory);
    let tree = tree(&mut builder, scheme, places, &memory);

    let signature = builder.function::<(Base, (Value, Parameter), Packed<9>), ()>("signature");
    builder.body(&signature, |row, (ends, (root, parameter), message)| {
        let tweak = row.read(&memory.tweaks, &Base::zero());
        let rho: [Base; 7] = row.advice();
        let parts = [&message.0[..], &parameter.0, &tweak.0[..2], &rho];
        let input = padded::<24>(&parts);
        let output = row.permute24(&input);
        let hash = array::from_fn(|i| &input[i] + &output[i]);
        row.call(
            &codeword,
            &(ends.clone(), parameter.clone(), Packed::<6>(hash)),
        );
        row.call(&tree, &(ends, root, parameter));
    });

    // How many remain, where ends go; digest of keys, message.
    type State = (Base, Base, (Digest, Packed<9>));
    let signatures = builder.looping::<State>("signatures", |state| state[0] == F::ZERO);
    builder.step(&signatures, |row, (remaining, ends, (keys, message))| {
        let root: Value = row.advice();
        let parameter: Parameter = row.advice();
        let keys = row.absorb(&keys, &[&root.0[..], &parameter.0].concat());
        row.call(
            &signature,
            &(ends.clone(), (root, parameter), message.clone()),
        );
        (
            remaining.plus(-1),
            ends.plus(scheme.chains as i32),
            (keys, message),
        )
    });

    let load = load(&mut builder, &memory);
    let main = builder.function::<(Base, Digest, Packed<9>), Digest>("xmss");
    builder.body(&main, |row, (n, slot, message)| {
        let blocks = Base::number(places.blocks() as u32);
        let (remaining, _, digest) = row.run(&load, &(blocks, Base::zero(), initial_capacity()));
        row.assert_equal(&remaining, &Base::zero(), "all tweaks are loaded");
        for (a, b) in digest.0.iter().zip(&slot.0) {
            row.assert_equal(a, b, "the tape has the tweaks of another slot");
        }
        let start = (n, Base::zero(), (initial_capacity(), message));
        let (remaining, _, (keys, _)) = row.run(&signatures, &start);
        row.assert_equal(&remaining, &Base::zero(), "all signatures are verified");
        keys
    });
    builder.finish(&main).expect("a program")
}

struct Memories {
    tweaks: Memory<Tweak>,
    ends: Memory<Value>,
}

/// The parts one after the other, and zeros.
fn padded<const N: usize>(parts: &[&[Base]]) -> [Base; N] {
    let mut elements = parts.concat().into_iter();
    array::from_fn(|_| elements.next().unwrap_or_else(Base::zero))
}

/// Tweaks from the tape into memory: blocks that remain, the next address, digest.
fn load(builder: &mut Builder, memory: &Memories) -> Loop<(Base, Base, Digest)> {
    let load = builder.looping::<(Base, Base, Digest)>("load", |state| state[0] == F::ZERO);
    builder.step(&load, |row, (remaining, address, capacity)| {
        let words: [Tweak; TWEAKS_PER_BLOCK] = row.advice();
        for (i, word) in words.iter().enumerate() {
            row.write(&memory.tweaks, &address.plus(i as i32), word);
        }
        let block: Vec<Base> = words.iter().flat_map(|word| word.0.clone()).collect();
        let capacity = row.absorb(&capacity, &block);
        (
            remaining.plus(-1),
            address.plus(TWEAKS_PER_BLOCK as i32),
            capacity,
        )
    });
    load
}

/// Walks a chain: steps that remain, address of the next tweak, parameter, value.
fn chain(builder: &mut Builder, memory: &Memories) -> Loop<(Base, Base, (Parameter, Value))> {
    let chain =
        builder.looping::<(Base, Base, (Parameter, Value))>("chain", |state| state[0] == F::ZERO);
    builder.step(&chain, |row, (remaining, address, (parameter, value))| {
        let tweak = row.read(&memory.tweaks, &address);
        let input = padded::<16>(&[&value.0, &parameter.0, &tweak.0[..2]]);
        let output = row.permute16(&input);
        let next = Packed(array::from_fn(|i| &input[i] + &output[i]));
        (remaining.plus(-1), address.plus(1), (parameter, next))
    });
    chain
}

/// Reads the codeword from the message hash, and walks its chains.
fn codeword(
    builder: &mut Builder,
    scheme: &Scheme,
    places: Places,
    memory: &Memories,
) -> Function<(Base, Parameter, Packed<6>), ()> {
    let chain = chain(builder, memory);
    let length = places.chain_length as i32;
    // Digits that remain and what they are the digits of, their sum so far; address of the chain's first tweak, of its end, parameter.
    type State = ((Base, Base, Base), (Base, Base, Parameter));
    let digits = builder.looping::<State>("digits", |state| state[0] == F::ZERO);
    builder.step(
        &digits,
        |row, ((remaining, number, sum), (tweak, end, parameter))| {
            row.name(&number, "number");
            let bits: [Base; 3] = array::from_fn(|i| {
                row.boolean(&[&number], move |x| x[0].as_canonical_u32() >> i & 1 == 1)
            });
            let digit = Base::sum(&[
                bits[0].clone(),
                bits[1].times(F::TWO),
                bits[2].times(F::from_u8(4)),
            ]);
            let rest: Base = row.hint(&[&number], |x| {
                Ok(vec![F::from_u32(x[0].as_canonical_u32() / 8)])
            });
            row.assert_equal(&(&rest.times(F::from_u8(8)) + &digit), &number, "a digit");
            let value: Value = row.advice();
            let steps = &Base::constant(F::from_i32(length)) - &digit;
            let start = (steps, &tweak + &digit, (parameter.clone(), value));
            let (left, _, (_, last)) = row.run(&chain, &start);
            row.assert_equal(&left, &Base::zero(), "a chain is walked to its end");
            row.write(&memory.ends, &end, &last);
            let state = (remaining.plus(-1), rest, &sum + &digit);
            (state, (tweak.plus(length), end.plus(1), parameter))
        },
    );

    let element_of = |builder: &mut Builder, name: &str, count: usize| {
        // First chain's tweak and end; parameter; element of the hash.
        let element = builder.function::<((Base, Base), Parameter, Base), Base>(name);
        builder.body(&element, |row, ((tweak, end), parameter, hash)| {
            let number: Base = row.hint(&[&hash], |x| {
                Ok(vec![F::from_u32(x[0].as_canonical_u32() / 127)])
            });
            row.name(&number, "d");
            below_127(row, &(&hash - &number.times(F::from_u8(127))));
            let start = (Base::number(count as u32), number, Base::zero());
            let ((remaining, rest, sum), _) = row.run(&digits, &(start, (tweak, end, parameter)));
            row.assert_equal(&remaining, &Base::zero(), "all digits are read");
            // Eight digits in all: those that are not used are below 8 to their number.
            if count < 8 {
                row.bits(&rest, 3 * (8 - count));
            } else {
                row.assert_equal(
                    &rest,
                    &Base::zero(),
                    "an element of the message hash is p - 1",
                );
            }
            sum
        });
        element
    };
    let counts: Vec<usize> = (0..scheme.message_elements())
        .map(|j| (scheme.chains - 8 * j).min(8))
        .collect();
    let whole = element_of(builder, "element", 8);
    let last_count = *counts.last().expect("a message has an element");
    let last = if last_count == 8 {
        None
    } else {
        Some(element_of(builder, "last element", last_count))
    };

    let codeword = builder.function::<(Base, Parameter, Packed<6>), ()>("codeword");
    builder.body(&codeword, |row, (ends, parameter, hash)| {
        let sums: Vec<Base> = (counts.iter().enumerate())
            .map(|(j, &count)| {
                let element = if count == 8 {
                    &whole
                } else {
                    last.as_ref().unwrap_or(&whole)
                };
                let tweak = Base::number(places.chain(8 * j) as u32);
                let first = (tweak, ends.plus(8 * j as i32));
                row.call(element, &(first, parameter.clone(), hash.0[j].clone()))
            })
            .collect();
        let target = Base::number(scheme.target_sum);
        row.assert_equal(
            &Base::sum(&sums),
            &target,
            "the digits have another sum than the scheme's",
        );
    });
    codeword
}

/// Asserts that a number is below 127.
fn below_127(row: &mut Row, number: &Base) {
    let bits = row.bits(number, 7);
    // Seven ones are 127: their number is not 7.
    let missing = &Base::number(7) - &Base::sum(&bits);
    let inverse: Base = row.hint(&[&missing], |x| {
        p3_field::Field::try_inverse(&x[0])
            .map(|inverse| vec![inverse])
            .ok_or_else(|| "an element of the message hash is p - 1".into())
    });
    row.assert_zero(
        &[(&missing, &inverse)],
        &Base::number(1).times(-F::ONE),
        "the remainder is below 127",
    );
}

/// From the ends of chains to the root.
fn tree(
    builder: &mut Builder,
    scheme: &Scheme,
    places: Places,
    memory: &Memories,
) -> Function<(Base, Value, Parameter), ()> {
    // Levels that remain, address of the next tweak, parameter, node.
    let path =
        builder.looping::<(Base, Base, (Parameter, Value))>("path", |state| state[0] == F::ZERO);
    builder.step(&path, |row, (remaining, address, (parameter, node))| {
        let tweak = row.read(&memory.tweaks, &address);
        let sibling: Value = row.advice();
        let side = &tweak.0[2];
        let left: [Base; 8] = array::from_fn(|i| row.select(side, &sibling.0[i], &node.0[i]));
        let right: [Base; 8] = array::from_fn(|i| &(&node.0[i] + &sibling.0[i]) - &left[i]);
        let input = padded::<24>(&[&parameter.0, &tweak.0[..2], &left, &right]);
        let output = row.permute24(&input);
        let parent = Packed(array::from_fn(|i| &input[i] + &output[i]));
        (remaining.plus(-1), address.plus(1), (parameter, parent))
    });

    // The first block begins with parameter and tweak; each other one with what it needs of the ends of chains.
    let first = builder.function::<(Base, Parameter), Value>("block 0");
    let count = scheme.sponge_permutations();
    let later: Vec<Function<(Base, Digest), Value>> = (1..count)
        .map(|j| builder.function(&format!("block {j}")))
        .collect();
    for j in 0..count {
        let tail = |row: &mut Row, ends: &Base, state: [Base; 24]| -> Value {
            match later.get(j) {
                Some(next) => {
                    let capacity = Packed(array::from_fn(|i| state[i].clone()));
                    row.call(next, &(ends.clone(), capacity))
                }
                None => Packed(array::from_fn(|i| state[9 + i].clone())),
            }
        };
        // Elements j RATE up to (j + 1) RATE of all that is absorbed; seven come before the ends.
        let elements = |row: &mut Row, ends: &Base| -> Vec<Base> {
            let range = (j * RATE).max(7) - 7..((j + 1) * RATE - 7).min(8 * scheme.chains);
            let mut chain = None;
            range
                .map(|k| {
                    if chain.as_ref().is_none_or(|&(i, _)| i != k / 8) {
                        let value: Value = row.read(&memory.ends, &ends.plus((k / 8) as i32));
                        chain = Some((k / 8, value));
                    }
                    let (_, value) = chain.as_ref().expect("read before");
                    value.0[k % 8].clone()
                })
                .collect()
        };
        if j == 0 {
            builder.body(&first, |row, (ends, parameter)| {
                let capacity = leaf_capacity(scheme).map(Base::constant);
                let tweak = row.read(&memory.tweaks, &Base::number(places.level(0) as u32));
                let values = elements(row, &ends);
                let state = padded(&[&capacity, &parameter.0, &tweak.0[..2], &values]);
                let state = row.permute24(&state);
                tail(row, &ends, state)
            });
        } else {
            builder.body(&later[j - 1], |row, (ends, capacity)| {
                let values = elements(row, &ends);
                let state = row.permute24(&padded(&[&capacity.0, &values]));
                tail(row, &ends, state)
            });
        }
    }

    let tree = builder.function::<(Base, Value, Parameter), ()>("tree");
    builder.body(&tree, |row, (ends, root, parameter)| {
        let leaf = row.call(&first, &(ends, parameter.clone()));
        let levels = Base::number(scheme.height() as u32);
        let address = Base::number(places.level(1) as u32);
        let (remaining, _, (_, node)) = row.run(&path, &(levels, address, (parameter, leaf)));
        row.assert_equal(
            &remaining,
            &Base::zero(),
            "the path has as many levels as the tree",
        );
        for (a, b) in node.0.iter().zip(&root.0) {
            row.assert_equal(
                a,
                b,
                "the signature leads to another root than that of the key",
            );
        }
    });
    tree
}
