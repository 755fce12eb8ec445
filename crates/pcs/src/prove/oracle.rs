//! Encoding, hashing and opening of one oracle.

use p3_dft::{Radix2DFTSmallBatch, TwoAdicSubgroupDft};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use rayon::prelude::*;
use sheaf_transcript::{EF, F, ProverTranscript};

use super::strategy::Strategy;
use crate::merkle::Tree;
use crate::messages::{Positions, QUERY_GRINDING, ROOT};
use crate::parameters::Round;

/// Elements that one task copies.
const COPIED: usize = 1 << 16;

/// What all oracles of one proof are made with.
#[derive(Clone, Debug)]
pub(super) struct Encoder {
    pub(super) dft: Radix2DFTSmallBatch<F>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self {
            dft: Radix2DFTSmallBatch::default(),
        }
    }

    /// Encodes every column of a row-major matrix of coefficients, hashes the rows and sends the root.
    ///
    /// Row `i` of the codeword holds the values at
    /// the `i`-th power of the generator of the domain.
    pub(super) fn commit(
        &self,
        index: usize,
        round: &Round,
        coefficients: &[F],
        strategy: &impl Strategy,
        transcript: &mut ProverTranscript,
    ) -> Oracle {
        let width = round.row_elements;
        let mut padded = F::zero_vec(coefficients.len() << round.log_inv_rate);
        padded[..coefficients.len()]
            .par_chunks_mut(COPIED)
            .zip(coefficients.par_chunks(COPIED))
            .for_each(|(to, from)| to.copy_from_slice(from));
        let mut codeword = self
            .dft
            .dft_batch(RowMajorMatrix::new(padded, width))
            .values;
        strategy.codeword(index, &mut codeword);
        let tree = Tree::new(&codeword, width);
        transcript.send_base(ROOT, &tree.root());
        Oracle {
            index,
            codeword,
            tree,
        }
    }
}

/// A codeword and the tree over its rows.
#[derive(Clone, Debug)]
pub(super) struct Oracle {
    index: usize,
    codeword: Vec<F>,
    tree: Tree,
}

impl Oracle {
    /// Opens the rows that the transcript asks for.
    ///
    /// Returns their positions in drawn order, and the rows folded with `fold_weights`.
    pub(super) fn answer_queries(
        &self,
        round: &Round,
        fold_weights: &[EF],
        strategy: &impl Strategy,
        transcript: &mut ProverTranscript,
    ) -> (Vec<usize>, Vec<EF>) {
        transcript.grind(QUERY_GRINDING, strategy.grinding(round.query_grinding));
        let positions = Positions::draw(round.queries, round.domain_bits(), transcript);
        let width = round.row_elements;
        let mut rows: Vec<F> = positions
            .distinct
            .iter()
            .flat_map(|&i| &self.codeword[i * width..][..width])
            .copied()
            .collect();
        let mut siblings = self.tree.siblings(&positions.distinct);
        strategy.opening(self.index, &mut rows, &mut siblings);
        transcript.hint(&rows);
        transcript.hint(siblings.as_flattened());
        let folded = positions.fold(&rows, width, fold_weights);
        (positions.drawn, folded)
    }
}
