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

pub(crate) use hash::{row_permutations, rows as hash_rows};
#[cfg(feature = "prover")]
pub(crate) use tree::Tree;

use sheaf_poseidon::sponge;
use sheaf_transcript::{Channel, F};

/// Elements of a digest.
pub(crate) const DIGEST: usize = sponge::CAPACITY;

pub(crate) type Digest = [F; DIGEST];

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
        digests = hash::nodes(&children);
        channel.hashed(digests.len());
        for position in &mut positions {
            *position /= 2;
        }
        positions.dedup();
    }
    match *digests {
        [root] if siblings.next().is_none() => Some(root),
        _ => None,
    }
}

#[cfg(all(test, feature = "prover"))]
mod tests;
