//! The verifier of proofs about runs (`sheaf_machine`): of any program without permutations of width 16, of any size and rate of the machine's table.
//!
//! ```text
//!     statement      identity, header, counts; what they say about rows
//!     class          parameters and live slices are those of the table and of the statement
//!     challenges     those of messages, with a proof of work
//!     verify         all steps, in the order of the transcript
//!     masks, sums    sums over the rows below a bound
//!     formulas       the native ones, as functions
//!     weight         the weight of a functional at a point
//!     place          where what that needs stands in memory
//!     tape           what they take from the tape
//! ```
//!
//! **Claim.** There are rows of the program with this identity whose messages cancel against the public tuple, if the functional of its coefficients has the
//! value that is returned ([`sheaf_machine::reduce`]). That the program keeps its conditions, and that the tuple is one of its entry, is for the caller to know.
//!
//! **Left open.** The functional: its value and what its weights follow from, which [`Machine::weight_at`] finds at a point. And the transcript, from which
//! the caller draws what binds all of these.

mod challenges;
mod class;
mod formulas;
mod masks;
mod place;
mod statement;
mod sums;
mod tape;
mod verify;
mod weight;

use sheaf_program::builder::{Base, Builder, Digest, Memory, Row, Word};

use self::sums::Sums;
use self::verify::Verify;
use self::weight::Weight;
use crate::opening::Opening;
use crate::permutation::Shared;

pub use self::tape::{Read, tape};

/// What verifies proofs about runs.
pub struct Machine {
    verify: Verify,
    weight: Weight,
}

/// What a proof leaves open: one value of a functional of the program.
#[must_use = "a functional that nobody looks at says nothing about the program"]
pub struct Left {
    /// The address of what the functional is made of.
    pub functional: Base,
    /// Its claimed value.
    pub value: Word,
    /// The capacity of the transcript behind the proof.
    pub capacity: Digest,
}

impl Machine {
    /// Adds it to a program; public tuples have so many positions.
    #[must_use]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        opening: &Opening,
        shared: &Shared,
        positions: usize,
    ) -> Self {
        let sums = Sums::new(builder, memory);
        Self {
            verify: verify::verify(builder, memory, opening, &sums, shared, positions),
            weight: Weight::new(builder, memory, &sums),
        }
    }

    /// Verifies a proof that is on the tape, about the program with this identity. The public tuple stands in memory from `public` on, a word for each position.
    /// Memory is written from `free` on.
    ///
    /// The tape has, before the proof: the value of the functional; the header; the digest of coefficients; the sizes (rate, `c`, `m`, counts,
    /// live slices).
    #[track_caller]
    pub fn verify(&self, row: &mut Row, id: &Digest, public: &Base, free: &Base) -> Left {
        let given = ([free.clone(), public.clone()], id.clone());
        let (value, capacity) = row.call(&self.verify, &given);
        Left {
            functional: free.clone(),
            value,
            capacity,
        }
    }

    /// Words of memory that a weight takes.
    #[must_use]
    pub const fn weight_words(&self) -> u32 {
        self.weight.words
    }

    /// The weight of a functional, by its address, at the point at another one: variables of columns, of forms, of kinds, each the most significant one
    /// first ([`sheaf_machine::Functional::at`]). [`Self::weight_words`] words of memory are written from `free` on.
    #[track_caller]
    pub fn weight_at(&self, row: &mut Row, functional: &Base, point: &Base, free: &Base) -> Word {
        self.weight.at(row, functional, point, free)
    }
}
