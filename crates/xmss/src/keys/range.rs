//! The range of slots in which a key is active.

use std::ops::Range;

use super::KeyError;
use crate::params::{KeyFormat, Scheme};

/// The slots of a key, and the level at which its tree is cut into a top tree and bottom trees.
///
/// In a key of [`KeyFormat::Shake`] the tree is cut at half its height, and the range consists of whole bottom trees, at least
/// two of them. In a key of [`KeyFormat::Poseidon`] any range is possible, and the tree is cut where a bottom tree covers about
/// the square root of their number: at `ceil(ceil(log2 slots) / 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveRange {
    start: u64,
    end: u64,
    cut: u32,
}

impl ActiveRange {
    /// The smallest range that holds `count` slots from slot `start`.
    ///
    /// # Errors
    /// If there is no slot in the range, or one beyond the lifetime.
    pub fn covering(scheme: &Scheme, start: u32, count: u64) -> Result<Self, KeyError> {
        let lifetime = scheme.lifetime();
        let error = KeyError::Range {
            start,
            count,
            lifetime,
        };
        let start = u64::from(start);
        let end = start
            .checked_add(count)
            .filter(|&end| count > 0 && end <= lifetime)
            .ok_or(error)?;
        Ok(match scheme.key_format {
            KeyFormat::Shake => {
                let slots = scheme.bottom_tree_slots();
                let (mut first, mut last) = (start / slots, end.div_ceil(slots));
                if last - first < 2 {
                    // A single bottom tree; it gets a second one after it, or before it at the end of the lifetime.
                    last = (first + 2).min(lifetime / slots);
                    first = last - 2;
                }
                Self {
                    start: first * slots,
                    end: last * slots,
                    cut: slots.ilog2(),
                }
            }
            KeyFormat::Poseidon => Self {
                start,
                end,
                cut: count.next_power_of_two().ilog2().div_ceil(2),
            },
        })
    }

    /// The range of `count` slots from slot `start`, if it is a valid one as it stands.
    pub(super) fn exact(scheme: &Scheme, start: u64, count: u64) -> Option<Self> {
        let range = Self::covering(scheme, u32::try_from(start).ok()?, count).ok()?;
        (range.slots() == (start..start + count)).then_some(range)
    }

    /// The active slots.
    #[must_use]
    pub const fn slots(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Number of slots under one bottom tree, active or not.
    #[must_use]
    pub const fn bottom_tree_slots(&self) -> u64 {
        1 << self.cut
    }

    /// The indices of the bottom trees.
    #[must_use]
    pub const fn bottom_trees(&self) -> Range<u64> {
        self.start >> self.cut..((self.end - 1) >> self.cut) + 1
    }

    /// The level of the roots of the bottom trees.
    pub(super) const fn cut(&self) -> usize {
        self.cut as usize
    }

    /// The active slots under consecutive bottom trees; if there are none, an empty range that starts at an active slot.
    pub(super) fn slots_between(&self, trees: Range<u64>) -> Range<u64> {
        let start = (trees.start << self.cut).max(self.start);
        let end = (trees.end << self.cut).min(self.end);
        start..end.max(start)
    }

    /// The active slots under bottom tree `index`.
    pub(super) fn slots_under(&self, index: u64) -> Range<u64> {
        self.slots_between(index..index + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{COMPACT, COMPACT_TEST, PROD, TEST};

    #[test]
    fn extends_to_two_whole_bottom_trees() {
        let slots =
            |start, count| ActiveRange::covering(&TEST, start, count).map(|range| range.slots());
        assert_eq!(slots(0, 1), Ok(0..32));
        assert_eq!(slots(17, 3), Ok(16..48));
        assert_eq!(slots(15, 2), Ok(0..32));
        assert_eq!(slots(15, 18), Ok(0..48));
        assert_eq!(slots(250, 6), Ok(224..256));
        assert_eq!(slots(0, 256), Ok(0..256));
        let whole = ActiveRange::covering(&PROD, 0, 1 << 32).unwrap();
        assert_eq!(whole.slots(), 0..1 << 32);
    }

    #[test]
    fn any_range_is_one_of_a_compact_key() {
        let of = |start, count| {
            let range = ActiveRange::covering(&COMPACT, start, count).unwrap();
            assert_eq!(range.slots(), u64::from(start)..u64::from(start) + count);
            (range.cut(), range.bottom_trees())
        };
        assert_eq!(of(7, 1), (0, 7..8));
        assert_eq!(of(7, 2), (1, 3..5));
        assert_eq!(of(7, 4), (1, 3..6));
        assert_eq!(of(0, 5), (2, 0..2));
        assert_eq!(of(0, 16), (2, 0..4));
        assert_eq!(of(0, 17), (3, 0..3));
        assert_eq!(of(0, 100), (4, 0..7));
        assert_eq!(of(u32::MAX, 1), (0, 0xffff_ffff..1 << 32));
        assert_eq!(of(0, 1 << 32), (16, 0..1 << 16));

        let range = ActiveRange::covering(&COMPACT, 41, 16).unwrap();
        let slots: Vec<_> = range
            .bottom_trees()
            .map(|index| range.slots_under(index))
            .collect();
        assert_eq!(slots, [41..44, 44..48, 48..52, 52..56, 56..57]);
        assert_eq!(range.slots_between(10..10), 41..41);
    }

    #[test]
    fn rejects_slots_that_do_not_exist() {
        for (start, count) in [
            (0, 0),
            (256, 1),
            (255, 2),
            (1, u64::MAX),
            (u32::MAX, u64::MAX),
        ] {
            let error = KeyError::Range {
                start,
                count,
                lifetime: 256,
            };
            assert_eq!(ActiveRange::covering(&TEST, start, count), Err(error));
            let compact = ActiveRange::covering(&COMPACT_TEST, start, count);
            assert_eq!(compact, Err(error));
        }
    }
}
