//! The prover.

mod commit;
mod multilinear;
mod open;
mod oracle;
mod slices;
mod strategy;
#[cfg(test)]
mod tests;

pub use commit::{Committed, commit};
pub use open::open;
