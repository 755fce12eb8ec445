//! A row while it is written.

use std::array;
use std::collections::HashSet;
use std::panic::Location;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;

use super::equations::{Equation, Equations};
use super::procedure::{Action, Position, Slot, Step};
use super::value::{Base, Value, Word};
use crate::layout::{CELLS, MESSAGES, POSITIONS};
use crate::{E, F, Form, Message, Permutation, Tag};

/// A row of one kind while it is written: its cells, equations and messages.
///
/// Cells are numbered as they are asked for, and moved when the row is complete, so that inputs of its permutation come first.
pub struct Row {
    pub(super) cells: usize,
    pub(super) names: Vec<String>,
    pub(super) hints: Vec<usize>,
    pub(super) steps: Vec<Step>,
    pub(super) equations: Equations,
    pub(super) messages: Vec<Message>,
    pub(super) permutation: Permutation,
    /// The cells that are permuted.
    pub(super) inputs: Vec<usize>,
    pub(super) error: Option<(&'static Location<'static>, String)>,
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
    pub(super) fn fail(&mut self, what: impl Into<String>) {
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
    pub(super) fn step(&mut self, action: Action) {
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
        self.solve(products, linear)
    }

    /// `sum of products + linear` in new cells.
    #[track_caller]
    fn solve<V: Element>(&mut self, products: &[(&V, &V)], linear: &V) -> V {
        let products = forms(products);
        let linear = linear.form().clone();
        let (result, cells): (V, _) = self.receive();
        let equation = Equation {
            products: products.clone(),
            linear: &linear - result.form(),
        };
        V::assert(&mut self.equations, equation);
        self.step(Action::Solve {
            cells: narrow(&cells),
            products,
            linear,
        });
        result
    }

    /// Asserts `sum of products + linear = 0`.
    #[track_caller]
    fn assert_sum<V: Element>(&mut self, products: &[(&V, &V)], linear: &V, message: &str) {
        let equation = Equation {
            products: forms(products),
            linear: linear.form().clone(),
        };
        V::assert(&mut self.equations, equation.clone());
        let Equation { products, linear } = equation;
        self.step(Action::Assert {
            products,
            linear,
            message: message.into(),
        });
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

    /// `sum of products + linear` over the extension, in five new cells.
    #[track_caller]
    pub fn word_products(&mut self, products: &[(&Word, &Word)], linear: &Word) -> Word {
        self.solve(products, linear)
    }

    /// Asserts `sum of products + linear = 0`; `message` says what it means if it is not so.
    #[track_caller]
    pub fn assert_zero(&mut self, products: &[(&Base, &Base)], linear: &Base, message: &str) {
        self.assert_sum(products, linear, message);
    }

    /// Asserts that two elements are equal.
    #[track_caller]
    pub fn assert_equal(&mut self, a: &Base, b: &Base, message: &str) {
        self.assert_zero(&[], &(a - b), message);
    }

    /// Asserts `sum of products + linear = 0` over the extension.
    #[track_caller]
    pub fn assert_zero_words(&mut self, products: &[(&Word, &Word)], linear: &Word, message: &str) {
        self.assert_sum(products, linear, message);
    }

    /// Asserts that two elements of the extension are equal.
    #[track_caller]
    pub fn assert_equal_words(&mut self, a: &Word, b: &Word, message: &str) {
        self.assert_zero_words(&[], &(a - b), message);
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

    /// Puts a kind that permutes nothing among those with a permutation of width 24: its rows permute their first cells, and
    /// nobody looks at the outputs.
    ///
    /// Cells are committed column by column, from the first row to the last that has them, and rows with a permutation come first. A
    /// wide row behind many narrow ones makes all of them wider; where there are few such rows, a permutation of each is less.
    #[track_caller]
    pub fn permute_idly(&mut self) {
        if self.permutation == Permutation::None {
            self.permutation = Permutation::Width24;
        } else {
            self.fail("this row has a permutation");
        }
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
}

pub(super) fn with_widths<V: Value>(forms: Vec<Form>) -> Vec<Position> {
    forms.into_iter().zip(V::widths()).collect()
}

pub(super) fn slots(cells: &[usize]) -> Vec<Slot> {
    cells.iter().map(|&cell| Slot::Cell(cell as u8)).collect()
}

pub(super) fn narrow(cells: &[usize]) -> Vec<u8> {
    cells.iter().map(|&cell| cell as u8).collect()
}

/// The cell that a form is.
pub(super) fn as_cell(form: &Form) -> Option<usize> {
    let mut terms = form.terms();
    match (terms.next(), terms.next()) {
        (Some((column, E::ONE)), None) if column < CELLS => Some(column),
        _ => None,
    }
}

/// An element of either field, which is one form.
trait Element: Value {
    fn form(&self) -> &Form;
    /// Adds an equation in such elements.
    fn assert(equations: &mut Equations, equation: Equation);
}

impl Element for Base {
    fn form(&self) -> &Form {
        &self.0
    }

    fn assert(equations: &mut Equations, equation: Equation) {
        equations.base(equation);
    }
}

impl Element for Word {
    fn form(&self) -> &Form {
        &self.0
    }

    fn assert(equations: &mut Equations, equation: Equation) {
        equations.word(equation);
    }
}

fn forms<V: Element>(products: &[(&V, &V)]) -> Vec<(Form, Form)> {
    let both = |(a, b): &(&V, &V)| (a.form().clone(), b.form().clone());
    products.iter().map(both).collect()
}
