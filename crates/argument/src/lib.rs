//! Arguments of the proof system: reductions from claims about virtual tables
//! to claims about committed columns.
//!
//! - [`permutation`]: many Poseidon1 permutations, none of whose round states is committed.

#![forbid(unsafe_code)]

pub mod permutation;
