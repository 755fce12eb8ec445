//! The verifier.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs::{self as pcs, ParameterError};
use sheaf_sumcheck::eq;
use sheaf_transcript::counting::{Cost, Counting};
use sheaf_transcript::{Channel, TranscriptError, VerifierTranscript};
use thiserror::Error;

use crate::chain_ends::{self, ChainEnds};
use crate::checks::{Check, applies};
use crate::constraints::{self, Constraints};
use crate::link::Links;
use crate::public_columns::PublicColumns;
use crate::setup::Setup;
use crate::stacking;
use crate::statement::Statement;
use crate::summary::Summary;
use crate::wiring;

/// Why a proof is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There are no parameters for this rate and size.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// The set-up is that of statements of another size.
    #[error("the set-up is for a statement of another size")]
    Setup,
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The chain-end fractions are inconsistent.
    #[error("chain ends: {0}")]
    ChainEnds(#[from] fractions::verify::Error),
    /// A challenge was degenerate, which an honest proof meets with negligible probability.
    #[error("a challenge was degenerate")]
    Challenge,
    /// The constraints do not hold.
    #[error("constraints: {0}")]
    Constraints(#[from] constraints::verify::Error),
    /// The permutation argument is inconsistent.
    #[error("permutations: {0}")]
    Permutations(#[from] permutation::Error),
    /// The column reduction is inconsistent.
    #[error("columns: {0}")]
    Columns(#[from] columns::verify::Error),
    /// The commitment does not open.
    #[error("commitment: {0}")]
    Commitment(#[from] pcs::Error),
}

impl VerifyError {
    /// The transcript error behind this one, if the proof has the wrong shape.
    #[must_use]
    pub const fn transcript(&self) -> Option<TranscriptError> {
        match self {
            Self::Transcript(error)
            | Self::ChainEnds(fractions::verify::Error::Transcript(error))
            | Self::Constraints(constraints::verify::Error::Transcript(error))
            | Self::Permutations(permutation::Error::Transcript(error))
            | Self::Columns(columns::verify::Error::Transcript(error))
            | Self::Commitment(pcs::Error::Transcript(error)) => Some(*error),
            _ => None,
        }
    }
}

/// Verifies that every key of the statement has signed its group's message at its slot.
///
/// `proof` is the body of a proof at rate `2^-log_inv_rate`. Time is linear in
/// the number of keys (a permutation or two each) and of groups, and otherwise polylogarithmic.
///
/// # Errors
/// If the proof is not valid for exactly this statement and rate.
#[cfg(feature = "search")]
pub fn verify(statement: &Statement, log_inv_rate: usize, proof: &[u8]) -> Result<(), VerifyError> {
    verify_with(&Setup::new(statement, log_inv_rate)?, statement, proof)
}

/// As [`verify`], at the rate of a set-up that was made for a statement of the same size.
///
/// # Errors
/// As [`verify`]; [`VerifyError::Setup`] if the statement has another size.
pub fn verify_with(setup: &Setup, statement: &Statement, proof: &[u8]) -> Result<(), VerifyError> {
    if !setup.fits(statement) {
        return Err(VerifyError::Setup);
    }
    verify_proof(setup, &Summary::new(statement), proof)
}

/// Verifies a proof about a summary, to its end.
pub(crate) fn verify_proof(
    setup: &Setup,
    summary: &Summary,
    proof: &[u8],
) -> Result<(), VerifyError> {
    let mut transcript = VerifierTranscript::new(proof);
    verify_summary(setup, summary, &mut transcript)?;
    let end = transcript.finish();
    if applies(Check::End) {
        end?;
    }
    Ok(())
}

/// Verifies, and counts what that takes: [`Cost::hash_permutations`] are those of the statement's keys and groups and of the
/// opening.
///
/// # Errors
/// As [`verify_with`].
pub fn verification_cost(
    setup: &Setup,
    statement: &Statement,
    proof: &[u8],
) -> Result<Cost, VerifyError> {
    if !setup.fits(statement) {
        return Err(VerifyError::Setup);
    }
    let summary = Summary::new(statement);
    let mut channel = Counting::new(VerifierTranscript::new(proof));
    channel.hashed(summary.permutations());
    verify_summary(setup, &summary, &mut channel)?;
    let cost = channel.cost();
    channel.finish()?;
    Ok(cost)
}

/// The verifier, which takes in what the digest of the statement opens to, and no key. That nothing follows the proof is for the channel to
/// say; that the set-up is for a statement of this size is for the caller.
///
/// # Errors
/// If the proof is not valid.
pub fn verify_summary<C: Channel>(
    setup: &Setup,
    summary: &Summary,
    channel: &mut C,
) -> Result<(), VerifyError> {
    let Setup {
        shape,
        stacking,
        parameters,
        log_inv_rate,
    } = setup;
    let public = &PublicColumns::new(summary);
    summary.absorb(*log_inv_rate, channel);
    let commitment = pcs::receive_commitment(parameters, channel)?;

    // Chain ends.
    let ends = ChainEnds::draw(shape, channel).ok_or(VerifyError::Challenge)?;
    let root = chain_ends::receive_root(shape, channel).map_err(fractions::verify::Error::from)?;
    let leaf = fractions::verify::verify(root, shape.log_ends, channel)?;

    // Constraints, with the chain ends' claims.
    let zeta = channel.sample();
    let tau = channel.sample_point(shape.log_rows);
    let live = eq::prefix_sum(&leaf.lane_point, shape.lanes);
    let constraints = Constraints::new(shape, &ends, &leaf, live, zeta, &tau);
    let (claims, at_constraints) =
        constraints::verify::verify(shape, public, &constraints, &leaf, channel)?;

    // Permutations.
    let theta = channel.sample();
    let outputs = wiring::output_claim(shape, &constraints, &claims, theta);
    let inputs = permutation::verify::verify(&shape.permutations(), outputs, channel)?;

    // Wiring: all claims about columns, joined.
    let challenge = channel.sample();
    let weights = constraints.outputs.key_weights();
    let links = Links::new(
        &claims.lane_point,
        shape.lanes,
        &summary.capacities,
        &weights,
    );
    let claims = wiring::Claims {
        shape,
        links,
        constraints: &constraints,
        at_constraints: &at_constraints,
        constraint_claims: &claims,
        at_inputs: &public.at(&inputs.lane_point),
        inputs: &inputs,
    };
    let wired = wiring::wire(&claims, challenge);
    let evaluation = columns::verify::verify(
        shape.log_lanes,
        shape.log_columns(),
        wired.value,
        |lane_point, column_point| wired.weight_at(shape, lane_point, column_point),
        channel,
    )?;

    // Opening.
    pcs::verify_opening(
        parameters,
        commitment,
        &[stacking::claim(stacking, &evaluation)],
        channel,
    )?;
    Ok(())
}
