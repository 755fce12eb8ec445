//! The C interface of `sheaf`: what `sheaf.h` declares.
//!
//! `bindings/c/build` makes a shared library and a static archive of this crate; `sheaf.h` beside it is generated from the
//! declarations here, and a test keeps it up to date.
//!
//! Two layers. [`ffi`] turns pointers into references and back, and does nothing else: it is the only place with `unsafe`,
//! and each of its functions runs inside a guard that stops panics. Everything with a decision in it is safe code,
//! and most of that is shared with other languages, in [`sheaf_bindings`]; `error_object` says in C what went wrong.
//!
//! There is no global state, no global allocator and no panic hook of ours.

mod error_object;
pub mod ffi;
pub mod types;
