//! Commitments to codewords, and queries to them.

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::{Channel, F, TranscriptError};

use super::Error;
use crate::checks::{Check, applies, difficulty};
use crate::merkle::{self, DIGEST, Digest};
use crate::messages::{NODES, Positions, QUERY_GRINDING, ROOT, ROWS};
use crate::parameters::Round;

/// The queries to an oracle, in the order in which they are drawn, and what they give.
#[derive(Debug)]
pub(super) struct Opened<E> {
    /// Query `q` is to the row at `x_q`, the power with exponent `positions[q]` of the generator of the domain.
    pub(super) positions: Vec<usize>,
    /// The rows, folded.
    pub(super) values: Vec<E>,
}

/// The root of the tree over the rows of a codeword.
#[derive(Clone, Debug)]
pub(super) struct Oracle {
    root: Digest,
}

impl Oracle {
    pub(super) fn receive<C: Channel>(channel: &mut C) -> Result<Self, TranscriptError> {
        let elements = channel.receive_base(ROOT, DIGEST)?;
        Ok(Self {
            root: digest(&elements),
        })
    }

    /// Queries the oracle at random points `x` of its domain.
    ///
    /// Folds the row at `x` with `fold_weights`: where the oracle is a codeword, that is the
    /// value at `x` of the univariate polynomial whose coefficients are the values of the folded
    /// multilinear polynomial.
    pub(super) fn query<C: Channel>(
        &self,
        round: &Round,
        index: usize,
        fold_weights: &[C::Extension],
        channel: &mut C,
    ) -> Result<Opened<C::Extension>, Error> {
        channel.check_grind(QUERY_GRINDING, difficulty(round.query_grinding))?;
        let depth = round.domain_bits();
        let positions = Positions::draw(round.queries, depth, channel);
        let distinct = &positions.distinct;
        let rows = channel.hint(ROWS, distinct.len() * round.row_elements)?;
        let siblings = merkle::sibling_count(distinct, depth);
        let siblings: Vec<Digest> = channel
            .hint(NODES, siblings * DIGEST)?
            .chunks_exact(DIGEST)
            .map(digest)
            .collect();

        let leaves = merkle::hash_rows(&rows, round.row_elements);
        channel.hashed(distinct.len() * merkle::row_permutations(round.row_elements));
        let root = merkle::root(depth, distinct, leaves, &siblings, channel);
        if root != Some(self.root) && applies(Check::Rows(index)) {
            return Err(Error::Rows { oracle: index });
        }
        Ok(Opened {
            values: positions.fold(&rows, round.row_elements, fold_weights),
            positions: positions.drawn,
        })
    }
}

/// The digest with the given elements; missing ones are zero.
fn digest(elements: &[F]) -> Digest {
    core::array::from_fn(|i| elements.get(i).copied().unwrap_or(F::ZERO))
}
