//! What a row asks of others: calls, loops, memory, ranges.

use std::collections::HashSet;

use p3_field::PrimeCharacteristicRing;

use super::procedure::{Action, Slot};
use super::row::{Row, as_cell, slots, with_widths};
use super::value::{Base, Value};
use super::{Function, Loop, Memory, Range};
use crate::{Class, E, Form, Tag};

impl Row {
    /// What a function returns.
    #[track_caller]
    pub fn call<A: Value, R: Value>(&mut self, function: &Function<A, R>, arguments: &A) -> R {
        let (result, results): (R, _) = self.receive();
        let forms = arguments.positions();
        let positions = [forms.clone(), result.positions()].concat();
        self.send(Form::constant(-E::ONE), function.tag, positions);
        let arguments = with_widths::<A>(forms);
        self.step(Action::Call {
            tag: function.tag,
            arguments,
            results: slots(&results),
        });
        result
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
        let tickets = Tag::new(Class::Ticket, 0).expect("there is a ticket 0");
        let ticket = self.new_cells(1)[0];
        let i = Form::column(ticket);
        let (unknown, cells): (R, _) = self.receive();
        let last = end(&unknown).positions();
        let end = self.partly_known::<S>(&cells, &last);
        let forms = start.positions();
        self.send(Form::constant(-E::ONE), tickets, vec![i.clone()]);
        let first = [vec![i.clone()], forms.clone()].concat();
        self.send(Form::constant(E::ONE), looping.tag, first);
        self.send(
            Form::constant(-E::ONE),
            looping.tag,
            [vec![i], last].concat(),
        );
        let start = with_widths::<S>(forms);
        self.pending_hint(ticket);
        self.step(Action::Loop {
            tag: looping.tag,
            ticket,
            start,
            end,
        });
        unknown
    }

    /// Where the elements at these positions go: each of `cells` takes the element that it is.
    #[track_caller]
    fn partly_known<S: Value>(&mut self, cells: &[usize], positions: &[Form]) -> Vec<Slot<usize>> {
        let mut free: HashSet<usize> = cells.iter().copied().collect();
        let mut slots = Vec::new();
        for (form, width) in positions.iter().zip(S::widths()) {
            for i in 0..usize::from(width) {
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
        let forms = word(&unknown).positions();
        let word = self.partly_known::<V>(&cells, &forms);
        let positions = [vec![address.0.clone()], forms].concat();
        self.send(Form::constant(-E::ONE), memory.tag, positions);
        let address = address.0.clone();
        self.step(Action::Read {
            tag: memory.tag,
            address,
            word,
        });
        unknown
    }

    /// Makes memory have this word at an address. Who writes an address again writes the same.
    #[track_caller]
    pub fn write<V: Value>(&mut self, memory: &Memory<V>, address: &Base, value: &V) {
        let forms = value.positions();
        let positions = [vec![address.0.clone()], forms.clone()].concat();
        self.send(Form::constant(-E::ONE), memory.tag, positions);
        let word = with_widths::<V>(forms);
        let address = address.0.clone();
        self.step(Action::Write {
            tag: memory.tag,
            address,
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
