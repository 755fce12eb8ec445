//! Whether a shape is about claims.

use sheaf_aggregation::{Statement, Summary};
use thiserror::Error;

use super::{Leaf, Shape};
use crate::coverage::Coverage;

/// Why a shape is not about claims. Groups and keys are counted as the claims have them, in canonical order, leaves as
/// [`Shape::leaves`] has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// Another number of groups.
    #[error("the tree is about {shape} groups, and {claims} are claimed")]
    Groups {
        /// How many groups the shape is about.
        shape: usize,
        /// How many there are.
        claims: usize,
    },
    /// A group of another size.
    #[error("the tree is about {shape} keys of group {group}, and {claims} are claimed")]
    Size {
        /// The group.
        group: usize,
        /// How many keys it has for the shape.
        shape: usize,
        /// How many it has.
        claims: usize,
    },
    /// Claimed keys that belong to no leaf.
    #[error(
        "no leaf of the tree is about {count} keys of group {group}, of which key {key} is the first"
    )]
    Missing {
        /// The first group with such keys.
        group: usize,
        /// The first one of them.
        key: usize,
        /// How many of them the group has.
        count: usize,
    },
    /// A leaf whose digest is not that of the claimed keys that it is said to be about.
    #[error(
        "leaf {leaf} of the tree is not about the {keys} keys in {groups} groups from group {group} on that it is said to be about"
    )]
    Leaf {
        /// The leaf.
        leaf: usize,
        /// How many keys it is said to be about.
        keys: usize,
        /// How many groups these are from.
        groups: usize,
        /// The first of the groups.
        group: usize,
    },
}

impl Shape {
    /// Checks that the tree is about the claims: every visible leaf's digest is that of the claimed keys that it covers, and
    /// every claimed key is covered.
    ///
    /// If every leaf below [`Self::root`] is valid, then so are the claims. This is for a verified proof to show, *before* this
    /// check: the keys are hashed here, and up to [`MAX_OVERLAP`](super::MAX_OVERLAP) times.
    ///
    /// # Errors
    /// If the tree is about something else.
    pub fn check(&self, claims: &Statement) -> Result<(), CheckError> {
        self.fits(claims)?;
        self.check_coverage()?;
        for (index, leaf) in self.leaves().into_iter().enumerate() {
            let summary = Summary::of_part(claims, &leaf.part(&self.sizes));
            if summary.is_none_or(|summary| summary.digest() != leaf.digest) {
                return Err(CheckError::Leaf {
                    leaf: index,
                    keys: self.keys_of(leaf),
                    groups: leaf.covers.len(),
                    group: leaf.covers.first().map_or(0, |cover| cover.group),
                });
            }
        }
        Ok(())
    }

    /// Groups have the sizes that are claimed.
    pub(super) fn fits(&self, claims: &Statement) -> Result<(), CheckError> {
        let groups = claims.groups();
        if self.sizes.len() != groups.len() {
            return Err(CheckError::Groups {
                shape: self.sizes.len(),
                claims: groups.len(),
            });
        }
        for (group, (&size, g)) in self.sizes.iter().zip(groups).enumerate() {
            let (shape, claims) = (size as usize, g.keys.len());
            if shape != claims {
                return Err(CheckError::Size {
                    group,
                    shape,
                    claims,
                });
            }
        }
        Ok(())
    }

    /// Every claimed key belongs to a visible leaf.
    pub(super) fn check_coverage(&self) -> Result<(), CheckError> {
        let mut coverage = Coverage::new(&self.sizes);
        for leaf in self.leaves() {
            coverage.add(leaf, &self.sizes);
        }
        match coverage.missing() {
            Some((group, key, count)) => Err(CheckError::Missing { group, key, count }),
            None => Ok(()),
        }
    }
}

impl Leaf {
    /// What it is about, as a part of the claims.
    fn part(&self, sizes: &[u32]) -> Vec<(usize, Vec<core::ops::Range<usize>>)> {
        let mut part: Vec<(usize, Vec<_>)> = Vec::with_capacity(self.covers.len());
        for (group, range) in self.ranges(sizes) {
            match part.last_mut() {
                Some((last, ranges)) if *last == group => ranges.push(range),
                _ => part.push((group, vec![range])),
            }
        }
        part
    }
}
