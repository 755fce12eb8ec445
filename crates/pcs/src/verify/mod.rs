//! The verifier.
//!
//! Reads a proof whose shape [`Parameters`] fix, and either accepts or says why
//! not. No input makes it panic.

mod oracle;
mod powers;
mod weights;

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::round::{self, Claimed};
use sheaf_transcript::{Channel, Extension, TranscriptError};
use thiserror::Error;

use crate::checks::{Check, applies, difficulty, if_applies};
use crate::layout::Claim;
use crate::messages::{
    self, FINAL, FINAL_SUMCHECK, FOLD_GRINDING, OUT_OF_DOMAIN, SUMCHECK, absorb_claims,
    absorb_statement,
};
use crate::parameters::{Parameters, Round};
use oracle::Oracle;
use weights::Weights;

/// Why an opening is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// The proof is too short, or an element or a nonce in it is invalid.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// There are more claims than the parameters allow for.
    #[error("{claims} claims, at most {max} can be opened")]
    TooManyClaims {
        /// How many there are.
        claims: usize,
        /// How many there may be.
        max: usize,
    },
    /// The point of a claim has the wrong number of coordinates.
    #[error("claim {claim} is about a point of another dimension")]
    Dimension {
        /// Index of the claim.
        claim: usize,
    },
    /// Opened rows are not those that were committed to.
    #[error("rows opened in oracle {oracle} are not those of its root")]
    Rows {
        /// Index of the oracle.
        oracle: usize,
    },
    /// A challenge was zero, which an honest proof meets with negligible probability.
    #[error("a challenge was degenerate")]
    Challenge,
    /// The last polynomial does not have the claimed sum: claims, samples and queries do not agree with it.
    #[error("the final polynomial does not have the claimed sum")]
    FinalSum,
}

/// A commitment that has been received; an opening consumes it.
#[must_use = "a commitment that is not opened binds nothing"]
#[derive(Clone, Debug)]
pub struct Commitment<E> {
    oracle: Oracle,
    sample: Claim<E>,
}

/// Reads a commitment and its out-of-domain sample.
///
/// # Errors
/// If the proof is malformed.
pub fn receive_commitment<C: Channel>(
    parameters: &Parameters,
    channel: &mut C,
) -> Result<Commitment<C::Extension>, TranscriptError> {
    absorb_statement(parameters, channel);
    let oracle = Oracle::receive(channel)?;
    let sample = receive_sample(parameters.layout().variables(), channel)?;
    Ok(Commitment { oracle, sample })
}

/// Reads an opening of `commitment` at all of `claims`.
///
/// # Errors
/// If the opening does not prove the claims.
pub fn verify_opening<C: Channel>(
    parameters: &Parameters,
    commitment: Commitment<C::Extension>,
    claims: &[Claim<C::Extension>],
    channel: &mut C,
) -> Result<(), Error> {
    let layout = parameters.layout();
    check_claims(parameters, claims)?;
    absorb_claims(claims, channel);
    let Commitment { mut oracle, sample } = commitment;

    // sum_b f_0(b) W_0(b) = sum.
    let mut weights = Weights::default();
    let mut sum = C::Extension::ZERO;
    let challenge = channel.sample();
    let mut power = C::Extension::ONE;
    let sample = core::iter::once((Check::Sample(0), sample));
    let claims = (0..).map(Check::Claim).zip(claims.iter().cloned());
    for (check, claim) in sample.chain(claims) {
        let scale = if_applies(check, power);
        sum += scale * claim.value;
        weights.push_eq(scale, claim.point);
        power *= challenge;
    }

    // Invariant: `oracle` commits to f_i, and sum_b f_i(b) W_i(b) = sum.
    let mut challenges = Vec::with_capacity(layout.variables());
    let mut fold_weights = Vec::new();
    for (i, round) in parameters.rounds().iter().enumerate() {
        if let Some(previous) = i.checked_sub(1).and_then(|p| parameters.rounds().get(p)) {
            let next = Oracle::receive(channel)?;
            let sample = receive_sample(round.variables(), channel)?;
            let opened = oracle.query(previous, i - 1, &fold_weights, channel)?;
            let challenge = channel.sample();
            let scale = if_applies(Check::Sample(i), challenge);
            sum += scale * sample.value;
            weights.push_eq(scale, sample.point);
            let first = challenge.square();
            sum += weights.push_queries(i - 1, previous, opened, first, challenge);
            oracle = next;
        }
        let point = receive_folds(round, &mut sum, channel)?;
        fold_weights = messages::fold_weights(layout, i, &point);
        challenges.extend(point);
    }

    // The last polynomial is fixed before its oracle is queried.
    let variables = parameters.final_variables();
    let polynomial = channel.receive(FINAL, 1 << variables)?;
    if let Some(round) = parameters.rounds().last() {
        let last = parameters.rounds().len() - 1;
        let opened = oracle.query(round, last, &fold_weights, channel)?;
        let challenge = channel.sample();
        sum += weights.push_queries(last, round, opened, challenge, challenge);
    }
    let mut point = Vec::with_capacity(variables);
    for _ in 0..variables {
        let (x, next) = round::receive(FINAL_SUMCHECK, 2, sum, Claimed::Sum, channel)?;
        point.push(x);
        sum = next;
    }
    let value = evaluate(polynomial, &point);
    challenges.extend(point);
    let weight = weights.at(&challenges).ok_or(Error::Challenge)?;
    if value * weight == sum || !applies(Check::FinalSum) {
        Ok(())
    } else {
        Err(Error::FinalSum)
    }
}

/// The value of the multilinear polynomial with these values on the hypercube.
fn evaluate<E: Extension>(mut values: Vec<E>, point: &[E]) -> E {
    for &x in point {
        let high = values.split_off(values.len() / 2);
        for (low, high) in values.iter_mut().zip(high) {
            *low += x * (high - *low);
        }
    }
    values.first().copied().unwrap_or_default()
}

fn check_claims<E>(parameters: &Parameters, claims: &[Claim<E>]) -> Result<(), Error> {
    if claims.len() > parameters.max_claims() {
        return Err(Error::TooManyClaims {
            claims: claims.len(),
            max: parameters.max_claims(),
        });
    }
    match claims
        .iter()
        .position(|claim| claim.point.len() != parameters.layout().variables())
    {
        Some(claim) => Err(Error::Dimension { claim }),
        None => Ok(()),
    }
}

/// A random point and the prover's value there.
fn receive_sample<C: Channel>(
    variables: usize,
    channel: &mut C,
) -> Result<Claim<C::Extension>, TranscriptError> {
    let point = channel.sample_point(variables);
    let value = channel.receive_one(OUT_OF_DOMAIN)?;
    Ok(Claim { point, value })
}

/// The sumcheck rounds that bind the slice variables of one oracle.
fn receive_folds<C: Channel>(
    round: &Round,
    sum: &mut C::Extension,
    channel: &mut C,
) -> Result<Vec<C::Extension>, TranscriptError> {
    (0..round.slice_variables)
        .map(|_| {
            let message = channel.receive(SUMCHECK, 2)?;
            // The nonce comes before the challenge that it makes expensive.
            channel.check_grind(FOLD_GRINDING, difficulty(round.fold_grinding))?;
            let x = channel.sample();
            *sum = round::next_claim(*sum, Claimed::Sum, &message, x);
            Ok(x)
        })
        .collect()
}
