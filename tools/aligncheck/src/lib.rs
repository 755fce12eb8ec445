//! Alignment of constants in linked x86-64 ELF files.
//!
//! Aligned SSE and AVX instructions fault on addresses that are not multiples of their width. Compilers use them where the
//! object file asks the linker for the alignment. A linker that loses it makes a program that faults although all of its
//! objects are right; `docs/codegen.md` tells how that happens.
//!
//! - [`check`] reads a linked file and reports every operand that is misaligned for its instruction.
//! - [`protect_archive`] makes a static archive immune: what is not mergeable can't be merged wrongly.
//!
//! ```no_run
//! use sheaf_aligncheck::{check, protect_archive};
//!
//! let report = check(&std::fs::read("build/client")?)?;
//! for finding in &report.findings {
//!     println!("{:#x} needs {} bytes", finding.address, finding.required);
//! }
//!
//! let protected = protect_archive(&std::fs::read("libfoo.a")?)?;
//! std::fs::write("libfoo.a", protected.archive)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
