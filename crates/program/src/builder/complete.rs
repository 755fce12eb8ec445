//! A row that is complete: values go into cells, equations become constraints.

use std::collections::HashMap;
use std::ops::Range;

use p3_field::PrimeCharacteristicRing;

use super::equations::{Equation, Equations};
use super::procedure::{Action, Position, Slot, Step};
use super::row::{FIRST_VALUE, Row};
use super::split::own_inputs;
use super::value::{Base, pack};
use crate::layout::output;
use crate::{Constraint, DEGREE, E, Form, Kind, Message, Permutation, Tag};

/// What a row consumes and produces as a part of its body, before values are in cells.
pub(super) struct Heads {
    pub(super) messages: Vec<Message>,
    /// Values that stand in cells before anything is done.
    pub(super) before: Vec<usize>,
    /// Those that follow what the steps find.
    pub(super) after: Vec<usize>,
}

/// The row that goes on.
pub(super) struct Continuation {
    pub(super) tag: Tag,
    /// Its arguments, five values in a position.
    pub(super) arguments: Vec<Position>,
    /// The values that it returns, five in a position.
    pub(super) results: Vec<usize>,
}

/// A complete row, before its kind has a number.
pub(super) struct Complete {
    pub(super) kind: Kind,
    pub(super) steps: Vec<Step>,
    pub(super) hints: Vec<u8>,
    pub(super) cells: Vec<u8>,
    places: Places,
}

impl Complete {
    /// Where a value is.
    pub(super) fn cell(&self, value: usize) -> u8 {
        self.places.cell(value)
    }

    /// A form with the columns as they are now.
    pub(super) fn form(&self, form: &Form) -> Form {
        self.places.form(form)
    }

    /// Where elements go, with the columns as they are now.
    pub(super) fn slots(&self, slots: Vec<Slot<usize>>) -> Vec<Slot> {
        self.places.slots(slots)
    }
}

/// The column of each value.
struct Places(HashMap<usize, u8>);

impl Places {
    fn slots(&self, slots: Vec<Slot<usize>>) -> Vec<Slot> {
        (slots.into_iter())
            .map(|slot| match slot {
                Slot::Cell(value) => Slot::Cell(self.cell(value)),
                Slot::Known(form) => Slot::Known(self.form(&form)),
            })
            .collect()
    }

    fn cell(&self, value: usize) -> u8 {
        self.0[&value]
    }

    fn form(&self, form: &Form) -> Form {
        Form::new(form.terms().map(|(column, value)| match column {
            FIRST_VALUE.. => (usize::from(self.cell(column)), value),
            _ => (column, value),
        }))
    }
}

impl Row {
    /// The row of these steps, which fit.
    pub(super) fn complete(
        &self,
        name: String,
        steps: Range<usize>,
        heads: Heads,
        next: Option<Continuation>,
    ) -> Complete {
        let items = &self.items[steps];
        let mut fresh = FIRST_VALUE + self.values..;
        let mut values = heads.before;
        let mut equations = Equations::default();
        let mut messages = heads.messages;
        let mut actions = Vec::new();
        let mut hints = Vec::new();
        let mut permutation = Permutation::None;
        // The values that are permuted, and those that are outputs.
        let mut permuted = Vec::new();
        let mut outputs: &[usize] = &[];
        for item in items {
            if let Some((width, inputs, results)) = &item.permutation {
                permutation = *width;
                outputs = results;
                for (input, own) in inputs.iter().zip(own_inputs(inputs)) {
                    let cell = own.unwrap_or_else(|| {
                        let copy = fresh.next().expect("an open range");
                        values.push(copy);
                        let linear = input.form();
                        equations.base(Equation {
                            products: Vec::new(),
                            linear: linear - &Form::column(copy),
                        });
                        let solve = Action::Solve {
                            cells: vec![copy],
                            products: Vec::new(),
                            linear: linear.clone(),
                        };
                        actions.extend(item.step.as_ref().map(|&(_, location)| (solve, location)));
                        copy
                    });
                    permuted.push(cell);
                }
            }
            values.extend(&item.cells);
            hints.extend(&item.hints);
            equations.extend(&item.equations);
            messages.extend(item.messages.iter().cloned());
            actions.extend(item.step.clone());
        }
        values.extend(heads.after);
        if let Some(next) = next {
            values.extend(&next.results);
            let results = positions(&next.results);
            let forms = |list: &[Position]| {
                list.iter()
                    .map(|(form, _)| form.clone())
                    .collect::<Vec<_>>()
            };
            messages.push(Message {
                multiplicity: Form::constant(-E::ONE),
                tuple: [
                    vec![next.tag.form()],
                    forms(&next.arguments),
                    forms(&results),
                ]
                .concat(),
            });
            let call = Action::Call {
                tag: next.tag,
                arguments: next.arguments,
                results: next
                    .results
                    .iter()
                    .map(|&value| Slot::Cell(value))
                    .collect(),
            };
            actions.extend(actions.last().map(|&(_, location)| (call, location)));
        }
        if self.idle && permutation == Permutation::None {
            permutation = Permutation::Width24;
        }

        // Inputs of the permutation come first.
        let mut places: HashMap<usize, u8> =
            (permuted.iter().zip(0..)).map(|(&v, c)| (v, c)).collect();
        let mut free = permuted.len() as u8..;
        for &value in &values {
            places
                .entry(value)
                .or_insert_with(|| free.next().expect("an open range"));
        }
        let mut cells: Vec<u8> = values.iter().map(|value| places[value]).collect();
        cells.sort_unstable();
        places.extend((outputs.iter().enumerate()).map(|(j, &value)| (value, output(j) as u8)));
        let places = Places(places);

        let mut kind = Kind::new(name, permutation);
        for Constraint { products, result } in equations.pack() {
            kind.constraints.push(Constraint {
                products: (products.iter())
                    .map(|(a, b)| (places.form(a), places.form(b)))
                    .collect(),
                result: places.form(&result),
            });
        }
        for message in &messages {
            kind.messages.push(Message {
                multiplicity: places.form(&message.multiplicity),
                tuple: message.tuple.iter().map(|f| places.form(f)).collect(),
            });
        }
        for (value, name) in &self.names {
            if values.contains(value) {
                let cell = usize::from(places.cell(*value));
                if kind.cells.len() <= cell {
                    kind.cells.resize(cell + 1, String::new());
                }
                kind.cells[cell].clone_from(name);
            }
        }
        let steps = (actions.into_iter())
            .map(|(action, location)| Step {
                action: places.action(action),
                location,
            })
            .collect();
        Complete {
            kind,
            steps,
            hints: hints.iter().map(|&value| places.cell(value)).collect(),
            cells,
            places,
        }
    }

