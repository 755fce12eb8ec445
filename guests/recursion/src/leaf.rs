//! The verifier of proofs about signatures (`sheaf_aggregation`), for statements of one group.
//!
//! ```text
//!     statement     its digest, and the tweaks of its slot, from what it opens to
//!     class         parameters are those of the table
//!     lanes         sums over lanes, whose number is known when a program runs
//!     claims        challenges and claims in memory, and the native formulas over them
//!     verify        all steps, in the order of the transcript
//!     tape          what they take from the tape
//! ```

mod claims;
mod class;
pub mod lanes;
pub mod statement;
mod tape;
pub mod tweaks;
mod verify;

pub use tape::tape;
pub use verify::Leaf;
