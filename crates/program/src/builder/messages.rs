//! What a row asks of others: calls, loops, memory, ranges.

use std::collections::HashSet;

use p3_field::PrimeCharacteristicRing;

use super::procedure::{Action, Position, Slot};
use super::row::{Row, as_cell, with_widths};
use super::value::{Base, Value};
use super::{Function, Loop, Memory, Range};
use crate::{Class, E, Form, Tag};

impl Row {
    /// What a function returns.
    #[track_caller]
    pub fn call<A: Value, R: Value>(&mut self, function: &Function<A, R>, arguments: &A) -> R {
        self.call_to(function, arguments, R::clone)
    }

    /// What is not known of what a function returns: `result` says what the whole result is, and asserts it. What is known of it
    /// needs no cells.
    #[track_caller]
    pub fn call_to<A: Value, R: Value, U: Value>(
        &mut self,
        function: &Function<A, R>,
        arguments: &A,
        result: impl FnOnce(&U) -> R,
    ) -> U {
        let (unknown, cells): (U, _) = self.receive();
        let results = with_widths::<R>(result(&unknown).positions());
        let slots = self.partly_known(&cells, &results);
        let arguments = with_widths::<A>(arguments.positions());
        self.call_of(function.tag, arguments, &results, slots);
        unknown
    }

    #[track_caller]
    pub(super) fn call_of(
        &mut self,
        tag: Tag,
        arguments: Vec<Position>,
        results: &[Position],
        slots: Vec<Slot<usize>>,
    ) {
        let positions = forms(&arguments).chain(forms(results)).collect();
        self.send(Form::constant(-E::ONE), tag, positions);
        self.step(Action::Call {
            tag,
            arguments,
            results: slots,
        });
    }

    /// The state at which a loop ends that begins with `start`.
    #[track_caller]
    pub fn run<S: Value>(&mut self, looping: &Loop<S>, start: &S) -> S {
        self.run_to(looping, start, S::clone)
    }

    /// What is not known of the state at which a loop ends: `end` says what the whole state is, and asserts it. What is known
    /// of it needs no cells.
    #[track_caller]
    pub fn run_to<S: Value, R: Value>(
        &mut self,
        looping: &Loop<S>,
        start: &S,
        end: impl FnOnce(&R) -> S,
    ) -> R {
        let ticket = self.new_cells(1)[0];
        let (unknown, cells): (R, _) = self.receive();
        let end = with_widths::<S>(end(&unknown).positions());
        let slots = self.partly_known(&cells, &end);
        let start = with_widths::<S>(start.positions());
        self.run_of(looping.tag, ticket, start, &end, slots);
        unknown
    }

    #[track_caller]
    pub(super) fn run_of(
        &mut self,
        tag: Tag,
        ticket: usize,
        start: Vec<Position>,
        end: &[Position],
        slots: Vec<Slot<usize>>,
    ) {
        let tickets = Tag::new(Class::Ticket, 0).expect("there is a ticket 0");
        let number = Form::column(ticket);
        let numbered = |state: &[Position]| -> Vec<Form> {
            [number.clone()].into_iter().chain(forms(state)).collect()
        };
        self.send(Form::constant(-E::ONE), tickets, numbered(&[]));
        self.send(Form::constant(E::ONE), tag, numbered(&start));
        self.send(Form::constant(-E::ONE), tag, numbered(end));
        self.pending_hint(ticket);
        self.step(Action::Loop {
            tag,
            ticket,
            start,
            end: slots,
        });
    }

    /// Where the elements at these positions go: each of `cells` takes the element that it is.
    #[track_caller]
    pub(super) fn partly_known(
        &mut self,
        cells: &[usize],
        positions: &[Position],
    ) -> Vec<Slot<usize>> {
        let mut free: HashSet<usize> = cells.iter().copied().collect();
        let mut slots = Vec::new();
        for (form, width) in positions {
            for i in 0..usize::from(*width) {
                let element = form.coefficient(i);
                slots.push(match as_cell(&element) {
                    Some(cell) if free.remove(&cell) => Slot::Cell(cell),
                    _ => Slot::Known(element),
                });
            }
        }
        if !free.is_empty() {
            self.fail("what is not known is not a part of the whole");
        }
        slots
    }

    /// An address from which on memory has not been written. Nothing says that it hasn't: memory has one word at an address, whoever
    /// writes there. So whoever writes from this address on may read what it has written, and nothing else.
    #[track_caller]
    pub fn unwritten<V: Value>(&mut self, memory: &Memory<V>) -> Base {
        self.allocate_of(memory.tag, Base::zero().0)
    }

    #[track_caller]
    pub(super) fn allocate_of(&mut self, tag: Tag, words: Form) -> Base {
        let (address, cells): (Base, _) = self.receive();
        self.pending_hint(cells[0]);
        self.step(Action::Allocate {
            tag,
            words,
            cell: cells[0],
        });
        address
    }

    /// The word that memory has at an address, which has been written before.
    ///
    /// An address that nobody writes has any word: a read needs a write that comes first in every run.
    #[track_caller]
    pub fn read<V: Value>(&mut self, memory: &Memory<V>, address: &Base) -> V {
        self.read_as(memory, address, V::clone)
    }

    /// What is not known of the word at an address: `word` says what the whole word is, and asserts it.
    #[track_caller]
    pub fn read_as<V: Value, R: Value>(
        &mut self,
        memory: &Memory<V>,
        address: &Base,
        word: impl FnOnce(&R) -> V,
    ) -> R {
        let (unknown, cells): (R, _) = self.receive();
        let word = with_widths::<V>(word(&unknown).positions());
        let slots = self.partly_known(&cells, &word);
        self.read_of(memory.tag, address, &word, slots);
        unknown
    }

    #[track_caller]
    pub(super) fn read_of(
        &mut self,
        tag: Tag,
        address: &Base,
        word: &[Position],
        slots: Vec<Slot<usize>>,
    ) {
        self.send(Form::constant(-E::ONE), tag, addressed(address, word));
        self.step(Action::Read {
            tag,
            address: address.0.clone(),
            word: slots,
        });
    }

    /// Makes memory have this word at an address. Who writes an address again writes the same.
    #[track_caller]
    pub fn write<V: Value>(&mut self, memory: &Memory<V>, address: &Base, value: &V) {
        self.write_of(memory.tag, address, with_widths::<V>(value.positions()));
    }

    #[track_caller]
    pub(super) fn write_of(&mut self, tag: Tag, address: &Base, word: Vec<Position>) {
        self.send(Form::constant(-E::ONE), tag, addressed(address, &word));
        self.step(Action::Write {
            tag,
            address: address.0.clone(),
            word,
        });
    }

    /// Asserts that a number is in a range.
    #[track_caller]
    pub fn assert_in(&mut self, range: &Range, number: &Base) {
        self.send(Form::constant(-E::ONE), range.tag, vec![number.0.clone()]);
        self.step(Action::Lookup {
            tag: range.tag,
            number: number.0.clone(),
        });
    }
}

fn forms(positions: &[Position]) -> impl Iterator<Item = Form> + '_ {
    positions.iter().map(|(form, _)| form.clone())
}

fn addressed(address: &Base, word: &[Position]) -> Vec<Form> {
    [address.0.clone()].into_iter().chain(forms(word)).collect()
}
