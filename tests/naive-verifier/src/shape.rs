//! Where everything stands: lanes, columns, slots, rows.

use crate::field::{EF, F, log2_ceil};
use crate::permutations::Tables;
use crate::poseidon::CAPACITY;
use crate::statement::{DIGITS, Family, Lane, Scheme, TOP};

/// The first column of each table of cells.
pub(crate) struct Columns {
    /// Elements of a digest, which are as many columns.
    digest: usize,
    pub chain_value: usize,
    pub end_value: usize,
    pub left: usize,
    pub right: usize,
    /// Capacities of the leaf sponge after its first permutation.
    leaf_capacity: Capacities,
    /// Capacities that the permutations of the key start from.
    key_capacity: Capacities,
    pub root: usize,
    pub parameter: usize,
    /// What the first call of the message hash passes on.
    pub previous: usize,
    pub chain_position: usize,
    pub chain_end: usize,
    pub digit: usize,
    pub remainder_top: usize,
    pub remainder_inverse: usize,
    pub randomness: usize,
    pub carry: usize,
    pub count: usize,
}

/// Capacities, whose elements stand in two tables: as many whole digests as there are, and what is left.
#[derive(Clone, Copy)]
struct Capacities {
    /// Elements of each in the first table.
    whole: usize,
    /// Elements of each in the second table.
    left: usize,
    whole_table: usize,
    left_table: usize,
}

impl Capacities {
    fn cell(&self, row: usize, j: usize) -> usize {
        match j.checked_sub(self.whole) {
            None => self.whole_table + self.whole * row + j,
            Some(j) => self.left_table + self.left * row + j,
        }
    }
}

pub(crate) struct Shape {
    pub scheme: Scheme,
    /// The live lanes, which come first.
    pub lanes: Vec<Lane>,
    pub log_lanes: usize,
    /// Chain steps of a signature, `K`.
    pub steps: usize,
    /// Permutations of the leaf sponge.
    pub sponge: usize,
    /// Elements of the message hash that are used.
    pub elements: usize,
    /// Cells that hold digits: those of the message hash, then the low and the middle ones of its remainders.
    pub digits: usize,
    /// The tables of permutations.
    pub tables: Tables,
    pub log_rows: usize,
    pub log_leaves: usize,
    pub log_columns: usize,
    /// Whether there are carry cells.
    pub carries: bool,
    pub columns: Columns,
}

impl Scheme {
    pub(crate) fn steps(&self) -> usize {
        self.chains * TOP - self.target
    }

    /// Permutations of the leaf sponge. It absorbs parameter and tweak before the ends, or eight zeros.
    pub(crate) fn sponge(&self) -> usize {
        let prefix = match self.family {
            Family::BothWidths => self.parameter() + 2,
            Family::Compact => 8,
        };
        (prefix + self.digest() * self.chains).div_ceil(self.leaf_rate())
    }

    fn elements(&self) -> usize {
        self.chains.div_ceil(DIGITS)
    }

    fn digits(&self) -> usize {
        self.elements() * DIGITS + 2 * self.elements()
    }

    /// Variables for the slots of the table of this width, if it has any.
    fn log_slots(&self, width: usize) -> Option<usize> {
        let slots = self.calls().iter().filter(|c| c.width == width).count();
        (slots > 0).then(|| log2_ceil(slots).max(3))
    }
}

impl Columns {
    pub(crate) fn new(scheme: &Scheme, carries: bool) -> Self {
        let (steps, digest) = (scheme.steps(), scheme.digest());
        let (inner, of_key) = (scheme.sponge() - 1, scheme.key_permutations());
        let mut next = 0;
        let mut table = |cells: usize| {
            next += cells;
            next - cells
        };
        let capacities = |elements: usize| Capacities {
            whole: elements - elements % digest,
            left: elements % digest,
            whole_table: 0,
            left_table: 0,
        };
        let mut leaf_capacity = capacities(scheme.leaf_capacity());
        let mut key_capacity = capacities(CAPACITY);
        let chain_value = table(digest * steps);
        let end_value = table(digest * scheme.chains);
        let left = table(digest * scheme.height);
        let right = table(digest * scheme.height);
        leaf_capacity.whole_table = table(leaf_capacity.whole * inner);
        key_capacity.whole_table = table(key_capacity.whole * of_key);
        let root = table(digest);
        leaf_capacity.left_table = table(leaf_capacity.left * inner);
        key_capacity.left_table = table(key_capacity.left * of_key);
        Self {
            digest,
            chain_value,
            end_value,
            left,
            right,
            leaf_capacity,
            key_capacity,
            root,
            parameter: table(scheme.parameter()),
            previous: table(scheme.previous()),
            chain_position: table(steps),
            chain_end: table(steps),
            digit: table(scheme.digits()),
            remainder_top: table(scheme.elements()),
            remainder_inverse: table(scheme.elements()),
            randomness: table(scheme.randomness()),
            carry: table(if carries { steps } else { 0 }),
            count: table(0),
        }
    }

