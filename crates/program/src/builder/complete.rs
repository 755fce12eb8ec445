//! A row that is complete: cells go where they belong, equations become constraints.

use std::panic::Location;

use super::procedure::{Action, Position, Slot, Step};
use super::row::Row;
use crate::layout::{CELLS, CONSTRAINTS};
use crate::{Form, Kind, Message};

/// A complete row, before its kind has a number.
pub(super) struct Complete {
    pub(super) kind: Kind,
    pub(super) steps: Vec<Step>,
    pub(super) hints: Vec<u8>,
    pub(super) cells: Vec<u8>,
    /// Where cells have gone.
    moved: Vec<u8>,
}

impl Complete {
    /// Where a cell has gone.
    pub(super) fn cell(&self, cell: usize) -> u8 {
        self.moved[cell]
    }

    /// A form with the cells as they are now.
    pub(super) fn form(&self, form: &Form) -> Form {
        rename(form, &self.moved)
    }
}

fn rename(form: &Form, moved: &[u8]) -> Form {
    Form::new(form.terms().map(|(column, value)| {
        let column = if column < CELLS {
            usize::from(moved[column])
        } else {
            column
        };
        (column, value)
    }))
}

impl Row {
    /// Puts cells where they belong.
    pub(super) fn complete(
        mut self,
        name: &str,
    ) -> Result<Complete, (&'static Location<'static>, String)> {
        let here = self.steps.last().map(|step| step.location);
        let constraints = std::mem::take(&mut self.equations).pack();
        if constraints.len() > CONSTRAINTS
            && let Some(location) = here
        {
            let what = format!(
                "its equations fill {} constraints, of {CONSTRAINTS}",
                constraints.len()
            );
            self.error.get_or_insert((location, what));
        }
        let mut moved = vec![None; self.cells];
        for (j, &cell) in self.inputs.iter().enumerate() {
            moved[cell] = Some(j as u8);
        }
        let mut free = self.inputs.len() as u8..;
        let moved: Vec<u8> = (moved.into_iter())
            .map(|place| place.unwrap_or_else(|| free.next().expect("an open range")))
            .collect();
        if let Some(error) = self.error {
            return Err(error);
        }
        if moved.iter().any(|&cell| usize::from(cell) >= CELLS) {
            let what =
                format!("a row has {CELLS} cells; move a part of it to a function of its own");
            return Err((here.unwrap_or(Location::caller()), what));
        }
        let form = |f: &Form| rename(f, &moved);
        let mut kind = Kind::new(name, self.permutation);
        for constraint in constraints {
            kind.constraints.push(crate::Constraint {
                products: (constraint.products.iter())
                    .map(|(a, b)| (form(a), form(b)))
                    .collect(),
                result: form(&constraint.result),
            });
        }
        for message in &self.messages {
            kind.messages.push(Message {
                multiplicity: form(&message.multiplicity),
                tuple: message.tuple.iter().map(form).collect(),
            });
        }
        for (cell, name) in self.names.into_iter().enumerate() {
            let cell = usize::from(moved[cell]);
            if kind.cells.len() <= cell {
                kind.cells.resize(cell + 1, String::new());
            }
            kind.cells[cell] = name;
        }
        let steps = (self.steps.into_iter())
            .map(|step| Step {
                action: step.action.renamed(&moved),
                ..step
            })
            .collect();
        let mut cells = moved.clone();
        cells.sort_unstable();
        Ok(Complete {
            kind,
            steps,
            hints: self.hints.iter().map(|&cell| moved[cell]).collect(),
            cells,
            moved,
        })
    }
}

impl Action {
    fn renamed(self, moved: &[u8]) -> Self {
        let form = |f: Form| rename(&f, moved);
        let cells = |list: Vec<u8>| list.into_iter().map(|c| moved[usize::from(c)]).collect();
        let pairs = |list: Vec<(Form, Form)>| -> Vec<(Form, Form)> {
            list.into_iter().map(|(a, b)| (form(a), form(b))).collect()
        };
        let positions = |list: Vec<Position>| -> Vec<Position> {
            list.into_iter()
                .map(|(f, width)| (form(f), width))
                .collect()
        };
        let slots = |list: Vec<Slot>| -> Vec<Slot> {
            list.into_iter()
                .map(|slot| match slot {
                    Slot::Cell(c) => Slot::Cell(moved[usize::from(c)]),
                    Slot::Known(f) => Slot::Known(form(f)),
                })
                .collect()
        };
        match self {
            Self::Advice { cells: c } => Self::Advice { cells: cells(c) },
            Self::Hint {
                inputs,
                cells: c,
                compute,
            } => Self::Hint {
                inputs: inputs.into_iter().map(form).collect(),
                cells: cells(c),
                compute,
            },
            Self::Solve {
                cells: c,
                products,
                linear,
            } => Self::Solve {
                cells: cells(c),
                products: pairs(products),
                linear: form(linear),
            },
            Self::Assert {
                products,
                linear,
                message,
            } => Self::Assert {
                products: pairs(products),
                linear: form(linear),
                message,
            },
            Self::Permute => Self::Permute,
            Self::Call {
                tag,
                arguments,
                results,
            } => Self::Call {
                tag,
                arguments: positions(arguments),
                results: slots(results),
            },
            Self::Loop {
                tag,
                ticket,
                start,
                end,
            } => Self::Loop {
                tag,
                ticket: moved[usize::from(ticket)],
                start: positions(start),
                end: slots(end),
            },
            Self::Read { tag, address, word } => Self::Read {
                tag,
                address: form(address),
                word: slots(word),
            },
            Self::Write { tag, address, word } => Self::Write {
                tag,
                address: form(address),
                word: positions(word),
            },
            Self::Lookup { tag, number } => Self::Lookup {
                tag,
                number: form(number),
            },
        }
    }
}
