//! Hashing of rows and nodes, as many at a time as the SIMD registers hold.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_poseidon::permute24;
use sheaf_poseidon::sponge::{RATE, Sponge};
use sheaf_transcript::{Domain, F, PF};

use super::{DIGEST, Digest};

const WIDTH: usize = 24;

/// Rows or nodes that are hashed at a time.
pub(crate) const BATCH: usize = PF::WIDTH;

/// Permutations that hash a row of `width` elements.
pub(crate) const fn row_permutations(width: usize) -> usize {
    width.div_ceil(RATE)
}

/// The digests of the rows of a matrix.
#[must_use]
pub fn rows(rows: &[F], width: usize) -> Vec<Digest> {
    rows.chunks(BATCH * width)
        .flat_map(|batch| {
            let digests = row_batch(batch, width);
            digests.into_iter().take(batch.len() / width)
        })
        .collect()
}

/// The parents of consecutive pairs of digests.
pub(crate) fn nodes(children: &[Digest]) -> Vec<Digest> {
    children
        .chunks(2 * BATCH)
        .flat_map(|batch| {
            let digests = node_batch(batch);
            digests.into_iter().take(batch.len() / 2)
        })
        .collect()
}

/// The digests of up to `BATCH` rows; what exceeds their number is meaningless.
pub(crate) fn row_batch(rows: &[F], width: usize) -> [Digest; BATCH] {
    let mut sponge = Sponge::new(Domain::Leaf.tag());
    for block in (0..width).step_by(RATE) {
        let elements: [PF; RATE] = core::array::from_fn(|i| {
            let column = block + i;
            if column < width {
                // Rows that do not exist read as zero.
                PF::from_fn(|lane| rows.get(lane * width + column).copied().unwrap_or_default())
            } else {
                PF::ZERO
            }
        });
        sponge.absorb(&elements);
    }
    lanes(&sponge.capacity())
}

/// The parents of up to `BATCH` pairs; what exceeds their number is meaningless.
pub(crate) fn node_batch(children: &[Digest]) -> [Digest; BATCH] {
    let child = |lane: usize, side: usize, i: usize| {
        children.get(2 * lane + side).map_or(F::ZERO, |d| d[i])
    };
    let mut state: [PF; WIDTH] = core::array::from_fn(|i| match i / DIGEST {
        side @ (0 | 1) => PF::from_fn(|lane| child(lane, side, i % DIGEST)),
        _ => PF::ZERO,
    });
    state[WIDTH - 1] = PF::from(Domain::Node.tag());
    permute24(&mut state);
    lanes(&state)
}

/// Splits the first elements of a packed state into one digest per lane.
fn lanes(state: &[PF]) -> [Digest; BATCH] {
    core::array::from_fn(|lane| core::array::from_fn(|i| state[i].as_slice()[lane]))
}
