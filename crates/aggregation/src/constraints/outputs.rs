//! Wired outputs: which cells they feed, and their weights.
//!
//! They come in *blocks* of the same columns in consecutive slots. The weights of a block are consecutive powers of one
//! challenge, by slot and column, so they are products of a weight per slot and one per column.

use sheaf_sumcheck::univariate;
use sheaf_transcript::{EF, Extension};
#[cfg(test)]
use sheaf_xmss::layout::Width;

use crate::checks::{Check, applies};
use crate::shape::{Shape, Slots, passed_on};
use crate::streams::CAPACITY;

/// The cells that the outputs of a block feed. A feed-forward is part of the target, negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// What call `i` of the message hash passes to the next one.
    Previous(usize),
    /// Elements of the message hash, the result of its call `i`: digits and remainder.
    Message(usize),
    /// Capacities of the leaf sponge: those that permutations `t >= 1` start from.
    Capacities,
    /// The leaf, which has no feed-forward: a child at level 1.
    Leaf,
    /// Nodes from level 1 on, each a child at the next level, or the root.
    Nodes,
    /// Capacities that permutations of a key pass on to its next one.
    KeyCapacities,
    /// The capacity that a key's last permutation passes on (see [`crate::link`]).
    Key,
}

/// Outputs `column .. column + width` of some slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub target: Target,
    pub slots: Slots,
    pub column: usize,
    pub width: usize,
}

/// All blocks, in the order of their weights. Some may have no slots.
pub(crate) fn blocks(shape: &Shape) -> Vec<Block> {
    let calls = &shape.calls;
    let digest = shape.columns.digest;
    let block = |target, slots, column, width| Block {
        target,
        slots,
        column,
        width,
    };
    // All slots but the last, and the last one.
    let split = |slots: Slots| {
        let count = slots.count - 1;
        let last = Slots {
            first: slots.first + count,
            count: 1,
            ..slots
        };
        (Slots { count, ..slots }, last)
    };
    let mut blocks: Vec<_> = calls
        .message
        .iter()
        .enumerate()
        .map(
            |(call, &slots)| match shape.scheme.hashes.message.get(call + 1) {
                Some(next) => {
                    let width = passed_on(&shape.scheme, next);
                    block(Target::Previous(call), slots, 0, width)
                }
                None => block(Target::Message(call), slots, 0, shape.elements),
            },
        )
        .collect();
    let capacity = shape.columns.capacity.elements;
    let (leaf, last_of_leaf) = split(calls.leaf);
    let (key, last_of_key) = split(calls.key);
    blocks.extend([
        block(Target::Capacities, leaf, 0, capacity),
        block(Target::Leaf, last_of_leaf, capacity, digest),
        block(Target::Nodes, calls.nodes, 0, digest),
        block(Target::KeyCapacities, key, 0, CAPACITY),
        block(Target::Key, last_of_key, 0, CAPACITY),
    ]);
    blocks
}

/// Number of wired outputs.
#[cfg(feature = "search")]
pub(crate) fn count(shape: &Shape) -> usize {
    blocks(shape).iter().map(|b| b.slots.count * b.width).sum()
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
            let mut rows = Vec::with_capacity(block.slots.count);
            for _ in 0..block.slots.count {
                rows.push(start);
                start *= ratio;
            }
            // A row with an output that is not checked is a block of its own.
            for i in 0..block.slots.count {
                let checked = |j: usize| applies(Check::Output(index + j));
                if (0..block.width).any(|j| !checked(j)) {
                    let mut only = E::zero_vec(block.slots.count);
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

    /// Width, slot, column and weight of every wired output.
    #[cfg(test)]
    pub(crate) fn wired(&self) -> impl Iterator<Item = (Width, usize, usize, E)> {
        self.blocks.iter().flat_map(|b| {
            b.rows.iter().enumerate().flat_map(move |(i, &row)| {
                let (slots, column) = (b.block.slots, b.block.column);
                let elements = b.elements.iter().enumerate();
                elements.map(move |(j, &x)| (slots.width, slots.first + i, column + j, row * x))
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
    use sheaf_xmss::Scheme;

    use super::*;

    #[test]
    fn weights_are_powers_and_no_output_is_wired_twice() {
        for scheme in Scheme::ALL {
            let shape = Shape::with_lanes(scheme, 3, false);
            let [first, zeta] = [5, 6].map(|i| EF::from_usize(i).cube());
            let outputs = Outputs::new(&shape, first, zeta);
            let mut power = first;
            let mut seen = std::collections::BTreeSet::new();
            for (width, slot, column, weight) in outputs.wired() {
                assert_eq!(weight, power);
                assert!(slot < shape.calls.slots(width) && column < width.elements());
                assert!(seen.insert((width.elements(), slot, column)));
                power *= zeta;
            }
            assert_eq!(seen.len(), count(&shape));
        }
    }
}
