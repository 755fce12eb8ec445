//! Where the floor of a journal may rise to, so that the journal stays short.
//!
//! A *run* is a maximal set of used slots in which no step from one to the next is larger than the window. The floor may rise
//! to one window behind the end of a run, once enough used slots of the run lie below. So it follows what was signed in order:
//! a far slot that was signed by mistake, or many of them, makes a run of its own, which raises the floor only when it has
//! become longer than a window. Until then all slots between are still to come.

/// Slots that must be forgotten at once to be worth a new journal.
pub(super) const fn slack(window: u64) -> u64 {
    window / 4
}

/// The floor to which a journal with these used slots, in ascending order, should rise now. All slots below it count as used.
pub(super) fn due(slots: &[u32], window: u64) -> Option<u64> {
    slots
        .chunk_by(|&slot, &next| u64::from(next - slot) <= window)
        .find_map(|run| {
            let floor = (u64::from(*run.last()?) + 1).saturating_sub(window);
            let below = run.partition_point(|&slot| u64::from(slot) < floor);
            (below as u64 >= slack(window)).then_some(floor)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: u64 = 32;

    fn of(slots: impl IntoIterator<Item = u32>) -> Option<u64> {
        due(&slots.into_iter().collect::<Vec<_>>(), WINDOW)
    }

    #[test]
    fn the_floor_follows_one_window_behind() {
        assert_eq!(of([]), None);
        assert_eq!(of(0..39), None);
        assert_eq!(of(0..40), Some(8));
        assert_eq!(of(1000..1100), Some(1068));
        // One slot in ten is enough to go on.
        assert_eq!(of((0..200).step_by(10)), Some(159));
        assert_eq!(of(u32::MAX - 40..=u32::MAX), Some((1 << 32) - 32));
    }

    #[test]
    fn a_far_slot_does_not_raise_the_floor() {
        assert_eq!(of((0..30).chain([1000])), None);
        assert_eq!(of((0..40).chain([1000])), Some(8));
        // A clock that was wrong for a while.
        assert_eq!(of((0..30).chain(1000..1039)), None);
        assert_eq!(of((0..40).chain(1000..1039)), Some(8));
        // Before anything else was signed.
        assert_eq!(of([1000]), None);
        assert_eq!(of([1, 2, 3, 1000, 2000, 3000]), None);
    }

    #[test]
    fn a_lone_early_slot_does_not_hold_the_floor_for_ever() {
        assert_eq!(of([3].into_iter().chain(1000..1040)), Some(1008));
    }
}
