//! Proving that a batch of XMSS signatures is valid, without a virtual machine.
//!
//! **Statement.** A list of groups (message, slot, public keys). **Claim.** For
//! every key of every group, the prover knows a valid signature.
//!
//! A statement has a digest, which opens to groups and to what hashing the keys leads to ([`Summary`]). One
//! signature is one *lane*. Per lane, about 2400 cells are committed; the 180 Poseidon1 permutations of a
//! verification, and one for the key, are proved by a GKR argument and cost no cells. In transcript order:
//!
//! | step | module | claim in | leaves open |
//! |---|---|---|---|
//! | commitment | [`sheaf_pcs`] | | one polynomial |
//! | chain ends | `chain_ends`, [`sheaf_argument::fractions`] | every chain ends where its digit says | two claims at lane point `r1` |
//! | constraints | `constraints`, `link` | those, and all constraints, weighted by `eq(r1, lane)` | row values, wired outputs, first capacities at `r2` |
//! | permutations | [`sheaf_argument::permutation`] | outputs at `r2` | inputs at `r3` |
//! | wiring | `wiring` | all claims at `r2` and at `r3` | linear forms in the columns, under weights of lanes |
//! | columns | [`sheaf_argument::columns`] | the forms | one evaluation |
//! | opening | [`sheaf_pcs`] | the evaluation | nothing |
//!
//! Proofs of the scheme prod have their parameters from a table ([`Setup::from_table`]), those of other schemes from a search.
//! The verifier half compiles without the feature `prover`; without `search` it knows prod alone, and has no floating-point number.

#![forbid(unsafe_code)]

mod chain_ends;
mod checks;
mod constraints;
#[cfg(feature = "prover")]
mod fingerprints;
pub mod formulas;
mod idle_outputs;
mod linear_form;
mod link;
mod parameter_table;
#[cfg(feature = "prover")]
mod prove;
mod public_columns;
#[cfg(feature = "search")]
mod security;
mod setup;
mod shape;
#[cfg(feature = "search")]
mod size;
mod size_class;
mod stacking;
mod statement;
#[cfg(feature = "prover")]
mod strategy;
mod streams;
pub mod summary;
#[cfg(all(test, feature = "prover"))]
mod tests;
mod tweaks;
mod verify;
mod wiring;
#[cfg(feature = "prover")]
mod witness;

pub use constraints::verify::Error as ConstraintError;
#[cfg(feature = "prover")]
pub use prove::{Cancelled, Phase, ProveError, Scratch, prove, prove_with};
#[cfg(feature = "search")]
pub use security::TARGET_BITS;
#[cfg(feature = "search")]
pub use setup::security_report;
pub use setup::{Setup, cells_per_signature};
pub use shape::carries_alike;
pub use size_class::{SizeClass, TableError, size_classes};
pub use statement::{
    Group, KIND_LEAF, KIND_RAW, LaneOrder, MAX_SIGNATURES, PROTOCOL_VERSION, Statement,
    StatementError,
};
pub use summary::Summary;
#[cfg(feature = "search")]
pub use verify::verify;
pub use verify::{VerifyError, verification_cost, verify_summary, verify_with};
