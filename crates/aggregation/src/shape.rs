//! Shapes: everything about a proof that follows from the statement.
//!
//! A *lane* is one signature. Data that exists once per signature is a *wide*
//! column, with one cell per lane; [`Columns`] numbers them. Permutations sit at
//! fixed *slots* of a lane, in one table per width. They come in this order, each
//! in the table of its width:
//!
//! ```text
//!     the chain steps
//!     the calls of the message hash
//!     the permutations of the leaf sponge
//!     the digest of the key: permutations of the stream that it belongs to
//!     the hashes of the nodes at levels 1 .. height
//! ```
//!
//! Chain steps are laid out without gaps, in the order of the chains: a chain
//! whose digit is `x` has `7 - x` of them.

use core::ops::Range;

use sheaf_argument::permutation;
use sheaf_pcs::stacking::MIN_LOG_SLICE_ROWS;
use sheaf_xmss::Scheme;
use sheaf_xmss::layout::{Layout, Part, Width};

use crate::streams;
use crate::tweaks::{Carry, GroupTweaks};

/// The remainder of an element of the message hash, below 127, in digits of 3, 3 and 1 bits: the first two are in the digit table.
pub(crate) const REMAINDER_DIGITS: usize = 2;

/// The numbers of the wide columns. Each field is the first column of its table.
///
/// Tables whose rows are digests come first, each row in as many columns from a multiple of that number on, so that weights
/// which are products over rows and elements have extensions which are, too (see [`crate::linear_form`]). Capacities are cut
/// into as many whole digests as they have, and the last elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// Elements of a digest: `d` in what follows.
    pub digest: usize,
    /// `chain_value + d k + j`: element `j` of the value that chain step `k` takes.
    pub chain_value: usize,
    /// `end_value + d c + j`: element `j` of the end of chain `c`.
    pub end_value: usize,
    /// `left + d (l - 1) + j`: the left child of the node at level `l`.
    pub left: usize,
    /// `right + d (l - 1) + j`.
    pub right: usize,
    /// The capacities that the permutations of the leaf sponge after the first one start from.
    pub capacity: CapacityColumns,
    /// The capacities that the permutations of the key start from.
    pub key_capacity: CapacityColumns,
    /// `root + j`.
    pub root: usize,
    /// `parameter + j`.
    pub parameter: usize,
    /// `previous + j`: element `j` of what the first call of the message hash passes to the second.
    pub previous: usize,
    /// `chain_position + k`: the number of chain step `k` ([`Scheme::step_number`]).
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

/// A table of capacities: its rows are cut into digests, and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CapacityColumns {
    /// Elements of a capacity.
    pub elements: usize,
    /// Elements of a digest.
    digest: usize,
    /// The first column of the whole digests.
    pub whole: usize,
    /// The first column of what is left.
    pub rest: usize,
}

impl CapacityColumns {
    /// Whole digests in a capacity.
    pub(crate) const fn digests(&self) -> usize {
        self.elements / self.digest
    }

    /// The elements that no digest holds.
    pub(crate) const fn left(&self) -> usize {
        self.elements % self.digest
    }

    /// The columns of row `t`, element by element.
    pub(crate) fn row(&self, t: usize) -> impl Iterator<Item = usize> + use<> {
        let (whole, left) = (self.elements - self.left(), self.left());
        let first = self.whole + whole * t;
        let rest = self.rest + left * t;
        (first..first + whole).chain(rest..rest + left)
    }
}

/// Consecutive slots of the table of one width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slots {
    pub width: Width,
    pub first: usize,
    pub count: usize,
}

impl Slots {
    pub(crate) const fn range(&self) -> Range<usize> {
        self.first..self.first + self.count
    }
}

/// The slots of all permutations of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Calls {
    pub steps: Slots,
    pub message: Vec<Slots>,
    pub leaf: Slots,
    pub key: Slots,
    pub nodes: Slots,
}

impl Calls {
    fn new(scheme: &Scheme) -> Self {
        let (mut narrow, mut wide) = (0, 0);
        let mut take = |width: Width, count: usize| {
            let next = match width {
                Width::Narrow => &mut narrow,
                Width::Wide => &mut wide,
            };
            *next += count;
            Slots {
                width,
                first: *next - count,
                count,
            }
        };
        let hashes = &scheme.hashes;
        let key = streams::Absorption::of_keys(scheme);
        Self {
            steps: take(hashes.step.width, scheme.chain_steps()),
            message: hashes.message.iter().map(|m| take(m.width, 1)).collect(),
            leaf: take(hashes.leaf.width, scheme.sponge_permutations()),
            key: take(key.width, key.permutations()),
            nodes: take(hashes.node.width, scheme.height()),
        }
    }

    /// All of them.
    fn all(&self) -> impl Iterator<Item = &Slots> {
        let Self {
            steps,
            message,
            leaf,
            key,
            nodes,
        } = self;
        [steps, leaf, key, nodes].into_iter().chain(message)
    }

