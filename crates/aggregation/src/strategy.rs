//! Places where a dishonest prover may deviate from the protocol, once its witness is made.
//!
//! The prover is generic over a [`Strategy`]. [`Honest`] does nothing and compiles to
//! nothing; the tests supply cheating ones, so that attacks run through the very code
//! that proves, without a second copy of it.

use sheaf_transcript::EF;

use crate::constraints::{ConstraintClaims, Inputs, ROW_COLUMNS};
use crate::witness::Witness;

/// Alterations of what the prover computes, before it is used or sent.
pub(crate) trait Strategy {
    /// Another witness, to make the leaves of the chain-end fractions from.
    fn leaf_witness(&self) -> Option<&Witness> {
        None
    }
    /// The value of `linear`; the honest one is what the row terms leave of the claim.
    fn linear(&self, _at: &LanePoint, honest: EF) -> EF {
        honest
    }
    /// The row values, of which `term` has to be `claim`.
    fn row(
        &self,
        _row: &mut [EF; ROW_COLUMNS],
        _term: &dyn Fn(&[EF; ROW_COLUMNS]) -> EF,
        _claim: EF,
    ) {
    }
    /// The two output claims.
    fn outputs(&self, _inputs: &Inputs, _claims: &mut ConstraintClaims) {}
}

/// What the constraint prover knows once the lane variables are bound.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "only dishonest strategies look")
)]
pub(crate) struct LanePoint<'a> {
    pub inputs: &'a Inputs<'a>,
    pub point: &'a [EF],
    /// What `linear` is but for the output claim of the wide table.
    pub without_outputs: EF,
}

/// Follows the protocol.
pub(crate) struct Honest;

impl Strategy for Honest {}
