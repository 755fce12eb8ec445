//! A program that verifies proofs, written with the builder of `sheaf-program`.
//!
//! It is the third verifier, beside the native one and the naive one: it accepts what they accept, and fails where they reject. Its parts
//! bear the names of the native verifiers' parts, and take their labels, shapes and constants from the same descriptions.
//!
//! | part | what it does | natively |
//! |---|---|---|
//! | [`leaf`] | verifies a proof about signatures, of any number and rate of the table; returns the digest of its statement | `sheaf_aggregation` |
//! | [`machine`] | verifies a proof about a run, of any program without permutations of width 16, any number of rows and rate of the table; returns the value of the program's functional | `sheaf_machine` |
//! | [`opening`] | commitments and their openings, with any parameters | `sheaf_pcs` |
//! | [`permutation`], [`fractions`], [`columns`], [`rounds`] | reductions, of any size | `sheaf_argument`, `sheaf_sumcheck` |
//! | [`transcript`], [`memory`] | challenges, and where they stand | `sheaf_transcript` |
//! | [`symbolic`] | formulas of native verifiers as rows | |
//! | [`tape`] | the tape of a proof, by a channel that native verifiers run over | |
//!
//! What it does not do: runs of programs with permutations of width 16, or with none, statements of several groups, and slots at which some steps of a lane carry and others do not
//! (these are refused).
//!
//! A verifier reads a proof from the tape, message by message, in the order of the proof; what a message is bound by is absorbed
//! ([`transcript`]). Challenges and claims that are needed later stand in memory.

#![forbid(unsafe_code)]

pub mod columns;
pub mod fractions;
pub mod join;
pub mod leaf;
pub mod machine;
pub mod memory;
pub mod node;
pub mod opening;
pub mod permutation;
pub mod rounds;
pub mod symbolic;
pub mod tape;
pub mod transcript;
