//! Stored parts of a Merkle tree.
//!
//! A sub-tree holds consecutive nodes of each layer from its lowest one to the layer of its root. Every layer below the root's
//! is padded so that it starts at an even index and ends at an odd one: every node has its sibling. A whole bottom tree needs
//! no padding. In keys of [`KeyFormat::Shake`] bottom trees are whole, and the top tree's padding is random and reaches into the
//! root's layer. In keys of [`KeyFormat::Poseidon`] the padding consists of fillers.

use std::ops::Range;

use p3_field::{Field, PackedValue};
use p3_koala_bear::KoalaBear;
use rayon::prelude::*;

use super::ActiveRange;
use crate::params::{KeyFormat, MAX_PARAMETER, Scheme};
use crate::poseidon::Lanes;
use crate::tree::node;
use crate::tweak::tree_tweak;
use crate::types::{Digest, Parameter};

/// Consecutive nodes of one layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) start: u64,
    pub(super) nodes: Vec<Digest>,
}

impl Layer {
    /// Adds what a layer with this start and length has more, in ascending order.
    pub(super) fn pad(
        &mut self,
        (start, length): (u64, u64),
        mut padding: impl FnMut(u64) -> Digest,
    ) {
        if start < self.start {
            self.nodes.insert(0, padding(start));
            self.start = start;
        }
        while (self.nodes.len() as u64) < length {
            self.nodes.push(padding(start + self.nodes.len() as u64));
        }
    }
}

/// Consecutive nodes of consecutive layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SubTree {
    pub(super) lowest_layer: usize,
    /// From the lowest layer up; never empty, nor is any layer.
    pub(super) layers: Vec<Layer>,
}

/// Start and length of each layer from one over `nodes` up to `levels` above it; the last one is padded if `pads_last`.
fn layout(nodes: Range<u64>, levels: usize, pads_last: bool) -> Vec<(u64, u64)> {
    (0..=levels)
        .map(|level| {
            let (first, last) = (nodes.start >> level, (nodes.end - 1) >> level);
            if level < levels || pads_last {
                (first & !1, (last | 1) + 1 - (first & !1))
            } else {
                (first, last + 1 - first)
            }
        })
        .collect()
}

/// Start and length of each layer of the top tree of a key.
pub(super) fn top_layout(scheme: &Scheme, range: &ActiveRange) -> Vec<(u64, u64)> {
    let levels = scheme.height() - range.cut();
    let pads_last = scheme.key_format == KeyFormat::Shake;
    layout(range.bottom_trees(), levels, pads_last)
}

/// Start and length of each layer of the bottom tree `index` of a key.
pub(super) fn bottom_layout(range: &ActiveRange, index: u64) -> Vec<(u64, u64)> {
    layout(range.slots_under(index), range.cut(), false)
}

impl SubTree {
    /// Computes bottom tree `index` of a key from the leaves of its active slots; `padding` gives a node at a level and an index.
    pub(super) fn bottom(
        scheme: &Scheme,
        parameter: &Parameter,
        range: &ActiveRange,
        index: u64,
        leaves: Vec<Digest>,
        padding: impl FnMut(usize, u64) -> Digest,
    ) -> Self {
        let leaves = Layer {
            start: range.slots_under(index).start,
            nodes: leaves,
        };
        let layout = bottom_layout(range, index);
        Self::build(scheme, 0, parameter, &layout, leaves, padding)
    }

    /// Computes the top tree of a key over the roots of its bottom trees; `padding` gives a node at a level and an index.
    pub(super) fn top(
        scheme: &Scheme,
        parameter: &Parameter,
        range: &ActiveRange,
        roots: Vec<Digest>,
        padding: impl FnMut(usize, u64) -> Digest,
    ) -> Self {
        let roots = Layer {
            start: range.bottom_trees().start,
            nodes: roots,
        };
        let layout = top_layout(scheme, range);
        Self::build(scheme, range.cut(), parameter, &layout, roots, padding)
    }

    fn build(
        scheme: &Scheme,
        lowest_layer: usize,
        parameter: &Parameter,
        layout: &[(u64, u64)],
        lowest: Layer,
        mut padding: impl FnMut(usize, u64) -> Digest,
    ) -> Self {
        let mut layers: Vec<Layer> = Vec::with_capacity(layout.len());
        let mut computed = lowest;
        for (level, &place) in (lowest_layer..).zip(layout) {
            if let Some(below) = layers.last() {
                computed = parents(scheme, level, parameter, below);
            }
            computed.pad(place, |index| padding(level, index));
            layers.push(std::mem::take(&mut computed));
        }
        Self {
            lowest_layer,
            layers,
        }
    }

    /// The root of the tree. In a top tree padding may follow it, but it comes first.
    pub(super) fn root(&self) -> Digest {
        self.layers
            .last()
            .and_then(|layer| layer.nodes.first())
            .copied()
            .unwrap_or_default()
    }

