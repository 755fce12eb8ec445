//! Proof of work, of a difficulty that is known when a program runs.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_pcs::messages::QUERY_GRINDING;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Packed, Row};
use sheaf_transcript::{Domain, GRINDING_SEED, Label, WIDTH};

use super::bits::LowBits;
use super::draws::{Draws, Pending};
use super::numbers::Words;
use crate::transcript::{permute, with_message};

/// The check of a nonce.
pub(crate) struct Grinding {
    /// From seed, nonce and difficulty, which is not zero.
    nonce: Function<(Packed<GRINDING_SEED>, Base, Base), ()>,
}

impl Grinding {
    pub(super) fn new(builder: &mut Builder, low_bits: &LowBits) -> Self {
        let nonce = builder.function("nonce");
        builder.body(
            &nonce,
            |row, (seed, nonce, bits): (Packed<GRINDING_SEED>, Base, Base)| {
                let inputs: [Base; WIDTH] = array::from_fn(|i| match i {
                    0..GRINDING_SEED => seed.0[i].clone(),
                    GRINDING_SEED => nonce.clone(),
                    _ if i == WIDTH - 1 => Base::constant(Domain::Grinding.tag()),
                    _ => Base::zero(),
                });
                let [output, ..] = row.permute24(&inputs);
                row.call(low_bits, &[bits, output, Base::zero()]);
            },
        );
        Self { nonce }
    }

    /// Takes a nonce for what has been absorbed, which is `block` with this frame, and the label of a proof of work. Returns the transcript
    /// that has absorbed the nonce: capacity, running hash and the nonce.
    #[track_caller]
    pub(crate) fn check(
        &self,
        row: &mut Row,
        label: Label,
        bits: &Base,
        (capacity, count, messages): (&Digest, &Base, &Base),
        block: &[Base],
    ) -> (Digest, Base, Base) {
        let messages = with_message(messages, label, &Base::zero());
        let (capacity, outputs) = permute(row, capacity, count, &messages, block);
        let seed = Packed(array::from_fn(|i| outputs[i].clone()));
        let nonce: Base = row.advice();
        row.call(&self.nonce, &(seed, nonce.clone(), bits.clone()));
        let messages = with_message(&Base::zero(), label, &Base::number(1));
        (capacity, messages, nonce)
    }
}

/// Where a stream of elements begins from which positions are drawn.
pub(super) struct QueryGrinding {
    /// From what is pending (capacity; running hash, count, address), difficulty and where the first block goes, to the capacity.
    first_block: Function<(Digest, [Base; 3], [Base; 2]), Digest>,
}

impl QueryGrinding {
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Words,
        draws: &Draws,
        grinding: &Grinding,
    ) -> Self {
        let first_block =
            builder.function::<(Digest, [Base; 3], [Base; 2]), Digest>("draw a first block");
        let is_none = |arguments: &[F]| arguments[12] == F::ZERO;
        builder.branch(
            &first_block,
            "without proof of work",
            is_none,
            |row, (capacity, [messages, count, address], [bits, to])| {
                row.permute_idly();
                row.assert_equal(&bits, &Base::zero(), "there is a proof of work");
                let pending = Pending {
                    capacity,
                    messages,
                    count,
                    address,
                };
                let (capacity, block) = draws.absorb_pending(row, &pending);
                draws.write_block(row, &to, block);
                capacity
            },
        );
        builder.branch(
            &first_block,
            "with proof of work",
            move |arguments| !is_none(arguments),
            |row, (capacity, [messages, count, address], [bits, to])| {
                row.permute_idly();
                let block = super::draws::read_words(row, memory, &address);
                let frame = (&capacity, &count, &messages);
                let (capacity, messages, nonce) =
                    grinding.check(row, QUERY_GRINDING, &bits, frame, &block);
                let (capacity, block) =
                    permute(row, &capacity, &Base::number(1), &messages, &[nonce]);
                draws.write_block(row, &to, Packed(block));
                capacity
            },
        );
        Self { first_block }
    }

    /// Checks the proof of work, of whatever difficulty, and draws the first block into memory.
    #[track_caller]
    pub(super) fn first_block(
        &self,
        row: &mut Row,
        pending: &Pending,
        bits: &Base,
        to: &Base,
    ) -> Digest {
        let Pending {
            capacity,
            messages,
            count,
            address,
        } = pending.clone();
        let place = [bits.clone(), to.clone()];
        row.call(
            &self.first_block,
            &(capacity, [messages, count, address], place),
        )
    }
}
