//! What can go wrong in a run, and where.

use std::fmt;

use sheaf_program::F;
use sheaf_program::builder::Place;
use thiserror::Error;

/// Why there is no run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// Main gets another number of elements.
    #[error("main gets {expected} elements as arguments, not {given}")]
    Arguments {
        /// Elements given.
        given: usize,
        /// Elements of main's arguments.
        expected: usize,
    },
    /// The tape is at its end.
    #[error("the tape of advice ends after {length} elements")]
    Advice {
        /// Its length.
        length: usize,
    },
    /// A hint found no value.
    #[error("a hint found no value: {0}")]
    Hint(String),
    /// A hint gave another number of elements.
    #[error("a hint gave {given} elements, not {expected}")]
    HintLength {
        /// Elements given.
        given: usize,
        /// Cells to fill.
        expected: usize,
    },
    /// An assertion does not hold.
    #[error("an assertion does not hold{}{message}", if message.is_empty() { "" } else { ": " })]
    Assertion {
        /// What the program says about it.
        message: String,
    },
    /// What a call, a loop or memory gives is not what the program knows of it.
    #[error("element {index} of what `{name}` gives is {found}, and not what is known of it")]
    Unexpected {
        /// The function, loop or memory.
        name: String,
        /// The number of the element.
        index: usize,
        /// What it is.
        found: u32,
    },
    /// No branch is meant for these values.
    #[error("`{name}` has no branch for {values:?}")]
    NoBranch {
        /// The function or loop.
        name: String,
        /// Arguments or state.
        values: Vec<F>,
    },
    /// Memory is read before it is written.
    #[error("`{name}` is read at {address} before it is written there")]
    Unwritten {
        /// The memory.
        name: String,
        /// The address.
        address: u32,
    },
    /// Memory is written twice with different words.
    #[error("`{name}` has another word at {address} already; memory is written once")]
    WrittenTwice {
        /// The memory.
        name: String,
        /// The address.
        address: u32,
    },
    /// An address is beyond the rows that there may be.
    #[error("address {address} of `{name}` is beyond the {most} rows that the run may have")]
    Address {
        /// The memory.
        name: String,
        /// The address.
        address: u32,
        /// Rows that there may be.
        most: usize,
    },
    /// A number is not in a range.
    #[error("{number} is not in `{name}`, which ends below {size}")]
    NotInRange {
        /// The range.
        name: String,
        /// The number.
        number: u32,
        /// The first number that is not in it.
        size: u32,
    },
    /// Functions of instances are not called equally often, or more than 16 times.
    #[error(
        "`{name}` is called {rows} times and `{first}` {instances} times: both once for each of at most 16 instances"
    )]
    Instances {
        /// A function.
        name: String,
        /// How often it is called.
        rows: usize,
        /// The first function of this sort.
        first: String,
        /// How often that one is called.
        instances: usize,
    },
    /// There are too many rows.
    #[error("the run has more than {most} rows")]
    TooManyRows {
        /// Rows that there may be.
        most: usize,
    },
}

/// A line that was being executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The kind.
    pub kind: String,
    /// The line of the program's source.
    pub location: Place,
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` at {}", self.kind, self.location)
    }
}

/// A problem, with where it occurred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecuteError {
    /// What went wrong.
    pub problem: Problem,
    /// The line where it did, then its caller, and so on up to main; empty for what is wrong before or after main.
    /// Of a deep chain only both ends are kept.
    pub callers: Vec<Caller>,
    /// Callers that are left out in the middle.
    pub left_out: usize,
}

/// Callers kept at either end of a chain.
pub(crate) const CALLERS: usize = 8;

impl ExecuteError {
    pub(crate) fn outside(problem: Problem) -> Self {
        Self {
            problem,
            callers: Vec::new(),
            left_out: 0,
        }
    }
}

impl fmt::Display for ExecuteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((place, callers)) = self.callers.split_first() else {
            return write!(f, "{}", self.problem);
        };
        write!(f, "{place}: {}", self.problem)?;
        for (depth, caller) in callers.iter().enumerate() {
            if depth + 1 == CALLERS && self.left_out > 0 {
                write!(f, "\n  .. {} more ..", self.left_out)?;
            }
            write!(f, "\n  called by {caller}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ExecuteError {}
