//! The bytes of a shape.
//!
//! ```text
//!     shape     number of groups | size of each | node
//!     node      height, a byte | number of children, a byte | children
//!     child     0 | digest                                          hidden
//!               1 | digest | number of groups | of each: skipped groups since the last, its keys    leaf
//!               2 | node
//! ```
//!
//! Digests are nine elements of four bytes, the low one first. Other numbers have one byte for seven bits, the low ones first, and
//! no byte more than need be. Keys are as `keys` has them. A shape has one encoding, and an encoding is of one shape.
//!
//! Numbers are compared with their limits, and with the bytes that are left, before there is memory for what they count.

use sheaf_aggregation::MAX_SIGNATURES;
use thiserror::Error;

use super::keys::KeySet;
use super::limits::{LimitError, MAX_BYTES, Tally};
use super::reader::{Reader, put_digest, put_number};
use super::{Cover, Leaf, Node, Shape, Subtree};
use crate::statement::MAX_HEIGHT;

const HIDDEN: u8 = 0;
const LEAF: u8 = 1;
const NODE: u8 = 2;

/// Why bytes are not those of a shape. Offsets are in bytes from the shape's first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("the shape of the tree ends at byte {offset}, and something has to follow")]
    Truncated {
        /// Where something is missing.
        offset: usize,
    },
    /// Bytes behind the tree.
    #[error("{bytes} bytes follow the shape of the tree")]
    Trailing {
        /// How many there are.
        bytes: usize,
    },
    /// A number that is written with too many bytes, or too large.
    #[error("byte {offset}: a number is too large, or longer than it has to be")]
    Number {
        /// Where it begins.
        offset: usize,
    },
    /// A field element that is not canonical.
    #[error("byte {offset}: {value} is not a field element, being too large")]
    Element {
        /// Where it begins.
        offset: usize,
        /// Its value.
        value: u32,
    },
    /// No group, or too many.
    #[error("the tree is said to be about {found} groups and not 1 to {MAX_SIGNATURES}")]
    Groups {
        /// How many groups there are said to be.
        found: usize,
    },
    /// A group without keys, or keys beyond what can be claimed.
    #[error("group {group} is said to have {found} keys, which are none or too many")]
    Size {
        /// The group.
        group: usize,
        /// How many keys it is said to have.
        found: usize,
    },
    /// A byte that stands for no kind of child.
    #[error("byte {offset}: a child can't begin with {found}")]
    Tag {
        /// Its place.
        offset: usize,
        /// The byte.
        found: u8,
    },
    /// A node that is not higher than its visible children, or too high although all of them are visible.
    #[error("byte {offset}: a node has height {found}, which does not fit what is above or below")]
    Height {
        /// Its place.
        offset: usize,
        /// The height.
        found: usize,
    },
    /// A node without a visible leaf, which has to be a digest.
    #[error("byte {offset}: no leaf of a node is visible")]
    Hidden {
        /// Where the node begins.
        offset: usize,
    },
    /// A leaf without groups, or about a group that there isn't.
    #[error("leaf {leaf} is about no group, or one that there is not")]
    Cover {
        /// Index of the leaf among those that are visible.
        leaf: usize,
    },
    /// Keys of a leaf that are not encoded in the one way they may be.
    #[error("byte {offset}: keys of a leaf are not encoded as they have to be")]
    Keys {
        /// Where they begin.
        offset: usize,
    },
    /// Two leaves with one digest.
    #[error("leaves {first} and {second} are the same")]
    DuplicateLeaf {
        /// Index of the first one among those that are visible.
        first: usize,
        /// Index of the other one.
        second: usize,
    },
    /// Beyond the limits of a shape.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl Shape {
    /// Encodes the shape.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(&mut out, self.sizes.len() as u32);
        for &size in &self.sizes {
            put_number(&mut out, size);
        }
        put_node(&mut out, &self.root);
        out
    }

    /// Decodes a shape.
    ///
    /// # Errors
    /// If the bytes are not the encoding of a shape, or the shape exceeds a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_BYTES {
            let found = bytes.len();
            return Err(LimitError::Bytes { found }.into());
        }
        let mut reader = Reader::new(bytes);
        let sizes = sizes(&mut reader)?;
        let claimed = sizes.iter().map(|&size| size as usize).sum();
        let mut decoder = Decoder {
            reader,
            sizes: &sizes,
            tally: Tally::new(claimed),
            leaves: 0,
        };
        let root = decoder.node(MAX_HEIGHT + 1)?;
        let bytes = decoder.reader.left();
        if bytes > 0 {
            return Err(DecodeError::Trailing { bytes });
        }
        let shape = Self { sizes, root };
        shape.check_leaves()?;
        Ok(shape)
    }

    /// No two visible leaves are the same.
    fn check_leaves(&self) -> Result<(), DecodeError> {
        let mut digests: Vec<_> = self
            .leaves()
            .iter()
            .map(|leaf| leaf.digest)
            .zip(0..)
            .collect();
        digests.sort_unstable();
        match digests.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(DecodeError::DuplicateLeaf {
                first: pair[0].1,
                second: pair[1].1,
            }),
            None => Ok(()),
        }
    }
}

