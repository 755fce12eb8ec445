//! Functions, loops and memories whose shapes are known at run time only: what a compiler writes with.
//!
//! Their arguments, results, states and words are numbers of base elements, five in a position of a tuple, and a body is
//! [opened](Builder::open) and [closed](Builder::close), so that others can be declared while it is written.

use std::sync::Arc;

use super::body::Body;
use super::procedure::{Guard, Place, Position, Slot};
use super::row::Row;
use super::value::{Base, pack};
use super::{Builder, ChainRow, Executable};
use crate::builder::BuildError;
use crate::{Class, DEGREE, F, Form, Tag};

/// A function of so many base elements, to so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFunction {
    tag: Tag,
    arguments: usize,
    results: usize,
}

/// A loop whose state has so many base elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLoop {
    tag: Tag,
    state: usize,
}

/// A write-once memory whose words have so many base elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMemory {
    tag: Tag,
    elements: usize,
}

impl OpenMemory {
    fn padded(self, word: &[Base]) -> Vec<Base> {
        let mut word = word.to_vec();
        word.resize(self.elements, Base::zero());
        word
    }
}

/// A body that is being written.
pub struct OpenBody {
    /// What is written.
    pub row: Row,
    tag: Tag,
    branch: Option<String>,
    guard: Option<Guard>,
    given: Vec<Form>,
    parameters: Vec<Slot<usize>>,
    ticket: Option<usize>,
    location: Place,
}

/// One of several bodies of a function or loop: the one for arguments, or states, that have these elements.
#[derive(Clone, Debug)]
pub struct Case {
    /// What people call it.
    pub name: String,
    /// Elements by their index.
    pub known: Vec<(usize, F)>,
}

/// The widths of the positions that so many elements have.
fn widths(elements: usize) -> Vec<u8> {
    (0..elements)
        .step_by(DEGREE)
        .map(|i| (elements - i).min(DEGREE) as u8)
        .collect()
}

/// Elements in positions.
fn positions(elements: &[Base]) -> Vec<Position> {
    (elements.chunks(DEGREE))
        .map(|chunk| (pack(chunk), chunk.len() as u8))
        .collect()
}

impl Builder {
    /// Declares a function. It may be called before it has a body.
    pub fn open_function(
        &mut self,
        name: &str,
        location: Place,
        arguments: usize,
        results: usize,
    ) -> OpenFunction {
        let tag = self.declare_at(Class::Fun, name, location, None);
        OpenFunction {
            tag,
            arguments,
            results,
        }
    }

    /// Declares a loop that ends at the first state that is an end.
    ///
    /// That a state is an end is for [`Row::run_open`]'s caller to say.
    pub fn open_loop(
        &mut self,
        name: &str,
        location: Place,
        state: usize,
        until: impl Fn(&[F]) -> bool + Send + Sync + 'static,
    ) -> OpenLoop {
        let tag = self.declare_at(Class::TicketLoop, name, location, Some(Arc::new(until)));
        OpenLoop { tag, state }
    }

    /// Makes a memory.
    pub fn open_memory(&mut self, name: &str, location: Place, elements: usize) -> OpenMemory {
        let tag = self.declare_at(Class::Table, name, location, None);
        let chain = Tag::new(Class::Chain, tag.number() + 1).expect("as many as tables");
        let mut row = ChainRow::new(chain);
        let word = row.row.new_cells(elements);
        row.offer(tag, super::complete::positions(&word));
        self.chain(row, name, chain, tag, elements as u32);
        OpenMemory { tag, elements }
    }

    /// Begins a body of a function; the arguments come with it, those that are known as constants.
    pub fn open(
        &mut self,
        function: OpenFunction,
        case: Option<Case>,
        location: Place,
    ) -> (OpenBody, Vec<Base>) {
        self.open_of(function.tag, function.arguments, case, location)
    }

    /// Begins a step of a loop; the state before it comes with it, elements that are known as constants.
    pub fn open_step(
        &mut self,
        looping: OpenLoop,
        case: Option<Case>,
        location: Place,
    ) -> (OpenBody, Vec<Base>) {
        self.open_of(looping.tag, looping.state, case, location)
    }

