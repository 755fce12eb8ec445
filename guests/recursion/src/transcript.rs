//! The transcript of a proof, inside a program.
//!
//! [`Sponge`] is the sponge of `sheaf_transcript` while a body is written: the same labels, the same framing, the same blocks. Where native
//! code counts what has been absorbed and squeezed, here whoever writes the body does; both are known when the program is made, and
//! so are all labels. What a loop or a function hands on is the capacity, at a place where the next thing is a message: outputs that have
//! not been drawn by then are never drawn.
//!
//! Framing is added to two elements of the capacity, and an input of a permutation that is a sum needs a cell. So whoever hands a capacity on to loops and
//! blocks adds the framing to what is handed on: [`Sponge::announce_message`].

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
    /// How many elements are absorbed before the next permutation, if the capacity has its framing already.
    announced: Option<usize>,
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
            announced: None,
        }
    }

    /// The capacity before a message of `length` elements, with the framing of its first block.
    #[must_use]
    pub fn announce_message(capacity: &Digest, label: Label, length: usize) -> Digest {
        let mut sponge = Self::resume(capacity);
        sponge.begin(label, &Base::number(length as u32));
        Packed(sponge.framed(length.min(RATE)))
    }

    /// What [`Self::announce_message`] was given.
    #[must_use]
    pub fn before_message(announced: &Digest, label: Label, length: usize) -> Digest {
        let zero = Packed(array::from_fn(|_| Base::zero()));
        let framing = Self::announce_message(&zero, label, length);
        Packed(array::from_fn(|i| &announced.0[i] - &framing.0[i]))
    }

    /// A sponge in the midst of a message, whose capacity has the framing of a block of `count` elements.
    #[must_use]
    pub fn announced(capacity: &Digest, count: usize) -> Self {
        Self {
            pending: true,
            announced: Some(count),
            ..Self::resume(capacity)
        }
    }

    /// The same for a block of another length.
    #[must_use]
    pub fn announced_instead(capacity: &Digest, before: usize, count: usize) -> Self {
        let mut capacity = capacity.clone();
        capacity.0[0] = capacity.0[0].plus(count as i32 - before as i32);
        Self::announced(&capacity, count)
    }

    /// A sponge with this capacity, of whose last outputs these are still to be drawn.
    #[must_use]
    pub fn drawn(capacity: &Digest, outputs: &[Word]) -> Self {
        Self {
            outputs: outputs.iter().flat_map(Word::coefficients).collect(),
            ..Self::resume(capacity)
        }
    }

    /// Whether something has been absorbed since the last permutation.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.pending
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
        self.messages = with_message(&self.messages, label, length);
    }

    /// What has been absorbed since the last permutation: capacity, elements, and the running hash of the messages that began.
    #[must_use]
    pub fn absorbed(&self) -> (Digest, &[Base], &Base) {
        (
            Packed(self.capacity.clone()),
            &self.absorbed,
            &self.messages,
        )
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

    /// Permutes a full block of a message that goes on. The capacity has the framing of the next block, of `count` elements.
    ///
    /// # Panics
    /// If the block is not full.
    #[track_caller]
    pub fn full_block(&mut self, row: &mut Row, count: usize) -> Digest {
        assert_eq!(
            self.absorbed.len(),
            RATE,
            "a message goes on after a block that is full"
        );
        self.permute(row);
        Packed(self.framed(count))
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

    /// Takes `length` elements of a message that has begun from the tape, absorbs them, and returns the elements of the extension that they are.
    #[track_caller]
    pub fn receive_more(&mut self, row: &mut Row, length: usize) -> Vec<Word> {
        let elements: Vec<Base> = (0..length).map(|_| row.advice()).collect();
        for element in &elements {
            self.absorb_more(row, element);
        }
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

    /// The capacity with the framing of a block of `count` elements.
    fn framed(&self, count: usize) -> [Base; CAPACITY] {
        framed(&self.capacity, &Base::number(count as u32), &self.messages)
    }

    #[track_caller]
    fn permute(&mut self, row: &mut Row) {
        let absorbed = self.absorbed.len();
        let framed = match self.announced.take() {
            Some(count) => {
                assert_eq!(absorbed, count, "a block is as long as announced");
                Packed(self.capacity.clone())
            }
            None => Packed(self.framed(absorbed)),
        };
        let (capacity, outputs) = permute_framed(row, &framed, &self.absorbed);
        self.capacity = capacity.0;
        self.outputs = outputs.to_vec();
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

/// The running hash of messages when one more has begun.
#[must_use]
pub fn with_message(messages: &Base, label: Label, length: &Base) -> Base {
    let base = F::from_u32(MESSAGE_BASE);
    let labelled = &messages.times(base) + &Base::number(label.code() + 1);
    &labelled.times(base) + length
}

/// A permutation of the sponge: of what was absorbed since the last one, `count` elements and the running hash `messages`. `block` has
/// these elements, and zeros where it is longer. Returns the capacity and what can be drawn.
#[track_caller]
pub fn permute(
    row: &mut Row,
    capacity: &Digest,
    count: &Base,
    messages: &Base,
    block: &[Base],
) -> (Digest, [Base; RATE]) {
    let framed = Packed(framed(&capacity.0, count, messages));
    permute_framed(row, &framed, block)
}

/// A capacity with the framing of a block.
fn framed(capacity: &[Base; CAPACITY], count: &Base, messages: &Base) -> [Base; CAPACITY] {
    let mut capacity = capacity.clone();
    capacity[0] = &capacity[0] + count;
    capacity[1] = &capacity[1] + messages;
    capacity
}

#[track_caller]
fn permute_framed(row: &mut Row, framed: &Digest, block: &[Base]) -> (Digest, [Base; RATE]) {
    let inputs: [Base; WIDTH] = array::from_fn(|i| match i {
        0..CAPACITY => framed.0[i].clone(),
        _ => block.get(i - CAPACITY).cloned().unwrap_or_else(Base::zero),
    });
    let outputs = row.permute24(&inputs);
    let capacity = Packed(array::from_fn(|i| outputs[i].clone()));
    (capacity, array::from_fn(|i| outputs[CAPACITY + i].clone()))
}

/// Elements of the extension whose coefficients these are.
#[must_use]
pub fn words(elements: &[Base]) -> Vec<Word> {
    let (chunks, _) = elements.as_chunks::<DEGREE>();
    chunks.iter().map(Word::from_coefficients).collect()
}
