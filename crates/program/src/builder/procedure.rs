//! How the rows of a program are found: what an executor reads beside the kinds.
//!
//! Nothing here is proven; constraints and messages are. Whatever an executor does with it, the rows satisfy the
//! program or they do not.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;

use crate::{DEGREE, E, F, Form, Program, Tag, coefficients};

/// Computes elements from elements, or says why it can't.
pub type Hint = Arc<dyn Fn(&[F]) -> Result<Vec<F>, String> + Send + Sync>;

/// Decides by arguments or a state.
pub type Guard = Arc<dyn Fn(&[F]) -> bool + Send + Sync>;

/// A position of a tuple: its form, and how many coefficients of its value count.
pub type Position = (Form, u8);

/// A place in a program's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Of Rust that uses the builder.
    Builder(&'static Location<'static>),
    /// Of a file that was compiled.
    Compiled {
        /// From 1.
        line: u32,
        /// From 1.
        column: u32,
    },
}

impl Place {
    /// The line that calls.
    #[track_caller]
    pub(super) const fn caller() -> Self {
        Self::Builder(Location::caller())
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(self) -> u32 {
        match self {
            Self::Builder(location) => location.line(),
            Self::Compiled { line, .. } => line,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builder(location) => location.fmt(f),
            Self::Compiled { line, column } => write!(f, "{line}:{column}"),
        }
    }
}

/// Where an element goes that comes from elsewhere. `C` is the number of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<C = u8> {
    /// Into a cell.
    Cell(C),
    /// Nowhere: it has to be the value of this form already.
    Known(Form),
}

/// What is done in a row, one after the other.
#[derive(Clone)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Where the program's source says so.
    pub location: Place,
}

/// One thing that is done. `C` is the number of a cell: of a row, or, before rows are cut, of a body's value.
#[derive(Clone)]
pub enum Action<C = u8> {
    /// Takes elements from the tape.
    Advice {
        /// Where they go.
        cells: Vec<C>,
    },
    /// Computes cells; nothing says that they are right but equations elsewhere.
    Hint {
        /// Base forms, whose values it gets.
        inputs: Vec<Form>,
        /// Where its results go.
        cells: Vec<C>,
        /// The computation.
        compute: Hint,
    },
    /// `cells = sum of products + linear`: one cell, or the five coefficients.
    Solve {
        /// One cell or five.
        cells: Vec<C>,
        /// Factors.
        products: Vec<(Form, Form)>,
        /// What is added to the products.
        linear: Form,
    },
    /// `sum of products + linear = 0`.
    Assert {
        /// Factors.
        products: Vec<(Form, Form)>,
        /// What is added to the products.
        linear: Form,
        /// What to say if it is not so; empty for nothing.
        message: String,
    },
    /// Permutes the first cells.
    Permute,
    /// Calls a function, memoised or not.
    Call {
        /// Its tag.
        tag: Tag,
        /// Arguments.
        arguments: Vec<Position>,
        /// Where results go.
        results: Vec<Slot<C>>,
    },
    /// Runs a loop to its end.
    Loop {
        /// Its tag.
        tag: Tag,
        /// The cell of its ticket.
        ticket: C,
        /// The start.
        start: Vec<Position>,
        /// Where the end goes.
        end: Vec<Slot<C>>,
    },
    /// Finds an address from which on memory has not been written.
    Allocate {
        /// The memory's tag.
        tag: Tag,
        /// How many words are going to be written.
        words: Form,
        /// Where the address goes.
        cell: C,
    },
    /// Reads memory.
    Read {
        /// The memory's tag.
        tag: Tag,
        /// The address.
        address: Form,
        /// Where the word goes.
        word: Vec<Slot<C>>,
    },
    /// Writes memory, for the first time or once more the same.
    Write {
        /// The memory's tag.
        tag: Tag,
        /// The address.
        address: Form,
        /// The word.
        word: Vec<Position>,
    },
    /// Finds a number in a range.
    Lookup {
        /// The range's tag.
        tag: Tag,
        /// The number.
        number: Form,
    },
}

impl<C> Action<C> {
    /// What it calls, reads or writes.
    pub(super) fn tag(&self) -> Option<Tag> {
        match *self {
            Self::Call { tag, .. }
            | Self::Loop { tag, .. }
            | Self::Read { tag, .. }
            | Self::Allocate { tag, .. }
            | Self::Write { tag, .. }
            | Self::Lookup { tag, .. } => Some(tag),
            _ => None,
        }
    }
}

