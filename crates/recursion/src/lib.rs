//! The statement of a proof about proofs: a tree of digests.
//!
//! **Statement.** A *leaf* is a statement about signatures, with the digest of its
//! [`Summary`](sheaf_aggregation::Summary). A *node* has up to sixteen children, leaves and nodes, and a digest of theirs
//! ([`statement`]). **Claim** of a proof about the digest of a node: every leaf below it is valid. Such a proof takes in no key.
//!
//! Whoever verifies knows groups and keys. A [`Shape`] stands in front of the proof: the tree, and which claimed keys each leaf
//! is about.
//!
//! | step | claim in | leaves open |
//! |---|---|---|
//! | [`Shape::decode`] | bytes | a shape within its limits |
//! | [`Shape::root`] | the shape | every leaf below the root is valid: for the proof |
//! | [`Shape::check`] | that, and claims | nothing: every claimed key is one of a leaf that is valid |
//!
//! The order is part of it: roots cost little, and a shape that names many keys costs much only with a proof that is valid.
//!
//! **Hidden subtrees.** A digest may stand for any subtree. Its proof says that what is below is valid, and no claim rests on
//! it. So splitting is free ([`Shape::restrict`]): what is not kept is hidden, and the proof stays as it is. Digests are not
//! salted: who guesses slot, message and keys of a hidden leaf can confirm it.
//!
//! **Overlaps.** A key may be one of several leaves. The claims are the union, so that nothing is counted twice.

#![forbid(unsafe_code)]

mod coverage;
mod guest;
mod places;
mod proof;
#[cfg(feature = "prover")]
mod prove;
pub mod shape;
pub mod statement;
mod union;
mod verify;

pub use guest::{guest, id};
pub use proof::{Proof, ProofFormatError};
#[cfg(feature = "prover")]
pub use prove::{
    ChildError, Phase, ProveError, Proven, Verified, prove, prove_verified, verify_children,
};
pub use shape::{Child, Shape};
#[cfg(feature = "prover")]
pub use sheaf_machine::{Cancelled, Scratch};
pub use statement::Digest;
pub use union::{UnionError, union};
pub use verify::{VerifyError, verification_cost, verify};
