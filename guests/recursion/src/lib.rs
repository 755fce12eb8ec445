//! A program that verifies proofs, written with the builder of `sheaf-program`.
//!
//! It is the third verifier, beside the native one and the naive one: it accepts what they accept, and fails where they reject. Its parts
//! bear the names of the native verifiers' parts, and take their labels, shapes and constants from the same descriptions.
//!
//! A verifier reads a proof from the tape, message by message, in the order of the proof; what a message is bound by is absorbed
//! ([`transcript`]). Challenges and claims that are needed later stand in memory.

#![forbid(unsafe_code)]

pub mod leaf;
pub mod symbolic;
pub mod transcript;