/// How a row of one kind is found.
#[derive(Clone)]
pub struct Procedure {
    /// The kind's number in the program.
    pub kind: usize,
    /// Whether all kinds of this sort have the same number of rows: those of zone A.
    pub per_instance: bool,
    /// Where arguments go, or the state before a step; one for each element.
    pub parameters: Vec<Slot>,
    /// What it computes, position by position.
    pub results: Vec<Position>,
    /// When this one is meant, of several for one tag; none for always.
    pub guard: Option<Guard>,
    /// The cell of the ticket that a step keeps.
    pub ticket: Option<u8>,
    /// The cell that counts how often a memoised result is used.
    pub multiplicity: Option<u8>,
    /// What is done.
    pub steps: Vec<Step>,
    /// Cells in use; they are the first ones, or those of the permutation and the first after them.
    pub cells: Vec<u8>,
    /// Cells that come from advice or hints: those that no equation may determine.
    pub hints: Vec<u8>,
    /// Where the kind is defined.
    pub location: Place,
}

/// What a tag is for an executor.
#[derive(Clone)]
pub enum Routine {
    /// Function: every call is a row.
    Function {
        /// For people.
        name: String,
        /// Indices of its procedures, in the order in which guards are asked.
        procedures: Vec<usize>,
    },
    /// Function whose results are facts: there is one row for each argument.
    Memoised {
        /// For people.
        name: String,
        /// Indices of its procedures.
        procedures: Vec<usize>,
    },
    /// Loop.
    Loop {
        /// For people.
        name: String,
        /// Indices of its steps.
        procedures: Vec<usize>,
        /// Whether a state is the end.
        until: Guard,
    },
    /// Memory.
    Memory {
        /// For people.
        name: String,
        /// The kind of its chain.
        kind: usize,
        /// Elements of a word.
        elements: usize,
    },
    /// Range.
    Range {
        /// For people.
        name: String,
        /// The kind of its chain.
        kind: usize,
        /// Numbers in it, from zero.
        size: u32,
    },
}

impl Routine {
    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Function { name, .. }
            | Self::Memoised { name, .. }
            | Self::Loop { name, .. }
            | Self::Memory { name, .. }
            | Self::Range { name, .. } => name,
        }
    }
}

/// The row that every run has one of.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// Its kind.
    pub kind: usize,
    /// The function that it calls.
    pub main: Tag,
    /// The width of each position of main's arguments.
    pub arguments: Vec<u8>,
    /// The width of each position of main's results.
    pub results: Vec<u8>,
    /// The cell that says where a memory ends, for each memory by its tag.
    pub memories: BTreeMap<Tag, u8>,
    /// The cell that says where tickets end, and their kind.
    pub tickets: Option<(u8, usize)>,
}

impl EntryRow {
    /// Elements of main's arguments.
    #[must_use]
    pub fn argument_elements(&self) -> usize {
        elements(&self.arguments)
    }

    /// Elements of main's results.
    #[must_use]
    pub fn result_elements(&self) -> usize {
        elements(&self.results)
    }

    /// The public tuple that says that main returns these results for these arguments, element by element. Who verifies a proof
    /// makes the tuple so, and takes none from the prover: only a tuple of ENTRY says anything.
    ///
    /// # Panics
    /// If there are not as many elements as main has.
    #[must_use]
    pub fn public(&self, arguments: &[F], results: &[F]) -> Vec<E> {
        assert_eq!(
            arguments.len(),
            self.argument_elements(),
            "arguments of main"
        );
        assert_eq!(results.len(), self.result_elements(), "results of main");
        let mut public = vec![E::from(Tag::ENTRY.element())];
        for (widths, mut rest) in [(&self.arguments, arguments), (&self.results, results)] {
            for &width in widths {
                let (own, others) = rest.split_at(usize::from(width));
                rest = others;
                let mut value = [F::ZERO; DEGREE];
                value[..own.len()].copy_from_slice(own);
                public.push(E::new(value));
            }
        }
        public
    }

    /// Arguments and results, element by element, of which this is the [public tuple](Self::public); nothing if it is that of no call of main.
    #[must_use]
    pub fn call(&self, public: &[E]) -> Option<(Vec<F>, Vec<F>)> {
        let (_, positions) = public.split_first()?;
        let (arguments, results) = positions.split_at_checked(self.arguments.len())?;
        let elements = |positions: &[E], widths: &[u8]| -> Vec<F> {
            let pairs = positions.iter().zip(widths);
            pairs
                .flat_map(|(&value, &width)| coefficients(value).into_iter().take(width.into()))
                .collect()
        };
        let arguments = elements(arguments, &self.arguments);
        let results = elements(results, &self.results);
        // Each way there is one.
        let is_call =
            results.len() == self.result_elements() && self.public(&arguments, &results) == public;
        is_call.then_some((arguments, results))
    }
}

fn elements(widths: &[u8]) -> usize {
    widths.iter().map(|&width| usize::from(width)).sum()
}

/// A program, and how its runs are found.
#[derive(Clone)]
pub struct Executable {
    /// The program.
    pub program: Program,
    /// How rows are found.
    pub procedures: Vec<Procedure>,
    /// What tags are.
    pub routines: BTreeMap<Tag, Routine>,
    /// Where a run begins.
    pub entry: EntryRow,
}
