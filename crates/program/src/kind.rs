//! Kinds of rows: what a row satisfies, and what it sends.

use crate::layout::OUTPUTS;
use crate::{Form, layout};

/// The permutation of a row's first cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permutation {
    /// Poseidon1-24 of cells 0 to 23.
    Width24,
    /// Poseidon1-16 of cells 0 to 15; outputs 16 to 23 are zero.
    Width16,
    /// No permutation: all outputs are zero.
    None,
}

impl Permutation {
    /// All of them, in the order in which a header counts them.
    pub const ALL: [Self; 3] = [Self::Width24, Self::Width16, Self::None];

    /// Cells that it permutes, and outputs that a form may name.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Width24 => OUTPUTS,
            Self::Width16 => 16,
            Self::None => 0,
        }
    }

    /// Its place in [`Permutation::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Width24 => 0,
            Self::Width16 => 1,
            Self::None => 2,
        }
    }

    /// Whether a form of a row with this permutation may name `column`.
    #[must_use]
    pub const fn has_column(self, column: usize) -> bool {
        column < layout::FIRST_OUTPUT + self.width() || column == layout::CONSTANT
    }
}

/// A sum of products that equals a form: `sum_i left_i right_i = result`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraint {
    /// Left and right factors, at most [`layout::TERMS`].
    pub products: Vec<(Form, Form)>,
    /// What they add up to.
    pub result: Form,
}

/// A tuple that a row sends, so and so many times.
///
/// All messages of a run and `-1` times its public tuple add up to zero, tuple by tuple. A tuple has
/// [`layout::POSITIONS`] positions; those that are not given are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// How many times it is sent: positive where it is produced, negative where it is consumed.
    pub multiplicity: Form,
    /// The positions, at most [`layout::POSITIONS`]; position 0 is the tag.
    pub tuple: Vec<Form>,
}

/// A kind of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What people call it. It is no part of the program's identity.
    pub name: String,
    /// What people call its cells, from cell 0 on; empty where a cell has no name. No part of the identity either.
    pub cells: Vec<String>,
    /// The permutation of its first cells.
    pub permutation: Permutation,
    /// What each row satisfies, at most [`layout::CONSTRAINTS`].
    pub constraints: Vec<Constraint>,
    /// What each row sends, at most [`layout::MESSAGES`].
    pub messages: Vec<Message>,
}

impl Kind {
    /// A kind with no constraints and no messages.
    #[must_use]
    pub fn new(name: impl Into<String>, permutation: Permutation) -> Self {
        Self {
            name: name.into(),
            cells: Vec::new(),
            permutation,
            constraints: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// Number and form of each form that may have terms, in ascending order of the number.
    pub fn forms(&self) -> impl Iterator<Item = (usize, &Form)> {
        let results = self.constraints.iter().map(|c| &c.result).enumerate();
        let multiplicities = self.messages.iter().map(|m| &m.multiplicity).enumerate();
        let factors = || {
            self.constraints.iter().enumerate().flat_map(|(g, c)| {
                (c.products.iter().enumerate()).map(move |(i, product)| (g, i, product))
            })
        };
        let tuples = self.messages.iter().enumerate().flat_map(|(m, message)| {
            (message.tuple.iter().enumerate()).map(move |(j, form)| (m, j, form))
        });
        (results.map(|(g, form)| (layout::result_form(g), form)))
            .chain(multiplicities.map(|(m, form)| (layout::multiplicity_form(m), form)))
            .chain(factors().map(|(g, i, (left, _))| (layout::left_form(g, i), left)))
            .chain(factors().map(|(g, i, (_, right))| (layout::right_form(g, i), right)))
            .chain(tuples.map(|(m, j, form)| (layout::tuple_form(m, j), form)))
    }

    /// The cells of a row that are in use: the first ones, up to the last that a form names or the permutation takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.forms()
            .flat_map(|(_, form)| form.terms())
            .map(|(column, _)| column + 1)
            .filter(|&end| end <= layout::CELLS)
            .chain([self.permutation.width()])
            .max()
            .unwrap_or(0)
    }

    /// Takes away what is zero at the end of each list, which says nothing.
    pub(crate) fn trim(&mut self) {
        fn trim<T>(list: &mut Vec<T>, empty: impl Fn(&T) -> bool) {
            let used = list.iter().rposition(|x| !empty(x)).map_or(0, |i| i + 1);
            list.truncate(used);
        }
        for constraint in &mut self.constraints {
            trim(&mut constraint.products, |(a, b)| {
                a.is_zero() && b.is_zero()
            });
        }
        trim(&mut self.constraints, |c| {
            c.products.is_empty() && c.result.is_zero()
        });
        for message in &mut self.messages {
            trim(&mut message.tuple, Form::is_zero);
        }
        trim(&mut self.messages, |m| {
            m.multiplicity.is_zero() && m.tuple.is_empty()
        });
    }
}
