//! Stored parts of a Merkle tree.
//!
//! A sub-tree holds consecutive nodes of each layer from its lowest one to the layer of its root. In a top tree every layer is
//! padded with random nodes so that it starts at an even index and ends at an odd one: every node has its sibling. The
//! layers of a bottom tree fill a power of two and need no padding; its last layer is its root alone.

use p3_field::{Field, PackedValue};
use p3_koala_bear::KoalaBear;
use rayon::prelude::*;

use crate::params::{MAX_PARAMETER, Scheme};
use crate::poseidon::Lanes;
use crate::tree::node;
use crate::tweak::tree_tweak;
use crate::types::{Digest, Parameter};

/// Consecutive nodes of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) start: u64,
    pub(super) nodes: Vec<Digest>,
}

/// Consecutive nodes of consecutive layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SubTree {
    pub(super) lowest_layer: usize,
    /// From the lowest layer up; never empty, nor is any layer.
    pub(super) layers: Vec<Layer>,
}

/// Start and length of each layer of a top tree over the bottom trees `roots`.
pub(super) fn top_layout(scheme: &Scheme, roots: std::ops::Range<u64>) -> Vec<(u64, u64)> {
    let padded = |start: u64, end: u64| (start & !1, (end.next_multiple_of(2)) - (start & !1));
    let lowest = scheme.height() / 2;
    let first = padded(roots.start, roots.end);
    let above = |&(start, length): &(u64, u64)| Some(padded(start / 2, start / 2 + length / 2));
    std::iter::successors(Some(first), above)
        .take(scheme.height() - lowest + 1)
        .collect()
}

/// Start and length of each layer of the bottom tree `index`.
pub(super) fn bottom_layout(scheme: &Scheme, index: u64) -> Vec<(u64, u64)> {
    let half = scheme.height() / 2;
    (0..=half)
        .map(|level| (index << (half - level), 1 << (half - level)))
        .collect()
}

impl SubTree {
    /// Computes bottom tree `index` from its `2^(h/2)` leaves.
    pub(super) fn bottom(
        scheme: &Scheme,
        parameter: &Parameter,
        index: u64,
        leaves: Vec<Digest>,
    ) -> Self {
        Self::build(
            scheme,
            0,
            parameter,
            &bottom_layout(scheme, index),
            index << (scheme.height() / 2),
            leaves,
            || {
                // The layout leaves no gap, so this node is never stored.
                Digest::default()
            },
        )
    }

    /// Computes the top tree over the roots of consecutive bottom trees, the first of which has index `start`.
    pub(super) fn top(
        scheme: &Scheme,
        parameter: &Parameter,
        start: u64,
        roots: Vec<Digest>,
        padding: impl FnMut() -> Digest,
    ) -> Self {
        let layout = top_layout(scheme, start..start + roots.len() as u64);
        Self::build(
            scheme,
            scheme.height() / 2,
            parameter,
            &layout,
            start,
            roots,
            padding,
        )
    }

    fn build(
        scheme: &Scheme,
        lowest_layer: usize,
        parameter: &Parameter,
        layout: &[(u64, u64)],
        start: u64,
        nodes: Vec<Digest>,
        mut padding: impl FnMut() -> Digest,
    ) -> Self {
        let mut layers: Vec<Layer> = Vec::with_capacity(layout.len());
        let mut computed = Layer { start, nodes };
        for (i, &(start, length)) in layout.iter().enumerate() {
            if let Some(below) = layers.last() {
                computed = parents(scheme, lowest_layer + i, parameter, below);
            }
            if start < computed.start {
                computed.nodes.insert(0, padding());
                computed.start = start;
            }
            while (computed.nodes.len() as u64) < length {
                computed.nodes.push(padding());
            }
            layers.push(std::mem::replace(
                &mut computed,
                Layer {
                    start: 0,
                    nodes: Vec::new(),
                },
            ));
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
    use crate::params::{PROD, TEST};

    #[test]
    fn layers_of_a_top_tree_are_even_aligned() {
        assert_eq!(
            top_layout(&TEST, 0..16),
            [(0, 16), (0, 8), (0, 4), (0, 2), (0, 2)]
        );
        assert_eq!(
            top_layout(&TEST, 3..6),
            [(2, 4), (0, 4), (0, 2), (0, 2), (0, 2)]
        );
        assert_eq!(
            top_layout(&TEST, 14..16),
            [(14, 2), (6, 2), (2, 2), (0, 2), (0, 2)]
        );
        assert_eq!(top_layout(&PROD, 0..2).len(), 17);
    }

    #[test]
    fn layers_of_a_bottom_tree_halve() {
        assert_eq!(
            bottom_layout(&TEST, 1),
            [(16, 16), (8, 8), (4, 4), (2, 2), (1, 1)]
        );
    }
}