    fn open_of(
        &mut self,
        tag: Tag,
        elements: usize,
        case: Option<Case>,
        location: Place,
    ) -> (OpenBody, Vec<Base>) {
        let mut row = Row::new();
        row.at(location);
        let ticket = (tag.class() == Class::TicketLoop).then(|| row.new_values(1)[0]);
        let (branch, known) = match case {
            Some(case) => (Some(case.name), case.known),
            None => (None, Vec::new()),
        };
        let (mut given, mut parameters) = (Vec::new(), Vec::new());
        for i in 0..elements {
            let (element, slot) = match known.iter().find(|&&(index, _)| index == i) {
                Some(&(_, value)) => {
                    let element = Base::constant(value);
                    (element.clone(), Slot::Known(element.0))
                }
                None => {
                    let cell = row.new_parameter();
                    (Base(Form::column(cell)), Slot::Cell(cell))
                }
            };
            given.push(element);
            parameters.push(slot);
        }
        let guard = (!known.is_empty()).then(|| -> Guard {
            Arc::new(move |values: &[F]| known.iter().all(|&(i, value)| values[i] == value))
        });
        let body = OpenBody {
            row,
            tag,
            branch,
            guard,
            given: (positions(&given).into_iter())
                .map(|(form, _)| form)
                .collect(),
            parameters,
            ticket,
            location,
        };
        (body, given)
    }

    /// Ends a body: with its results, or with the state after a step.
    pub fn close(&mut self, body: OpenBody, results: &[Base]) {
        self.add(Body {
            tag: body.tag,
            branch: body.branch.as_deref(),
            guard: body.guard,
            row: body.row,
            given: body.given,
            parameters: body.parameters,
            results: positions(results),
            ticket: body.ticket,
            multiplicity: None,
            location: body.location,
        });
    }

    /// The program whose public tuple is main's arguments and results.
    ///
    /// # Errors
    /// If a body can't be cut into rows, a function has no body, or the conditions are violated.
    pub fn finish_open(
        self,
        main: OpenFunction,
        location: Place,
    ) -> Result<Executable, BuildError> {
        let (arguments, results) = (widths(main.arguments), widths(main.results));
        self.finish_of(main.tag, arguments, results, location)
    }
}

impl Row {
    /// What a function returns.
    #[track_caller]
    pub fn call_open(&mut self, function: OpenFunction, arguments: &[Base]) -> Vec<Base> {
        let (results, cells) = self.fresh(function.results);
        let arguments = positions(arguments);
        let slots = cells.into_iter().map(Slot::Cell).collect();
        self.call_of(function.tag, arguments, &positions(&results), slots);
        results
    }

    /// The state at which a loop ends: what is known of it, and the rest.
    #[track_caller]
    pub fn run_open(
        &mut self,
        looping: OpenLoop,
        start: &[Base],
        known: &[Option<Base>],
    ) -> Vec<Base> {
        let unknown = known.iter().filter(|element| element.is_none()).count();
        let (ticket, (rest, cells)) = (self.new_cells(1)[0], self.fresh(unknown));
        let mut rest = rest.into_iter();
        let end: Vec<Base> = (known.iter())
            .filter_map(|element| element.clone().or_else(|| rest.next()))
            .collect();
        let slots = self.partly_known(&cells, &positions(&end));
        self.run_of(
            looping.tag,
            ticket,
            positions(start),
            &positions(&end),
            slots,
        );
        end
    }

    /// So many elements of the word that memory has at an address, which has been written before; the others are zero.
    #[track_caller]
    pub fn read_open(&mut self, memory: OpenMemory, address: &Base, count: usize) -> Vec<Base> {
        let (word, cells) = self.fresh(count);
        let whole = positions(&memory.padded(&word));
        let slots = self.partly_known(&cells, &whole);
        self.read_of(memory.tag, address, &whole, slots);
        word
    }

    /// Makes memory have this word at an address; elements that are not given are zero.
    #[track_caller]
    pub fn write_open(&mut self, memory: OpenMemory, address: &Base, word: &[Base]) {
        self.write_of(memory.tag, address, positions(&memory.padded(word)));
    }

    /// An address from which on so many words have not been written. Nothing says that they haven't: memory has one word at
    /// an address, whoever writes there.
    #[track_caller]
    pub fn allocate(&mut self, memory: OpenMemory, words: &Base) -> Base {
        self.allocate_of(memory.tag, words.0.clone())
    }

    /// So many elements from the tape.
    #[track_caller]
    pub fn advice_elements(&mut self, count: usize) -> Vec<Base> {
        let (elements, cells) = self.fresh(count);
        self.advise(cells);
        elements
    }

    /// So many elements that `compute` finds from the values of `inputs`. Nothing is known about them.
    #[track_caller]
    pub fn hint_elements(
        &mut self,
        inputs: &[Base],
        count: usize,
        compute: impl Fn(&[F]) -> Result<Vec<F>, String> + Send + Sync + 'static,
    ) -> Vec<Base> {
        let (elements, cells) = self.fresh(count);
        let inputs = inputs.iter().map(|x| x.0.clone()).collect();
        self.hint_of(inputs, cells, Arc::new(compute));
        elements
    }

    /// New cells of the step that is being written, as elements.
    fn fresh(&mut self, count: usize) -> (Vec<Base>, Vec<usize>) {
        let cells = self.new_cells(count);
        let elements = cells.iter().map(|&cell| Base(Form::column(cell))).collect();
        (elements, cells)
    }
}
