//! Proving that a program has a run: an argument over rows.
//!
//! **Statement.** A program ([`sheaf_program`]), a public tuple, and how many rows there are of each kind. **Claim.** The prover knows cells with which all
//! constraints hold, outputs are those of the permutations, and all messages cancel against the public tuple. With the conditions on programs, which [`verify()`]
//! looks at too, that means that the program has run. In transcript order:
//!
//! | step | module | claim in | leaves open |
//! |---|---|---|---|
//! | 1. commitment | [`sheaf_pcs`], `live` | | one polynomial `zc` |
//! | 2. messages | `messages`, [`sheaf_argument::fractions`] | all messages cancel | two values of forms at `r1` |
//! | 3. constraints | `constraints` | those, and all constraints | five values of forms at `r2` |
//! | 4. forms | `forms` | those | shares of cells and outputs at `(y*, r*)`; one functional of the program |
//! | 5. permutations | `permutations`, [`sheaf_argument::permutation`] | the share of the outputs | masked sums of inputs |
//! | 6. inputs | `inputs`, [`sheaf_argument::columns`] | those, and the share of the cells | one evaluation |
//! | opening | [`sheaf_pcs`] | the evaluation | nothing |
//!
//! All claims are about multilinear extensions of *tables* over the rows, which are zero in gaps and after the last row; never about
//! products of extensions. The verifier is the same for all programs: it knows the header, and evaluates one [`Functional`] of the
//! coefficients, or hands it out.
//!
//! The verifier half compiles without the feature `prover`; without `search` it has its parameters as data ([`Setup::from_rounds`]) and
//! computes with no floating-point number. [`Setup::from_table`] has them for every size.

#![forbid(unsafe_code)]

#[cfg(all(test, feature = "prover"))]
mod cheating;
mod checks;
mod constraints;
mod digits;
mod error;
mod forms;
pub mod formulas;
mod functional;
mod inputs;
pub mod join;
mod live;
mod messages;
mod parameter_table;
mod permutations;
mod proof;
#[cfg(feature = "prover")]
mod prove;
#[cfg(feature = "search")]
mod security;
#[cfg(feature = "prover")]
mod segments;
mod setup;
mod shares;
mod statement;
#[cfg(feature = "prover")]
mod strategy;
mod table;
#[cfg(all(test, feature = "prover"))]
mod tests;
mod verify;
#[cfg(feature = "prover")]
mod witness;

pub use error::VerifyError;
pub use functional::Functional;
pub use live::{Live, SLICE_CELLS, STAIRS};
pub use proof::{FormatError, Proof, RATES};
#[cfg(feature = "prover")]
pub use prove::{Cancelled, Phase, ProveError, Scratch, prove, prove_with, statement};
#[cfg(feature = "search")]
pub use security::TARGET_BITS;
pub use setup::Setup;
pub use sheaf_transcript::header::KIND_RUN;
pub use statement::{PROTOCOL_VERSION, Statement, StatementError};
pub use table::{SizeClass, TableError, size_classes};
pub use verify::{reduce, verification_cost, verify, verify_balance};
