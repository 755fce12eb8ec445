//! The verifier.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs::{self as pcs, Claim, ParameterError};
use sheaf_sumcheck::eq;
use sheaf_transcript::{Transcript, TranscriptError, VerifierTranscript};
use thiserror::Error;

use crate::chain_ends::ChainEnds;
use crate::checks::{Check, applies};
use crate::constraints::{self, Constraints};
use crate::idle::IdleOutputs;
use crate::public::PublicColumns;
use crate::setup::Setup;
use crate::statement::Statement;
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
/// the number of keys (one permutation and a few multiplications each) and
/// otherwise polylogarithmic.
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
    let Setup {
        shape,
        stacking,
        parameters,
        log_inv_rate,
    } = setup;
    let public = &PublicColumns::new(statement);
    let mut transcript = VerifierTranscript::new(proof);
    statement.absorb(*log_inv_rate, &mut transcript);
    let commitment = pcs::receive_commitment(parameters, &stacking.layout, &mut transcript)?;

    // Chain ends.
    let ends = ChainEnds::draw(shape, &mut transcript).ok_or(VerifyError::Challenge)?;
    let leaf = fractions::verify::verify(shape.log_lanes, shape.log_ends, &mut transcript)?;

    // Constraints, with the chain ends' claims.
    let zeta = transcript.sample();
    let tau = transcript.sample_point(shape.log_rows);
    let live = eq::prefix_sum(&leaf.lane_point, shape.lanes);
    let constraints = Constraints::new(shape, &ends, &leaf, live, zeta, &tau);
    let (claims, at_constraints) = constraints::verify::verify(
        statement,
        shape,
        public,
        &constraints,
        &leaf,
        &mut transcript,
    )?;

    // Permutations.
    let theta = transcript.sample();
    let outputs = wiring::output_claim(shape, &constraints, &claims, theta);
    let inputs = permutation::verify::verify(&shape.permutations(), outputs, &mut transcript)?;
    let at_inputs = public.at(statement, shape, &inputs.lane_point);

    // Wiring: linear forms at two lane points.
    let challenge = transcript.sample();
    let first = wiring::constraint_forms(
        shape,
        &constraints,
        &IdleOutputs::new(),
        &at_constraints,
        &claims,
        challenge,
    );
    let second = wiring::input_forms(shape, &at_inputs, &inputs, challenge);
    let evaluations = columns::verify::verify(
        shape.log_columns(),
        &[
            (&first.form.weights, first.value),
            (&second.form.weights, second.value),
        ],
        &mut transcript,
    )?;

    // Opening.
    let openings: Vec<Claim> = [&claims.lane_point, &inputs.lane_point]
        .into_iter()
        .zip(&evaluations.values)
        .map(|(lane_point, &value)| Claim {
            point: stacking.point(&evaluations.column_point, lane_point),
            value,
        })
        .collect();
    pcs::verify_opening(
        parameters,
        &stacking.layout,
        commitment,
        &openings,
        &mut transcript,
    )?;
    let end = transcript.finish();
    if applies(Check::End) {
        end?;
    }
    Ok(())
}
