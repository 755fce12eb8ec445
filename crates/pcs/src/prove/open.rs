//! Opening a commitment at a few points.

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::eq;
use sheaf_sumcheck::univariate::powers;
use sheaf_transcript::{EF, ProverTranscript, Transcript};

use super::commit::{Committed, SlicedClaim};
use super::multilinear::{Sumcheck, add_powers, add_scaled, evaluate, interleave};
use super::oracle::Encoder;
use super::slices;
use super::strategy::{Honest, Strategy};
use crate::checks::{Check, if_applies};
use crate::layout::Claim;
use crate::messages::{
    self, FINAL, FINAL_SUMCHECK, FOLD_GRINDING, OUT_OF_DOMAIN, SUMCHECK, absorb_claims,
};
use crate::parameters::{Parameters, Round};

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
        cells,
        mut oracle,
        sample,
        sample_value,
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
        SlicedClaim::new(layout, &cells, &claim.point, strategy)
    }));
    let challenge = transcript.sample();
    let values: Vec<EF> = core::iter::once(sample_value)
        .chain(claims.iter().map(|claim| claim.value))
        .collect();
    let mut sumcheck = batch_slices(&sliced, &values, challenge);
    let point = fold(0, &first[0], &mut sumcheck, strategy, transcript);

    // f_1 and W_1; what is left of the weights is one scalar per claim.
    let slice_weights = eq::table(&point);
    let mut f = slices::fold(layout, &cells, &slice_weights);
    drop(cells);
    strategy.fold(0, &slice_weights, &mut f);
    let mut w = EF::zero_vec(f.len());
    for (claim, &scale) in sliced.iter().zip(&sumcheck.w) {
        add_scaled(&mut w, scale, &claim.inner);
    }
    drop(sliced);
    let mut claim = sumcheck.claim;

    let mut fold_weights = messages::fold_weights(layout, 0, &point);
    let mut previous = &first[0];
    for (i, round) in (1..).zip(rest) {
        strategy.polynomial(i, &mut f, &w);
        let matrix = interleave(&f, round.slice_variables);
        let next = encoder.commit(i, round, &matrix, strategy, transcript);
        let point = transcript.sample_point(round.variables());
        let mut value = evaluate(&f, &point);
        strategy.out_of_domain(i, &mut value);
        transcript.send(OUT_OF_DOMAIN, &[value]);
        let (positions, folded) =
            oracle.answer_queries(previous, &fold_weights, strategy, transcript);

        let scales = powers(transcript.sample(), positions.len() + 2);
        let scale = if_applies(Check::Sample(i), scales[1]);
        claim += scale * value;
        add_scaled(&mut w, scale, &eq::par_prefix_table(&point, f.len()));
        let queries = Queries {
            oracle: i - 1,
            positions,
            folded,
            domain_bits: previous.domain_bits(),
        };
        claim += queries.add_to(&mut w, &scales[2..], &encoder);
        let mut sumcheck = Sumcheck { f, w, claim };
        let point = fold(i, round, &mut sumcheck, strategy, transcript);
        Sumcheck { f, w, claim } = sumcheck;
        fold_weights = messages::fold_weights(layout, i, &point);
        oracle = next;
        previous = round;
    }

    let last = parameters.rounds().len();
    strategy.polynomial(last, &mut f, &w);
    transcript.send(FINAL, &f);
    let (positions, folded) = oracle.answer_queries(previous, &fold_weights, strategy, transcript);
    let scales = powers(transcript.sample(), positions.len() + 1);
    let queries = Queries {
        oracle: last - 1,
        positions,
        folded,
        domain_bits: previous.domain_bits(),
    };
    claim += queries.add_to(&mut w, &scales[1..], &encoder);
    let mut sumcheck = Sumcheck { f, w, claim };
    while sumcheck.f.len() > 1 {
        let mut message = sumcheck.round_polynomial();
        let [linear, quadratic] = &mut message;
        strategy.sumcheck(last, linear, quadratic);
        transcript.send(FINAL_SUMCHECK, &message);
        let x = transcript.sample();
        sumcheck.bind(&message, x);
    }
}

/// The queries to an oracle, which join the running claim.
struct Queries {
    oracle: usize,
    positions: Vec<usize>,
    folded: Vec<EF>,
    domain_bits: usize,
}

impl Queries {
    /// Adds their weights, with these scales, to `w`; returns the weighted sum of their values.
    fn add_to(&self, w: &mut [EF], scales: &[EF], encoder: &Encoder) -> EF {
        let check = Check::Queries(self.oracle);
        let scales: Vec<EF> = scales.iter().map(|&s| if_applies(check, s)).collect();
        add_powers(w, &self.positions, &scales, self.domain_bits, &encoder.dft);
        scales.iter().zip(&self.folded).map(|(&s, &v)| s * v).sum()
    }
}

/// The sumcheck over the slice variables for all claims at once.
///
/// Entry `(s, i)` belongs to slice `s` and claim `i`, so that the variables of `s`
/// come first and the sum over the claims remains.
fn batch_slices(claims: &[SlicedClaim], values: &[EF], challenge: EF) -> Sumcheck {
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
    let claim = scales.iter().zip(values).map(|(&s, &v)| s * v).sum();
    Sumcheck { f, w, claim }
}

/// Binds the slice variables of one oracle; returns the challenges.
fn fold(
    oracle: usize,
    round: &Round,
    sumcheck: &mut Sumcheck,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> Vec<EF> {
    (0..round.slice_variables)
        .map(|_| {
            let mut message = sumcheck.round_polynomial();
            let [linear, quadratic] = &mut message;
            strategy.sumcheck(oracle, linear, quadratic);
            transcript.send(SUMCHECK, &message);
            transcript.grind(FOLD_GRINDING, strategy.grinding(round.fold_grinding));
            let x = transcript.sample();
            sumcheck.bind(&message, x);
            x
        })
        .collect()
}
