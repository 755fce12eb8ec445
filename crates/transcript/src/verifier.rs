//! The verifying side of the transcript.

use sheaf_poseidon::permute24_single;
use thiserror::Error;

use crate::field::{EF, F};
use crate::sponge::{Label, Sponge, decode, grinding_accepts, grinding_input};
use crate::{Channel, Transcript};

/// Why a sequence of bytes is not a transcript of the expected shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TranscriptError {
    /// The proof ended before the message.
    #[error("the proof ends inside `{label}`")]
    Truncated {
        /// Name of the message that is incomplete.
        label: &'static str,
    },
    /// Four bytes that are not below the field's order.
    #[error("element {index} of the proof, in `{label}`, is not canonical")]
    NotCanonical {
        /// Name of the message.
        label: &'static str,
        /// Index of the element in the whole proof.
        index: usize,
    },
    /// Bytes after the last message.
    #[error("{bytes} bytes follow the end of the proof")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A nonce that does not meet its difficulty.
    #[error("the nonce of `{label}` lacks {bits} zero bits")]
    Grinding {
        /// Name of the grinding step.
        label: &'static str,
        /// Bits asked for.
        bits: usize,
    },
}

/// A transcript that reads a proof.
#[derive(Clone, Debug)]
pub struct VerifierTranscript<'a> {
    sponge: Sponge,
    proof: &'a [u8],
    position: usize,
}

impl<'a> VerifierTranscript<'a> {
    /// Starts reading `proof`, four bytes per element.
    #[must_use]
    pub fn new(proof: &'a [u8]) -> Self {
        Self {
            sponge: Sponge::new(),
            proof,
            position: 0,
        }
    }

    /// Permutations of the sponge so far.
    pub(crate) fn permutations(&self) -> u64 {
        self.sponge.permutations()
    }

    /// Ends the proof.
    ///
    /// # Errors
    /// If anything is left.
    pub fn finish(self) -> Result<(), TranscriptError> {
        match self.proof.len() {
            0 => Ok(()),
            bytes => Err(TranscriptError::Trailing { bytes }),
        }
    }
}

impl Transcript for VerifierTranscript<'_> {
    type Extension = EF;

    fn absorb(&mut self, label: Label, values: &[F]) {
        self.sponge.absorb(label, values);
    }

    fn sample(&mut self) -> EF {
        self.sponge.sample()
    }

    fn sample_indices(&mut self, count: usize, bits: usize) -> Vec<usize> {
        self.sponge.sample_indices(count, bits)
    }
}

impl Channel for VerifierTranscript<'_> {
    fn receive_base(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let values = self.hint(label, count)?;
        self.sponge.absorb(label, &values);
        Ok(values)
    }

    fn hint(&mut self, label: Label, count: usize) -> Result<Vec<F>, TranscriptError> {
        let truncated = TranscriptError::Truncated {
            label: label.name(),
        };
        let bytes = count
            .checked_mul(4)
            .and_then(|n| self.proof.get(..n))
            .ok_or(truncated)?;
        let (words, _) = bytes.as_chunks();
        let mut values = Vec::with_capacity(count);
        for (i, &word) in words.iter().enumerate() {
            let not_canonical = TranscriptError::NotCanonical {
                label: label.name(),
                index: self.position + i,
            };
            values.push(decode(u32::from_le_bytes(word)).ok_or(not_canonical)?);
        }
        self.proof = &self.proof[bytes.len()..];
        self.position += count;
        Ok(values)
    }

    fn check_grind(&mut self, label: Label, bits: usize) -> Result<(), TranscriptError> {
        if bits == 0 {
            return Ok(());
        }
        let seed = self.sponge.grinding_seed(label);
        let nonce = self.receive_base(label, 1)?[0];
        let mut state = grinding_input(&seed, nonce);
        permute24_single(&mut state);
        if grinding_accepts(state[0], bits) {
            Ok(())
        } else {
            Err(TranscriptError::Grinding {
                label: label.name(),
                bits,
            })
        }
    }
}
