//! Programs, each with what it computes natively.
//!
//! A module has the program, `program()`, what it is run on, and a native twin: the same in plain Rust. They are tests of
//! everything below them, and the smallest examples of how programs are written. [`catalogue`] has them by name.

#![forbid(unsafe_code)]

pub mod catalogue;
pub mod fibonacci;
pub mod language;
pub mod membership;
pub mod polynomial;
pub mod poseidon_chain;
pub mod sorting;
pub mod xmss;

use sheaf_program::{
    F,
    builder::{Base, Packed},
};

/// The tag of the sponges of these programs; see `sheaf_poseidon::sponge`.
pub const SPONGE_TAG: F = F::new(32);
/// The tag of the nodes of their Merkle trees.
pub const NODE_TAG: F = F::new(33);

/// The capacity that a sponge starts from.
fn initial_capacity() -> Packed<9> {
    let capacity = sheaf_poseidon::sponge::initial_capacity::<F>(SPONGE_TAG);
    Packed(capacity.map(Base::constant))
}

/// What a program is run on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Main's arguments, element by element.
    pub arguments: Vec<F>,
    /// The tape.
    pub advice: Vec<F>,
    /// What the native twin returns, element by element.
    pub results: Vec<F>,
}
