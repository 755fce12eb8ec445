//! Merging: a node above trees and leaves, for the union of their claims.

use std::collections::BTreeSet;

use sheaf_aggregation::{Statement, Summary};
use thiserror::Error;

use super::{CheckError, Cover, KeySet, Leaf, LimitError, Node, Shape, Subtree};
use crate::places::{Places, places};
use crate::statement::MAX_CHILDREN;
use crate::union::{UnionError, union};

/// What is merged: claims, and how they were proven.
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    /// The claims.
    pub claims: &'a Statement,
    /// Of a proof about proofs the shape, which was checked for the claims; none of a proof about signatures.
    pub shape: Option<&'a Shape>,
}

/// What a merged proof is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The union of the children's claims.
    pub claims: Statement,
    /// The tree, for these.
    pub shape: Shape,
}

/// Why children can't be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The shape of a child is not about its claims.
    #[error("child {child}: {error}")]
    Child {
        /// Index of the child.
        child: usize,
        /// What does not fit.
        error: CheckError,
    },
    /// The claims have no union.
    #[error(transparent)]
    Union(#[from] UnionError),
    /// The tree exceeds a limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl Shape {
    /// The tree of a node with these children, in order.
    ///
    /// A leaf that several children have is visible in the first of them that shows it, and hidden in the others. If the tree is
    /// beyond a limit, more leaves are hidden, as long as larger ones have their keys as well.
    ///
    /// # Errors
    /// If the claims have no union, if a child's shape is not about its claims, or if the tree exceeds a limit in spite of that.
    pub fn merge(children: &[Child<'_>]) -> Result<Merged, MergeError> {
        let found = children.len();
        if found == 0 || found > MAX_CHILDREN {
            return Err(LimitError::Children { found }.into());
        }
        for (child, Child { claims, shape }) in children.iter().enumerate() {
            let Some(shape) = shape else { continue };
            let fits = shape.fits(claims).and_then(|()| shape.check_coverage());
            fits.map_err(|error| MergeError::Child { child, error })?;
        }
        let claims = union(children.iter().map(|child| child.claims))?;
        let groups = claims.groups();
        let sizes: Vec<u32> = groups.iter().map(|g| g.keys.len() as u32).collect();

        let mut seen = BTreeSet::new();
        let mut height = 0;
        let mut subtrees = Vec::with_capacity(found);
        for child in children {
            // The union has all keys of the child.
            let places = places(child.claims, &claims).unwrap_or_default();
            let mut replace = |leaf: &Leaf, of: &[u32]| {
                let new = seen.insert(leaf.digest);
                new.then(|| leaf.moved(of, &places, &sizes)).flatten()
            };
            subtrees.push(match child.shape {
                Some(shape) => {
                    height = height.max(shape.height());
                    shape
                        .root
                        .map(&mut |leaf: &Leaf| replace(leaf, &shape.sizes))
                }
                None => {
                    let groups = child.claims.groups();
                    let all = |group| Cover {
                        group,
                        keys: KeySet::all(),
                    };
                    let leaf = Leaf {
                        digest: Summary::new(child.claims).digest(),
                        covers: (0..groups.len()).map(all).collect(),
                    };
                    let of: Vec<u32> = groups.iter().map(|g| g.keys.len() as u32).collect();
                    match replace(&leaf, &of) {
                        Some(leaf) => Subtree::Leaf(leaf),
                        None => Subtree::Hidden(leaf.digest),
                    }
                }
            });
        }
        let root = Node {
            height: height + 1,
            children: subtrees,
        };
        let shape = Self::limited(sizes, root)?;
        Ok(Merged { claims, shape })
    }
}

impl Leaf {
    /// As a leaf of larger claims: where the groups that it knows, of sizes `of`, are among those of sizes `sizes`.
    fn moved(&self, of: &[u32], places: &[Places], sizes: &[u32]) -> Option<Self> {
        let covers = self.covers.iter().map(|cover| {
            let places = places.get(cover.group)?;
            let ranges = cover.keys.ranges(*of.get(cover.group)?);
            let keys = ranges.filter_map(|r| places.keys.get(r.start as usize..r.end as usize));
            let keys = keys.flatten().map(|&key| key..key + 1);
            Some(Cover {
                group: places.group,
                keys: KeySet::new(*sizes.get(places.group)?, keys)?,
            })
        });
        Some(Self {
            digest: self.digest,
            covers: covers.collect::<Option<_>>()?,
        })
    }
}
