//! How large a shape may be.
//!
//! What costs time are hashes: a few for each node when the root is computed, and one for each covered key, when the proof has
//! been verified. Both are bounded whatever a shape's bytes say, since few bytes can name many keys.

use thiserror::Error;

use crate::statement::{MAX_CHILDREN, MAX_HEIGHT};

/// The most visible leaves.
pub const MAX_LEAVES: usize = 4096;
/// The most visible nodes.
pub const MAX_NODES: usize = 4096;
/// The most keys of all visible leaves together, for each claimed key.
pub const MAX_OVERLAP: usize = 4;
/// The most bytes of a shape.
pub const MAX_BYTES: usize = 1 << 20;

/// Which limit a shape exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitError {
    /// A node without children, or with too many.
    #[error("a node has {found} children and not 1 to {MAX_CHILDREN}")]
    Children {
        /// How many there are.
        found: usize,
    },
    /// The root is too high.
    #[error("the tree has height {found}, and the limit is {MAX_HEIGHT}")]
    Height {
        /// The height of the root.
        found: usize,
    },
    /// Too many visible leaves.
    #[error("the tree has more than {MAX_LEAVES} visible leaves")]
    Leaves,
    /// Too many visible nodes.
    #[error("the tree has more than {MAX_NODES} visible nodes")]
    Nodes,
    /// Too many keys in all leaves together.
    #[error(
        "the visible leaves have more keys than {MAX_OVERLAP} times the {claimed} that are claimed"
    )]
    Overlap {
        /// How many keys are claimed.
        claimed: usize,
    },
    /// Too many bytes.
    #[error("the shape has {found} bytes, more than {MAX_BYTES}")]
    Bytes {
        /// How many there are.
        found: usize,
    },
}

/// How much of what there is so far.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    claimed: usize,
    covered: usize,
    leaves: usize,
    nodes: usize,
}

impl Tally {
    pub(crate) const fn new(claimed: usize) -> Self {
        Self {
            claimed,
            covered: 0,
            leaves: 0,
            nodes: 0,
        }
    }

    pub(crate) const fn leaf(&mut self) -> Result<(), LimitError> {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            return Err(LimitError::Leaves);
        }
        Ok(())
    }

    pub(crate) const fn node(&mut self, children: usize) -> Result<(), LimitError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(LimitError::Nodes);
        }
        if children == 0 || children > MAX_CHILDREN {
            return Err(LimitError::Children { found: children });
        }
        Ok(())
    }

    pub(crate) const fn keys(&mut self, count: usize) -> Result<(), LimitError> {
        self.covered += count;
        if self.covered > MAX_OVERLAP * self.claimed {
            let claimed = self.claimed;
            return Err(LimitError::Overlap { claimed });
        }
        Ok(())
    }
}
