//! Opening a commitment at a few points.

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::univariate::powers;
use sheaf_transcript::{EF, ProverTranscript, Transcript};

use super::commit::{Committed, SlicedClaim};
use super::multilinear::{Sumcheck, add_powers, add_scaled, evaluate, interleave};
use super::slices;
use super::strategy::{Honest, Strategy};
use crate::checks::{Check, if_applies};
use crate::layout::Claim;
use crate::parameters::{Parameters, Round};
use crate::protocol::{FINAL, FOLD_GRINDING, OUT_OF_DOMAIN, SUMCHECK, absorb_claims};

/// Proves all of `claims` about a committed polynomial.
///
/// Whether the claims hold is not checked: the proof of a false claim is rejected.
///
/// # Panics
/// If there are more claims than `parameters` allow for, a point has the wrong
/// dimension, or the parameters are not those of the commitment.
pub fn open(
    parameters: &Parameters,
    committed: Committed,
    claims: &[Claim],
    transcript: &mut ProverTranscript,
) {
    open_with(parameters, committed, claims, &Honest, transcript);
}

pub(super) fn open_with(
    parameters: &Parameters,
    committed: Committed,
    claims: &[Claim],
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) {
    assert!(claims.len() <= parameters.max_claims(), "too many claims");
    let Committed {
        encoder,
        message,
        mut oracle,
        sample,
    } = committed;
    let layout = parameters.layout();
    let (first, rest) = parameters.rounds().split_at(1);

    absorb_claims(claims, transcript);
    let mut sliced = vec![sample];
    sliced.extend(claims.iter().map(|claim| {
        assert_eq!(
            claim.point.len(),
            layout.variables(),
            "dimension of a claim"
        );
        SlicedClaim::new(layout, &message, &claim.point, strategy)
    }));
    let challenge = transcript.sample();
    let mut sumcheck = batch_slices(&sliced, challenge);
    let point = prove_sumcheck(0, &first[0], &mut sumcheck, strategy, transcript);

    // f_1 and W_1; what is left of the weights is one scalar per claim.
    let fold_weights = eq::table(&point);
    let mut f = slices::fold(layout, &message, &fold_weights);
    drop(message);
    strategy.fold(0, &fold_weights, &mut f);
    let mut w = vec![EF::ZERO; f.len()];
    for (claim, &scale) in sliced.iter().zip(&sumcheck.w) {
        add_scaled(&mut w, scale, &claim.inner);
    }
    drop(sliced);

    let mut previous = &first[0];
    for (i, round) in (1..).zip(rest) {
        strategy.polynomial(i, &mut f, &w);
        let matrix = interleave(&f, round.slice_variables);
        let next = encoder.commit(i, round, &matrix, strategy, transcript);
        let point = transcript.sample_point(round.variables());
        let mut value = evaluate(&f, &point);
        strategy.out_of_domain(i, &mut value);
        transcript.send(OUT_OF_DOMAIN, &[value]);
        let positions = oracle.answer_queries(previous, strategy, transcript);

        let scales = powers(transcript.sample(), positions.len() + 2);
        let scale = if_applies(Check::Sample(i), scales[1]);
        add_scaled(&mut w, scale, &eq::table(&point));
        let scales: Vec<EF> = scales[2..]
            .iter()
            .map(|&scale| if_applies(Check::Queries(i - 1), scale))
            .collect();
        add_powers(
            &mut w,
            &positions,
            &scales,
            previous.domain_bits(),
            &encoder.dft,
        );
        let mut sumcheck = Sumcheck { f, w };
        prove_sumcheck(i, round, &mut sumcheck, strategy, transcript);
        Sumcheck { f, w } = sumcheck;
        oracle = next;
        previous = round;
    }

    strategy.polynomial(parameters.rounds().len(), &mut f, &w);
    transcript.send(FINAL, &f);
    oracle.answer_queries(previous, strategy, transcript);
}

/// The sumcheck over the slice variables for all claims at once.
///
/// Entry `(s, i)` belongs to slice `s` and claim `i`, so that the variables of `s`
/// come first and the sum over the claims remains.
fn batch_slices(claims: &[SlicedClaim], challenge: EF) -> Sumcheck {
    let mut scales = powers(challenge, claims.len());
    let checks = core::iter::once(Check::Sample(0)).chain((0..).map(Check::Claim));
    for (scale, check) in scales.iter_mut().zip(checks) {
        *scale = if_applies(check, *scale);
    }
    let slices = claims.first().map_or(0, |claim| claim.slices.len());
    let mut f = Vec::with_capacity(slices * claims.len());
    let mut w = Vec::with_capacity(slices * claims.len());
    for s in 0..slices {
        for (claim, &scale) in claims.iter().zip(&scales) {
            f.push(claim.slices[s]);
            w.push(scale * claim.outer[s]);
        }
    }
    Sumcheck { f, w }
}

/// Binds the slice variables of one oracle; returns the challenges.
fn prove_sumcheck(
    oracle: usize,
    round: &Round,
    sumcheck: &mut Sumcheck,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> Vec<EF> {
    (0..round.slice_variables)
        .map(|_| {
            let (mut at_zero, mut quadratic) = sumcheck.round_polynomial();
            strategy.sumcheck(oracle, &mut at_zero, &mut quadratic);
            transcript.send(SUMCHECK, &[at_zero, quadratic]);
            transcript.grind(FOLD_GRINDING, strategy.grinding(round.fold_grinding));
            let x = transcript.sample();
            sumcheck.bind(x);
            x
        })
        .collect()
}
