//! Messages whose length is known only when a program runs, and as many challenges.
//!
//! What is absorbed stands in memory, with zeros behind it, so that blocks are read whole; only the last one is not full, and what counts
//! its elements is a number. What is drawn goes to memory, block by block: a few more elements than are wanted, which the native
//! verifier never draws and nobody reads.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Loop, Packed, Row, Word};
use sheaf_transcript::RATE;

use super::numbers::{Words, divide_up, offset, read_number, write_number};
use crate::transcript::{permute, words};

/// Words of a block.
pub(crate) const BLOCK_WORDS: usize = 3;

/// What has been absorbed, up to three words that are in memory, with zeros behind them, and have not been permuted.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) capacity: Digest,
    /// The running hash of messages.
    pub(super) messages: Base,
    /// Elements.
    pub(super) count: Base,
    /// Of the first word.
    pub(super) address: Base,
}

/// Blocks that remain and the address of the next; capacity, running hash of messages.
type Blocks = ((Base, Base), Digest, Base);

/// Loops over blocks.
pub(crate) struct Draws {
    /// Absorbs full blocks of base numbers.
    numbers: Loop<Blocks>,
    /// Absorbs full blocks of words, until no more than a block is left; it counts words.
    full_words: Loop<Blocks>,
    /// Draws blocks of words: blocks that remain, address, capacity.
    points: Loop<(Base, Base, Digest)>,
    /// Draws blocks of base numbers.
    stream: Loop<(Base, Base, Digest)>,
    /// Writes a block of base numbers.
    write_block: Function<(Base, Packed<RATE>), ()>,
    /// Writes as many zeros as may be behind the first element of a block.
    zeros: Function<Base, ()>,
    /// Absorbs what is pending: capacity, running hash and count, address.
    absorb_pending: Function<(Digest, [Base; 3]), (Digest, Packed<RATE>)>,
}

impl Draws {
    pub(super) fn new(builder: &mut Builder, memory: &Words) -> Self {
        let full = Base::number(RATE as u32);
        let numbers = builder.looping::<Blocks>("absorb numbers", |state| state[0] == F::ZERO);
        builder.step(
            &numbers,
            |row, ((remaining, address), capacity, messages)| {
                let block = read_block(row, memory, &address);
                let (capacity, _) = permute(row, &capacity, &full, &messages, &block);
                let next = (remaining.plus(-1), offset(&address, RATE));
                (next, capacity, Base::zero())
            },
        );
        let words = builder.looping::<Blocks>("absorb words", |state| {
            (1..=BLOCK_WORDS).any(|n| state[0] == F::from_usize(n))
        });
        builder.step(&words, |row, ((remaining, address), capacity, messages)| {
            let block = read_words(row, memory, &address);
            let (capacity, _) = permute(row, &capacity, &full, &messages, &block);
            let next = (
                remaining.plus(-(BLOCK_WORDS as i32)),
                offset(&address, BLOCK_WORDS),
            );
            (next, capacity, Base::zero())
        });
        let points =
            builder.looping::<(Base, Base, Digest)>("draw a point", |state| state[0] == F::ZERO);
        builder.step(&points, |row, (remaining, address, capacity)| {
            let (capacity, outputs) = idle(row, &capacity);
            write_words(row, memory, &address, &outputs);
            (remaining.plus(-1), offset(&address, BLOCK_WORDS), capacity)
        });
        let write_block = builder.function::<(Base, Packed<RATE>), ()>("write a block");
        builder.body(&write_block, |row, (address, block)| {
            for (i, number) in block.0.iter().enumerate() {
                write_number(row, memory, &offset(&address, i), number);
            }
        });
        let stream =
            builder.looping::<(Base, Base, Digest)>("draw a stream", |state| state[0] == F::ZERO);
        builder.step(&stream, |row, (remaining, address, capacity)| {
            let (capacity, outputs) = idle(row, &capacity);
            row.call(&write_block, &(address.clone(), Packed(outputs)));
            (remaining.plus(-1), offset(&address, RATE), capacity)
        });
        let zeros = builder.function::<Base, ()>("zeros");
        builder.body(&zeros, |row, address| {
            for i in 0..RATE - 1 {
                write_number(row, memory, &offset(&address, i), &Base::zero());
            }
        });
        let absorb_pending = builder.function("absorb what is pending");
        builder.body(
            &absorb_pending,
            |row, (capacity, [messages, count, address]): (Digest, [Base; 3])| {
                let block = read_words(row, memory, &address);
                let (capacity, outputs) = permute(row, &capacity, &count, &messages, &block);
                (capacity, Packed(outputs))
            },
        );
        Self {
            numbers,
            full_words: words,
            points,
            stream,
            write_block,
            zeros,
            absorb_pending,
        }
    }

    /// Writes zeros behind numbers of which blocks are read: one less than a block has.
    #[track_caller]
    pub(super) fn zeros(&self, row: &mut Row, address: &Base) {
        row.call(&self.zeros, address);
    }

