//! What verifying costs: a channel that counts.
//!
//! A verifier that runs over [`Counting`] takes the very steps that it takes over a
//! [`VerifierTranscript`], and accepts the same proofs; its elements are [`Counted`]. Afterwards the channel
//! knows the [`Cost`], and every [`Message`] that was read.
//!
//! What is counted is what is computed, products with zero and one included. Additions are free, and
//! so are `halve` and `double`, negation, and whatever happens in the base field alone. A cube is two products.

mod counted;
#[cfg(all(test, feature = "prover"))]
mod tests;

use core::marker::PhantomData;

use crate::field::F;
use crate::sponge::Label;
use crate::{Channel, Transcript, TranscriptError, VerifierTranscript};

pub use counted::Counted;
use counted::Products;

/// What a verifier has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Products of two extension-field elements, squares included.
    pub ext: u64,
    /// Products of an extension-field element and one of the base field.
    pub mixed: u64,
    /// Inversions in the extension field.
    pub inversions: u64,
    /// Permutations of width 24 inside the transcript: of its sponge, and one for every nonce.
    pub transcript_permutations: u64,
    /// Permutations outside of it, of whatever width, of which the verifier has told its channel.
    pub hash_permutations: u64,
}

/// Messages of one label and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// What they mean.
    pub label: Label,
    /// Base-field elements in each, of four bytes.
    pub elements: usize,
    /// How many there were.
    pub times: usize,
}

/// A [`VerifierTranscript`] that counts.
///
/// Products are counted by thread, which the channel therefore can't leave. While there are two on one thread,
/// either counts for both.
#[derive(Debug)]
pub struct Counting<'a> {
    transcript: VerifierTranscript<'a>,
    /// What the thread had multiplied before this channel was made.
    before: Products,
    nonces: u64,
    hash_permutations: u64,
    messages: Vec<Message>,
    /// Not `Send`.
    thread: PhantomData<*const ()>,
}

impl<'a> Counting<'a> {
    /// Starts to count.
    #[must_use]
    pub fn new(transcript: VerifierTranscript<'a>) -> Self {
        Self {
            transcript,
            before: Products::so_far(),
            nonces: 0,
            hash_permutations: 0,
            messages: Vec::new(),
            thread: PhantomData,
        }
    }

    /// What the verifier has done since the channel was made.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let products = Products::so_far();
        Cost {
            ext: products.ext - self.before.ext,
            mixed: products.mixed - self.before.mixed,
            inversions: products.inversions - self.before.inversions,
            transcript_permutations: self.transcript.permutations() + self.nonces,
            hash_permutations: self.hash_permutations,
        }
    }

    /// The messages read so far, hints and nonces included, in the order in which each first occurs.
    ///
    /// Once the whole proof has been read, `elements * times` add up to its length.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Ends the proof.
    ///
    /// # Errors
    /// If anything is left.
    pub fn finish(self) -> Result<(), TranscriptError> {
        self.transcript.finish()
    }

    fn note(&mut self, label: Label, elements: usize) {
        let known = |m: &&mut Message| m.label == label && m.elements == elements;
        match self.messages.iter_mut().find(known) {
            Some(message) => message.times += 1,
            None => self.messages.push(Message {
                label,
                elements,
                times: 1,
            }),
        }
    }
}

impl Transcript for Counting<'_> {
    type Extension = Counted;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.transcript.absorb(label, values);
    }

    fn sample(&mut self) -> Counted {
        Counted(self.transcript.sample())
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.transcript.sample_indices(count, bits)
    }
}

impl Channel for Counting<'_> {
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let values = self.transcript.receive_base(label, count)?;
        self.note(label, count);
        Ok(values)
    }

    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let values = self.transcript.hint(label, count)?;
        self.note(label, count);
        Ok(values)
    }

    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError> {
        self.transcript.check_grind(label, bits)?;
        if bits > 0 {
            self.nonces += 1;
            self.note(label, 1);
        }
        Ok(())
    }

    fn hashed(&mut self, permutations: usize) {
        self.hash_permutations += permutations as u64;
    }
}
