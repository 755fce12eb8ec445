//! Shapes: everything about a proof that follows from the statement.
//!
//! A *lane* is one signature. Data that exists once per signature is a *wide*
//! column, with one cell per lane; [`Columns`] numbers them. Permutations sit at
//! fixed *slots* of a lane, in one table per width:
//!
//! ```text
//!     width 16:  slot k           chain step k, k < chain_steps
//!     width 24:  slot 0           message hash
//!                slot 1 .. s      the s permutations of the leaf sponge
//!                slot s + 1       the digest of the key: one permutation of the stream that it belongs to
//!                slot s + 1 + l   the hash of the node at level l = 1 .. height
//! ```
//!
//! Chain steps are laid out without gaps, in the order of the chains: a chain
//! whose digit is `x` has `7 - x` of them.

use sheaf_argument::permutation;
use sheaf_pcs::stacking::MIN_LOG_SLICE_ROWS;
use sheaf_xmss::Scheme;
use sheaf_xmss::params::{DIGEST, PARAMETER, RANDOMNESS};

use crate::tweaks::{Carry, GroupTweaks};

/// The remainder of the message hash modulo 127 in digits of 3, 3 and 1 bits: the first two are in the digit table.
pub(crate) const REMAINDER_DIGITS: usize = 2;

/// The numbers of the wide columns. Each field is the first column of its table.
///
/// Tables of eight elements come first, each row in an *octet* of columns of its own, so that weights which are
/// products over rows and elements have extensions which are, too (see [`crate::linear_form`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// `chain_value + 8 k + j`: element `j` of the value that chain step `k` takes.
    pub chain_value: usize,
    /// `end_value + 8 c + j`: element `j` of the end of chain `c`.
    pub end_value: usize,
    /// `left + 8 (l - 1) + j`: the left child of the node at level `l`.
    pub left: usize,
    /// `right + 8 (l - 1) + j`.
    pub right: usize,
    /// `capacity + 8 (t - 1) + j`: element `j < 8` of the capacity that permutation `t >= 1` of the leaf sponge starts
    /// from; for `t` the number of its permutations, the capacity that the key slot starts from.
    pub capacity: usize,
    /// `root + j`.
    pub root: usize,
    /// `capacity_last + t - 1`: element 8 of that capacity.
    pub capacity_last: usize,
    /// `parameter + j`.
    pub parameter: usize,
    /// `chain_position + k`: `256 * chain + step` of chain step `k`.
    pub chain_position: usize,
    /// `chain_end + k`: whether chain step `k` is the last of its chain.
    pub chain_end: usize,
    /// `digit + i`: the digits of the message hash, then the low and middle digits of the remainders.
    pub digit: usize,
    /// `remainder_top + i`: the top bit of remainder `i`.
    pub remainder_top: usize,
    /// `remainder_inverse + i`: the inverse of remainder `i` minus 127.
    pub remainder_inverse: usize,
    /// `randomness + j`.
    pub randomness: usize,
    /// `carry + k`: whether the tweak of chain step `k` carries; only if [`Shape::carries`].
    pub carry: usize,
    /// Number of columns.
    pub count: usize,
}

impl Columns {
    /// The columns of the capacity that permutation `t >= 1` of the leaf sponge, or the key slot, starts from.
    pub(crate) fn capacities(&self, t: usize) -> impl Iterator<Item = usize> {
        let first = self.capacity + DIGEST * (t - 1);
        (first..first + DIGEST).chain([self.capacity_last + t - 1])
    }
}

/// The shape of one proof.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub scheme: Scheme,
    /// Live lanes.
    pub lanes: usize,
    /// Lane variables.
    pub log_lanes: usize,
    /// Chain steps of a lane: live rows of the width-16 table.
    pub steps: usize,
    /// Permutations of the leaf sponge.
    pub sponge: usize,
    /// Levels of the Merkle tree.
    pub height: usize,
    /// Elements taken from the message hash.
    pub elements: usize,
    /// Entries of the digit table.
    pub digits: usize,
    /// Slot variables of the constraint sumcheck.
    pub log_rows: usize,
    /// Variables of the chain-end fractions: `2^log_ends > chains`, the last leaf is the sum over rows.
    pub log_ends: usize,
    /// Whether some lane has chain tweaks with a carry and some without, so that carries are committed.
    pub carries: bool,
    pub columns: Columns,
}

