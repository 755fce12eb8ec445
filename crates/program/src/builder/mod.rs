//! Programs written as Rust that names cells, products and calls.
//!
//! A [`Builder`] makes functions, loops, memories and ranges; each is a typed handle. A body is a closure that gets a
//! [`Row`] and arguments, and returns results: it writes one kind of rows, or several where one is too small. Two bodies of one function are a branch: each asserts its condition, and its guard tells an executor which one is meant.
//!
//! ```
//! use sheaf_program::builder::{Base, Builder};
//!
//! let mut builder = Builder::new();
//! let square = builder.function::<Base, Base>("square");
//! builder.body(&square, |row, x| row.product(&x, &x));
//! let main = builder.function::<Base, Base>("main");
//! builder.body(&main, |row, x| {
//!     let y = row.call(&square, &x);
//!     row.call(&square, &y)
//! });
//! let executable = builder.finish(&main).unwrap();
//! executable.program.check().unwrap();
//! println!("{}", executable.program);
//! ```
//!
//! What the builder gives is a program that passes [`check`](crate::Program::check), and procedures from which an executor finds rows.

mod body;
mod complete;
mod equations;
mod finish;
mod library;
mod messages;
pub mod open;
pub mod procedure;
pub mod row;
mod split;
pub mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use self::body::Body;
use self::complete::Complete;
pub use self::procedure::{
    Action, EntryRow, Executable, Guard, Place, Position, Procedure, Routine, Slot, Step,
};
pub use self::row::Row;
use self::row::with_widths;
pub use self::value::{Base, Digest, Packed, Value, Word};
use crate::layout::{CELLS, MESSAGES};
use crate::{Class, E, F, Form, Kind, ShapeError, Tag, Violations};

/// A function from `A` to `R`.
pub struct Function<A, R> {
    pub(super) tag: Tag,
    types: PhantomData<fn(A) -> R>,
}

/// A loop with state `S`.
pub struct Loop<S> {
    pub(super) tag: Tag,
    types: PhantomData<fn(S) -> S>,
}

/// Write-once memory of words `V`, at addresses from zero.
pub struct Memory<V> {
    pub(super) tag: Tag,
    types: PhantomData<fn(V) -> V>,
}

/// The numbers from zero to a constant.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub(super) tag: Tag,
}

/// Why something is no program.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// A row is wrong.
    #[error("`{kind}` at {location}: {what}")]
    Row {
        /// The kind's name.
        kind: String,
        /// The line of the source.
        location: Place,
        /// What is wrong.
        what: String,
    },
    /// A function or loop has no body.
    #[error("`{name}`, declared at {location}, has no body")]
    NoBody {
        /// Its name.
        name: String,
        /// Where it is declared.
        location: Place,
    },
    /// Something has a shape that no program has.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// Balance would not mean a run.
    #[error(transparent)]
    Check(#[from] Violations),
}

struct Declared {
    name: String,
    /// Whether its kinds are in zone A.
    per_instance: bool,
    location: Place,
    until: Option<Guard>,
}

/// A row of a body.
struct Written {
    tag: Tag,
    complete: Complete,
    procedure: Procedure,
}

/// Collects functions, loops, memories and ranges, and makes a program of them.
#[derive(Default)]
pub struct Builder {
    declared: BTreeMap<Tag, Declared>,
    rows: Vec<Written>,
    /// Kinds of chains, with their tags: chain, table, elements of a word or size.
    chains: Vec<(Kind, Tag, Tag, u32)>,
    error: Option<BuildError>,
}

impl Builder {
    /// A program of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[track_caller]
    fn declare(&mut self, class: Class, name: &str, until: Option<Guard>) -> Tag {
        self.declare_at(class, name, Place::caller(), until)
    }

