//! The statement of a proof about signatures: one group of keys that have signed a message at a slot.
//!
//! It opens to slot, message, number of keys and the capacities of the sixteen streams after all keys, which come from the tape; keys never
//! enter. The digest binds them, and it is the digest that a tree of statements and the transcript take in.
//! What permutations take in beside keys and signatures, message and tweaks, follows from the slot.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::{KIND_LEAF, PROTOCOL_VERSION, summary};
use sheaf_poseidon::sponge::{RATE, initial_capacity};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Memory, Packed, Row, Word};
use sheaf_transcript::Domain;
use sheaf_xmss::Scheme;

use super::lanes::{Lanes, STREAMS};
use super::tweaks::Digits;
use crate::transcript::Sponge;

/// Elements of a message.
const MESSAGE: usize = 9;
/// Elements of a capacity.
const CAPACITY: usize = 9;
/// Bits of either limb of a slot.
const LIMB_BITS: usize = 16;

/// Where what follows from a statement stands in memory, from its first address on. Each element is a word.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    levels: usize,
}

impl Places {
    /// Of the capacities: nine for each stream.
    pub const CAPACITIES: usize = 0;
    /// Of the message.
    pub const MESSAGE: usize = Self::CAPACITIES + STREAMS * CAPACITY;
    /// Of the tweak of chain steps.
    pub const CHAIN_TWEAK: usize = Self::MESSAGE + MESSAGE;
    /// Of the tweak of the message hash.
    pub const MESSAGE_TWEAK: usize = Self::CHAIN_TWEAK + 2;
    /// Of the tweaks of nodes, two elements for each level from the leaf on.
    pub const NODE_TWEAKS: usize = Self::MESSAGE_TWEAK + 2;

    /// Those for paths of so many levels.
    #[must_use]
    pub const fn new(levels: usize) -> Self {
        Self { levels }
    }

    /// Of the bits of the slot, from the lowest one on: for each level whether the node is a right child. Zeros stand behind them.
    #[must_use]
    pub const fn sides(self) -> usize {
        Self::NODE_TWEAKS + 2 * (self.levels + 1)
    }

    /// The number of words.
    #[must_use]
    pub const fn count(self) -> usize {
        self.sides() + self.levels + 1 + LIMB_BITS
    }
}

/// A statement that has been read.
pub struct Statement {
    /// Its digest.
    pub digest: Digest,
    /// The number of the last lane.
    pub last: Base,
    /// Lane variables.
    pub log_lanes: Base,
}

/// What reads statements.
pub struct Statements {
    read: Function<Base, (Digest, (Base, Base))>,
}

impl Statements {
    /// Adds it to a program.
    #[must_use]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        lanes: &Lanes,
        scheme: &Scheme,
    ) -> Self {
        let last = scheme.step_number(scheme.chains - 1, scheme.chain_length() - 1);
        let scale = scheme.step_numbers.scale as u32;
        let digits = Digits::new(builder, scale, scheme.step_number(0, 0) as u32, last as u32);
        let tweaks = tweaks(builder, memory, &digits, scheme);
        let digest = digest(builder, memory, scheme);
        let read = builder.per_instance::<Base, (Digest, (Base, Base))>("statement");
        builder.body(&read, |row, address| {
            let slot: [Base; 2] = row.call(&tweaks, &address);
            let (last, digest) = row.call(&digest, &(address, slot));
            // Lanes are at most 2^16, so that all numbers of lanes are integers.
            let log_lanes = lanes.log_lanes(row, &last);
            row.bits(&(&Base::number(16) - &log_lanes), 4);
            (digest, (last, log_lanes))
        });
        Self { read }
    }

    /// Reads a statement from the tape: slot, number of the last lane, message, capacities. What follows from it is written from an
    /// address on, see [`Places`].
    #[track_caller]
    pub fn read(&self, row: &mut Row, address: &Base) -> Statement {
        let (digest, (last, log_lanes)) = row.call(&self.read, address);
        Statement {
            digest,
            last,
            log_lanes,
        }
    }
}

/// The transcript of a proof at rate `2^-log_inv_rate` about a statement with this digest.
#[track_caller]
pub fn transcript(row: &mut Row, log_inv_rate: &Base, digest: &Digest) -> Sponge {
    let mut sponge = Sponge::new();
    let header = [Base::number(KIND_LEAF.into()), log_inv_rate.clone()];
    sponge.absorb(row, summary::HEADER, &header);
    sponge.absorb(row, summary::DIGEST, &digest.0);
    sponge
}

