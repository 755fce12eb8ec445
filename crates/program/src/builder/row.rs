//! A body while it is written.

use std::array;
use std::collections::BTreeMap;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;

use super::equations::{Equation, Equations};
use super::procedure::{Action, Hint, Place, Position};
use super::value::{Base, Value, Word};
use crate::layout::POSITIONS;
use crate::{E, F, Form, Message, Permutation, Tag};

/// A value of a body: the column that stands for it until the body is cut into rows.
pub(super) const FIRST_VALUE: usize = 128;

/// One step of a body, with all that has to stand in its row.
#[derive(Default)]
pub(super) struct Item {
    /// What an executor does; none for what is part of a row by itself.
    pub(super) step: Option<(Action<usize>, Place)>,
    /// The values that it finds, and puts into cells.
    pub(super) cells: Vec<usize>,
    /// The permutation, with its inputs and with the values that are its outputs.
    pub(super) permutation: Option<(Permutation, Vec<Base>, Vec<usize>)>,
    /// Those of its cells that nothing determines.
    pub(super) hints: Vec<usize>,
    pub(super) equations: Equations,
    pub(super) messages: Vec<Message>,
}

/// A body while it is written: its values, equations and messages, step by step.
///
/// A body that fits becomes one row. One that does not is cut into several, each of which calls the next with what the rest needs.
pub struct Row {
    pub(super) values: usize,
    /// What it is called with.
    pub(super) parameters: Vec<usize>,
    pub(super) names: BTreeMap<usize, String>,
    pub(super) items: Vec<Item>,
    /// What belongs to the next step.
    pending: Item,
    /// Where the steps that are being written stand, if that is not the line that calls.
    place: Option<Place>,
    /// Whether rows that permute nothing do so idly.
    pub(super) idle: bool,
    pub(super) error: Option<(Place, String)>,
}

impl Row {
    pub(super) fn new() -> Self {
        Self {
            values: 0,
            parameters: Vec::new(),
            names: BTreeMap::new(),
            items: Vec::new(),
            pending: Item::default(),
            place: None,
            idle: false,
            error: None,
        }
    }

    /// Notes a mistake of whoever writes the program; the first one is reported when the program is complete.
    #[track_caller]
    pub(super) fn fail(&mut self, what: impl Into<String>) {
        let place = self.place.unwrap_or(Place::caller());
        self.error.get_or_insert((place, what.into()));
    }

    /// Says where the steps stand that are written next.
    pub const fn at(&mut self, place: Place) {
        self.place = Some(place);
    }

    /// New values, which are not in cells yet.
    pub(super) fn new_values(&mut self, count: usize) -> Vec<usize> {
        let first = FIRST_VALUE + self.values;
        self.values += count;
        (first..first + count).collect()
    }

    pub(super) fn new_cells(&mut self, count: usize) -> Vec<usize> {
        let cells = self.new_values(count);
        self.pending.cells.extend(&cells);
        cells
    }

    /// An element of what the body is called with.
    pub(super) fn new_parameter(&mut self) -> usize {
        let cell = self.new_values(1)[0];
        self.parameters.push(cell);
        cell
    }

    /// What the body is called with.
    pub(super) fn receive_parameters<V: Value>(&mut self) -> (V, Vec<usize>) {
        let cells: Vec<usize> = (0..elements::<V>()).map(|_| self.new_parameter()).collect();
        (V::in_cells(&mut cells.iter().copied()), cells)
    }

    /// A value in new cells that nothing has computed yet, with the cells.
    pub(super) fn receive<V: Value>(&mut self) -> (V, Vec<usize>) {
        let cells = self.new_cells(elements::<V>());
        (V::in_cells(&mut cells.iter().copied()), cells)
    }

    #[track_caller]
    pub(super) fn step(&mut self, action: Action<usize>) {
        self.pending.step = Some((action, self.place.unwrap_or(Place::caller())));
        self.flush();
    }

    /// Notes that nothing determines a cell of the step that is being written.
    pub(super) fn pending_hint(&mut self, cell: usize) {
        self.pending.hints.push(cell);
    }

