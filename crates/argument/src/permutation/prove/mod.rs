//! The proving side.
//!
//! Each width is a *component* of a layer, with its own tables; their round
//! polynomials are added. See `component` for the rounds that both take,
//! `full` and `partial` for what precedes them, `output` for layer 0.

mod component;
mod folding;
mod full;
mod geometry;
mod output;
mod partial;
mod slots;

use core::array::from_fn;

use p3_field::Field;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::rounds::Table;
use sheaf_sumcheck::skip;
use sheaf_sumcheck::univariate::horner;
use sheaf_transcript::{EF, Label, PF, ProverTranscript, Transcript};

use self::component::Rounds;
use self::full::Full;
use self::geometry::{Lanes, Variable};
use self::partial::{LinearColumn, Partial, Update};
use super::layers::{Layer, State, label};
use super::poseidon::HALF_FULL_ROUNDS;
use super::record::{Kernel, Narrow, Wide, full_index};
use super::trace::States;
use super::{InputClaim, OutputClaim, Shape, Trace};

/// Working memory, kept between proofs.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    narrow: ComponentScratch<16>,
    wide: ComponentScratch<24>,
}

/// Working memory for one width.
#[derive(Debug, Default)]
struct ComponentScratch<const W: usize> {
    full: Table<PF, W>,
    partial: Table<PF, 2>,
    carried: Table<PF, 1>,
    column: LinearColumn,
}

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

/// What a prover says, as opposed to what it computes.
///
/// The honest one says what it computes; tests have others.
pub(crate) trait Speaker {
    /// The coefficients of a polynomial, and the layer that they belong to.
    fn polynomial(&mut self, layer: usize, label: Label, coefficients: &mut [EF]);
    /// The evaluations at the end of a layer, of which the verifier checks
    /// `gate(evaluations) = claim`.
    fn evaluations(
        &mut self,
        layer: usize,
        evaluations: &mut [EF],
        gate: &dyn Fn(&[EF]) -> EF,
        claim: EF,
    );
}

/// The honest prover.
struct Honest;

impl Speaker for Honest {
    #[inline]
    fn polynomial(&mut self, _: usize, _: Label, _: &mut [EF]) {}
    #[inline]
    fn evaluations(&mut self, _: usize, _: &mut [EF], _: &dyn Fn(&[EF]) -> EF, _: EF) {}
}

/// The channel to the verifier.
struct Channel<'a, S> {
    transcript: &'a mut ProverTranscript,
    speaker: &'a mut S,
    layer: usize,
}

impl<S: Speaker> Channel<'_, S> {
    /// Sends a polynomial without its constant coefficient; returns a challenge.
    fn polynomial(&mut self, label: Label, coefficients: &mut [EF]) -> EF {
        self.speaker.polynomial(self.layer, label, coefficients);
        self.transcript.send(label, coefficients);
        self.transcript.sample()
    }

    /// Sends the evaluations at the end of a layer.
    fn evaluations(
        &mut self,
        mut evaluations: Vec<EF>,
        gate: impl Fn(&[EF]) -> EF,
        claim: EF,
    ) -> Vec<EF> {
        self.speaker
            .evaluations(self.layer, &mut evaluations, &gate, claim);
        self.transcript.send(label::EVALUATIONS, &evaluations);
        evaluations
    }

    /// The univariate round; returns each table's share of the claim.
    fn skip(
        &mut self,
        state: &mut State,
        shares: &([EF; skip::CUBE_SIZE], [EF; skip::CUBE_SIZE]),
    ) -> (EF, EF) {
        let mut sum: [EF; skip::CUBE_SIZE] = from_fn(|i| shares.0[i] + shares.1[i]);
        let rho = self.polynomial(label::SKIP, &mut sum[1..]);
        let claimed = Claimed::Skip(&state.point.skip);
        state.value = next_claim(state.value, claimed, &sum[1..], rho);
        state.point.skip = skip::Weights::Basis(rho);
        (horner(&shares.0, rho), horner(&shares.1, rho))
    }

    /// The rounds after the univariate one; moves point and claim.
    fn rounds(&mut self, shape: &Shape, state: &mut State, a: &mut dyn Rounds, b: &mut dyn Rounds) {
        for (variable, step) in geometry::steps(shape) {
            let coordinate = match variable {
                Variable::Slot(i) => &mut state.point.slots[i],
                Variable::Lane(i) => &mut state.point.lanes[i],
            };
            let r = *coordinate;
            // Zero with probability 2^-154; such a proof fails to verify.
            let inverse = r.try_inverse().unwrap_or_default();
            let (p, q) = rayon::join(|| a.round(step, inverse), || b.round(step, inverse));
            let mut sum: [EF; 3] = from_fn(|i| p[i + 1] + q[i + 1]);
            let challenge = self.polynomial(label::ROUND, &mut sum);
            state.value = next_claim(state.value, Claimed::Eq(r), &sum, challenge);
            *coordinate = challenge;
            a.bind(challenge);
            b.bind(challenge);
        }
    }
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
    let (mut state, mut evaluations) =
        output::prove(shape, narrow, wide, scratch, claim, &mut channel);

    let mut prover = LayerProver {
        shape,
        narrow,
        wide,
        scratch,
        channel,
    };
    let mut previous = None;
    for (i, layer) in state.layers().into_iter().enumerate() {
        prover.channel.layer = i + 1;
        state.leave(&evaluations, prover.channel.transcript.sample());
        state.enter(layer);
        evaluations = match layer {
            Layer::Full { narrow, wide } => prover.full(&mut state, narrow, wide),
            Layer::Partial { narrow, wide } => prover.partial(&mut state, previous, (narrow, wide)),
        };
        previous = Some(layer);
    }
    state.input_claim(shape, &evaluations)
}

