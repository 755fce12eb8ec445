//! Places where a dishonest prover may deviate from the protocol.
//!
//! The prover is generic over a [`Strategy`]. [`Honest`] does nothing and compiles
//! to nothing; the tests supply cheating ones, so that attacks run through
//! the very code that proves, without a second copy of it.

use sheaf_transcript::{EF, F};

use crate::merkle::Digest;

/// Alterations of what the prover computes, before it is used or sent.
pub(super) trait Strategy {
    /// The codeword of oracle `oracle`, before it is hashed.
    fn codeword(&self, _oracle: usize, _codeword: &mut [F]) {}
    /// The value at the out-of-domain point of oracle `oracle`.
    fn out_of_domain(&self, _oracle: usize, _value: &mut EF) {}
    /// The slice values of a claim about oracle 0: one per slice.
    fn slice_values(&self, _values: &mut [EF]) {}
    /// A round polynomial of the sumcheck of oracle `oracle`; after the last one, of the final polynomial.
    fn sumcheck(&self, _oracle: usize, _linear: &mut EF, _quadratic: &mut EF) {}
    /// The folded polynomial of oracle `oracle`; `fold_weights` are indexed by slice.
    fn fold(&self, _oracle: usize, _fold_weights: &[EF], _folded: &mut [EF]) {}
    /// The polynomial about to be committed to or sent, and the weights of its sum.
    fn polynomial(&self, _oracle: usize, _polynomial: &mut [EF], _weights: &[EF]) {}
    /// Rows and siblings that open oracle `oracle`.
    fn opening(&self, _oracle: usize, _rows: &mut [F], _siblings: &mut [Digest]) {}
    /// The difficulty that is really spent on a nonce.
    fn grinding(&self, bits: usize) -> usize {
        bits
    }
}

/// Follows the protocol.
pub(super) struct Honest;

impl Strategy for Honest {}
