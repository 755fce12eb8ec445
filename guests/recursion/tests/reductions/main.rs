//! Reductions inside a program, against the native verifier of each.

mod columns;
mod common;
mod fractions;
mod permutation;
mod rounds;
