//! Splitting: a tree for some of its claims, with the same root.

use sheaf_aggregation::Statement;
use thiserror::Error;

use super::{CheckError, Cover, KeySet, Leaf, LimitError, Shape};
use crate::places::{Absent, Places, places};

/// Why a tree can't be restricted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RestrictError {
    /// The shape is not about the claims.
    #[error(transparent)]
    Claims(CheckError),
    /// A key is to be kept that is not claimed. Counted as what is kept has it, in canonical order.
    #[error("key {key} of group {group} can't be kept, since it is not claimed")]
    NotClaimed {
        /// The group.
        group: usize,
        /// The key.
        key: usize,
    },
    /// Keys that are to be kept belong only to leaves with others. Counted as what is kept has them, in canonical order.
    #[error(
        "{count} keys of group {group}, of which key {key} is the first, were proven only together with keys that are not kept"
    )]
    Missing {
        /// The first group with such keys.
        group: usize,
        /// The first one of them.
        key: usize,
        /// How many of them the group has.
        count: usize,
    },
    /// What is left exceeds a limit.
    #[error(transparent)]
    Limit(LimitError),
}

impl Shape {
    /// The tree for a part of the claims. What does not belong to it is hidden; the root, and hence the proof, stay the same.
    ///
    /// A leaf stays visible if all its keys are kept. A leaf can't be split, so that claims may not be there to be kept. The shape
    /// is one that was checked for the claims: only sizes are compared here.
    ///
    /// # Errors
    /// If the shape is not about the claims, something is to be kept that is not claimed, or the leaves that can stay are not
    /// about all that is to be kept.
    pub fn restrict(&self, claims: &Statement, kept: &Statement) -> Result<Self, RestrictError> {
        self.fits(claims).map_err(RestrictError::Claims)?;
        let places = places(kept, claims)
            .map_err(|Absent { group, key }| RestrictError::NotClaimed { group, key })?;
        let mut of_claims: Vec<Option<(usize, &Places)>> = vec![None; self.sizes.len()];
        for (index, place) in places.iter().enumerate() {
            of_claims[place.group] = Some((index, place));
        }
        let within = |leaf: &Leaf| {
            let covers = leaf.covers.iter().map(|cover| {
                let size = *self.sizes.get(cover.group)?;
                let &(group, places) = of_claims.get(cover.group)?.as_ref()?;
                let ranges: Option<Vec<_>> = cover
                    .keys
                    .ranges(size)
                    .map(|range| {
                        let start = places.keys.binary_search(&range.start).ok()?;
                        let end = start + range.len();
                        // Places ascend: there are none between but those of the range.
                        (places.keys.get(end - 1) == Some(&(range.end - 1)))
                            .then_some(start as u32..end as u32)
                    })
                    .collect();
                let keys = KeySet::new(places.keys.len() as u32, ranges?)?;
                Some(Cover { group, keys })
            });
            Some(Leaf {
                digest: leaf.digest,
                covers: covers.collect::<Option<_>>()?,
            })
        };
        let sizes: Vec<u32> = places.iter().map(|p| p.keys.len() as u32).collect();
        let Some(root) = self.root.map(&mut { within }).node() else {
            return Err(RestrictError::Missing {
                group: 0,
                key: 0,
                count: sizes.first().map_or(0, |&size| size as usize),
            });
        };
        let restricted = Self { sizes, root };
        restricted.check_coverage().map_err(|error| match error {
            CheckError::Missing { group, key, count } => {
                RestrictError::Missing { group, key, count }
            }
            error => RestrictError::Claims(error),
        })?;
        Self::limited(restricted.sizes, restricted.root).map_err(RestrictError::Limit)
    }
}