/// Proves the layers after the output layer.
struct LayerProver<'a, S> {
    shape: &'a Shape,
    narrow: &'a States<16>,
    wide: &'a States<24>,
    scratch: &'a mut Scratch,
    channel: Channel<'a, S>,
}

impl<S: Speaker> LayerProver<'_, S> {
    /// A full layer: rounds `narrow` and `wide` of the permutations.
    fn full(&mut self, state: &mut State, narrow: usize, wide: usize) -> Vec<EF> {
        let lanes = Lanes::new(self.shape, &state.point.lanes);
        let coordinates = self.coordinates(state, &lanes);
        let gate = state.clone();
        let narrow = Full {
            states: self.narrow,
            round: full_index::<Narrow, 16>(narrow),
            idle: Narrow::idle(),
            weights: &gate.narrow.gate,
        };
        let wide = Full {
            states: self.wide,
            round: full_index::<Wide, 24>(wide),
            idle: Wide::idle(),
            weights: &gate.wide.gate,
        };
        let shares = rayon::join(
            || narrow.skip(&lanes, &coordinates.0),
            || wide.skip(&lanes, &coordinates.1),
        );
        let claims = self.channel.skip(state, &shares);
        let point = &state.point;
        let tables = (&mut self.scratch.narrow.full, &mut self.scratch.wide.full);
        let mut a = narrow.component(point, &lanes, coordinates.0, claims.0, tables.0);
        let mut b = wide.component(point, &lanes, coordinates.1, claims.1, tables.1);
        self.channel.rounds(self.shape, state, &mut a, &mut b);
        let evaluations = [a.evaluations(), b.evaluations()].concat();
        self.channel
            .evaluations(evaluations, |e| gate.gate(e), state.value)
    }

    /// A partial layer.
    fn partial(
        &mut self,
        state: &mut State,
        previous: Option<Layer>,
        rounds: (Option<usize>, usize),
    ) -> Vec<EF> {
        let lanes = Lanes::new(self.shape, &state.point.lanes);
        let coordinates = self.coordinates(state, &lanes);
        let gate = state.clone();
        let (narrow_update, wide_update) = match previous {
            Some(Layer::Partial { narrow, wide }) => (
                narrow.map_or(Update::Nothing, |r| {
                    Update::Element(r - HALF_FULL_ROUNDS, gate.narrow.element)
                }),
                Update::Element(wide - HALF_FULL_ROUNDS, gate.wide.element),
            ),
            _ => (
                Update::Form(&gate.narrow.weights),
                Update::Form(&gate.wide.weights),
            ),
        };
        let narrow = Partial {
            states: self.narrow,
            idle: Narrow::idle(),
            cube: rounds
                .0
                .map(|r| (r - HALF_FULL_ROUNDS, gate.narrow.gate[0])),
        };
        let wide = Partial {
            states: self.wide,
            idle: Wide::idle(),
            cube: Some((rounds.1 - HALF_FULL_ROUNDS, gate.wide.gate[0])),
        };
        let Scratch {
            narrow: narrow_scratch,
            wide: wide_scratch,
        } = &mut *self.scratch;
        let columns = (&mut narrow_scratch.column, &mut wide_scratch.column);
        let shares = rayon::join(
            || narrow.skip(narrow_update, columns.0, &lanes, &coordinates.0),
            || wide.skip(wide_update, columns.1, &lanes, &coordinates.1),
        );
        let claims = self.channel.skip(state, &shares);
        let point = &state.point;
        let mut a = narrow.component(
            &narrow_scratch.column,
            point,
            &lanes,
            coordinates.0,
            claims.0,
            (&mut narrow_scratch.partial, &mut narrow_scratch.carried),
        );
        let mut b = wide.component(
            &wide_scratch.column,
            point,
            &lanes,
            coordinates.1,
            claims.1,
            (&mut wide_scratch.partial, &mut wide_scratch.carried),
        );
        self.channel.rounds(self.shape, state, &mut *a, &mut *b);
        let evaluations = match (&a.evaluations()[..], &b.evaluations()[..]) {
            (&[u16, l16], &[u24, l24]) => vec![u16, u24, l16 + l24],
            (&[l16], &[u24, l24]) => vec![u24, l16 + l24],
            _ => unreachable!("a partial component has a linear column and at most one other"),
        };
        self.channel
            .evaluations(evaluations, |e| gate.gate(e), state.value)
    }

    /// Coordinates for the index (group, block) of both tables.
    fn coordinates(&self, state: &State, lanes: &Lanes) -> (Vec<EF>, Vec<EF>) {
        (
            lanes.blocks(&state.point, self.narrow.blocks),
            lanes.blocks(&state.point, self.wide.blocks),
        )
    }
}
