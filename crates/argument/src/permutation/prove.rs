//! The proving side.

use sheaf_transcript::ProverTranscript;

use super::{InputClaim, OutputClaim, Shape, Trace};

/// Working memory, kept between proofs.
#[derive(Debug, Default)]
pub(crate) struct Scratch {}

/// Reduces a claim about outputs to a claim about inputs.
///
/// The trace holds every permutation of the live lanes and has the given shape.
///
/// # Panics
/// If the trace, the claim and the shape do not fit together.
pub fn prove(
    _shape: &Shape,
    _trace: &mut Trace,
    _claim: OutputClaim,
    _transcript: &mut ProverTranscript,
) -> InputClaim {
    unimplemented!("in progress")
}