    /// The node at `position` of the lowest layer, if the tree holds it.
    pub(super) fn lowest(&self, position: u64) -> Option<Digest> {
        let layer = self.layers.first()?;
        let index = position.checked_sub(layer.start)?;
        layer.nodes.get(usize::try_from(index).ok()?).copied()
    }

    /// The root that `value` at `position` of the lowest layer and the stored siblings lead to.
    pub(super) fn root_from(
        &self,
        scheme: &Scheme,
        parameter: &Parameter,
        position: u64,
        value: Digest,
    ) -> Digest {
        self.path(position)
            .enumerate()
            .fold(value, |value, (level, sibling)| {
                let [left, right] = match (position >> level) & 1 {
                    0 => [value, sibling],
                    _ => [sibling, value],
                };
                let parent = (position >> (level + 1)) as u32;
                let tweak = tree_tweak(scheme, self.lowest_layer + level + 1, parent);
                node(scheme, parameter, &tweak, &left, &right)
            })
    }

    /// The siblings on the path from the node at `position` of the lowest layer to the root, which has none.
    ///
    /// The tree must hold the node.
    pub(super) fn path(&self, position: u64) -> impl Iterator<Item = Digest> {
        let below_root = &self.layers[..self.layers.len() - 1];
        below_root.iter().enumerate().map(move |(level, layer)| {
            let sibling = (position >> level) ^ 1;
            layer.nodes[(sibling - layer.start) as usize]
        })
    }
}

/// The layer at `level` above a layer that starts at an even index and has an even length.
fn parents(scheme: &Scheme, level: usize, parameter: &Parameter, below: &Layer) -> Layer {
    type Packed = <KoalaBear as Field>::Packing;
    let start = below.start / 2;
    let nodes = below
        .nodes
        .par_chunks(2 * Packed::WIDTH)
        .enumerate()
        .flat_map_iter(|(i, children)| {
            parent_lanes::<Packed>(
                scheme,
                level,
                parameter,
                start + (i * Packed::WIDTH) as u64,
                children,
            )
        })
        .collect();
    Layer { start, nodes }
}

/// The parents of at most `P::WIDTH` pairs of nodes; the first one stands at `position` of `level`.
fn parent_lanes<P: Lanes>(
    scheme: &Scheme,
    level: usize,
    parameter: &Parameter,
    position: u64,
    children: &[Digest],
) -> Vec<Digest> {
    let count = children.len() / 2;
    let child = |lane: usize, side: usize| children[2 * lane.min(count - 1) + side];
    let parameter: [P; MAX_PARAMETER] = parameter.map(P::from);
    let tweak =
        P::pack_columns_fn(|lane| tree_tweak(scheme, level, (position + lane as u64) as u32));
    let left = P::pack_columns_fn(|lane| child(lane, 0));
    let right = P::pack_columns_fn(|lane| child(lane, 1));
    P::unpack_iter(node(scheme, &parameter, &tweak, &left, &right))
        .take(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{COMPACT_TEST, PROD, TEST};

    fn range(scheme: &Scheme, slots: Range<u64>) -> ActiveRange {
        ActiveRange::covering(scheme, slots.start as u32, slots.end - slots.start).unwrap()
    }

    #[test]
    fn layers_of_a_top_tree_are_even_aligned() {
        let top_layout = |slots| top_layout(&TEST, &range(&TEST, slots));
        assert_eq!(
            top_layout(0..256),
            [(0, 16), (0, 8), (0, 4), (0, 2), (0, 2)]
        );
        assert_eq!(top_layout(48..96), [(2, 4), (0, 4), (0, 2), (0, 2), (0, 2)]);
        assert_eq!(
            top_layout(224..256),
            [(14, 2), (6, 2), (2, 2), (0, 2), (0, 2)]
        );
        assert_eq!(super::top_layout(&PROD, &range(&PROD, 0..2)).len(), 17);
        // Sixteen slots from 41 on, four per bottom tree: the root has no neighbour.
        let range = range(&COMPACT_TEST, 41..57);
        assert_eq!(
            super::top_layout(&COMPACT_TEST, &range),
            [(10, 6), (4, 4), (2, 2), (0, 2), (0, 2), (0, 2), (0, 1)]
        );
    }

    #[test]
    fn layers_of_a_bottom_tree_halve() {
        assert_eq!(
            bottom_layout(&range(&TEST, 0..256), 1),
            [(16, 16), (8, 8), (4, 4), (2, 2), (1, 1)]
        );
        let range = range(&COMPACT_TEST, 41..57);
        assert_eq!(bottom_layout(&range, 10), [(40, 4), (20, 2), (10, 1)]);
        assert_eq!(bottom_layout(&range, 14), [(56, 2), (28, 2), (14, 1)]);
    }
}
