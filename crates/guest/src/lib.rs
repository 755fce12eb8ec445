//! What programs in the language are written with, and what it means natively.
//!
//! A program is Rust that begins with `use sheaf_guest::*;`. `rustc` compiles it against this crate, so that it runs under `cargo
//! test` and in a debugger; `sheaf-compiler` compiles the same text to rows, so that its runs can be proven. Both mean the same:
//! what panics natively has no proof.
//!
//! ```
//! use sheaf_guest::*;
//!
//! fn fibonacci(n: usize) -> F {
//!     let (mut a, mut b) = (F::ZERO, F::ONE);
//!     for _ in 0..n {
//!         (a, b) = (b, a + b);
//!     }
//!     a
//! }
//! assert_eq!(fibonacci(10), F::new(55));
//! ```
//!
//! # Numbers
//! A `usize` of a program is below [`LIMIT`]. The machine checks it where a number is made; natively it is checked where a number
//! comes from elements or becomes one. A program whose numbers stay below the limit has the same results on both sides; one
//! whose numbers don't has no proof.
//!
//! # What the prover knows
//! [`advice`] takes values from a tape that the prover brings: natively that of [`with_advice`]. Nothing is known of such a
//! value but its type. [`hint`] is computed by the prover's machine and, like advice, believed by nobody: whatever is hinted
//! has to be asserted.

#![forbid(unsafe_code)]

mod advice;
mod digest;
mod extension;
mod field;
mod flat;

pub use advice::{advice, hint, with_advice};
pub use digest::{Digest, NODE_TAG, SPONGE_TAG, absorb, compress, poseidon16, poseidon24};
pub use extension::E;
pub use field::F;
pub use flat::Flat;

/// Numbers of a program, its `usize`, are below this: `2^24`.
pub const LIMIT: usize = 1 << 24;

/// A list of `n` values, each a function of its place.
///
/// ```
/// assert_eq!(sheaf_guest::from_fn(4, |i| i * i), [0, 1, 4, 9]);
/// ```
pub fn from_fn<T>(n: usize, value: impl FnMut(usize) -> T) -> Vec<T> {
    (0..n).map(value).collect()
}

/// The 31 bits of the integer from 0 to `p - 1` that an element is, the lowest first.
#[must_use]
pub fn bits(x: F) -> [bool; 31] {
    std::array::from_fn(|i| x.canonical() >> i & 1 == 1)
}
