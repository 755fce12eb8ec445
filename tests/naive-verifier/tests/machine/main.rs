//! Both verifiers on proofs that programs of the machine have run.

mod claims;
#[path = "../common/mod.rs"]
mod common;
mod forged;
mod honest;
mod listing;
mod mutated;
#[path = "../opening/mod.rs"]
mod opening;
mod random;
mod verdict;