/// Writes all that follows from a slot on the tape. Returns the slot's digits.
fn tweaks(
    builder: &mut Builder,
    memory: &Memory<Word>,
    digits: &Digits,
    scheme: &Scheme,
) -> Function<Base, [Base; 2]> {
    let height = scheme.height();
    let places = Places::new(height);
    let write = |row: &mut Row, at: &Base, offset: usize, value: &Base| {
        row.write(memory, &at.plus(offset as i32), &Word::from(value));
    };
    // A level at a time: address of the tweak and of the slot's bit, the slot's bits from this level on as two limbs, the level. Bits stand in
    // memory: whoever took them as hints would have to show that limbs stay integers.
    type Level = ([Base; 2], [Base; 2], Base);
    let levels = builder.looping::<Level>("tweaks of nodes", move |state| {
        state[4] == F::from_usize(height + 1)
    });
    builder.step(&levels, |row, ([tweak, side], [low, high], level)| {
        row.permute_idly();
        // 2^40 level + 2^8 position + 1.
        let below = low.times(F::from_u16(1 << 8)).plus(1);
        let digits = digits.digits(row, &[below, high.clone(), level.clone()]);
        write(row, &tweak, 0, &digits[0]);
        write(row, &tweak, 1, &digits[1]);
        let [bit, carried] = [0, LIMB_BITS].map(|offset| -> Base {
            let at = side.plus(offset as i32);
            row.read_as(memory, &at, |bit: &Base| Word::from(bit))
        });
        let half = F::ONE.halve();
        let low = &(&low - &bit).times(half) + &carried.times(F::from_u32(1 << 15));
        let high = (&high - &carried).times(half);
        ([tweak.plus(2), side.plus(1)], [low, high], level.plus(1))
    });
    let function = builder.per_instance::<Base, [Base; 2]>("slot");
    builder.body(&function, |row, address| {
        let slot: [Base; 2] = row.advice();
        let limbs = slot.each_ref().map(|limb| row.bits(limb, LIMB_BITS));
        let bits = limbs.concat();
        for i in 0..places.count() - places.sides() {
            let bit = bits.get(i).cloned().unwrap_or_else(Base::zero);
            write(row, &address, places.sides() + i, &bit);
        }
        let [_, high] = limbs;
        let [first, second] = slot.each_ref();
        let zero = Base::zero();
        let chain = digits.digits(row, &[zero.clone(), first.clone(), second.clone()]);
        let carry = digits.carry(row, &chain[0]);
        write(row, &address, Places::CHAIN_TWEAK, &chain[0]);
        write(
            row,
            &address,
            Places::CHAIN_TWEAK + 1,
            &(&chain[1] + &carry),
        );
        // 2^8 slot + 2.
        let below = first.times(F::from_u16(1 << 8)).plus(2);
        let message = digits.digits(row, &[below, second.clone(), zero.clone()]);
        write(row, &address, Places::MESSAGE_TWEAK, &message[0]);
        write(row, &address, Places::MESSAGE_TWEAK + 1, &message[1]);
        // The slot itself, cut at its bit 24.
        let part = |bits: &[Base]| {
            let terms = (0..)
                .zip(bits)
                .map(|(i, bit)| bit.times(F::from_u32(1 << i)));
            terms.fold(Base::zero(), |sum, term| &sum + &term)
        };
        let below = first + &part(&high[..8]).times(F::from_u32(1 << 16));
        let own = digits.digits(row, &[below, part(&high[8..]), zero.clone()]);
        let start: Level = (
            [
                address.plus(Places::NODE_TWEAKS as i32),
                address.plus(places.sides() as i32),
            ],
            slot,
            zero.clone(),
        );
        let end_of = |first: usize, words: usize| address.plus((first + words) as i32);
        row.run_to(&levels, &start, |(): &()| {
            let ends = [
                end_of(Places::NODE_TWEAKS, 2 * (height + 1)),
                end_of(places.sides(), height + 1),
            ];
            (ends, [zero.clone(), zero], Base::number(height as u32 + 1))
        });
        own
    });
    function
}

/// From the first address and the slot's digits to the number of the last lane and the digest of a statement, whose message, size and
/// capacities are on the tape.
fn digest(
    builder: &mut Builder,
    memory: &Memory<Word>,
    scheme: &Scheme,
) -> Function<(Base, [Base; 2]), (Base, Digest)> {
    let id = scheme.id;
    let function =
        builder.per_instance::<(Base, [Base; 2]), (Base, Digest)>("digest of a statement");
    builder.body(&function, |row, (address, slot)| {
        let last: Base = row.advice();
        let message: [Base; MESSAGE] = row.advice();
        for (i, x) in message.iter().enumerate() {
            row.write(
                memory,
                &address.plus((Places::MESSAGE + i) as i32),
                &Word::from(x),
            );
        }
        // The only group goes to the first stream.
        let group: [Base; RATE] = array::from_fn(|i| match i {
            0..2 => slot[i].clone(),
            2 => last.plus(1),
            3..=11 => message[i - 3].clone(),
            13 => Base::number(2),
            _ => Base::zero(),
        });
        let mut blocks = Vec::new();
        let capacity = |row: &mut Row, stream: usize| -> Digest {
            let capacity: Digest = row.advice();
            for (j, x) in capacity.0.iter().enumerate() {
                let place = Places::CAPACITIES + CAPACITY * stream + j;
                row.write(memory, &address.plus(place as i32), &Word::from(x));
            }
            capacity
        };
        let first = capacity(row, 0);
        blocks.extend(row.absorb(&first, &group).0);
        let tag = initial_capacity::<F>(Domain::Statement.tag()).map(Base::constant);
        let header = [PROTOCOL_VERSION, id.into(), 1].map(Base::number);
        let mut digest = row.absorb(&Packed(tag), &header);
        for stream in 1..STREAMS {
            blocks.extend(capacity(row, stream).0);
            while blocks.len() >= RATE {
                let block: Vec<Base> = blocks.drain(..RATE).collect();
                digest = row.absorb(&digest, &block);
            }
        }
        if !blocks.is_empty() {
            digest = row.absorb(&digest, &blocks);
        }
        (last, digest)
    });
    function
}
