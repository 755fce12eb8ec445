//! Where everything stands: lanes, columns, slots, rows.

use crate::field::{EF, F, log2_ceil};
use crate::statement::{DIGITS, Lane, Scheme, TOP};

/// The first column of each table of cells.
pub(crate) struct Columns {
    pub chain_value: usize,
    pub end_value: usize,
    pub left: usize,
    pub right: usize,
    /// Elements 0 to 7 of the capacities.
    capacity: usize,
    pub root: usize,
    /// Element 8 of the capacities.
    capacity_last: usize,
    pub parameter: usize,
    pub chain_position: usize,
    pub chain_end: usize,
    pub digit: usize,
    pub remainder_top: usize,
    pub remainder_inverse: usize,
    pub randomness: usize,
    pub carry: usize,
    pub count: usize,
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
    /// Slots of the width-24 table that are used.
    pub slots24: usize,
    pub log_slots16: usize,
    pub log_slots24: usize,
    pub log_rows: usize,
    pub log_leaves: usize,
    pub log_columns: usize,
    /// Whether there are carry cells.
    pub carries: bool,
    pub columns: Columns,
}

impl Scheme {
    fn steps(&self) -> usize {
        self.chains * TOP - self.target
    }

    fn sponge(&self) -> usize {
        (5 + 2 + 8 * self.chains).div_ceil(15)
    }

    fn elements(&self) -> usize {
        self.chains.div_ceil(DIGITS)
    }

    fn digits(&self) -> usize {
        self.elements() * DIGITS + 2 * self.elements()
    }
}

impl Columns {
    pub(crate) fn new(scheme: &Scheme, carries: bool) -> Self {
        let steps = scheme.steps();
        let mut next = 0;
        let mut table = |cells: usize| {
            next += cells;
            next - cells
        };
        Self {
            chain_value: table(8 * steps),
            end_value: table(8 * scheme.chains),
            left: table(8 * scheme.height),
            right: table(8 * scheme.height),
            // Those of the sponge after its first permutation, then that of the key.
            capacity: table(8 * scheme.sponge()),
            root: table(8),
            capacity_last: table(scheme.sponge()),
            parameter: table(5),
            chain_position: table(steps),
            chain_end: table(steps),
            digit: table(scheme.digits()),
            remainder_top: table(scheme.elements()),
            remainder_inverse: table(scheme.elements()),
            randomness: table(7),
            carry: table(if carries { steps } else { 0 }),
            count: table(0),
        }
    }

    /// Element `j` of the capacity of permutation `t` of the leaf sponge, `t > 0`; behind the sponge's, of the key.
    pub(crate) fn capacity(&self, t: usize, j: usize) -> usize {
        match j {
            8 => self.capacity_last + t - 1,
            _ => self.capacity + 8 * (t - 1) + j,
        }
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
        let slots24 = 1 + sponge + 1 + scheme.height;
        let carries = lanes.iter().any(|lane| lane.carries_vary(scheme.chains));
        let columns = Columns::new(&scheme, carries);
        Self {
            scheme,
            log_lanes: log_lanes(lanes.len()),
            lanes,
            steps,
            sponge,
            elements,
            digits,
            slots24,
            log_slots16: log2_ceil(steps).max(3),
            log_slots24: log2_ceil(slots24).max(3),
            log_rows: log2_ceil(steps.max(digits)).max(3),
            log_leaves: log2_ceil(scheme.chains + 1),
            log_columns: log2_ceil(columns.count),
            carries,
            columns,
        }
    }

    /// The slot of the permutation that hashes the key; the sponge's come before it.
    pub(crate) fn key_slot(&self) -> usize {
        self.sponge + 1
    }

    /// The slot of the node at this level of the path, from 1.
    pub(crate) fn node_slot(&self, level: usize) -> usize {
        self.key_slot() + level
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
    use crate::statement::{PROD, TEST, lanes};

    /// The numbers in docs/parameters.md.
    #[test]
    fn cells() {
        let count = |scheme, carries| Columns::new(scheme, carries).count;
        assert_eq!(count(&PROD, false), 2417);
        assert_eq!(count(&PROD, true), 2539);
        assert_eq!(count(&TEST, false), 439);
        for slot in 0..1 << TEST.height {
            let lanes = lanes(&[(slot, [0; 32], 1)]);
            assert!(!Shape::new(TEST, lanes).carries, "{slot}");
        }
    }
}
