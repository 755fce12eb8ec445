//! The native module `sheaf._native` of the Python package `sheaf`.
//!
//! It turns Python's objects into bytes and numbers and back, and lets Python run meanwhile. Decisions are made below, in
//! [`sheaf_bindings`] and [`sheaf`]; names, enumerations and exceptions of the package are Python code, in `python/sheaf`.
//!
//! * `arguments` reads what Python passes: anything with bytes in it, tables of bytes included.
//! * `background` runs what takes long on a thread of its own, so that the caller's can listen to signals.
//! * `failure` raises the exceptions of the package.
//! * The others hold a class or a few functions each, as `_native.pyi` declares them.

#![forbid(unsafe_code)]

mod arguments;
mod background;
mod claims;
mod failure;
mod info;
mod proof;
mod prover;
mod signature;
mod signing_key;

/// The native half of the package `sheaf`, which says what is in it.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::background::Progress;
    #[pymodule_export]
    use crate::claims::{Batch, Claims};
    #[pymodule_export]
    use crate::info::{BuildInfo, build_info, cpu_levels, scheme_facts};
    #[pymodule_export]
    use crate::proof::{ProofInfo, inspect, verify};
    #[pymodule_export]
    use crate::prover::Prover;
    #[pymodule_export]
    use crate::signature::{sign_once, verify_signature};
    #[pymodule_export]
    use crate::signing_key::{SigningKey, create_journal};
}