    /// A row that is no body: it has parameters and messages, and is all there is.
    pub(super) fn alone(mut self, name: &str) -> Complete {
        self.flush();
        let heads = Heads {
            messages: Vec::new(),
            before: self.parameters.clone(),
            after: Vec::new(),
        };
        self.complete(name.into(), 0..self.items.len(), heads, None)
    }
}

/// Values as arguments or results: five in a position.
pub(super) fn positions(values: &[usize]) -> Vec<Position> {
    (values.chunks(DEGREE))
        .map(|chunk| {
            let all: Vec<Base> = (chunk.iter())
                .map(|&value| Base(Form::column(value)))
                .collect();
            (pack(&all), chunk.len() as u8)
        })
        .collect()
}

impl Places {
    fn action(&self, action: Action<usize>) -> Action {
        let form = |f: Form| self.form(&f);
        let cells = |list: Vec<usize>| list.into_iter().map(|value| self.cell(value)).collect();
        let pairs = |list: Vec<(Form, Form)>| -> Vec<(Form, Form)> {
            list.into_iter().map(|(a, b)| (form(a), form(b))).collect()
        };
        let positions = |list: Vec<Position>| -> Vec<Position> {
            list.into_iter()
                .map(|(f, width)| (form(f), width))
                .collect()
        };
        let slots = |list: Vec<Slot<usize>>| self.slots(list);
        match action {
            Action::Advice { cells: c } => Action::Advice { cells: cells(c) },
            Action::Hint {
                inputs,
                cells: c,
                compute,
            } => Action::Hint {
                inputs: inputs.into_iter().map(form).collect(),
                cells: cells(c),
                compute,
            },
            Action::Solve {
                cells: c,
                products,
                linear,
            } => Action::Solve {
                cells: cells(c),
                products: pairs(products),
                linear: form(linear),
            },
            Action::Assert {
                products,
                linear,
                message,
            } => Action::Assert {
                products: pairs(products),
                linear: form(linear),
                message,
            },
            Action::Permute => Action::Permute,
            Action::Call {
                tag,
                arguments,
                results,
            } => Action::Call {
                tag,
                arguments: positions(arguments),
                results: slots(results),
            },
            Action::Loop {
                tag,
                ticket,
                start,
                end,
            } => Action::Loop {
                tag,
                ticket: self.cell(ticket),
                start: positions(start),
                end: slots(end),
            },
            Action::Allocate { tag, words, cell } => Action::Allocate {
                tag,
                words: form(words),
                cell: self.cell(cell),
            },
            Action::Read { tag, address, word } => Action::Read {
                tag,
                address: form(address),
                word: slots(word),
            },
            Action::Write { tag, address, word } => Action::Write {
                tag,
                address: form(address),
                word: positions(word),
            },
            Action::Lookup { tag, number } => Action::Lookup {
                tag,
                number: form(number),
            },
        }
    }
}
