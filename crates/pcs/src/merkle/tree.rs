//! The prover's tree.

use rayon::prelude::*;
use sheaf_transcript::F;

use super::Digest;
use super::hash::{self, BATCH};

/// All digests of a tree over the rows of a matrix.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// From the leaves to the root.
    levels: Vec<Vec<Digest>>,
}

/// Batches per parallel task: below that, distributing work costs more than hashing.
const BATCHES_PER_TASK: usize = 4;

impl Tree {
    /// Hashes a matrix of `2^depth` rows.
    pub(crate) fn new(matrix: &[F], width: usize) -> Self {
        let leaves = collect_batches(matrix, width * BATCH, width, |batch| {
            hash::row_batch(batch, width)
        });
        let mut levels = vec![leaves];
        while let Some(children) = levels.last()
            && children.len() > 1
        {
            let parents = collect_batches(children, 2 * BATCH, 2, hash::node_batch);
            levels.push(parents);
        }
        Self { levels }
    }

    /// All digests, from the leaves to the root.
    #[cfg(test)]
    pub(crate) fn levels(&self) -> &[Vec<Digest>] {
        &self.levels
    }

    pub(crate) fn root(&self) -> Digest {
        self.levels[self.levels.len() - 1][0]
    }

    /// The siblings that complete the paths from `positions`, which are sorted and distinct.
    pub(crate) fn siblings(&self, positions: &[usize]) -> Vec<Digest> {
        let mut positions = positions.to_vec();
        let mut siblings = Vec::new();
        for level in &self.levels[..self.levels.len() - 1] {
            let mut parents = Vec::with_capacity(positions.len());
            for pair in positions.chunk_by(|a, b| a / 2 == b / 2) {
                if let [alone] = pair {
                    siblings.push(level[alone ^ 1]);
                }
                parents.extend(pair.first().map(|p| p / 2));
            }
            positions = parents;
        }
        siblings
    }
}

/// Maps chunks of `input` to digests, one for every `per_digest` entries.
fn collect_batches<T: Sync>(
    input: &[T],
    chunk: usize,
    per_digest: usize,
    hash: impl Fn(&[T]) -> [Digest; BATCH] + Sync,
) -> Vec<Digest> {
    let mut digests = vec![Digest::default(); input.len() / per_digest];
    digests
        .par_chunks_mut(BATCH)
        .zip(input.par_chunks(chunk))
        .with_min_len(BATCHES_PER_TASK)
        .for_each(|(out, batch)| out.copy_from_slice(&hash(batch)[..out.len()]));
    digests
}
