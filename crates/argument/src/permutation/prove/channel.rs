//! The channel to the verifier, and what a prover says on it.

use core::array::from_fn;

use p3_field::{Field, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::skip;
use sheaf_sumcheck::univariate::horner;
use sheaf_transcript::{EF, Label, ProverTranscript, Transcript};

use super::component::Rounds;
use super::geometry::{self, Variable};
use crate::permutation::layers::{Evaluations, Layer, label};
use crate::permutation::shape::Shape;
use crate::permutation::state::State;

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
pub(super) struct Honest;

impl Speaker for Honest {
    #[inline]
    fn polynomial(&mut self, _: usize, _: Label, _: &mut [EF]) {}
    #[inline]
    fn evaluations(&mut self, _: usize, _: &mut [EF], _: &dyn Fn(&[EF]) -> EF, _: EF) {}
}

/// The channel to the verifier.
pub(super) struct Channel<'a, S> {
    pub(super) transcript: &'a mut ProverTranscript,
    pub(super) speaker: &'a mut S,
    pub(super) layer: usize,
}

impl<S: Speaker> Channel<'_, S> {
    /// Sends a polynomial without its constant coefficient; returns a challenge.
    pub(super) fn polynomial(&mut self, label: Label, coefficients: &mut [EF]) -> EF {
        self.speaker.polynomial(self.layer, label, coefficients);
        self.transcript.send(label, coefficients);
        self.transcript.sample()
    }

    /// Sends the evaluations at the end of a layer, and tells them apart.
    pub(super) fn evaluations(
        &mut self,
        layer: Layer,
        mut evaluations: Vec<EF>,
        gate: impl Fn(&Evaluations) -> EF,
        claim: EF,
    ) -> Evaluations {
        let gate = |evaluations: &[EF]| gate(&layer.read(evaluations));
        self.speaker
            .evaluations(self.layer, &mut evaluations, &gate, claim);
        self.transcript.send(label::EVALUATIONS, &evaluations);
        layer.read(&evaluations)
    }

    /// The univariate round, of which `shares` are those of the tables; returns each table's share of the claim.
    pub(super) fn skip(&mut self, state: &mut State, shares: &[[EF; skip::CUBE_SIZE]]) -> Vec<EF> {
        let mut sum: [EF; skip::CUBE_SIZE] = from_fn(|i| shares.iter().map(|s| s[i]).sum());
        let rho = self.polynomial(label::SKIP, &mut sum[1..]);
        let claimed = Claimed::Skip(&state.point.skip);
        state.value = next_claim(state.value, claimed, &sum[1..], rho);
        state.point.skip = skip::Weights::Basis(rho);
        shares.iter().map(|share| horner(share, rho)).collect()
    }

    /// The rounds after the univariate one; moves point and claim.
    pub(super) fn rounds(
        &mut self,
        shape: &Shape,
        state: &mut State,
        tables: &mut [Box<dyn Rounds + '_>],
    ) {
        for (variable, step) in geometry::steps(shape) {
            let coordinate = match variable {
                Variable::Slot(i) => &mut state.point.slots[i],
                Variable::Lane(i) => &mut state.point.lanes[i],
            };
            let r = *coordinate;
            // Zero with probability 2^-154; such a proof fails to verify.
            let inverse = r.try_inverse().unwrap_or_default();
            let [_, others @ ..] = tables
                .par_iter_mut()
                .map(|table| table.round(step, inverse))
                .reduce(|| [EF::ZERO; 4], |p, q| from_fn(|i| p[i] + q[i]));
            let mut sum: [EF; 3] = others;
            let challenge = self.polynomial(label::ROUND, &mut sum);
            state.value = next_claim(state.value, Claimed::Eq(r), &sum, challenge);
            *coordinate = challenge;
            for table in tables.iter_mut() {
                table.bind(challenge);
            }
        }
    }
}