    /// Slots in use of the table of a width.
    pub(crate) fn slots(&self, width: Width) -> usize {
        let of_width = self.all().filter(|slots| slots.width == width);
        of_width.map(|slots| slots.range().end).max().unwrap_or(0)
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
    /// Chain steps of a lane.
    pub steps: usize,
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
    pub calls: Calls,
}

/// The smallest number of lane variables: as many lanes as a slice holds at least.
pub(crate) const MIN_LOG_LANES: usize = MIN_LOG_SLICE_ROWS;

pub(crate) const fn log2_ceil(n: usize) -> usize {
    n.next_power_of_two().trailing_zeros() as usize
}

/// Whether tweaks of a slot carry in all steps of a chain or in none, which is so for all but a few slots in ten thousand.
#[must_use]
pub fn carries_alike(scheme: &Scheme, slot: u32) -> bool {
    !matches!(GroupTweaks::new(scheme, slot).carry, Carry::From(_))
}

impl Shape {
    /// The shape of proofs about `lanes` signatures at these slots.
    pub(crate) fn new(scheme: &Scheme, lanes: usize, mut slots: impl Iterator<Item = u32>) -> Self {
        let carries = slots.any(|slot| !carries_alike(scheme, slot));
        Self::with_lanes(*scheme, lanes, carries)
    }

    pub(crate) fn with_lanes(scheme: Scheme, lanes: usize, carries: bool) -> Self {
        let steps = scheme.chain_steps();
        let sponge = scheme.sponge_permutations();
        let height = scheme.height();
        let elements = scheme.message_elements();
        let digits = elements * (scheme.digits_per_element + REMAINDER_DIGITS);

        let calls = Calls::new(&scheme);
        let sizes = scheme.sizes;
        let digest = sizes.digest;

        let mut count = 0;
        let mut table = |size: usize| {
            count += size;
            count - size
        };
        // Of both tables of capacities the whole digests stand side by side, then what is left of both.
        let capacity = |elements: usize| CapacityColumns {
            elements,
            digest,
            whole: 0,
            rest: 0,
        };
        let mut leaf = capacity(scheme.hashes.leaf.capacity);
        let mut key = capacity(streams::CAPACITY);
        // What is left stands in one column per row.
        debug_assert!(leaf.left() <= 1 && key.left() <= 1);
        let whole = |c: &CapacityColumns, rows: usize| rows * c.digests() * digest;
        let chain_value = table(steps * digest);
        let end_value = table(scheme.chains * digest);
        let left = table(height * digest);
        let right = table(height * digest);
        leaf.whole = table(whole(&leaf, sponge - 1));
        key.whole = table(whole(&key, calls.key.count));
        let root = table(digest);
        leaf.rest = table((sponge - 1) * leaf.left());
        key.rest = table(calls.key.count * key.left());
        let mut columns = Columns {
            digest,
            chain_value,
            end_value,
            left,
            right,
            capacity: leaf,
            key_capacity: key,
            root,
            parameter: table(sizes.parameter),
            previous: table(
                scheme
                    .hashes
                    .message
                    .iter()
                    .map(|call| passed_on(&scheme, call))
                    .sum(),
            ),
            chain_position: table(steps),
            chain_end: table(steps),
            digit: table(digits),
            remainder_top: table(elements),
            remainder_inverse: table(elements),
            randomness: table(sizes.randomness),
            carry: table(if carries { steps } else { 0 }),
            count: 0,
        };
        columns.count = count;
        Self {
            scheme,
            lanes,
            log_lanes: log2_ceil(lanes).max(MIN_LOG_LANES),
            steps,
            height,
            elements,
            digits,
            log_rows: log2_ceil(steps).max(log2_ceil(digits)).max(3),
            log_ends: log2_ceil(scheme.chains + 1),
            carries,
            columns,
            calls,
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

    /// The tables of the permutation argument, in which the same lanes are live.
    pub(crate) fn permutations(&self) -> permutation::Shape {
        permutation::Shape {
            log_lanes: self.log_lanes,
            narrow: self.table(Width::Narrow),
            wide: self.table(Width::Wide),
        }
    }

    fn table(&self, width: Width) -> Option<permutation::TableShape> {
        let slots = self.calls.slots(width);
        (slots > 0).then(|| permutation::TableShape {
            first: 0,
            lanes: self.lanes,
            log_slots: log2_ceil(slots).max(3),
            slots,
        })
    }
}

/// Elements that a call of the message hash takes from the call before.
pub(crate) fn passed_on(scheme: &Scheme, call: &Layout) -> usize {
    let previous = call
        .parts
        .iter()
        .filter(|part| matches!(part, Part::Previous(_)));
    previous.map(|part| part.length(scheme.sizes)).sum()
}
