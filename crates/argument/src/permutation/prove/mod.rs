//! The proving side.
//!
//! A layer has a list of tables, whose round polynomials are added. See `component` for the rounds that all take,
//! `full` and `partial` for what precedes them, `output` for layer 0.

mod channel;
mod component;
mod folding;
mod full;
mod geometry;
mod layer;
mod output;
mod partial;
mod slots;

use sheaf_transcript::{ProverTranscript, Transcript};

use self::channel::{Channel, Honest};
use self::layer::LayerProver;
use super::claims::{InputClaim, OutputClaim};
use super::layers::Layer;
use super::shape::Shape;
use super::state::State;
use super::trace::Trace;

pub(crate) use self::channel::Speaker;

/// Reduces a claim about outputs to a claim about inputs.
///
/// The trace holds every permutation of the live lanes and has the given shape. Neither the
/// proof nor the result depends on the number of threads or the width of vectors.
///
/// # Panics
/// If the trace, the claim and the shape do not fit together.
pub fn prove(
    shape: &Shape,
    trace: &mut Trace,
    claim: OutputClaim,
    transcript: &mut ProverTranscript,
) -> InputClaim {
    prove_with(shape, trace, claim, transcript, &mut Honest)
}

pub(crate) fn prove_with<S: Speaker>(
    shape: &Shape,
    trace: &mut Trace,
    claim: OutputClaim,
    transcript: &mut ProverTranscript,
    speaker: &mut S,
) -> InputClaim {
    assert_eq!(trace.shape(), shape, "the trace has another shape");
    assert_eq!(claim.check(shape), Ok(()), "the claim does not fit");
    trace.fill_idle();
    let Trace {
        narrow,
        wide,
        scratch,
        ..
    } = trace;

    let mut channel = Channel {
        transcript,
        speaker,
        layer: 0,
    };
    let (point, mut evaluations) = output::prove(shape, narrow, wide, scratch, claim, &mut channel);
    let mut state = State::new(shape, point);

    let mut prover = LayerProver {
        shape,
        narrow,
        wide,
        scratch,
        channel,
    };
    let mut previous = Layer::output(shape);
    for (i, layer) in Layer::after_output(shape).into_iter().enumerate() {
        prover.channel.layer = i + 1;
        state.leave(&evaluations, prover.channel.transcript.sample());
        state.enter(layer);
        evaluations = prover.prove(&mut state, previous, layer);
        previous = layer;
    }
    state.input_claim(shape, &evaluations)
}
