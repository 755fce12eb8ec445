//! What an opening keeps in memory, and where.
//!
//! Memory is given out from the first address on that is free; how much follows from the parameters. At fixed distances from the first
//! address are
//!
//! ```text
//!     rounds    four times 4 words: what the parameters say, and what follows from it
//!     header    2 words
//!     oracles   five times 8 words: what a run finds
//!     claim     the weight of the claim
//! ```

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::{Base, Row};

use super::numbers::{Words, offset, read_five, word, write_five};

/// Most oracles.
pub(super) const MAX_ROUNDS: usize = 4;
const HEADER: usize = MAX_ROUNDS * Round::LENGTH;
const ORACLES: usize = HEADER + Header::LENGTH;
const CLAIM: usize = ORACLES + (MAX_ROUNDS + 1) * Oracle::LENGTH;
/// Words before those whose number follows from the parameters.
pub(super) const FIXED: usize = CLAIM + 1;

/// The places of one opening.
#[derive(Clone)]
pub(super) struct Places {
    first: Base,
}

impl Places {
    pub(super) const fn at(first: Base) -> Self {
        Self { first }
    }

    /// What parameters say of the first oracle.
    pub(super) fn rounds(&self) -> Round {
        Round::at(&self.first)
    }

    pub(super) fn header(&self) -> Base {
        offset(&self.first, HEADER)
    }

    /// The first oracle.
    pub(super) fn oracles(&self) -> Oracle {
        Oracle::at(&offset(&self.first, ORACLES))
    }

    /// The weight of the claim.
    pub(super) fn claim_scale(&self) -> Base {
        offset(&self.first, CLAIM)
    }
}

/// The parameters as a whole.
pub(super) struct Header {
    /// Variables of the polynomial.
    pub(super) variables: Base,
    /// Those that the first oracle folds.
    pub(super) slice_variables: Base,
    pub(super) rounds: Base,
    /// Live slices.
    pub(super) live: Base,
    /// The address of their numbers.
    pub(super) live_numbers: Base,
    /// The address of the point of the first oracle's sample.
    pub(super) sample: Base,
    /// The address of the value there.
    pub(super) sample_value: Base,
    /// Variables of the last polynomial.
    pub(super) last_variables: Base,
}

impl Header {
    const LENGTH: usize = 2;

    pub(super) fn write(&self, row: &mut Row, memory: &Words, places: &Places) {
        let at = places.header();
        let zero = Base::zero();
        let first = [
            &self.variables,
            &self.slice_variables,
            &self.rounds,
            &self.live,
            &self.live_numbers,
        ];
        write_five(row, memory, &at, first);
        let second = [
            &self.sample,
            &self.sample_value,
            &self.last_variables,
            &zero,
            &zero,
        ];
        write_five(row, memory, &offset(&at, 1), second);
    }

    pub(super) fn read(row: &mut Row, memory: &Words, places: &Places) -> Self {
        let at = places.header();
        let [variables, slice_variables, rounds, live, live_numbers] = read_five(row, memory, &at);
        let [sample, sample_value, last_variables, ..] = read_five(row, memory, &offset(&at, 1));
        Self {
            variables,
            slice_variables,
            rounds,
            live,
            live_numbers,
            sample,
            sample_value,
            last_variables,
        }
    }
}

/// The parameters of one oracle: the address of its words.
#[derive(Clone)]
pub(super) struct Round {
    pub(super) address: Base,
}

impl Round {
    const LENGTH: usize = 4;

    pub(super) fn at(address: &Base) -> Self {
        Self {
            address: address.clone(),
        }
    }

    pub(super) fn next(&self) -> Self {
        self.after(&Base::number(1))
    }

    /// That of so many oracles further.
    pub(super) fn after(&self, oracles: &Base) -> Self {
        Self::at(&(&self.address + &oracles.times(F::from_usize(Self::LENGTH))))
    }

    /// Slice variables, inner variables, difficulty before folding challenges, queries, difficulty before queries.
    pub(super) fn given(&self) -> Base {
        self.address.clone()
    }

    /// Slices, blocks of the stream of positions, groups of queries, blocks of a point of the inner variables, levels of the tree.
    pub(super) fn derived(&self) -> Base {
        offset(&self.address, 1)
    }

    /// Full blocks of a row; the class of its last one, and its elements.
    pub(super) fn row(&self) -> Base {
        offset(&self.address, 2)
    }

    /// Where shapes of rows of words go that are none: the first oracle has rows of base elements.
    pub(super) fn unused(&self) -> Base {
        offset(&self.address, 3)
    }
}

/// What is known of one oracle: the address of its words.
#[derive(Clone)]
pub(super) struct Oracle {
    pub(super) address: Base,
}

impl Oracle {
    const LENGTH: usize = 8;

    pub(super) fn at(address: &Base) -> Self {
        Self {
            address: address.clone(),
        }
    }

    pub(super) fn next(&self) -> Self {
        self.after(&Base::number(1))
    }

    /// That of so many oracles further.
    pub(super) fn after(&self, oracles: &Base) -> Self {
        Self::at(&(&self.address + &oracles.times(F::from_usize(Self::LENGTH))))
    }

    /// Where its root stands, a digest.
    pub(super) fn root(&self) -> Base {
        self.address.clone()
    }

    /// Writes how many full blocks a row has, and the address of the first weight.
    #[track_caller]
    pub(super) fn write_row(&self, row: &mut Row, memory: &Words, blocks: &Base, weights: &Base) {
        let numbers = [blocks.clone(), weights.clone()];
        row.write(memory, &offset(&self.address, 2), &word(&numbers));
    }

    /// What [`Self::write_row`] has written.
    #[track_caller]
    pub(super) fn row(&self, row: &mut Row, memory: &Words) -> (Base, Base) {
        let [blocks, weights] =
            row.read_as(memory, &offset(&self.address, 2), |x: &[Base; 2]| word(x));
        (blocks, weights)
    }

    /// Writes how many levels its tree has, and how far it is from where numbers are drawn to where their powers go.
    #[track_caller]
    pub(super) fn write_domain(
        &self,
        row: &mut Row,
        memory: &Words,
        depth: &Base,
        to_powers: &Base,
    ) {
        let numbers = [depth.clone(), to_powers.clone()];
        row.write(memory, &offset(&self.address, 3), &word(&numbers));
    }

    /// What [`Self::write_domain`] has written.
    #[track_caller]
    pub(super) fn domain(&self, row: &mut Row, memory: &Words) -> (Base, Base) {
        let [depth, to_powers] =
            row.read_as(memory, &offset(&self.address, 3), |x: &[Base; 2]| word(x));
        (depth, to_powers)
    }

    /// The address of these numbers: that of the powers, groups of queries, inner variables, variables of the sample, the sample's address.
    pub(super) fn numbers(&self) -> Base {
        offset(&self.address, 4)
    }

    /// The challenge that batches its queries.
    pub(super) fn challenge(&self) -> Base {
        offset(&self.address, 5)
    }

    /// The weight of the first query.
    pub(super) fn scale(&self) -> Base {
        offset(&self.address, 6)
    }

    /// The weight of its sample.
    pub(super) fn sample_scale(&self) -> Base {
        offset(&self.address, 7)
    }
}
