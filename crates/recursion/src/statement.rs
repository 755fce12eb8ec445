//! The digest of a node.
//!
//! ```text
//!     a sponge of Domain::StatementNode over
//!         version | number of children | height        one block, zeros behind
//!         the children's digests in order                 a block each, zeros behind
//! ```
//!
//! Every block overwrites the rate, and the digest is the last capacity. A node has 1 to [`MAX_CHILDREN`] children, and its
//! height, 1 to [`MAX_HEIGHT`], is one more than that of its highest child; a leaf's is 0. The height is there so that
//! whoever proves nodes has children to extract at a bounded depth.
//!
//! **Binding.** Let no two inputs of the permutation that occur have the same nine outputs, and none lead to a first capacity.
//! Then a digest is that of a leaf or that of a node, since their sponges start from different capacities; of a node it opens to
//! the number of children, hence of blocks, and back to front to the children's digests and the height. A
//! leaf's opens to a statement ([`sheaf_aggregation::summary`]).

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::sponge::{CAPACITY, Sponge};
use sheaf_transcript::{Domain, F};

/// What stands for a statement: nine elements.
pub type Digest = [F; CAPACITY];

/// The version of a node's statement.
pub const VERSION: u32 = 1;
/// The most children of a node.
pub const MAX_CHILDREN: usize = 16;
/// The largest height of a node.
pub const MAX_HEIGHT: usize = 32;

/// The digest of a node.
pub fn node_digest(height: usize, children: &[Digest]) -> Digest {
    let mut sponge = Sponge::<F>::new(Domain::StatementNode.tag());
    sponge.absorb_single(&[
        F::from_u32(VERSION),
        F::from_usize(children.len()),
        F::from_usize(height),
    ]);
    for child in children {
        sponge.absorb_single(child);
    }
    sponge.capacity()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sheaf_poseidon::permute24;

    use super::*;

    fn digest(i: usize) -> Digest {
        core::array::from_fn(|j| F::from_usize(100 * i + j))
    }

    #[test]
    fn blocks_are_as_documented() {
        for count in [1, 5, 16] {
            let children: Vec<Digest> = (0..count).map(digest).collect();
            let mut state = [F::ZERO; 24];
            state[8] = F::from_u8(6);
            let mut block = |elements: &[F]| {
                state[9..].fill(F::ZERO);
                state[9..9 + elements.len()].copy_from_slice(elements);
                permute24(&mut state);
                state[..9].to_vec()
            };
            block(&[F::ONE, F::from_usize(count), F::from_usize(7)]);
            let last = children.iter().map(|child| block(child)).last();
            assert_eq!(node_digest(7, &children).to_vec(), last.unwrap());
        }
    }

    #[test]
    fn number_order_and_height_matter() {
        let digests: Vec<Digest> = (0..3).map(digest).collect();
        let zero = Digest::default();
        let lists: [&[Digest]; 7] = [
            &digests,
            &digests[..2],
            &[digests[1], digests[0]],
            &[digests[0]],
            &[digests[0], zero],
            &[zero],
            &[zero, zero],
        ];
        let mut seen = BTreeSet::new();
        for list in lists {
            for height in 1..=MAX_HEIGHT {
                assert!(seen.insert(node_digest(height, list)));
            }
            // Nor is a node's digest a child's: nodes do not pass digests on.
            assert!(!list.iter().any(|child| seen.contains(child)));
        }
    }
}