    fn declare_at(
        &mut self,
        class: Class,
        name: &str,
        location: Place,
        until: Option<Guard>,
    ) -> Tag {
        let number = self
            .declared
            .keys()
            .filter(|tag| tag.class() == class)
            .count();
        let tag = Tag::new(class, number as u32).expect("there are more tags than kinds");
        self.declared.insert(
            tag,
            Declared {
                name: name.into(),
                per_instance: false,
                location,
                until,
            },
        );
        tag
    }

    /// Declares a function. It may be called before it has a body.
    #[track_caller]
    pub fn function<A: Value, R: Value>(&mut self, name: &str) -> Function<A, R> {
        let tag = self.declare(Class::Fun, name, None);
        Function {
            tag,
            types: PhantomData,
        }
    }

    /// Declares a function that is called once for each *instance* of something: at most 16 times in all, as often as
    /// every other one of this sort. Their kinds make zone A, which costs a verifier little for any number of kinds.
    #[track_caller]
    pub fn per_instance<A: Value, R: Value>(&mut self, name: &str) -> Function<A, R> {
        let tag = self.declare(Class::Fun, name, None);
        if let Some(declared) = self.declared.get_mut(&tag) {
            declared.per_instance = true;
        }
        Function {
            tag,
            types: PhantomData,
        }
    }

    /// Declares a function whose result is found once for each argument. It must not depend on itself, unless it is for another rank:
    /// its first argument is an element that each call from within has one less of, or each one more.
    #[track_caller]
    pub fn memoised<A: Value, R: Value>(&mut self, name: &str) -> Function<A, R> {
        let tag = self.declare(Class::Fact, name, None);
        Function {
            tag,
            types: PhantomData,
        }
    }

    /// Declares a loop that ends at the first state, element by element, that is an end.
    ///
    /// That a state is an end is for [`Row::run`]'s caller to assert.
    #[track_caller]
    pub fn looping<S: Value>(
        &mut self,
        name: &str,
        until: impl Fn(&[F]) -> bool + Send + Sync + 'static,
    ) -> Loop<S> {
        let tag = self.declare(Class::TicketLoop, name, Some(Arc::new(until)));
        Loop {
            tag,
            types: PhantomData,
        }
    }

    /// Makes a memory. The first row has room for three chains: memories, ranges, and one for tickets if there are loops.
    #[track_caller]
    pub fn memory<V: Value>(&mut self, name: &str) -> Memory<V> {
        let tag = self.declare(Class::Table, name, None);
        let chain = Tag::new(Class::Chain, tag.number() + 1).expect("as many as tables");
        let elements = V::widths().iter().map(|&w| u32::from(w)).sum();
        let mut row = ChainRow::new(chain);
        let (word, _) = row.row.receive::<V>();
        row.offer(tag, with_widths::<V>(word.positions()));
        self.chain(row, name, chain, tag, elements);
        Memory {
            tag,
            types: PhantomData,
        }
    }

    /// Makes the range of numbers below `size`. It has as many rows.
    #[track_caller]
    pub fn range(&mut self, name: &str, size: u32) -> Range {
        let tag = self.declare(Class::Table, name, None);
        let chain = Tag::new(Class::Range, tag.number()).expect("as many as tables");
        let mut row = ChainRow::new(chain);
        row.offer(tag, Vec::new());
        self.chain(row, name, chain, tag, size);
        Range { tag }
    }

    #[track_caller]
    fn chain(&mut self, mut row: ChainRow, name: &str, chain: Tag, table: Tag, number: u32) {
        if let Some((location, what)) = row.row.error.take() {
            return self.fail(name, location, what);
        }
        let complete = row.row.alone(name);
        if complete.kind.width() > CELLS || complete.kind.messages.len() > MESSAGES {
            let what = format!("a word of memory has at most {} elements", CELLS - 2);
            return self.fail(name, Place::caller(), what);
        }
        self.chains.push((complete.kind, chain, table, number));
    }

    fn fail(&mut self, kind: &str, location: Place, what: String) {
        self.error.get_or_insert(BuildError::Row {
            kind: kind.into(),
            location,
            what,
        });
    }