    /// Ends the step that is being written.
    pub(super) fn flush(&mut self) {
        self.items.push(std::mem::take(&mut self.pending));
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
        self.pending.messages.push(Message {
            multiplicity,
            tuple,
        });
    }

    /// Gives the cell of `value` a name, for people who read kinds and errors. It has to be a cell.
    #[track_caller]
    pub fn name(&mut self, value: &Base, name: impl Into<String>) {
        match as_cell(&value.0) {
            Some(cell) => {
                self.names.insert(cell, name.into());
            }
            None => self.fail("only a cell has a name"),
        }
    }

    /// Gives `value` a name, if it is a cell that has none.
    pub fn name_cell(&mut self, value: &Base, name: &str) {
        if let Some(cell) = as_cell(&value.0) {
            self.names.entry(cell).or_insert_with(|| name.into());
        }
    }

    /// A value from the tape. Nothing is known about it.
    #[track_caller]
    pub fn advice<V: Value>(&mut self) -> V {
        let (value, cells) = self.receive();
        self.advise(cells);
        value
    }

    /// Elements of the tape go into these cells.
    #[track_caller]
    pub(super) fn advise(&mut self, cells: Vec<usize>) {
        self.pending.hints.extend(&cells);
        self.step(Action::Advice { cells });
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
        let inputs = inputs.iter().map(|x| x.0.clone()).collect();
        self.hint_of(inputs, cells, Arc::new(compute));
        value
    }

    /// What is computed from these forms goes into these cells.
    #[track_caller]
    pub(super) fn hint_of(&mut self, inputs: Vec<Form>, cells: Vec<usize>, compute: Hint) {
        self.pending.hints.extend(&cells);
        self.step(Action::Hint {
            inputs,
            cells,
            compute,
        });
    }

    /// 0 or 1, as `compute` finds from the values of `inputs`.
    #[track_caller]
    pub fn boolean(
        &mut self,
        inputs: &[&Base],
        compute: impl Fn(&[F]) -> bool + Send + Sync + 'static,
    ) -> Base {
        let bit: Base = self.hint(inputs, move |x| Ok(vec![F::from_bool(compute(x))]));
        // It stands where the hint does.
        if let Some(item) = self.items.last_mut() {
            item.equations.boolean(bit.0.clone());
        }
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
        V::assert(&mut self.pending.equations, equation);
        self.step(Action::Solve {
            cells,
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
        V::assert(&mut self.pending.equations, equation.clone());
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

    /// The outputs of the permutation of width 24.
    #[track_caller]
    pub fn permute24(&mut self, inputs: &[Base; 24]) -> [Base; 24] {
        self.permute(Permutation::Width24, inputs)
    }

    /// The outputs of the permutation of width 16.
    #[track_caller]
    pub fn permute16(&mut self, inputs: &[Base; 16]) -> [Base; 16] {
        self.permute(Permutation::Width16, inputs)
    }

    /// Puts rows that permute nothing among those with a permutation of width 24: they permute their first cells, and
    /// nobody looks at the outputs.
    ///
    /// Cells are committed column by column, from the first row to the last that has them, and rows with a permutation come first. A
    /// wide row behind many narrow ones makes all of them wider; where there are few such rows, a permutation of each is less.
    pub const fn permute_idly(&mut self) {
        self.idle = true;
    }

    #[track_caller]
    fn permute<const N: usize>(
        &mut self,
        permutation: Permutation,
        inputs: &[Base; N],
    ) -> [Base; N] {
        let outputs = self.new_values(N);
        self.pending.permutation = Some((permutation, inputs.to_vec(), outputs.clone()));
        self.step(Action::Permute);
        array::from_fn(|j| Base(Form::column(outputs[j])))
    }
}

/// Elements of a value.
fn elements<V: Value>() -> usize {
    V::widths().iter().map(|&width| usize::from(width)).sum()
}

pub(super) fn with_widths<V: Value>(forms: Vec<Form>) -> Vec<Position> {
    forms.into_iter().zip(V::widths()).collect()
}

/// The value that a form is.
pub(super) fn as_cell(form: &Form) -> Option<usize> {
    let mut terms = form.terms();
    match (terms.next(), terms.next()) {
        (Some((column, E::ONE)), None) if column >= FIRST_VALUE => Some(column),
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
