//! Aggregates hash-based signatures into one succinct, post-quantum proof.
//!
//! Many signers sign one message at one slot, with the XMSS scheme of Lean Ethereum
//! clients ([`xmss`]). A [`Prover`] turns a [`Batch`] of such signatures into an
//! [`Aggregate`]; [`verify`] checks it against the [`Claims`] that the verifier
//! expects, and against nothing else: messages, slots and keys are not in the
//! proof, so there is nothing in it that a caller could forget to compare.
//!
//! ```
//! # #[cfg(all(feature = "prover", feature = "signing"))] {
//! use sheaf::{Aggregate, Batch, Claims, Prover, Rate, TEST, verify, xmss::one_slot};
//!
//! let (slot, message) = (7, [1; 32]);
//! let signers: Vec<_> = (0..3)
//!     .map(|seed| one_slot::sign_once(&TEST, &[seed; 32], slot, &message))
//!     .collect::<Result<_, _>>()?;
//!
//! let prover = Prover::new(2)?;
//! let batch = Batch::new(TEST).with_group(slot, message, signers.clone());
//! let bytes = prover.aggregate(&batch, Rate::Half)?.to_bytes();
//!
//! // Elsewhere: the verifier knows who should have signed what.
//! let keys = signers.iter().map(|(key, _)| *key);
//! let claims = Claims::new(TEST).with_group(slot, message, keys);
//! verify(&claims, &Aggregate::from_bytes(&bytes)?)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * Groups and keys may be given in any order. The library puts them into a
//!   canonical one and refuses duplicates; errors speak of the caller's indices.
//! * Few signatures are smaller than any proof. [`Prover::aggregate`] makes the smaller [`Form`], a list of the signatures or a proof,
//!   unless [`Options`] ask for one; [`verify`] takes both.
//! * A proof is a function of the batch and the rate: threads and SIMD width
//!   change no byte of it.
//! * There is no global state. Verification needs no set-up and no threads.
//! * No input makes the library panic; every failure is an [`Error`].
//! * Proofs have 128 bits of proven security against classical attackers, in the random oracle model
//!   ([`security_report`]). They rest on hash functions only, and quantum computers are known to gain no more than a
//!   faster search: about `2^64` evaluations instead of `2^128`.
//!
//! Features: `prover` (default) adds [`Prover`] and [`Batch`], `signing` (default)
//! adds key generation and signing to [`xmss`]. Without both, only verification is
//! compiled.

#![forbid(unsafe_code)]

mod aggregate;
#[cfg(feature = "prover")]
mod batch;
mod build_info;
mod claims;
mod claims_file;
mod error;
mod form;
#[cfg(feature = "prover")]
mod merge;
mod node;
#[cfg(feature = "prover")]
mod prover;
#[cfg(feature = "prover")]
mod queue;
mod rate;
mod raw;
mod restrict;
mod security;
mod verify;

#[cfg(feature = "prover")]
pub use sheaf_aggregation::Phase;
pub use sheaf_aggregation::{Group, MAX_SIGNATURES, StatementError as ClaimsError};
pub use sheaf_security::{ErrorKind, ErrorTerm, SecurityReport};
pub use sheaf_xmss as xmss;
pub use sheaf_xmss::{COMPACT, COMPACT_TEST, PROD, PublicKey, Scheme, Signature, TEST};

pub use crate::aggregate::{
    Aggregate, FORMAT_VERSION, FormatError, HEADER_BYTES, KIND_LEAF, KIND_NODE, KIND_RAW, MAGIC,
    MAX_BYTES, Tree,
};
#[cfg(feature = "prover")]
pub use crate::batch::{Batch, SignedGroup};
pub use crate::build_info::{BuildInfo, SimdLevel, build_info};
pub use crate::claims::Claims;
pub use crate::claims_file::{
    CLAIMS_MAGIC, CLAIMS_VERSION, ClaimsFileError, ClaimsPart, MAX_CLAIMS_BYTES,
};
pub use crate::error::{Error, InvalidSignature, Rejection};
pub use crate::form::Form;
#[cfg(feature = "prover")]
pub use crate::form::Options;
#[cfg(feature = "prover")]
pub use crate::merge::{MergePhase, MergeProgress, Merged};
#[cfg(feature = "prover")]
pub use crate::prover::{MAX_THREADS, Progress, Prover};
pub use crate::rate::Rate;
pub use crate::security::{TARGET_BITS, cells_per_signature, least_security_bits, security_report};
pub use crate::verify::{Setup, verification_cost, verify, verify_with};
pub use sheaf_transcript::counting::Cost as VerificationCost;

/// The examples of the README, run as tests.
#[cfg(all(doctest, feature = "prover", feature = "signing"))]
#[doc = include_str!("../README.md")]
struct Readme;
