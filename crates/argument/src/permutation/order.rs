//! The order in which a sumcheck binds its variables.
//!
//! High slot bits come first, from the least significant to the most significant,
//! then the lane bits. A live prefix of lanes folds most evenly when adjacent
//! positions are paired, so the lane bits above the lowest [`LOW_LANE_BITS`] are
//! bound from the least significant one upwards, too.
//!
//! A prover keeps the lowest lane bits inside its vectors, whose width depends on
//! the machine and must not show in a proof. So these bits come last, and from the
//! most significant one downwards: whatever the width, the bits outside of the
//! vectors are then bound before the bits inside.

/// `log2` of the largest supported vector width.
pub const LOW_LANE_BITS: usize = 4;

/// Coordinates (0 for the most significant bit) of the lane variables, first bound first.
pub(crate) fn lanes(log_lanes: usize) -> impl DoubleEndedIterator<Item = usize> + Clone {
    let high = log_lanes - LOW_LANE_BITS;
    (0..high).rev().chain(high..log_lanes)
}

/// Coordinates of the slot variables among `count`, first bound first.
pub(crate) fn slots(count: usize) -> impl DoubleEndedIterator<Item = usize> + Clone {
    (0..count).rev()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_lane_bits_come_last() {
        assert_eq!(lanes(7).collect::<Vec<_>>(), [2, 1, 0, 3, 4, 5, 6]);
        assert_eq!(slots(3).collect::<Vec<_>>(), [2, 1, 0]);
    }
}
