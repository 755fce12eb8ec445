//! Places where a dishonest prover may deviate from the protocol, once its witness is made.
//!
//! The prover is generic over a [`Strategy`]. [`Honest`] does nothing and compiles to nothing; the tests supply cheating ones, so that
//! attacks run through the very code that proves, without a second copy of it.

use sheaf_argument::permutation::Trace;
use sheaf_transcript::EF;

use crate::witness::Witness;

/// Alterations of what the prover says.
pub(crate) trait Strategy {
    /// The outputs of all rows, and the permutations that are proven.
    fn outputs(&self, _witness: &mut Witness, _trace: Option<&mut Trace>) {}
    /// The sum of the messages' fractions, `P` and `Q`.
    fn root(&self, _root: &mut [EF; 2], _pole: EF) {}
    /// Multiplicities, tuples and results at `r2`.
    fn linear(&self, _values: &mut [EF; 3]) {}
    /// The last two factors, whose product has to be `claim`.
    fn factors(&self, _factors: &mut [EF; 2], _claim: EF) {}
    /// The shares of cells and outputs; the latter enters with the factor `top`.
    fn shares(&self, _cells: &mut EF, _outputs: &mut Option<EF>, _top: EF) {}
}

/// Follows the protocol.
pub(crate) struct Honest;

impl Strategy for Honest {}