    /// Absorbs full blocks of base numbers from an address on. Returns capacity and running hash.
    #[track_caller]
    pub(crate) fn absorb_numbers(
        &self,
        row: &mut Row,
        blocks: &Base,
        address: &Base,
        capacity: &Digest,
        messages: &Base,
    ) -> (Digest, Base) {
        let start = (
            (blocks.clone(), address.clone()),
            capacity.clone(),
            messages.clone(),
        );
        let end = address + &blocks.times(F::from_usize(RATE));
        row.run_to(
            &self.numbers,
            &start,
            |(capacity, messages): &(Digest, Base)| {
                let position = (Base::zero(), end.clone());
                (position, capacity.clone(), messages.clone())
            },
        )
    }

    /// Absorbs words, at least one, up to the last block.
    #[track_caller]
    pub(super) fn absorb_words(
        &self,
        row: &mut Row,
        count: &Base,
        address: &Base,
        capacity: &Digest,
        messages: &Base,
    ) -> Pending {
        let start = (
            (count.clone(), address.clone()),
            capacity.clone(),
            messages.clone(),
        );
        let end = address + count;
        let (remaining, capacity, messages) = row.run_to(
            &self.full_words,
            &start,
            |(remaining, capacity, messages): &(Base, Digest, Base)| {
                let position = (remaining.clone(), &end - remaining);
                (position, capacity.clone(), messages.clone())
            },
        );
        let product = row.product(&remaining.plus(-1), &remaining.plus(-2));
        row.assert_zero(
            &[(&product, &remaining.plus(-3))],
            &Base::zero(),
            "a last block has one to three words",
        );
        Pending {
            capacity,
            messages,
            count: remaining.times(F::from_u8(5)),
            address: &end - &remaining,
        }
    }

    /// Absorbs what is pending, and draws a block.
    #[track_caller]
    pub(super) fn absorb_pending(
        &self,
        row: &mut Row,
        pending: &Pending,
    ) -> (Digest, Packed<RATE>) {
        let Pending {
            capacity,
            messages,
            count,
            address,
        } = pending.clone();
        row.call(
            &self.absorb_pending,
            &(capacity, [messages, count, address]),
        )
    }

    /// Draws a point of `variables` coordinates into memory, of which the first block has been drawn. Returns the capacity, and words
    /// written.
    #[track_caller]
    pub(super) fn point(
        &self,
        row: &mut Row,
        memory: &Words,
        blocks: &Base,
        address: &Base,
        (capacity, first): &(Digest, [Base; RATE]),
    ) -> Digest {
        write_words(row, memory, address, first);
        self.words(
            row,
            &blocks.plus(-1),
            &offset(address, BLOCK_WORDS),
            capacity,
        )
    }

    /// Draws blocks of words into memory, in a transcript that has absorbed nothing since the last permutation. Returns the capacity.
    #[track_caller]
    pub(crate) fn words(
        &self,
        row: &mut Row,
        blocks: &Base,
        address: &Base,
        capacity: &Digest,
    ) -> Digest {
        let start = (blocks.clone(), address.clone(), capacity.clone());
        let end = address + &blocks.times(F::from_usize(BLOCK_WORDS));
        row.run_to(&self.points, &start, |capacity: &Digest| {
            (Base::zero(), end.clone(), capacity.clone())
        })
    }

    /// Draws blocks of base numbers into memory.
    #[track_caller]
    pub(super) fn stream(
        &self,
        row: &mut Row,
        blocks: &Base,
        address: &Base,
        capacity: &Digest,
    ) -> Digest {
        let start = (blocks.clone(), address.clone(), capacity.clone());
        let end = address + &blocks.times(F::from_usize(RATE));
        row.run_to(&self.stream, &start, |capacity: &Digest| {
            (Base::zero(), end.clone(), capacity.clone())
        })
    }

    /// Writes a block of base numbers.
    #[track_caller]
    pub(super) fn write_block(&self, row: &mut Row, address: &Base, block: Packed<RATE>) {
        row.call(&self.write_block, &(address.clone(), block));
    }
}

/// Blocks that so many elements fill, and what the last one lacks.
#[track_caller]
pub(super) fn blocks(row: &mut Row, elements: &Base) -> (Base, Base) {
    divide_up(row, elements, RATE as u32, 5)
}

/// A block of base numbers.
#[track_caller]
pub(super) fn read_block(row: &mut Row, memory: &Words, address: &Base) -> [Base; RATE] {
    array::from_fn(|i| read_number(row, memory, &offset(address, i)))
}

/// A permutation without a message.
#[track_caller]
fn idle(row: &mut Row, capacity: &Digest) -> (Digest, [Base; RATE]) {
    permute(row, capacity, &Base::zero(), &Base::zero(), &[])
}

#[track_caller]
pub(super) fn read_words(row: &mut Row, memory: &Words, address: &Base) -> Vec<Base> {
    (0..BLOCK_WORDS)
        .flat_map(|i| {
            let word: Word = row.read(memory, &offset(address, i));
            word.coefficients()
        })
        .collect()
}

#[track_caller]
fn write_words(row: &mut Row, memory: &Words, address: &Base, block: &[Base; RATE]) {
    for (i, word) in words(block).iter().enumerate() {
        row.write(memory, &offset(address, i), word);
    }
}
