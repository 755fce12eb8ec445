//! Why a proof is rejected.

use sheaf_argument::{columns, fractions, permutation};
use sheaf_pcs as pcs;
use sheaf_program::check::Violations;
use sheaf_transcript::TranscriptError;
use thiserror::Error;

/// Why a proof is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The set-up is that of statements of another size.
    #[error("the set-up is for another number of rows or other live slices")]
    Setup,
    /// The program is not the one that the statement is about.
    #[error("the statement is about another program")]
    Program,
    /// The program violates a condition, so that its messages mean nothing.
    #[error("the program is not sound: {0}")]
    Conditions(#[from] Violations),
    /// The public tuple is not one of an entry, so that it says nothing of what the program does.
    #[error("the public tuple does not begin with the tag of an entry")]
    Entry,
    /// The proof has the wrong shape.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// A denominator of the messages is zero.
    #[error("messages: a denominator is zero")]
    Root,
    /// The messages do not cancel.
    #[error("messages: they do not cancel against the public tuple")]
    Balance,
    /// The fractions of the messages are inconsistent.
    #[error("messages: {0}")]
    Messages(#[from] fractions::verify::Error),
    /// The factors that are left do not have the claimed product.
    #[error("constraints: the factors do not have the claimed product")]
    Product,
    /// The shares of cells and outputs do not have the claimed sum.
    #[error("forms: the shares of the columns do not have the claimed sum")]
    Shares,
    /// The permutation argument is inconsistent.
    #[error("permutations: {0}")]
    Permutations(#[from] permutation::Error),
    /// The reduction of cells and inputs is inconsistent.
    #[error("inputs: {0}")]
    Inputs(#[from] columns::verify::Error),
    /// The joined claims about the program do not follow from the one that is left.
    #[error("join: the claims about the program do not have the claimed sum")]
    Join,
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
            | Self::Messages(fractions::verify::Error::Transcript(error))
            | Self::Permutations(permutation::Error::Transcript(error))
            | Self::Inputs(columns::verify::Error::Transcript(error))
            | Self::Commitment(pcs::Error::Transcript(error)) => Some(*error),
            _ => None,
        }
    }
}