fn put_node(out: &mut Vec<u8>, node: &Node) {
    out.extend([node.height as u8, node.children.len() as u8]);
    for child in &node.children {
        match child {
            Subtree::Hidden(digest) => {
                out.push(HIDDEN);
                put_digest(out, digest);
            }
            Subtree::Leaf(leaf) => {
                out.push(LEAF);
                put_digest(out, &leaf.digest);
                put_number(out, leaf.covers.len() as u32);
                let mut next = 0;
                for cover in &leaf.covers {
                    put_number(out, (cover.group - next) as u32);
                    cover.keys.encode(out);
                    next = cover.group + 1;
                }
            }
            Subtree::Node(node) => {
                out.push(NODE);
                put_node(out, node);
            }
        }
    }
}

/// The sizes of the claimed groups.
fn sizes(reader: &mut Reader<'_>) -> Result<Vec<u32>, DecodeError> {
    let found = reader.number()? as usize;
    if found == 0 || found > MAX_SIGNATURES {
        return Err(DecodeError::Groups { found });
    }
    let mut left = MAX_SIGNATURES;
    let mut sizes = Vec::with_capacity(found.min(reader.left()));
    for group in 0..found {
        let size = reader.number()?;
        let found = size as usize;
        if found == 0 || found > left {
            return Err(DecodeError::Size { group, found });
        }
        left -= found;
        sizes.push(size);
    }
    Ok(sizes)
}

struct Decoder<'a> {
    reader: Reader<'a>,
    sizes: &'a [u32],
    tally: Tally,
    leaves: usize,
}

impl Decoder<'_> {
    /// A node lower than `limit`, which bounds the depth of the recursion.
    fn node(&mut self, limit: usize) -> Result<Node, DecodeError> {
        let offset = self.reader.at();
        let found = usize::from(self.reader.byte()?);
        if limit > MAX_HEIGHT && found > MAX_HEIGHT {
            return Err(LimitError::Height { found }.into());
        }
        if found == 0 || found >= limit {
            return Err(DecodeError::Height { offset, found });
        }
        let count = usize::from(self.reader.byte()?);
        self.tally.node(count)?;
        let mut children = Vec::with_capacity(count);
        for _ in 0..count {
            children.push(self.subtree(found)?);
        }
        let Some(highest) = children.iter().filter_map(Subtree::height).max() else {
            return Err(DecodeError::Hidden { offset });
        };
        if children.iter().all(Subtree::is_visible) && found != highest + 1 {
            return Err(DecodeError::Height { offset, found });
        }
        Ok(Node {
            height: found,
            children,
        })
    }

    fn subtree(&mut self, limit: usize) -> Result<Subtree, DecodeError> {
        let offset = self.reader.at();
        match self.reader.byte()? {
            HIDDEN => self.reader.digest().map(Subtree::Hidden),
            LEAF => self.leaf().map(Subtree::Leaf),
            NODE => self.node(limit).map(Subtree::Node),
            found => Err(DecodeError::Tag { offset, found }),
        }
    }

    fn leaf(&mut self) -> Result<Leaf, DecodeError> {
        self.tally.leaf()?;
        let leaf = self.leaves;
        self.leaves += 1;
        let digest = self.reader.digest()?;
        let count = self.reader.number()? as usize;
        if count == 0 || count > self.sizes.len() {
            return Err(DecodeError::Cover { leaf });
        }
        // Every group takes two bytes.
        let mut covers = Vec::with_capacity(count.min(self.reader.left() / 2));
        let mut next = 0usize;
        for _ in 0..count {
            // A sum of two numbers may exceed what a system counts with.
            let group = next.checked_add(self.reader.number()? as usize);
            let group = group.ok_or(DecodeError::Cover { leaf })?;
            let size = *self.sizes.get(group).ok_or(DecodeError::Cover { leaf })?;
            let keys = KeySet::decode(&mut self.reader, size)?;
            self.tally.keys(keys.count(size))?;
            covers.push(Cover { group, keys });
            next = group + 1;
        }
        Ok(Leaf { digest, covers })
    }
}
