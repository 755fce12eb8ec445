//! A proof about a node, and its bytes.
//!
//! ```text
//!     deferred   580   145 elements: a claim about the coefficients of the guest
//!     run              a proof about a run of the guest, with its header and its statement
//! ```

use p3_field::PrimeField32;
use sheaf_machine::join::PointClaim;
use sheaf_machine::{FormatError, Proof as RunProof};
use sheaf_transcript::F;
use sheaf_transcript::field::ORDER;
use thiserror::Error;

/// A proof that all leaves below a node are valid.
///
/// Holding one means nothing: [`verify`](crate::verify()) says whether it is about a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What is left open about the coefficients of the guest.
    pub deferred: PointClaim,
    /// The run of the guest.
    pub run: RunProof,
}

/// Why bytes are not a proof about a node.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofFormatError {
    /// The bytes end within what is deferred.
    #[error("{found} bytes are less than the {DEFERRED_BYTES} of a claim about the program")]
    TooShort {
        /// Number of bytes.
        found: usize,
    },
    /// An element is not below the order of the field.
    #[error("the claim about the program: element {index} is {found}, not below p")]
    Element {
        /// Which one.
        index: usize,
        /// The number found.
        found: u32,
    },
    /// What follows is not a proof about a run.
    #[error("the proof of the run: {0}")]
    Run(#[from] FormatError),
}

/// Bytes of what is deferred.
const DEFERRED_BYTES: usize = 4 * PointClaim::ELEMENTS;

impl Proof {
    /// The bytes of the proof.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let elements = self.deferred.elements();
        let mut bytes: Vec<u8> = (elements.iter())
            .flat_map(|x| x.as_canonical_u32().to_le_bytes())
            .collect();
        bytes.extend(self.run.to_bytes());
        bytes
    }

    /// Reads a proof from bytes, which may be any. Memory is bounded by their number.
    ///
    /// # Errors
    /// If they are not what [`Self::encode`] gives.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProofFormatError> {
        let found = bytes.len();
        let too_short = ProofFormatError::TooShort { found };
        let (deferred, run) = bytes
            .split_at_checked(DEFERRED_BYTES)
            .ok_or(too_short.clone())?;
        let (words, _) = deferred.as_chunks::<4>();
        let elements =
            (words.iter().enumerate()).map(|(index, &word)| match u32::from_le_bytes(word) {
                found if found >= ORDER => Err(ProofFormatError::Element { index, found }),
                element => Ok(F::new(element)),
            });
        let elements: Vec<F> = elements.collect::<Result<_, _>>()?;
        Ok(Self {
            deferred: PointClaim::from_elements(&elements).ok_or(too_short)?,
            run: RunProof::from_bytes(run)?,
        })
    }
}
