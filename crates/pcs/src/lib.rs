//! A multilinear polynomial commitment: a thin WHIR (eprint 2024/1586).

#![forbid(unsafe_code)]

mod layout;
mod merkle;
pub mod parameters;
mod protocol;
#[cfg(feature = "prover")]
pub mod prove;
pub mod verify;

pub use layout::{Claim, Layout};
pub use parameters::{ErrorKind, ErrorTerm, ParameterError, Parameters};
#[cfg(feature = "prover")]
pub use prove::{Committed, commit, open};
pub use verify::{Commitment, Error, receive_commitment, verify_opening};
