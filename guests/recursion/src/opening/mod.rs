//! The polynomial commitment: `receive_commitment` and `verify_opening` of `sheaf_pcs`, inside a program.
//!
//! All sizes are numbers of a run, up to four oracles: one program verifies openings with any parameters. They are taken from the tape
//! (`parameters`), absorbed like the native ones, and checked as far as the opening relies on them.
//!
//! ```text
//!     commitment     parameters, root, out-of-domain sample
//!     open           the claim is absorbed
//!       oracle         loop:
//!         rounds         loop: sumcheck over the variables that the oracle folds, with proof of work
//!         weights        loops: equality table of their challenges; entries of live slices
//!         reply          the next oracle and its sample, or the last polynomial
//!         draw           proof of work, positions, challenge
//!         queries        loop: a row, block by block, its path, and what is left of the element that was drawn
//!       rounds         loop: sumcheck over the variables of the last polynomial
//!       polynomial     loops: its value
//!       weights        loops: weights of samples, claim and queries
//! ```
//!
//! Whatever is needed late stands in memory. A caller says which address is the first one that is free, and learns which is after it.

mod bits;
mod commitment;
mod constants;
pub(crate) mod draws;
mod fold_weights;
pub(crate) mod grinding;
pub(crate) mod numbers;
mod oracles;
mod parameters;
mod path;
mod places;
mod polynomial;
mod queries;
mod rounds;
mod rows;
mod weights;

use sheaf_pcs::messages::CLAIMS;
use sheaf_program::F;
use sheaf_program::builder::{Base, Builder, Digest, Function, Packed, Row, Word};
use sheaf_transcript::EXTENSION_DEGREE;

use p3_field::PrimeCharacteristicRing;

use self::commitment::Receiver;
pub use self::constants::Constants;
use self::draws::Draws;
use self::fold_weights::zero;
use self::grinding::Grinding;
pub use self::numbers::Words;
use self::numbers::offset;
use self::oracles::Oracles;
use self::places::{Header, Places};
use self::polynomial::Polynomial;
use self::rounds::Rounds;
pub use self::rows::SHORT_BLOCK;
use self::weights::Weights;
use crate::memory::Copies;
use crate::transcript::{Sponge, with_message};

/// The verifier of commitments and their openings.
pub struct Opening {
    constants: constants::Writer,
    /// What draws challenges whose number is known when a program runs.
    pub(crate) draws: Draws,
    /// What checks nonces.
    pub(crate) grinding: Grinding,
    /// What copies words.
    pub(crate) copies: Copies,
    receiver: Receiver,
    /// From the first address of a commitment, the claim's and the first free one, how many words are pending, and the transcript, to that
    /// after the opening.
    open: Function<([Base; 4], (Digest, Base)), Digest>,
}

/// A commitment that has been received; an opening consumes it.
#[must_use = "a commitment that is not opened binds nothing"]
pub struct Commitment {
    /// The address of what is known of it.
    first: Base,
    /// The address of the numbers that describe it, in the order of the native description.
    pub description: Base,
}

/// A transcript that has absorbed words since the last permutation, which stand before the claim.
struct Pending {
    capacity: Digest,
    messages: Base,
    words: Base,
}

impl Opening {
    /// Adds what verifies openings to a program. Constants are in memory when it is used: see [`Self::prepare`].
    #[must_use]
    pub fn new(builder: &mut Builder, memory: &Words, constants: Constants) -> Self {
        let writer = constants::Writer::new(builder, memory, constants);
        let draws = Draws::new(builder, memory);
        let low_bits = bits::low_bits(builder);
        let grinding = Grinding::new(builder, &low_bits);
        let receiver = Receiver::new(builder, memory, constants, &draws);
        let rounds = Rounds::new(builder, memory, &grinding);
        let oracles = Oracles::new(
            builder, memory, constants, &draws, &grinding, &rounds, &low_bits,
        );
        let polynomial = Polynomial::new(builder, memory);
        let weights = Weights::new(builder, memory);
        let open = builder.function::<([Base; 4], (Digest, Base)), Digest>("opening");
        builder.body(
            &open,
            |row, ([first, claim, free, words], (capacity, messages))| {
                row.permute_idly();
                let parts = Parts {
                    memory,
                    constants,
                    draws: &draws,
                    oracles: &oracles,
                    rounds: &rounds,
                    polynomial: &polynomial,
                    weights: &weights,
                };
                let pending = Pending {
                    capacity,
                    messages,
                    words,
                };
                parts.open(row, &Places::at(first), &claim, &free, &pending)
            },
        );
        Self {
            constants: writer,
            draws,
            grinding,
            copies: Copies::new(builder, memory),
            receiver,
            open,
        }
    }

    /// Writes the constants, once in a run.
    #[track_caller]
    pub fn prepare(&self, row: &mut Row) {
        self.constants.write(row);
    }

    /// Receives a commitment in a transcript that has drawn nothing since it absorbed. Parameters, and what has been absorbed since the last
    /// permutation, are more than a block.
    ///
    /// Returns the commitment, the transcript, and the first address that is free then.
    #[track_caller]
    pub fn receive_commitment(
        &self,
        row: &mut Row,
        memory: &Words,
        sponge: &Sponge,
        free: &Base,
    ) -> (Commitment, Sponge, Base) {
        let before = sponge.absorbed().1.len();
        let (sponge, next) = self.receiver.receive(row, memory, free, sponge);
        let commitment = Commitment {
            first: free.clone(),
            description: offset(free, places::FIXED + before),
        };
        (commitment, sponge, next)
    }

