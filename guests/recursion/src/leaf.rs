//! The verifier of proofs about signatures (`sheaf_aggregation`).

pub mod lanes;
pub mod statement;
pub mod tweaks;
