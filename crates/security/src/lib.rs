//! The soundness error of a proof, term by term.
//!
//! A proof is a chain of reductions. Each has a function `error_terms` beside its prover and its verifier, which charges
//! every challenge with the probability that it helps a false claim through. Whoever puts reductions together collects
//! their terms in a [`SecurityReport`], which says where each one stands and adds them up (union bound).
//!
//! Collisions of a hash are terms of their own [`ErrorKind`]: they bound the work of an attacker, not the probability of a
//! lucky challenge, and do not add to the others.
//!
//! Bounds are about classical attackers, in the random oracle model; `docs/soundness.md` says what is known about quantum
//! ones. Logarithms are those of `libm`: every machine arrives at the same figures.

#![forbid(unsafe_code)]

mod report;
mod term;

pub use report::SecurityReport;
pub use term::{ErrorKind, ErrorTerm, SCHWARTZ_ZIPPEL};
