//! The prover.
//!
//! Nearly all of its time goes into hashing the rows of the codewords. Everything
//! runs on the current `rayon` pool; results do not depend on its size.

mod commit;
mod multilinear;
mod open;
mod oracle;
mod slices;
mod strategy;
#[cfg(all(test, feature = "search"))]
mod tests;

pub use commit::{Committed, commit};
pub use open::open;
