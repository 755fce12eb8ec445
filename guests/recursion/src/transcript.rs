//! The transcript of a proof, inside a program.
//!
//! [`Sponge`] is the sponge of `sheaf_transcript` while a body is written: the same labels, the same framing, the same blocks. Where native
//! code counts what has been absorbed and squeezed, here whoever writes the body does; both are known when the program is made, and
//! so are all labels. What a loop or a function hands on is the capacity, at a place where the next thing is a message: outputs that have
//! not been drawn by then are never drawn.

use std::array;

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::initial_capacity;
use sheaf_program::builder::{Base, Digest, Packed, Row, Word};
use sheaf_program::{DEGREE, F};
use sheaf_transcript::{CAPACITY, Domain, GRINDING_SEED, Label, MESSAGE_BASE, RATE, WIDTH};

/// A sponge in the midst of a body.
#[derive(Clone)]
pub struct Sponge {
    capacity: [Base; CAPACITY],
    /// Outputs of the last permutation that have not been drawn, if nothing has been absorbed since.
    outputs: Vec<Base>,
    absorbed: Vec<Base>,
    /// The running hash of the messages that began since the last permutation.
    messages: Base,
    /// Whether there are such messages; a message without elements counts.
    pending: bool,
}

impl Sponge {
    /// The sponge of a transcript that has absorbed nothing.
    #[must_use]
    pub fn new() -> Self {
        let capacity = initial_capacity::<F>(Domain::Transcript.tag());
        Self::resume(&Packed(capacity.map(Base::constant)))
    }

    /// A sponge with this capacity, which absorbs next.
    #[must_use]
    pub fn resume(capacity: &Digest) -> Self {
        Self {
            capacity: capacity.0.clone(),
            outputs: Vec::new(),
            absorbed: Vec::new(),
            messages: Base::zero(),
            pending: false,
        }
    }

    /// The capacity, for a sponge that goes on with a message. All that was absorbed has been permuted.
    ///
    /// # Panics
    /// If something has been absorbed since the last permutation: whoever writes the program draws first.
    #[must_use]
    pub fn capacity(&self) -> Digest {
        assert!(!self.pending, "what is absorbed has to be permuted");
        Packed(self.capacity.clone())
    }

    /// Absorbs a message.
    #[track_caller]
    pub fn absorb(&mut self, row: &mut Row, label: Label, values: &[Base]) {
        let length = Base::number(values.len() as u32);
        self.begin(label, &length);
        for value in values {
            self.absorb_more(row, value);
        }
    }

    /// Begins a message of `length` elements, which [`Self::absorb_more`] absorbs one by one.
    pub fn begin(&mut self, label: Label, length: &Base) {
        self.outputs.clear();
        self.pending = true;
        let base = F::from_u32(MESSAGE_BASE);
        for word in [&Base::number(label.code() + 1), length] {
            self.messages = &self.messages.times(base) + word;
        }
    }

    /// Absorbs the next element of a message that has begun.
    #[track_caller]
    pub fn absorb_more(&mut self, row: &mut Row, value: &Base) {
        if self.absorbed.len() == RATE {
            self.permute(row);
        }
        self.pending = true;
        self.absorbed.push(value.clone());
    }

    /// Takes a message of base elements from the tape, and absorbs it.
    #[track_caller]
    pub fn receive_base(&mut self, row: &mut Row, label: Label, count: usize) -> Vec<Base> {
        let values: Vec<Base> = (0..count).map(|_| row.advice()).collect();
        self.absorb(row, label, &values);
        values
    }

    /// Takes a message of elements of the extension from the tape, and absorbs it.
    #[track_caller]
    pub fn receive(&mut self, row: &mut Row, label: Label, count: usize) -> Vec<Word> {
        let elements = self.receive_base(row, label, count * DEGREE);
        words(&elements)
    }

    /// Draws an element of the base field.
    #[track_caller]
    pub fn squeeze(&mut self, row: &mut Row) -> Base {
        if self.pending || self.outputs.is_empty() {
            self.permute(row);
        }
        self.outputs.remove(0)
    }

    /// Draws a challenge.
    #[track_caller]
    pub fn sample(&mut self, row: &mut Row) -> Word {
        Word::from_coefficients(&array::from_fn(|_| self.squeeze(row)))
    }

    /// Draws what a nonce is hashed with. What is left of the block is dropped.
    #[track_caller]
    pub fn grinding_seed(&mut self, row: &mut Row, label: Label) -> [Base; GRINDING_SEED] {
        self.absorb(row, label, &[]);
        let seed = array::from_fn(|_| self.squeeze(row));
        self.outputs.clear();
        seed
    }

    #[track_caller]
    fn permute(&mut self, row: &mut Row) {
        let absorbed = self.absorbed.len();
        let inputs: [Base; WIDTH] = array::from_fn(|i| match i {
            0 => &self.capacity[0] + &Base::number(absorbed as u32),
            1 => &self.capacity[1] + &self.messages,
            2..CAPACITY => self.capacity[i].clone(),
            _ => self
                .absorbed
                .get(i - CAPACITY)
                .cloned()
                .unwrap_or_else(Base::zero),
        });
        let outputs = row.permute24(&inputs);
        self.capacity = array::from_fn(|i| outputs[i].clone());
        self.outputs = outputs[CAPACITY..].to_vec();
        self.absorbed.clear();
        self.messages = Base::zero();
        self.pending = false;
    }
}

impl Default for Sponge {
    fn default() -> Self {
        Self::new()
    }
}

/// Elements of the extension whose coefficients these are.
#[must_use]
pub fn words(elements: &[Base]) -> Vec<Word> {
    let (chunks, _) = elements.as_chunks::<DEGREE>();
    chunks.iter().map(Word::from_coefficients).collect()
}
