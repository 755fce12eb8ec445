//! The commitment: parameters, root and out-of-domain sample.

use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::messages::{OUT_OF_DOMAIN, ROOT, STATEMENT};
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Row, Word};
use sheaf_transcript::{CAPACITY, RATE};

use super::constants::Constants;
use super::draws::{self, BLOCK_WORDS, Draws};
use super::numbers::{Words, divide_up, offset, write_number};
use super::parameters::Parameters;
use super::places::{FIXED, Header, Places};
use crate::memory::write_digest;
use crate::transcript::{Sponge, permute, with_message};

/// The first free address and how many elements stand behind the fixed places; capacity and running hash of the transcript before.
type Before = ([Base; 2], Digest, Base);
/// Capacity; value of the sample; the first address that is free.
type After = (Digest, Word, Base);

/// The function that receives a commitment.
pub(super) struct Receiver {
    receive: Function<Before, After>,
}

impl Receiver {
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Words,
        constants: Constants,
        draws: &Draws,
    ) -> Self {
        let parameters = Parameters::new(builder, memory, constants);
        let receive = builder.function::<Before, After>("commitment");
        builder.body(&receive, |row, ([first, before], capacity, messages)| {
            row.permute_idly();
            let places = Places::at(first.clone());
            let stream = offset(&first, FIXED);
            let to = &stream + &before;
            let description = parameters.take(row, memory, constants, &places, &to);

            // What is absorbed, from what the caller has absorbed to the root, stands in memory one after the other.
            let numbers = &before + &description.length;
            let end = &stream + &numbers;
            let root: Digest = row.advice();
            for (i, element) in root.0.iter().enumerate() {
                write_number(row, memory, &offset(&end, i), element);
            }
            write_digest(row, memory, &places.oracles().root(), &root);
            draws.zeros(row, &offset(&end, CAPACITY));

            // The root's message begins before the block is permuted in which the numbers end. It is not the first block.
            let (filled, _) = divide_up(row, &numbers, RATE as u32, 5);
            row.inverse(&filled.plus(-1));
            let messages = with_message(&messages, STATEMENT, &description.length);
            let blocks = filled.plus(-1);
            let (capacity, messages) =
                draws.absorb_numbers(row, &blocks, &stream, &capacity, &messages);
            let address = &stream + &blocks.times(F::from_usize(RATE));
            let messages = with_message(&messages, ROOT, &Base::number(CAPACITY as u32));
            let (filled, missing) = divide_up(row, &offset(&numbers, CAPACITY), RATE as u32, 5);
            let blocks = &filled.plus(-1) - &blocks;
            let (capacity, messages) =
                draws.absorb_numbers(row, &blocks, &address, &capacity, &messages);
            let address = &address + &blocks.times(F::from_usize(RATE));
            let count = &Base::number(RATE as u32) - &missing;
            let block = draws::read_block(row, memory, &address);
            let drawn = permute(row, &capacity, &count, &messages, &block);

            let sample = offset(&end, CAPACITY + RATE - 1);
            let (blocks, _) = divide_up(row, &description.variables, BLOCK_WORDS as u32, 4);
            let capacity = draws.point(row, memory, &blocks, &sample, &drawn);
            let value: Word = row.advice();
            let sample_value = &sample + &blocks.times(F::from_usize(BLOCK_WORDS));
            row.write(memory, &sample_value, &value);
            let free = offset(&sample_value, 1);
            Header {
                variables: description.variables,
                slice_variables: description.slice_variables,
                rounds: description.rounds,
                live: description.live,
                live_numbers: description.live_numbers,
                sample,
                sample_value,
                last_variables: description.last_variables,
            }
            .write(row, memory, &places);
            (capacity, value, free)
        });
        Self { receive }
    }

    /// Receives a commitment in the transcript `sponge`, which has drawn nothing since it absorbed. Returns the transcript, and the first address that
    /// is free then.
    #[track_caller]
    pub(super) fn receive(
        &self,
        row: &mut Row,
        memory: &Words,
        free: &Base,
        sponge: &Sponge,
    ) -> (Sponge, Base) {
        let (capacity, absorbed, messages) = sponge.absorbed();
        for (i, element) in absorbed.iter().enumerate() {
            write_number(row, memory, &offset(free, FIXED + i), element);
        }
        let before = Base::number(absorbed.len() as u32);
        self.receive_behind(row, free, (&capacity, messages), &before)
    }
}

impl Receiver {
    /// As [`Self::receive`], in a transcript of this capacity and running hash that has absorbed elements since the last permutation, up to a block of them, which stand in
    /// memory behind the fixed places.
    #[track_caller]
    pub(super) fn receive_behind(
        &self,
        row: &mut Row,
        first: &Base,
        (capacity, messages): (&Digest, &Base),
        before: &Base,
    ) -> (Sponge, Base) {
        let numbers = [first.clone(), before.clone()];
        let (capacity, value, free) = row.call(
            &self.receive,
            &(numbers, capacity.clone(), messages.clone()),
        );
        let mut sponge = Sponge::resume(&capacity);
        sponge.absorb(row, OUT_OF_DOMAIN, &value.coefficients());
        (sponge, free)
    }
}

/// Receives the next oracle and draws the first block of its sample's point.
#[track_caller]
pub(super) fn receive_root(row: &mut Row, capacity: &Digest) -> (Digest, (Digest, [Base; RATE])) {
    let root: Digest = row.advice();
    let count = Base::number(CAPACITY as u32);
    let messages = with_message(&Base::zero(), ROOT, &count);
    let drawn = permute(row, capacity, &count, &messages, &root.0);
    (root, drawn)
}
