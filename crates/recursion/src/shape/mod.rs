//! The tree in front of a proof about proofs, and which claimed keys each of its leaves is about.
//!
//! ```text
//!     shape     sizes of the claimed groups | root, a node
//!     node      height, 1 to 16 children
//!     child     node | leaf | digest of a hidden subtree
//!     leaf      digest, and per group that it touches some of its keys
//! ```
//!
//! The sizes are those of the claims, or [`Shape::check`] refuses them. They are there so that a decoder, which knows no claims,
//! can tell how many keys a leaf has, and which of two encodings of a set is the shorter one.
//!
//! A node is visible if a leaf below it is; other subtrees are digests. A visible node is higher than its visible children, by
//! one than the highest if no child is hidden. The root's digest binds all heights of visible nodes; those of hidden ones are
//! bound by the proof alone.
//!
//! **One leaf is visible once.** If trees are merged that have a leaf in common, or if two parts of a tree have it, the first one
//! that is visible stays, and the others are hidden: what they say is said already.

mod check;
mod encoding;
mod keys;
mod limits;
mod merge;
mod reader;
mod restrict;

pub use check::CheckError;
pub use encoding::DecodeError;
pub use limits::{LimitError, MAX_BYTES, MAX_LEAVES, MAX_NODES, MAX_OVERLAP};
pub use merge::{Child, MergeError, Merged};
pub use restrict::RestrictError;

use core::cmp::Reverse;
use core::ops::Range;

use keys::KeySet;
use limits::Tally;

use crate::coverage::Coverage;
use crate::statement::{Digest, MAX_HEIGHT, node_digest};

/// A tree of statements, some of them visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Keys of each claimed group.
    sizes: Vec<u32>,
    root: Node,
}

/// A node that has a visible leaf below it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    height: usize,
    children: Vec<Subtree>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Subtree {
    Node(Node),
    Leaf(Leaf),
    Hidden(Digest),
}

/// A visible leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    digest: Digest,
    /// Ascending by group, at least one.
    covers: Vec<Cover>,
}

/// Keys of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cover {
    group: usize,
    keys: KeySet,
}

impl Shape {
    /// The digest of the root, which the proof has to be about.
    pub fn root(&self) -> Digest {
        self.root.digest()
    }

    /// The height of the root.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.root.height
    }

    /// The visible leaves, in the order of the tree.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Leaf> {
        let mut leaves = Vec::new();
        self.root.collect(&mut leaves);
        leaves
    }

    /// How many keys are claimed.
    #[must_use]
    pub fn claimed(&self) -> usize {
        self.sizes.iter().map(|&size| size as usize).sum()
    }

    /// How many keys a visible leaf is about.
    #[must_use]
    pub fn keys_of(&self, leaf: &Leaf) -> usize {
        let count = |cover: &Cover| Some(cover.keys.count(*self.sizes.get(cover.group)?));
        leaf.covers.iter().filter_map(count).sum()
    }

    /// A shape within the limits. If the tree is beyond them, all leaves are hidden whose keys larger ones have as well.
    fn limited(sizes: Vec<u32>, root: Node) -> Result<Self, LimitError> {
        let shape = Self { sizes, root };
        let Err(error) = shape.check_limits() else {
            return Ok(shape);
        };
        let thin = shape.thinned().ok_or(error)?;
        thin.check_limits().map(|()| thin)
    }

    fn check_limits(&self) -> Result<(), LimitError> {
        if self.root.height > MAX_HEIGHT {
            let found = self.root.height;
            return Err(LimitError::Height { found });
        }
        let mut tally = Tally::new(self.claimed());
        self.root.tally(&mut tally)?;
        for leaf in self.leaves() {
            tally.leaf()?;
            tally.keys(self.keys_of(leaf))?;
        }
        let found = self.encode().len();
        if found > MAX_BYTES {
            return Err(LimitError::Bytes { found });
        }
        Ok(())
    }

    /// Without leaves that add nothing to larger ones.
    fn thinned(&self) -> Option<Self> {
        let leaves = self.leaves();
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by_key(|&i| Reverse(self.keys_of(leaves[i])));
        let mut coverage = Coverage::new(&self.sizes);
        let mut kept = vec![false; leaves.len()];
        for i in order {
            kept[i] = coverage.add(leaves[i], &self.sizes);
        }
        let mut kept = kept.into_iter();
        let keep = &mut |leaf: &Leaf| kept.next().filter(|&kept| kept).map(|_| leaf.clone());
        let root = self.root.map(keep).node()?;
        Some(Self {
            sizes: self.sizes.clone(),
            root,
        })
    }
}

impl Node {
    fn digest(&self) -> Digest {
        let digests: Vec<Digest> = self.children.iter().map(Subtree::digest).collect();
        node_digest(self.height, &digests)
    }

    fn collect<'a>(&'a self, leaves: &mut Vec<&'a Leaf>) {
        for child in &self.children {
            match child {
                Subtree::Node(node) => node.collect(leaves),
                Subtree::Leaf(leaf) => leaves.push(leaf),
                Subtree::Hidden(_) => {}
            }
        }
    }

    fn tally(&self, tally: &mut Tally) -> Result<(), LimitError> {
        tally.node(self.children.len())?;
        for child in &self.children {
            if let Subtree::Node(node) = child {
                node.tally(tally)?;
            }
        }
        Ok(())
    }

    /// Replaces every leaf, in order, and hides those that get no replacement. What has no visible leaf is one digest.
    fn map(&self, replace: &mut impl FnMut(&Leaf) -> Option<Leaf>) -> Subtree {
        let children = self.children.iter().map(|child| match child {
            Subtree::Node(node) => node.map(replace),
            Subtree::Leaf(leaf) => match replace(leaf) {
                Some(leaf) => Subtree::Leaf(leaf),
                None => Subtree::Hidden(leaf.digest),
            },
            Subtree::Hidden(digest) => Subtree::Hidden(*digest),
        });
        let node = Self {
            height: self.height,
            children: children.collect(),
        };
        if node.children.iter().any(Subtree::is_visible) {
            Subtree::Node(node)
        } else {
            Subtree::Hidden(node.digest())
        }
    }
}

impl Subtree {
    fn digest(&self) -> Digest {
        match self {
            Self::Node(node) => node.digest(),
            Self::Leaf(leaf) => leaf.digest,
            Self::Hidden(digest) => *digest,
        }
    }

    const fn is_visible(&self) -> bool {
        !matches!(self, Self::Hidden(_))
    }

    /// The height, of a visible one.
    const fn height(&self) -> Option<usize> {
        match self {
            Self::Node(node) => Some(node.height),
            Self::Leaf(_) => Some(0),
            Self::Hidden(_) => None,
        }
    }

    fn node(self) -> Option<Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Leaf(_) | Self::Hidden(_) => None,
        }
    }
}

impl Leaf {
    /// The digest of its statement.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What it is about: group by group, ranges of keys.
    pub(crate) fn ranges<'a>(
        &'a self,
        sizes: &'a [u32],
    ) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        self.covers.iter().flat_map(|cover| {
            let size = sizes.get(cover.group).copied().unwrap_or_default();
            let ranges = cover.keys.ranges(size);
            ranges.map(|r| (cover.group, r.start as usize..r.end as usize))
        })
    }
}
