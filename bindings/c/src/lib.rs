//! The C interface of `sheaf`: what `sheaf.h` declares.
//!
//! `bindings/c/build` makes `libsheaf.so` and `libsheaf.a` of this crate; `sheaf.h` beside it is generated from the
//! declarations here, and a test keeps it up to date.
//!
//! Two layers. [`ffi`] turns pointers into references and back, and does nothing else: it is the only place with `unsafe`,
//! and each of its functions runs inside a guard that stops panics. Everything with a decision in it is safe code:
//! `failure` (what went wrong, in the terms of the C interface), `decode` (byte slices to keys and signatures),
//! `observe` (progress and cancellation), `signer` (keys under their journals).
//!
//! There is no global state, no global allocator and no panic hook of ours.

mod decode;
mod failure;
pub mod ffi;
mod observe;
mod signer;
pub mod types;
