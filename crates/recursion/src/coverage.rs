//! Which claimed keys some leaf is about.

use crate::shape::Leaf;

/// The keys of all groups, each covered or not.
#[derive(Clone, Debug)]
pub(crate) struct Coverage(Vec<Vec<bool>>);

impl Coverage {
    /// No key of groups of these sizes is covered.
    pub(crate) fn new(sizes: &[u32]) -> Self {
        let group = |&size: &u32| vec![false; size as usize];
        Self(sizes.iter().map(group).collect())
    }

    /// Covers the keys of a leaf. Whether one of them was not covered before.
    pub(crate) fn add(&mut self, leaf: &Leaf, sizes: &[u32]) -> bool {
        let mut new = false;
        for (group, keys) in leaf.ranges(sizes) {
            let covered = self.0.get_mut(group).and_then(|g| g.get_mut(keys));
            for key in covered.into_iter().flatten() {
                new |= !*key;
                *key = true;
            }
        }
        new
    }

    /// The first group with keys that are not covered, the first of these and their number.
    pub(crate) fn missing(&self) -> Option<(usize, usize, usize)> {
        self.0.iter().enumerate().find_map(|(group, keys)| {
            let key = keys.iter().position(|&covered| !covered)?;
            let count = keys.iter().filter(|&&covered| !covered).count();
            Some((group, key, count))
        })
    }
}
