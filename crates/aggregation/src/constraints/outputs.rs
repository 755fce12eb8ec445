//! Wired outputs of the wide table: which cells they feed, and their weights.
//!
//! They come in *blocks* of the same columns in consecutive slots. The weights of a block are consecutive powers of one
//! challenge, by slot and column, so they are products of a weight per slot and one per column.

use sheaf_sumcheck::univariate;
use sheaf_transcript::{EF, Extension};
use sheaf_xmss::params::DIGEST;

use crate::checks::{Check, applies};
use crate::shape::Shape;
use crate::streams::CAPACITY;

/// The cells that the outputs of a block feed. A feed-forward is part of the target, negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Elements of the message hash: digits and remainder, minus the message element.
    Message,
    /// Capacities of the leaf sponge: those that permutations `t >= 1` start from.
    Capacities,
    /// Nodes from `first_level` on, each a child at the next level, or the root. Level 0 is the leaf, whose sponge
    /// has no feed-forward.
    Nodes { first_level: usize },
    /// The capacity that a key's permutation passes on (see [`crate::link`]).
    Key,
}

/// Outputs `column .. column + width` of the slots `slot .. slot + rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub target: Target,
    pub slot: usize,
    pub rows: usize,
    pub column: usize,
    pub width: usize,
}

/// All blocks, in the order of their weights.
pub(crate) fn blocks(shape: &Shape) -> [Block; 5] {
    [
        Block {
            target: Target::Message,
            slot: Shape::MESSAGE_SLOT,
            rows: 1,
            column: 0,
            width: shape.elements,
        },
        Block {
            target: Target::Capacities,
            slot: shape.sponge_slot(0),
            rows: shape.sponge - 1,
            column: 0,
            width: CAPACITY,
        },
        Block {
            target: Target::Nodes { first_level: 0 },
            slot: shape.sponge_slot(shape.sponge - 1),
            rows: 1,
            column: CAPACITY,
            width: DIGEST,
        },
        Block {
            target: Target::Nodes { first_level: 1 },
            slot: shape.node_slot(1),
            rows: shape.height,
            column: 0,
            width: DIGEST,
        },
        Block {
            target: Target::Key,
            slot: shape.key_slot(),
            rows: 1,
            column: 0,
            width: CAPACITY,
        },
    ]
}

/// Number of wired outputs.
#[cfg(feature = "search")]
pub(crate) fn count(shape: &Shape) -> usize {
    blocks(shape).iter().map(|b| b.rows * b.width).sum()
}

/// A block whose output in row `i` and column `j` has the weight `rows[i] * elements[j]`.
#[derive(Clone, Debug)]
pub(crate) struct WeighedBlock<E = EF> {
    pub block: Block,
    pub rows: Vec<E>,
    pub elements: Vec<E>,
}

/// The wired outputs with their weights.
#[derive(Clone, Debug)]
pub(crate) struct Outputs<E = EF> {
    pub blocks: Vec<WeighedBlock<E>>,
}

impl<E: Extension> Outputs<E> {
    /// Weighs the outputs with `first`, `first * zeta`, and so on.
    pub(crate) fn new(shape: &Shape, first: E, zeta: E) -> Self {
        let mut weighed = Vec::new();
        let mut start = first;
        let mut index = 0;
        for block in blocks(shape) {
            let mut elements = univariate::powers(zeta, block.width + 1);
            let ratio = elements.pop().unwrap_or_default();
            let mut rows = Vec::with_capacity(block.rows);
            for _ in 0..block.rows {
                rows.push(start);
                start *= ratio;
            }
            // A row with an output that is not checked is a block of its own.
            for i in 0..block.rows {
                let checked = |j: usize| applies(Check::Output(index + j));
                if (0..block.width).any(|j| !checked(j)) {
                    let mut only = E::zero_vec(block.rows);
                    core::mem::swap(&mut only[i], &mut rows[i]);
                    let elements = elements.iter().enumerate();
                    let elements = elements.map(|(j, &x)| if checked(j) { x } else { E::ZERO });
                    weighed.push(WeighedBlock {
                        block,
                        rows: only,
                        elements: elements.collect(),
                    });
                }
                index += block.width;
            }
            weighed.push(WeighedBlock {
                block,
                rows,
                elements,
            });
        }
        Self { blocks: weighed }
    }

    /// Slot, column and weight of every wired output.
    #[cfg(test)]
    pub(crate) fn wired(&self) -> impl Iterator<Item = (usize, usize, E)> {
        self.blocks.iter().flat_map(|b| {
            b.rows.iter().enumerate().flat_map(move |(i, &row)| {
                let (slot, column) = (b.block.slot + i, b.block.column);
                let elements = b.elements.iter().enumerate();
                elements.map(move |(j, &x)| (slot, column + j, row * x))
            })
        })
    }

    /// The weights of the capacity that a key's permutation passes on.
    pub(crate) fn key_weights(&self) -> [E; CAPACITY] {
        let mut weights = [E::ZERO; CAPACITY];
        for b in self.blocks.iter().filter(|b| b.block.target == Target::Key) {
            for &row in &b.rows {
                for (weight, &x) in weights.iter_mut().zip(&b.elements) {
                    *weight += row * x;
                }
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_xmss::{PROD, TEST};

    use super::*;

    #[test]
    fn weights_are_powers_and_no_output_is_wired_twice() {
        for scheme in [PROD, TEST] {
            let shape = Shape::with_lanes(scheme, 3, false);
            let [first, zeta] = [5, 6].map(|i| EF::from_usize(i).cube());
            let outputs = Outputs::new(&shape, first, zeta);
            let mut power = first;
            let mut seen = std::collections::BTreeSet::new();
            for (slot, column, weight) in outputs.wired() {
                assert_eq!(weight, power);
                assert!(slot < shape.slots24() && column < 24);
                assert!(seen.insert((slot, column)));
                power *= zeta;
            }
            assert_eq!(seen.len(), count(&shape));
        }
    }
}
