//! The functions of the C interface: pointers in, pointers out.
//!
//! Every function that can fail runs its work inside `guard::guard`, so that no panic gets out, and reads its arguments
//! through `raw`, which refuses null and misaligned pointers and impossible lengths. What no library can check is up to the
//! caller, and the introduction of `sheaf.h` says so for all functions at once: pointers point to what their type says,
//! memory and handles stay alive and unchanged during a call, and handles are not used after they have been freed.
#![allow(
    unsafe_code,
    reason = "the one place where memory of other languages is read and written"
)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the module's documentation states it for all functions at once"
)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod callback;
mod guard;
mod raw;

pub mod buffer;
pub mod error;
pub mod info;
pub mod proof;
pub mod prover;
pub mod signature;
pub mod signing_key;

pub use crate::error_object::ErrorObject;
