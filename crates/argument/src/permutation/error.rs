//! Why the argument rejects.

use sheaf_transcript::TranscriptError;
use thiserror::Error;

/// Why a proof, or the question that it should answer, is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The shape violates a bound stated at its fields.
    #[error("the shape of the permutation tables is invalid")]
    Shape,
    /// The point or a block of the output claim does not fit the shape.
    #[error("the output claim does not fit the shape")]
    Claim,
    /// The proof is malformed.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The evaluations sent at the end of a layer contradict its sumcheck.
    #[error("layer {layer} of the permutation argument is wrong")]
    Layer {
        /// Counted from the output layer, which is 0.
        layer: usize,
    },
}
