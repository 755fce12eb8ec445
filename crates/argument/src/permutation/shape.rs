//! The dimensions of the tables.

use super::error::Error;
use super::order;

/// The dimensions of the tables, public parameters of a proof.
///
/// There is at least one table. A table that is absent has no permutations: no claim is about it, and it takes no part in any message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Binary logarithm of the number of lane positions, at least 4. Both tables have the same positions.
    pub log_lanes: usize,
    /// The table of the width-16 permutations.
    pub narrow: Option<TableShape>,
    /// The table of the width-24 permutations.
    pub wide: Option<TableShape>,
}

/// The dimensions of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// The first live lane.
    pub first: usize,
    /// The end of the live lanes, of which there is at least one.
    pub lanes: usize,
    /// Binary logarithm of the number of slots per lane, at least 3.
    pub log_slots: usize,
    /// Slots in use: the first ones. The prover's time and memory follow them, in blocks of eight.
    pub slots: usize,
}

/// Slot bits bound by the univariate round.
pub(crate) const SKIP: usize = 3;

/// Largest supported number of slot or lane bits.
const MAX_BITS: usize = 26;

impl Shape {
    /// Whether all bounds hold.
    ///
    /// # Errors
    /// [`Error::Shape`] if one does not.
    pub fn check(&self) -> Result<(), Error> {
        let holds = |table: &TableShape| {
            (SKIP..=MAX_BITS).contains(&table.log_slots)
                && table.slots <= 1 << table.log_slots
                && (table.first + 1..=1 << self.log_lanes).contains(&table.lanes)
        };
        let lanes = (order::LOW_LANE_BITS..=MAX_BITS).contains(&self.log_lanes);
        if lanes && self.tables().count() > 0 && self.tables().all(holds) {
            Ok(())
        } else {
            Err(Error::Shape)
        }
    }

    /// The tables that there are.
    fn tables(&self) -> impl Iterator<Item = &TableShape> {
        self.narrow.iter().chain(&self.wide)
    }

    /// Slot variables of the larger table.
    pub(crate) fn log_slots(&self) -> usize {
        let all = self.tables().map(|table| table.log_slots);
        all.max().unwrap_or(SKIP)
    }
}
