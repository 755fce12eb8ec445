//! The Fiat-Shamir transcript of the proof system, and the fields it speaks.
//!
//! A proof is one flat sequence of base-field elements, written by a
//! [`ProverTranscript`] and read by a [`VerifierTranscript`]. Three kinds of
//! traffic pass through it:
//!
//! - *public data* is absorbed by both sides and never written ([`Transcript::absorb`]);
//! - *messages* are written, and absorbed ([`ProverTranscript::send`],
//!   [`Channel::receive`]);
//! - *hints* are written but not absorbed, because something absorbed earlier
//!   (a Merkle root) already binds them.
//!
//! The verifier passes the length of everything it reads; lengths follow from
//! public parameters and never from the proof. [`VerifierTranscript::finish`]
//! rejects a proof with anything left over.
//!
//! Every message has a [`Label`], which is mixed into the capacity of the
//! sponge: two transcripts that differ in the order or the meaning of their
//! messages diverge even where the elements agree.

#![forbid(unsafe_code)]

mod channel;
pub mod counting;
mod domain;
mod extension;
pub mod field;
pub mod header;
#[cfg(feature = "prover")]
mod prover;
mod sponge;
mod switchable;
mod verifier;

pub use channel::Channel;
pub use domain::Domain;
pub use extension::Extension;
pub use field::{EF, EPF, F, PF};
#[cfg(feature = "prover")]
pub use prover::ProverTranscript;
pub use sponge::{CAPACITY, GRINDING_SEED, Label, MESSAGE_BASE, RATE, WIDTH};
pub use verifier::{TranscriptError, VerifierTranscript};

/// What prover and verifier do alike: absorb public data and draw challenges.
pub trait Transcript {
    /// What challenges are.
    type Extension: Extension;

    /// Absorbs data that both sides know; nothing is written to the proof.
    fn absorb(&mut self, label: Label, values: &[F]);

    /// Draws one uniform element of the extension field.
    fn sample(&mut self) -> Self::Extension;

    /// Draws `count` independent uniform elements, as the coordinates of a point.
    fn sample_point(&mut self, count: usize) -> Vec<Self::Extension> {
        (0..count).map(|_| self.sample()).collect()
    }

    /// Draws `count` independent indices below `2^bits`, with repetition.
    ///
    /// `bits` is at most 24. The order of the multiplicative group is
    /// `127 * 2^24`, so the low 24 bits of a uniform element are uniform up to
    /// a statistical distance of `2^-30`.
    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize>;
}

/// Number of base-field elements in one extension-field element.
pub const EXTENSION_DEGREE: usize = 5;

#[cfg(all(test, feature = "prover"))]
mod tests;
