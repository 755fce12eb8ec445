//! The range of slots in which a key is active.

use std::ops::Range;

use super::KeyError;
use crate::params::Scheme;

/// A range of whole bottom trees, at least two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveRange {
    start: u64,
    end: u64,
    bottom_tree_slots: u64,
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
        let end = u64::from(start)
            .checked_add(count)
            .filter(|&end| count > 0 && end <= lifetime)
            .ok_or(error)?;
        let slots = scheme.bottom_tree_slots();
        let (mut first, mut last) = (u64::from(start) / slots, end.div_ceil(slots));
        if last - first < 2 {
            // A single bottom tree; it gets a second one after it, or before it at the end of the lifetime.
            last = (first + 2).min(lifetime / slots);
            first = last - 2;
        }
        Ok(Self {
            start: first,
            end: last,
            bottom_tree_slots: slots,
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
        self.start * self.bottom_tree_slots..self.end * self.bottom_tree_slots
    }

    /// The indices of the bottom trees.
    #[must_use]
    pub const fn bottom_trees(&self) -> Range<u64> {
        self.start..self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{PROD, TEST};

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
        }
    }
}
