//! Alignment of constants in linked x86-64 ELF files.
//!
//! Aligned SSE and AVX moves fault on addresses that are not multiples of their width. Compilers use them where the object
//! file asks the linker for the alignment. A linker that loses the alignment makes a program that faults although all of
//! its objects are right.
//!
//! - [`check`] reads a linked file and reports every operand that is misaligned for its instruction.
//! - [`protect_archive`] makes a static archive immune: what is not mergeable can't be merged wrongly.

#![forbid(unsafe_code)]

mod check;
mod error;
mod image;
mod protect;
mod requirement;

pub use check::{Counts, Finding, Operand, Report, check, operands};
pub use error::Error;
pub use protect::{Protected, protect_archive};
pub use requirement::required_alignment;
