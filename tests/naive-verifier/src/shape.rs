//! Where everything stands: lanes, columns, slots, rows.

use crate::field::{EF, F, log2_ceil};
use crate::statement::{DIGITS, Lane, Scheme, TOP};

/// The first column of each table of cells.
pub(crate) struct Columns {
    pub chain_value: usize,
    pub chain_position: usize,
    pub chain_end: usize,
    pub end_value: usize,
    pub digit: usize,
    pub remainder_top: usize,
    pub remainder_inverse: usize,
    pub randomness: usize,
    pub capacity: usize,
    pub left: usize,
    pub right: usize,
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
            chain_position: table(steps),
            chain_end: table(steps),
            end_value: table(8 * scheme.chains),
            digit: table(scheme.digits()),
            remainder_top: table(scheme.elements()),
            remainder_inverse: table(scheme.elements()),
            randomness: table(7),
            capacity: table(9 * (scheme.sponge() - 1)),
            left: table(8 * scheme.height),
            right: table(8 * scheme.height),
            carry: table(if carries { steps } else { 0 }),
            count: table(0),
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
        let slots24 = 1 + sponge + scheme.height;
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

    /// The extension of a public column at the lane point with these weights; it is zero in idle lanes.
    pub(crate) fn column(&self, lane_weights: &[EF], value: impl Fn(&Lane) -> F) -> EF {
        let live = self.lanes.iter().zip(lane_weights);
        live.map(|(lane, &weight)| weight * value(lane)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{Group, PROD, TEST, lanes};

    /// The numbers in docs/parameters.md.
    #[test]
    fn cells() {
        let count = |scheme, carries| Columns::new(scheme, carries).count;
        assert_eq!(count(&PROD, false), 2395);
        assert_eq!(count(&PROD, true), 2517);
        assert_eq!(count(&TEST, false), 417);
        for slot in 0..1 << TEST.height {
            let group = Group {
                slot,
                message: [0; 32],
                keys: vec![[0; 52]],
            };
            assert!(!Shape::new(TEST, lanes(&[group])).carries, "{slot}");
        }
    }
}