    /// As [`Self::receive_commitment`], in a transcript of this capacity and running hash whose last block, which has not been permuted, is
    /// in memory: so many elements, from 1 to 15, each a word, from an address on.
    #[track_caller]
    pub(crate) fn receive_commitment_behind(
        &self,
        row: &mut Row,
        transcript: (&Digest, &Base),
        (elements, address): (&Base, &Base),
        free: &Base,
    ) -> (Commitment, Sponge, Base) {
        let stream = offset(free, places::FIXED);
        let description = self.copies.copy(row, address, &stream, elements);
        let (sponge, next) = (self.receiver).receive_behind(row, free, transcript, elements);
        let commitment = Commitment {
            first: free.clone(),
            description,
        };
        (commitment, sponge, next)
    }

    /// The powers `2^n` and `2^-n`, for `n` up to 24.
    #[track_caller]
    pub(crate) fn powers(&self, row: &mut Row, memory: &Words, n: &Base) -> (Base, Base) {
        self.constants.at.powers(row, memory, n)
    }

    /// Reads an opening at one point. The claim stands in memory: as many words as the polynomial has variables, its value,
    /// and behind them room for two more. Words that the transcript has absorbed since the last permutation stand before it. `free` is the
    /// first of all addresses that nobody uses.
    ///
    /// Returns the capacity of the transcript after the opening, which is the last part of a proof.
    #[track_caller]
    pub fn verify(
        &self,
        row: &mut Row,
        commitment: Commitment,
        claim: &Base,
        sponge: &Sponge,
        free: &Base,
    ) -> Digest {
        let (capacity, pending, messages) = sponge.absorbed();
        let words = Base::number((pending.len() / EXTENSION_DEGREE) as u32);
        let numbers = [commitment.first, claim.clone(), free.clone(), words];
        row.call(&self.open, &(numbers, (capacity, messages.clone())))
    }
}

/// What an opening is made of.
struct Parts<'a> {
    memory: &'a Words,
    constants: Constants,
    draws: &'a Draws,
    oracles: &'a Oracles,
    rounds: &'a Rounds,
    polynomial: &'a Polynomial,
    weights: &'a Weights,
}

impl Parts<'_> {
    #[track_caller]
    fn open(
        &self,
        row: &mut Row,
        places: &Places,
        claim: &Base,
        free: &Base,
        pending: &Pending,
    ) -> Digest {
        let memory = self.memory;
        let header = Header::read(row, memory, places);
        let (capacity, scale) = self.absorb_claim(row, &header.variables, claim, pending);
        row.write(memory, &places.claim_scale(), &scale);

        let sample: Word = row.read(memory, &header.sample_value);
        let value: Word = row.read(memory, &(claim + &header.variables));
        let sum = row.word_products(&[(&scale, &value)], &sample);
        let oracle = places.oracles();
        row.write(memory, &oracle.sample_scale(), &fold_weights::one());

        let challenges = free.clone();
        let free = free + &header.variables;
        let ([free, from], capacity, sum) = self.oracles.run(
            row,
            places,
            &header,
            (&challenges, &free),
            (&capacity, &sum),
        );
        let header = Header::read(row, memory, places);
        let last_variables = &header.last_variables;
        let last_challenges = &(&challenges + &header.variables) - last_variables;
        let (capacity, sum) =
            self.rounds
                .last(row, last_variables, &last_challenges, (&capacity, &sum));
        let (size, _) = self.constants.powers(row, memory, last_variables);
        let value = self.polynomial.evaluate(
            row,
            memory,
            (last_variables, &last_challenges),
            (&from, &size),
            &free,
        );
        // Folding takes at most as many words as there are values.
        let free = &free + &size;
        let scale: Word = row.read(memory, &places.claim_scale());
        let inner = &header.variables - &header.slice_variables;
        let weight = self.weights.sum(
            row,
            (&header.rounds, &oracle),
            (&header.variables, &inner, &challenges),
            (claim, &scale),
            &free,
        );
        row.assert_zero_words(
            &[(&value, &weight)],
            &(&zero() - &sum),
            "the final polynomial does not have the claimed sum",
        );
        capacity
    }

    /// Absorbs the claim. Returns the capacity, and the challenge that batches it with the sample.
    #[track_caller]
    fn absorb_claim(
        &self,
        row: &mut Row,
        variables: &Base,
        claim: &Base,
        before: &Pending,
    ) -> (Digest, Word) {
        let memory = self.memory;
        let count = variables.plus(1);
        for i in 0..2 {
            row.write(memory, &offset(&(claim + &count), i), &zero());
        }
        let elements = count.times(F::from_usize(EXTENSION_DEGREE));
        let messages = with_message(&before.messages, CLAIMS, &elements);
        let first = claim - &before.words;
        let words = &count + &before.words;
        let pending = self
            .draws
            .absorb_words(row, &words, &first, &before.capacity, &messages);
        let (capacity, Packed(drawn)) = self.draws.absorb_pending(row, &pending);
        let [challenge, ..] = &crate::transcript::words(&drawn)[..] else {
            unreachable!("a block has three words")
        };
        (capacity, challenge.clone())
    }
}
