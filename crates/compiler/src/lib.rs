//! Compiles programs written in Rust to kinds of rows.
//!
//! A program is a Rust file that uses `sheaf-guest` and nothing else; `docs/language.md` says what may stand in it. Its functions,
//! loops and branches become kinds of rows:
//!
//! | step | module | from, to |
//! |---|---|---|
//! | parse | `syn` | text, syntax |
//! | check | `check` | syntax, typed tree: names, types, constants, functions for each value of their constant parameters |
//! | interpret | [`interpret`] | typed tree, values: of constants, of hints, and of whole programs in tests |
//! | lower | `lower` | typed tree, rows by the builder of `sheaf-program` |
//!
//! Whatever is refused is refused with its place, the reason, and what to write instead; see [`diagnostics`].
//!
//! # Meaning
//! A program that panics natively has no proof; else the machine computes the same. Every construct is compiled with that in mind:
//! numbers are ranged where they are made, the index of a read is proven to be one that was written, both from below and from above,
//! and what the prover gives is of its type and nothing more.

//! # Example
//! ```
//! use p3_field::PrimeCharacteristicRing;
//! use sheaf_compiler::{Source, compile};
//! use sheaf_executor::{Executor, Input};
//! use sheaf_program::F;
//!
//! let text = "pub fn main(x: F) -> F { x * x + F::ONE }";
//! let program = compile(&Source::new("square.rs", text)).unwrap();
//! println!("{}", program.executable.program);
//! let input = Input { arguments: &[F::from_u8(5)], advice: &[], max_rows: 100 };
//! let outcome = Executor::new(&program.executable).run(input).unwrap();
//! assert_eq!(outcome.results, [F::from_u8(26)]);
//! ```

#![forbid(unsafe_code)]

mod check;
pub mod diagnostics;
pub mod interpret;
mod lower;
mod source;
mod tree;

use std::sync::Arc;

use sheaf_program::F;
use sheaf_program::builder::Executable;

pub use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::interpret::{Interpreter, Panic, Value};
pub use crate::source::{Source, Span};
use crate::tree::Tree;

/// Numbers of a program are below this: `2^24`.
pub const LIMIT: u32 = 1 << LIMIT_BITS;
/// Bits of a number.
const LIMIT_BITS: usize = 24;

/// The tag of the nodes of Merkle trees.
const NODE_TAG: F = F::new(33);
/// The tag of sponges.
const SPONGE_TAG: F = F::new(32);

/// Finds out whether a program can be compiled, and what is to be said about it.
///
/// # Errors
/// What is wrong with the program, all of it.
pub fn check(source: &Source) -> Result<Diagnostics, Diagnostics> {
    check::check(source).map(|(_, warnings)| warnings)
}

/// A program that was compiled.
#[derive(Clone)]
pub struct Program {
    /// The rows, and how they are found.
    pub executable: Executable,
    /// What is to be said about it: warnings.
    pub warnings: Diagnostics,
    tree: Arc<Tree>,
}

impl Program {
    /// What main gives natively, as elements, and how many elements of the tape it takes. At most `fuel` expressions are
    /// evaluated.
    ///
    /// # Errors
    /// Where and why it panics.
    pub fn interpret(
        &self,
        arguments: &[F],
        advice: &[F],
        fuel: usize,
    ) -> Result<(Vec<F>, usize), Panic> {
        let main = &self.tree.functions[self.tree.main];
        let mut elements = arguments.iter().copied();
        let values = (main.parameters.iter())
            .map(|(_, ty)| Value::from_elements(&self.tree, ty, &mut elements))
            .collect::<Option<Vec<Value>>>();
        let Some(values) = values.filter(|_| elements.next().is_none()) else {
            return Err(Panic {
                span: main.span,
                message: "these are no arguments of main".into(),
            });
        };
        let mut interpreter = Interpreter::new(&self.tree, advice, fuel);
        let result = interpreter.call(self.tree.main, values, main.span)?;
        Ok((result.elements(), interpreter.taken()))
    }
}

/// Compiles a program.
///
/// # Errors
/// What is wrong with the program, all of it.
pub fn compile(source: &Source) -> Result<Program, Diagnostics> {
    let (tree, mut diagnostics) = check::check(source)?;
    let tree = Arc::new(tree);
    let executable = lower::lower(&tree, source, &mut diagnostics);
    diagnostics.sort();
    match executable {
        Some(executable) => Ok(Program {
            executable,
            warnings: diagnostics,
            tree,
        }),
        None => Err(diagnostics),
    }
}
