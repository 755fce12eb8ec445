//! Arguments of the proof system: reductions from claims about virtual tables
//! to claims about committed columns.
//!
//! - [`columns`]: linear forms in many columns, reduced to one evaluation.
//! - [`fractions`]: sums of fractions, one sum per lane.
//! - [`permutation`]: many Poseidon1 permutations, none of whose round states is committed.

#![forbid(unsafe_code)]

mod checks;
pub mod columns;
pub mod fractions;
pub mod permutation;