    /// The first element of the value that step `k` takes.
    pub(crate) fn value(&self, k: usize) -> usize {
        self.chain_value + self.digest * k
    }

    /// The first element of the end of chain `c`.
    pub(crate) fn end(&self, c: usize) -> usize {
        self.end_value + self.digest * c
    }

    /// The first elements of the children of the node at `level`, from 1.
    pub(crate) fn children(&self, level: usize) -> [usize; 2] {
        [self.left, self.right].map(|table| table + self.digest * (level - 1))
    }

    /// Element `j` of the capacity that permutation `t` of the leaf sponge starts from, `t > 0`.
    pub(crate) fn leaf_capacity(&self, t: usize, j: usize) -> usize {
        self.leaf_capacity.cell(t - 1, j)
    }

    /// Element `j` of the capacity that permutation `t` of the key starts from.
    pub(crate) fn key_capacity(&self, t: usize, j: usize) -> usize {
        self.key_capacity.cell(t, j)
    }
}

/// Variables for so many lanes.
pub(crate) fn log_lanes(lanes: usize) -> usize {
    log2_ceil(lanes).max(4)
}

impl Shape {
    pub(crate) fn new(scheme: Scheme, lanes: Vec<Lane>) -> Self {
        let (steps, sponge) = (scheme.steps(), scheme.sponge());
        let (elements, digits) = (scheme.elements(), scheme.digits());
        let carries = lanes.iter().any(Lane::carries_vary);
        let columns = Columns::new(&scheme, carries);
        Self {
            scheme,
            log_lanes: log_lanes(lanes.len()),
            lanes,
            steps,
            sponge,
            elements,
            digits,
            tables: Tables {
                log_slots16: scheme.log_slots(16),
                log_slots24: scheme.log_slots(24),
            },
            log_rows: log2_ceil(steps.max(digits)).max(3),
            log_leaves: log2_ceil(scheme.chains + 1),
            log_columns: log2_ceil(columns.count),
            carries,
            columns,
        }
    }

    /// The extension of a public column at the lane point with these weights; it is zero in idle lanes.
    pub(crate) fn column(&self, lane_weights: &[EF], value: impl Fn(&Lane) -> F) -> EF {
        let live = self.lanes.iter().zip(lane_weights);
        live.map(|(lane, &weight)| weight * value(lane)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{COMPACT, COMPACT_TEST, PROD, TEST, lanes};

    /// The numbers in docs/parameters.md.
    #[test]
    fn cells() {
        let count = |scheme, carries| Columns::new(scheme, carries).count;
        assert_eq!(count(&PROD, false), 2417);
        assert_eq!(count(&PROD, true), 2539);
        assert_eq!(count(&TEST, false), 439);
        assert_eq!(count(&COMPACT, false), 1364);
        assert_eq!(count(&COMPACT_TEST, false), 280);
        for scheme in [TEST, COMPACT_TEST] {
            for slot in 0..1 << scheme.height {
                let lanes = lanes(&scheme, &[(slot, [0; 32], 1)]);
                assert!(!Shape::new(scheme, lanes).carries, "{slot}");
            }
        }
        for slot in [127, 32_639, u32::MAX] {
            let lanes = lanes(&COMPACT, &[(slot, [0; 32], 1)]);
            assert!(!Shape::new(COMPACT, lanes).carries, "{slot}");
        }
    }
}