    /// Gives a function its body.
    #[track_caller]
    pub fn body<A: Value, R: Value>(
        &mut self,
        function: &Function<A, R>,
        body: impl FnOnce(&mut Row, A) -> R,
    ) {
        self.branch_of(function, None, None, body);
    }

    /// Gives a function a body for arguments that `guard` accepts, element by element. The body has to assert the same.
    #[track_caller]
    pub fn branch<A: Value, R: Value>(
        &mut self,
        function: &Function<A, R>,
        name: &str,
        guard: impl Fn(&[F]) -> bool + Send + Sync + 'static,
        body: impl FnOnce(&mut Row, A) -> R,
    ) {
        self.branch_of(function, Some(name), Some(Arc::new(guard)), body);
    }

    #[track_caller]
    fn branch_of<A: Value, R: Value>(
        &mut self,
        function: &Function<A, R>,
        branch: Option<&str>,
        guard: Option<Guard>,
        body: impl FnOnce(&mut Row, A) -> R,
    ) {
        let mut row = Row::new();
        let (arguments, _) = row.receive_parameters::<A>();
        let given = arguments.positions();
        let parameters = row.parameters.iter().map(|&cell| Slot::Cell(cell));
        let parameters = parameters.collect();
        let results = with_widths::<R>(body(&mut row, arguments).positions());
        let multiplicity = (function.tag.class() == Class::Fact).then(|| row.new_values(1)[0]);
        self.add(Body {
            tag: function.tag,
            branch,
            guard,
            row,
            given,
            parameters,
            results,
            ticket: None,
            multiplicity,
            location: Place::caller(),
        });
    }

    /// Gives a loop its step.
    #[track_caller]
    pub fn step<S: Value>(&mut self, looping: &Loop<S>, body: impl FnOnce(&mut Row, S) -> S) {
        self.step_of(looping, None, None, body);
    }

    /// Gives a loop a step for states that `guard` accepts. The body has to assert the same.
    #[track_caller]
    pub fn step_if<S: Value>(
        &mut self,
        looping: &Loop<S>,
        name: &str,
        guard: impl Fn(&[F]) -> bool + Send + Sync + 'static,
        body: impl FnOnce(&mut Row, S) -> S,
    ) {
        self.step_of(looping, Some(name), Some(Arc::new(guard)), body);
    }

    #[track_caller]
    fn step_of<S: Value>(
        &mut self,
        looping: &Loop<S>,
        branch: Option<&str>,
        guard: Option<Guard>,
        body: impl FnOnce(&mut Row, S) -> S,
    ) {
        let mut row = Row::new();
        let ticket = row.new_values(1)[0];
        let (state, _) = row.receive_parameters::<S>();
        let given = state.positions();
        let parameters = row.parameters.iter().map(|&cell| Slot::Cell(cell));
        let parameters = parameters.collect();
        let results = with_widths::<S>(body(&mut row, state).positions());
        self.add(Body {
            tag: looping.tag,
            branch,
            guard,
            row,
            given,
            parameters,
            results,
            ticket: Some(ticket),
            multiplicity: None,
            location: Place::caller(),
        });
    }
}

/// A chain's row: it goes from its address to the next.
struct ChainRow {
    row: Row,
    address: Form,
}

impl ChainRow {
    fn new(chain: Tag) -> Self {
        let mut row = Row::new();
        let address = Form::column(row.new_cells(1)[0]);
        let next = &address + &Form::constant(E::ONE);
        row.send(Form::constant(-E::ONE), chain, vec![address.clone()]);
        row.send(Form::constant(E::ONE), chain, vec![next]);
        Self { row, address }
    }

    /// Sends its address with a word as often as anybody asks for it.
    fn offer(&mut self, tag: Tag, word: Vec<Position>) {
        let count = self.row.new_cells(1)[0];
        let word = word.into_iter().map(|(form, _)| form);
        let positions = [self.address.clone()].into_iter().chain(word).collect();
        self.row.send(Form::column(count), tag, positions);
    }
}
