//! The outer verifier of proofs about nodes.
//!
//! **Claim.** Every leaf below the node is valid. A proof shows that the guest has a run with the public tuple (own identity; digest of the node, digest of
//! the deferred claim, height), if the functional of that proof has the value that its coefficients give; and that claims of the proofs below are true if the deferred one
//! is. Both are evaluated here, always both: nothing is left open.

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::{self as machine, Setup, TableError, verify_balance};
use sheaf_transcript::F;
use sheaf_transcript::counting::Cost;
use thiserror::Error;

use crate::guest::{guest, id, results};
use crate::proof::Proof;
use crate::statement::Digest;

/// Why a proof is not one about a node.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The run is one of something else.
    #[error("the proof is about another program, or other statements")]
    Statement,
    /// There are no parameters for a run of this size at this rate.
    #[error(transparent)]
    Parameters(#[from] TableError),
    /// The proof of the run is not valid.
    #[error(transparent)]
    Run(#[from] sheaf_machine::VerifyError),
    /// What is deferred is false.
    #[error("the claim about the program is false")]
    Deferred,
}

/// Verifies that all leaves below a node with this digest and height are valid.
///
/// # Errors
/// If the proof does not show it.
pub fn verify(node: &Digest, height: usize, proof: &Proof) -> Result<(), VerifyError> {
    let setup = setup(node, height, proof)?;
    let program = &guest().program;
    // Its conditions have been looked at when it was made.
    verify_balance(&setup, program, &proof.run.statement, &proof.run.body)?;
    if !proof.deferred.holds(program) {
        return Err(VerifyError::Deferred);
    }
    Ok(())
}

/// Verifies the proof of the run, and counts what that takes.
///
/// # Errors
/// As [`verify`].
pub fn verification_cost(node: &Digest, height: usize, proof: &Proof) -> Result<Cost, VerifyError> {
    let setup = setup(node, height, proof)?;
    let run = &proof.run;
    let cost = machine::verification_cost(&setup, &guest().program, &run.statement, &run.body)?;
    Ok(cost)
}

/// The set-up of a proof whose public tuple is that of the node.
pub(crate) fn setup(node: &Digest, height: usize, proof: &Proof) -> Result<Setup, VerifyError> {
    let statement = &proof.run.statement;
    let results = results(node, &proof.deferred.digest(), F::from_usize(height));
    if statement.public() != guest().entry.public(&id(), &results) {
        return Err(VerifyError::Statement);
    }
    Ok(Setup::from_table(statement, proof.run.log_inv_rate)?)
}
