//! Merkle trees over the rows of a matrix, hashed with Poseidon1 of width 24.
//!
//! ```text
//!     leaf   sponge in overwrite mode, state [ capacity 0..9 | rate 9..24 ] with
//!            capacity 0^8 | 2 at first; last block padded with zeros;
//!            digest = elements 0..9
//!     node   permute(left 9 | right 9 | 0^5 | 3), digest = elements 0..9
//! ```
//!
//! The constants are those of [`Domain`](sheaf_transcript::Domain).
//!
//! A digest of nine elements has 278 bits: collisions cost `2^139`, those of the
//! capacity too. Running the permutation of a node backwards has to hit six constants
//! (185 bits) per input. The length of a row and the depth of the tree are
//! parameters, so neither padding nor tree depth is ambiguous.
//!
//! Several leaves are opened by one *multiproof*: the siblings that the verifier
//! cannot compute itself, level by level from the leaves, left to right. Their
//! number follows from the positions.

mod hash;
#[cfg(feature = "prover")]
mod tree;

pub(crate) use hash::row_permutations;
pub use hash::rows as hash_rows;
#[cfg(feature = "prover")]
pub(crate) use tree::Tree;

use sheaf_poseidon::sponge;
use sheaf_transcript::{Channel, F};

/// Elements of a digest.
pub const DIGEST: usize = sponge::CAPACITY;

/// The digest of a row, or of two children.
pub type Digest = [F; DIGEST];

/// The number of siblings in the multiproof of `positions` in a tree of `2^depth` leaves. Positions are sorted and distinct.
///
/// One path has a sibling on every level. A further one has them below the level on which it meets the path before
/// it; there each is the sibling of the other, so that the one before it lacks one less.
pub(crate) fn sibling_count(positions: &[usize], depth: usize) -> usize {
    let Some((_, further)) = positions.split_first() else {
        return 0;
    };
    let levels_to_meeting =
        |(a, b): (&usize, &usize)| (usize::BITS - (a ^ b).leading_zeros()) as usize;
    let levels: usize = positions.iter().zip(further).map(levels_to_meeting).sum();
    (depth + levels).saturating_sub(2 * further.len())
}

/// Recomputes the root from leaf digests and siblings, and tells `channel` what that takes.
///
/// `None` if their numbers do not fit.
pub(crate) fn root(
    depth: usize,
    positions: &[usize],
    leaves: Vec<Digest>,
    siblings: &[Digest],
    channel: &mut impl Channel,
) -> Option<Digest> {
    let mut positions = positions.to_vec();
    let mut digests = leaves;
    let mut siblings = siblings.iter();
    for _ in 0..depth {
        let children = complete(&positions, &digests, &mut siblings)?;
        digests = hash::nodes(&children);
        channel.hashed(digests.len());
        ascend(&mut positions);
    }
    match *digests {
        [root] if siblings.next().is_none() => Some(root),
        _ => None,
    }
}

/// The path of each position, from the leaf up: its nodes below the root, each with its sibling behind it. A multiproof has them once for all positions.
///
/// `None` if the numbers of leaves and siblings do not fit.
#[must_use]
pub fn paths(
    depth: usize,
    positions: &[usize],
    leaves: Vec<Digest>,
    siblings: &[Digest],
) -> Option<Vec<Vec<[Digest; 2]>>> {
    let mut paths = vec![Vec::with_capacity(depth); positions.len()];
    let mut level = positions.to_vec();
    let mut digests = leaves;
    let mut siblings = siblings.iter();
    for height in 0..depth {
        let children = complete(&level, &digests, &mut siblings)?;
        ascend(&mut level);
        for (path, position) in paths.iter_mut().zip(positions) {
            let node = position >> height;
            let parent = level.binary_search(&(node / 2)).ok()?;
            let child = |side: usize| children.get(2 * parent + side).copied();
            path.push([child(node % 2)?, child(1 - node % 2)?]);
        }
        digests = hash::nodes(&children);
    }
    Some(paths)
}

/// From nodes to their parents.
fn ascend(positions: &mut Vec<usize>) {
    for position in positions.iter_mut() {
        *position /= 2;
    }
    positions.dedup();
}

/// The children of all parents of the nodes at `positions`, of which `digests` are known and `siblings` the others.
fn complete<'a>(
    positions: &[usize],
    digests: &[Digest],
    siblings: &mut impl Iterator<Item = &'a Digest>,
) -> Option<Vec<Digest>> {
    let mut known = digests.iter();
    let mut children = Vec::with_capacity(2 * digests.len());
    for pair in positions.chunk_by(|a, b| a / 2 == b / 2) {
        let children_of_one = match *pair {
            [_, _] => [*known.next()?, *known.next()?],
            [alone] if alone % 2 == 0 => [*known.next()?, *siblings.next()?],
            _ => {
                let right = *known.next()?;
                [*siblings.next()?, right]
            }
        };
        children.extend(children_of_one);
    }
    Some(children)
}

#[cfg(all(test, feature = "prover"))]
mod tests;