/// The smallest number of lane variables: as many lanes as a slice holds at least.
pub(crate) const MIN_LOG_LANES: usize = MIN_LOG_SLICE_ROWS;

pub(crate) const fn log2_ceil(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

impl Shape {
    /// The shape of proofs about `lanes` signatures at these slots.
    pub(crate) fn new(scheme: &Scheme, lanes: usize, mut slots: impl Iterator<Item = u32>) -> Self {
        let carries =
            slots.any(|slot| matches!(GroupTweaks::new(scheme, slot).carry, Carry::From(_)));
        Self::with_lanes(*scheme, lanes, carries)
    }

    pub(crate) fn with_lanes(scheme: Scheme, lanes: usize, carries: bool) -> Self {
        let steps = scheme.chain_steps();
        let sponge = scheme.sponge_permutations();
        let height = scheme.height();
        let elements = scheme.message_elements();
        let digits = elements * (scheme.digits_per_element + REMAINDER_DIGITS);

        let mut count = 0;
        let mut table = |size: usize| {
            count += size;
            count - size
        };
        let mut columns = Columns {
            chain_value: table(steps * DIGEST),
            end_value: table(scheme.chains * DIGEST),
            left: table(height * DIGEST),
            right: table(height * DIGEST),
            capacity: table(sponge * DIGEST),
            root: table(DIGEST),
            capacity_last: table(sponge),
            parameter: table(PARAMETER),
            chain_position: table(steps),
            chain_end: table(steps),
            digit: table(digits),
            remainder_top: table(elements),
            remainder_inverse: table(elements),
            randomness: table(RANDOMNESS),
            carry: table(if carries { steps } else { 0 }),
            count: 0,
        };
        columns.count = count;
        Self {
            scheme,
            lanes,
            log_lanes: log2_ceil(lanes).max(MIN_LOG_LANES),
            steps,
            sponge,
            height,
            elements,
            digits,
            log_rows: log2_ceil(steps).max(log2_ceil(digits)).max(3),
            log_ends: log2_ceil(scheme.chains + 1),
            carries,
            columns,
        }
    }

    /// Columns are padded to `2^log_columns`.
    pub(crate) const fn log_columns(&self) -> usize {
        log2_ceil(self.columns.count)
    }

    /// Rows of the constraint sumcheck's tables.
    #[cfg(feature = "prover")]
    pub(crate) const fn rows(&self) -> usize {
        1 << self.log_rows
    }

    /// Slot of the message hash in the width-24 table.
    pub(crate) const MESSAGE_SLOT: usize = 0;

    /// Slot of permutation `t` of the leaf sponge.
    pub(crate) const fn sponge_slot(&self, t: usize) -> usize {
        1 + t
    }

    /// Slot of the digest of the key.
    pub(crate) const fn key_slot(&self) -> usize {
        1 + self.sponge
    }

    /// Slot of the node at level `l >= 1`.
    pub(crate) const fn node_slot(&self, l: usize) -> usize {
        1 + self.sponge + l
    }

    /// Slots of the width-24 table in use.
    pub(crate) const fn slots24(&self) -> usize {
        2 + self.sponge + self.height
    }

    /// Both tables of the permutation argument, in which the same lanes are live.
    pub(crate) fn permutations(&self) -> permutation::Shape {
        permutation::Shape {
            log_lanes: self.log_lanes,
            narrow: Some(self.table(self.steps)),
            wide: Some(self.table(self.slots24())),
        }
    }

    fn table(&self, slots: usize) -> permutation::TableShape {
        permutation::TableShape {
            first: 0,
            lanes: self.lanes,
            log_slots: log2_ceil(slots).max(3),
            slots,
        }
    }
}
