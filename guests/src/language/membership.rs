//! `main(root, index, leaf)`: the leaf stands at the index of a Merkle tree of depth 20. The tape has the siblings, from the lowest.

use sheaf_guest::*;

/// Levels of the tree.
const DEPTH: usize = 20;

/// The root that a leaf and its siblings lead to.
fn root_over(leaf: Digest, index: usize, depth: usize) -> Digest {
    let mut node = leaf;
    let mut rest = index;
    for _ in 0..depth {
        let sibling: Digest = advice();
        let right = rest % 2 == 1;
        let (left, other) = if right {
            (sibling, node)
        } else {
            (node, sibling)
        };
        node = compress(left, other);
        rest /= 2;
    }
    assert!(rest == 0, "the index is beyond the tree");
    node
}

/// Shows that the leaf is under the root.
pub fn main(root: Digest, index: usize, leaf: Digest) {
    let found = root_over(leaf, index, DEPTH);
    assert_eq!(found, root, "the leaf is not under the root");
}
