//! What a verifier asks of whoever carries a proof to it.

use crate::extension::Extension;
use crate::field::F;
use crate::sponge::Label;
use crate::{EXTENSION_DEGREE, Transcript, TranscriptError};

/// The verifier's side of a transcript.
///
/// Every verifier of the proof system is generic in its channel, and computes with its
/// [`Extension`](Transcript::Extension). [`VerifierTranscript`](crate::VerifierTranscript) is the channel that
/// reads a proof; [`Counting`](crate::counting::Counting) also says what the verifier has done.
pub trait Channel: Transcript {
    /// Reads and absorbs `count` base-field elements.
    ///
    /// # Errors
    /// If the proof is too short or an element is not canonical.
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError>;

    /// Reads `count` base-field elements without absorbing them.
    ///
    /// # Errors
    /// As [`Self::receive_base`]. Memory is reserved only after the length check.
    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError>;

    /// Reads a nonce and checks its difficulty.
    ///
    /// # Errors
    /// If the nonce is missing, not canonical or too weak.
    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError>;

    /// Reads and absorbs `count` extension-field elements.
    ///
    /// # Errors
    /// As [`Self::receive_base`].
    fn receive(
        &mut self,
        label: Label,
        count: usize,
    ) -> Result<Vec<Self::Extension>, TranscriptError> {
        // No proof is as long as a product that saturates.
        let flat = self.receive_base(label, count.saturating_mul(EXTENSION_DEGREE))?;
        let (elements, _) = flat.as_chunks();
        Ok(elements
            .iter()
            .copied()
            .map(Self::Extension::from_coefficients)
            .collect())
    }

    /// Reads and absorbs one extension-field element.
    ///
    /// # Errors
    /// As [`Self::receive_base`].
    fn receive_one(&mut self, label: Label) -> Result<Self::Extension, TranscriptError> {
        let values = self.receive(label, 1)?;
        Ok(values[0])
    }

    /// Takes note that the verifier has hashed data outside of the transcript, in so many permutations, of whatever width.
    fn hashed(&mut self, _permutations: usize) {}
}
