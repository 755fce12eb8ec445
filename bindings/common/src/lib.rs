//! What the bindings of `sheaf` to other languages have in common.
//!
//! A binding takes bytes and numbers, and gives back bytes and failures. What it decides on the way is the same in every
//! language, and is here: [`Failure`] is what went wrong, with the places that the caller knows, [`decode`] makes keys and
//! signatures of bytes, [`observe`] tells of progress, [`signer`] keeps keys under their journals. What a binding adds is how
//! its language spells these things.

#![forbid(unsafe_code)]

pub mod decode;
mod failure;
pub mod observe;
pub mod signer;

pub use crate::failure::{Failure, Kind, Place};
