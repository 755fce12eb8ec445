//! A row while it is written.

use std::array;
use std::collections::HashSet;
use std::panic::Location;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;

use super::equations::{Equation, Equations};
use super::procedure::{Action, Position, Step};
use super::value::{Base, Packed, Value, Word};
use super::{Function, Loop, Memory, Range};
use crate::layout::{CELLS, CONSTRAINTS, MESSAGES, POSITIONS};
use crate::{Class, E, F, Form, Kind, Message, Permutation, Tag};

/// A row of one kind while it is written: its cells, equations and messages.
///
/// Cells are numbered as they are asked for, and moved when the row is complete, so that inputs of its permutation come first.
pub struct Row {
    pub(super) cells: usize,
    names: Vec<String>,
    hints: Vec<usize>,
    pub(super) steps: Vec<Step>,
    equations: Equations,
    pub(super) messages: Vec<Message>,
    permutation: Permutation,
    /// The cells that are permuted.
    inputs: Vec<usize>,
    error: Option<(&'static Location<'static>, String)>,
}

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
    pub(super) fn new() -> Self {
        Self {
            cells: 0,
            names: Vec::new(),
            hints: Vec::new(),
            steps: Vec::new(),
            equations: Equations::default(),
            messages: Vec::new(),
            permutation: Permutation::None,
            inputs: Vec::new(),
            error: None,
        }
    }

    /// Notes a mistake of whoever writes the program; the first one is reported when the program is complete.
    #[track_caller]
    fn fail(&mut self, what: impl Into<String>) {
        self.error.get_or_insert((Location::caller(), what.into()));
    }

    #[track_caller]
    pub(super) fn new_cells(&mut self, count: usize) -> Vec<usize> {
        if self.cells + count > CELLS {
            self.fail(format!(
                "a row has {CELLS} cells; move a part of it to a function of its own"
            ));
            // Any cells do: the program is not going to be.
            return vec![0; count];
        }
        let first = self.cells;
        self.cells += count;
        (first..self.cells).collect()
    }

    /// A value in new cells that nothing has computed yet, with the cells.
    #[track_caller]
    pub(super) fn receive<V: Value>(&mut self) -> (V, Vec<usize>) {
        let count = V::widths().iter().map(|&width| usize::from(width)).sum();
        let cells = self.new_cells(count);
        (V::in_cells(&mut cells.iter().copied()), cells)
    }

    #[track_caller]
    fn step(&mut self, action: Action) {
        self.steps.push(Step {
            action,
            location: Location::caller(),
        });
    }

    #[track_caller]
    pub(super) fn send(&mut self, multiplicity: Form, tag: Tag, positions: Vec<Form>) {
        let mut tuple = vec![tag.form()];
        tuple.extend(positions);
        if tuple.len() > POSITIONS {
            self.fail(format!(
                "a tuple has {POSITIONS} positions, and this {}",
                tuple.len()
            ));
        }
        if self.messages.len() == MESSAGES {
            self.fail(format!(
                "a row sends {MESSAGES} messages; move a part of it to a function of its own"
            ));
        }
        self.messages.push(Message {
            multiplicity,
            tuple,
        });
    }

    /// Gives the cell of `value` a name, for people who read kinds and errors. It has to be a cell.
    #[track_caller]
    pub fn name(&mut self, value: &Base, name: impl Into<String>) {
        match as_cell(&value.0) {
            Some(cell) => {
                if self.names.len() <= cell {
                    self.names.resize(cell + 1, String::new());
                }
                self.names[cell] = name.into();
            }
            None => self.fail("only a cell has a name"),
        }
    }

    /// A value from the tape. Nothing is known about it.
    #[track_caller]
    pub fn advice<V: Value>(&mut self) -> V {
        let (value, cells) = self.receive();
        self.hints.extend(&cells);
        let cells = narrow(&cells);
        self.step(Action::Advice { cells });
        value
    }

    /// A value that `compute` finds from the values of `inputs`, coefficient by coefficient. Nothing is known about it:
    /// whatever is hinted has to be asserted.
    #[track_caller]
    pub fn hint<V: Value>(
        &mut self,
        inputs: &[&Base],
        compute: impl Fn(&[F]) -> Result<Vec<F>, String> + Send + Sync + 'static,
    ) -> V {
        let (value, cells) = self.receive();
        self.hints.extend(&cells);
        let inputs = inputs.iter().map(|x| x.0.clone()).collect();
        let cells = narrow(&cells);
        self.step(Action::Hint {
            inputs,
            cells,
            compute: Arc::new(compute),
        });
        value
    }

    /// 0 or 1, as `compute` finds from the values of `inputs`.
    #[track_caller]
    pub fn boolean(
        &mut self,
        inputs: &[&Base],
        compute: impl Fn(&[F]) -> bool + Send + Sync + 'static,
    ) -> Base {
        let bit: Base = self.hint(inputs, move |x| Ok(vec![F::from_bool(compute(x))]));
        self.equations.boolean(bit.0.clone());
        bit
    }

    /// `sum of products + linear` in a new cell.
    #[track_caller]
    pub fn products(&mut self, products: &[(&Base, &Base)], linear: &Base) -> Base {
        let products: Vec<_> = (products.iter())
            .map(|(a, b)| (a.0.clone(), b.0.clone()))
            .collect();
        let (result, cells): (Base, _) = self.receive();
        let equation = Equation {
            products: products.clone(),
            linear: &linear.0 - &result.0,
        };
        self.equations.base(equation);
        let linear = linear.0.clone();
        self.step(Action::Solve {
            cells: narrow(&cells),
            products,
            linear,
        });
        result
    }

    /// `a b` in a new cell.
    #[track_caller]
    pub fn product(&mut self, a: &Base, b: &Base) -> Base {
        self.products(&[(a, b)], &Base::zero())
    }

    /// The value in a new cell.
    #[track_caller]
    pub fn cell(&mut self, value: &Base) -> Base {
        self.products(&[], value)
    }

    /// `one` where the boolean `bit` is 1, else `zero`.
    #[track_caller]
    pub fn select(&mut self, bit: &Base, one: &Base, zero: &Base) -> Base {
        self.products(&[(bit, &(one - zero))], zero)
    }

    /// `sum of products + linear` over the extension, in five new cells.
    #[track_caller]
    pub fn word_products(&mut self, products: &[(&Word, &Word)], linear: &Word) -> Word {
        let products: Vec<_> = (products.iter())
            .map(|(a, b)| (a.0.clone(), b.0.clone()))
            .collect();
        let (result, cells): (Word, _) = self.receive();
        let equation = Equation {
            products: products.clone(),
            linear: &linear.0 - &result.0,
        };
        self.equations.word(equation);
        let linear = linear.0.clone();
        self.step(Action::Solve {
            cells: narrow(&cells),
            products,
            linear,
        });
        result
    }

    /// Asserts `sum of products + linear = 0`; `message` says what it means if it is not so.
    #[track_caller]
    pub fn assert_zero(&mut self, products: &[(&Base, &Base)], linear: &Base, message: &str) {
        let products: Vec<_> = (products.iter())
            .map(|(a, b)| (a.0.clone(), b.0.clone()))
            .collect();
        let linear = linear.0.clone();
        self.equations.base(Equation {
            products: products.clone(),
            linear: linear.clone(),
        });
        self.step(Action::Assert {
            products,
            linear,
            message: message.into(),
        });
    }

    /// Asserts that two elements are equal.
    #[track_caller]
    pub fn assert_equal(&mut self, a: &Base, b: &Base, message: &str) {
        self.assert_zero(&[], &(a - b), message);
    }

    /// Asserts that two elements of the extension are equal.
    #[track_caller]
    pub fn assert_equal_words(&mut self, a: &Word, b: &Word, message: &str) {
        let linear = &a.0 - &b.0;
        self.equations.word(Equation {
            products: vec![],
            linear: linear.clone(),
        });
        self.step(Action::Assert {
            products: vec![],
            linear,
            message: message.into(),
        });
    }

    /// The outputs of the permutation of width 24. A row has one permutation.
    #[track_caller]
    pub fn permute24(&mut self, inputs: &[Base; 24]) -> [Base; 24] {
        self.permute(Permutation::Width24, inputs);
        array::from_fn(|j| Base(Form::output(j)))
    }

    /// The outputs of the permutation of width 16. A row has one permutation.
    #[track_caller]
    pub fn permute16(&mut self, inputs: &[Base; 16]) -> [Base; 16] {
        self.permute(Permutation::Width16, inputs);
        array::from_fn(|j| Base(Form::output(j)))
    }

    #[track_caller]
    fn permute(&mut self, permutation: Permutation, inputs: &[Base]) {
        if self.permutation != Permutation::None {
            return self.fail("a row has one permutation; move the other to a function of its own");
        }
        self.permutation = permutation;
        let mut taken = HashSet::new();
        for input in inputs {
            let cell = match as_cell(&input.0) {
                Some(cell) if taken.insert(cell) => cell,
                _ => {
                    let copy = self.cell(input);
                    let Some(cell) = as_cell(&copy.0) else { return };
                    taken.insert(cell);
                    cell
                }
            };
            self.inputs.push(cell);
        }
        self.step(Action::Permute);
    }

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
            results: narrow(&results),
        });
        result
    }

    /// The state at which a loop ends that begins with `start`.
    #[track_caller]
    pub fn run<S: Value>(&mut self, looping: &Loop<S>, start: &S) -> S {
        let tickets = Tag::new(Class::Ticket, 0).expect("there is a ticket 0");
        let ticket = self.new_cells(1)[0];
        let i = Form::cell(ticket);
        let (end, cells): (S, _) = self.receive();
        let forms = start.positions();
        self.send(Form::constant(-E::ONE), tickets, vec![i.clone()]);
        let first = [vec![i.clone()], forms.clone()].concat();
        self.send(Form::constant(E::ONE), looping.tag, first);
        let last = [vec![i], end.positions()].concat();
        self.send(Form::constant(-E::ONE), looping.tag, last);
        let start = with_widths::<S>(forms);
        let end_cells = narrow(&cells);
        self.hints.push(ticket);
        self.step(Action::Loop {
            tag: looping.tag,
            ticket: ticket as u8,
            start,
            end: end_cells,
        });
        end
    }

    /// The word that memory has at an address, which has been written before.
    ///
    /// An address that nobody writes has any word: a read needs a write that comes first in every run.
    #[track_caller]
    pub fn read<V: Value>(&mut self, memory: &Memory<V>, address: &Base) -> V {
        let (value, word): (V, _) = self.receive();
        let positions = [vec![address.0.clone()], value.positions()].concat();
        self.send(Form::constant(-E::ONE), memory.tag, positions);
        let address = address.0.clone();
        self.step(Action::Read {
            tag: memory.tag,
            address,
            word: narrow(&word),
        });
        value
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

    /// Asserts that `number` is below `2^bits` by as many booleans, which it returns, the lowest first.
    ///
    /// `bits` is at most 30, so that no two readings exist.
    #[track_caller]
    pub fn bits(&mut self, number: &Base, bits: usize) -> Vec<Base> {
        use p3_field::PrimeField32;
        if bits > 30 {
            self.fail("more than 30 bits have two readings");
        }
        let all: Vec<Base> = (0..bits)
            .map(|i| self.boolean(&[number], move |x| x[0].as_canonical_u32() >> i & 1 == 1))
            .collect();
        let powers: Vec<Base> = (all.iter().enumerate())
            .map(|(i, bit)| bit.times(F::from_u32(1 << i)))
            .collect();
        self.assert_equal(&Base::sum(&powers), number, "the number has more bits");
        all
    }

    /// Nine of the outputs of a node of a Merkle tree: `[left 9 | right 9 | 0^5 | tag]`.
    #[track_caller]
    pub fn compress(&mut self, left: &Packed<9>, right: &Packed<9>, tag: F) -> Packed<9> {
        let inputs: [Base; 24] = array::from_fn(|i| match i {
            0..9 => left.0[i].clone(),
            9..18 => right.0[i - 9].clone(),
            23 => Base::constant(tag),
            _ => Base::zero(),
        });
        let outputs = self.permute24(&inputs);
        Packed(array::from_fn(|i| outputs[i].clone()))
    }

    /// The capacity of the overwrite sponge (`sheaf_poseidon::sponge`) after one more block, of at most 15 elements.
    #[track_caller]
    pub fn absorb(&mut self, capacity: &Packed<9>, block: &[Base]) -> Packed<9> {
        if block.len() > 15 {
            self.fail("a block has 15 elements");
        }
        let inputs: [Base; 24] = array::from_fn(|i| match i {
            0..9 => capacity.0[i].clone(),
            _ => block.get(i - 9).cloned().unwrap_or_else(Base::zero),
        });
        let outputs = self.permute24(&inputs);
        Packed(array::from_fn(|i| outputs[i].clone()))
    }

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
        let mut free = self.permutation.width() as u8..;
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

pub(super) fn with_widths<V: Value>(forms: Vec<Form>) -> Vec<Position> {
    forms.into_iter().zip(V::widths()).collect()
}

fn narrow(cells: &[usize]) -> Vec<u8> {
    cells.iter().map(|&cell| cell as u8).collect()
}

/// The cell that a form is.
fn as_cell(form: &Form) -> Option<usize> {
    let mut terms = form.terms();
    match (terms.next(), terms.next()) {
        (Some((column, E::ONE)), None) if column < CELLS => Some(column),
        _ => None,
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
                results: cells(results),
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
                end: cells(end),
            },
            Self::Read { tag, address, word } => Self::Read {
                tag,
                address: form(address),
                word: cells(word),
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
