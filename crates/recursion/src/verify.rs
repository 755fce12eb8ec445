//! The outer verifier of proofs about nodes.
//!
//! **Claim.** Every leaf below the node is valid. A proof shows that the guest has a run with the public tuple (own identity; digest of the node, digest of
//! the deferred claim, height), if the functional of that proof has the value that its coefficients give; and that claims of the proofs below are true if the deferred one
//! is. Both are evaluated here, always both: nothing is left open.

use p3_field::PrimeCharacteristicRing;
use sheaf_machine::{Setup, TableError, verify_balance};
use sheaf_transcript::F;
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
    let guest = guest();
    let statement = &proof.run.statement;
    let results = results(node, &proof.deferred.digest(), F::from_usize(height));
    if statement.public() != guest.entry.public(&id(), &results) {
        return Err(VerifyError::Statement);
    }
    let setup = Setup::from_table(statement, proof.run.log_inv_rate)?;
    // Its conditions have been looked at when it was made.
    verify_balance(&setup, &guest.program, statement, &proof.run.body)?;
    if !proof.deferred.holds(&guest.program) {
        return Err(VerifyError::Deferred);
    }
    Ok(())
}
