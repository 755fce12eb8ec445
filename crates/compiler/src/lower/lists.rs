//! Lists in memory, and arrays in cells.

use sheaf_program::builder::Base;

use super::Lowering;
use super::body::{Element, Held, Writing, most};
use crate::diagnostics::Diagnostic;
use crate::tree::{Expr, Type};

/// The longest array that an index may choose from which is known at run time only.
const CHOICES: usize = 64;

impl Lowering<'_> {
    /// A part of an array, or a word of a list.
    pub(super) fn index(&mut self, writing: &mut Writing, whole: &Expr, index: &Expr) -> Held {
        let held = self.expr(writing, whole);
        let position = self.one(writing, index);
        match &whole.ty {
            Type::List(word) => self.word(writing, &held, &position, word),
            Type::Array(part, length) => {
                if position.known().is_none() && *length > CHOICES {
                    self.report(
                        Diagnostic::error(index.span, "this index is known at run time only")
                            .note(format!(
                                "the array has {length} parts, and each of them would have a cell here that says whether it is the one"
                            ))
                            .help("make it a list: `let list = from_fn(n, |i| ..)`, which is in memory"),
                    );
                    return Vec::new();
                }
                let count = self.tree.elements(part);
                let selectors = self.selectors(writing, &position, *length);
                self.chosen(writing, &held, count, &selectors)
            }
            _ => Vec::new(),
        }
    }

    /// The part that is chosen.
    fn chosen(
        &mut self,
        writing: &mut Writing,
        held: &[Element],
        count: usize,
        selectors: &[(usize, Base)],
    ) -> Held {
        if let [(only, _)] = selectors {
            return held[only * count..][..count].to_vec();
        }
        (0..count)
            .map(|i| {
                let element = |number: usize| &held[number * count + i];
                let pairs: Vec<(Base, Base)> = (selectors.iter())
                    .map(|(number, bit)| (bit.clone(), element(*number).base.clone()))
                    .collect();
                let largest = selectors
                    .iter()
                    .map(|(number, _)| element(*number).most)
                    .max();
                Element {
                    base: writing.sum_of_products(&pairs, &Base::zero()),
                    most: largest.unwrap_or(0),
                }
            })
            .collect()
    }

    /// A word of a list. The index is a number, so that it is not below the list; and it is shown to be before its end.
    fn word(
        &mut self,
        writing: &mut Writing,
        list: &[Element],
        index: &Element,
        word: &Type,
    ) -> Held {
        let [base, length] = list else {
            return Vec::new();
        };
        let rest = &length.base.plus(-1) - &index.base;
        self.number(writing, &rest, "the index is within the list");
        let memory = self.memory();
        let address = &base.base + &index.base;
        let largest = most(&self.tree, word);
        let elements = writing.open.row.read_open(memory, &address, largest.len());
        (elements.into_iter().zip(largest))
            .map(|(base, most)| Element { base, most })
            .collect()
    }

    /// An array, put into memory.
    pub(super) fn list(&mut self, writing: &mut Writing, held: &[Element], length: usize) -> Held {
        let memory = self.memory();
        let count = held.len().checked_div(length).unwrap_or(0);
        let words = Element::number(length as u32);
        let base = writing.open.row.allocate(memory, &words.base);
        for i in 0..length {
            let word: Vec<Base> = (held[i * count..][..count].iter())
                .map(|element| element.base.clone())
                .collect();
            let address = base.plus(i as i32);
            writing.open.row.write_open(memory, &address, &word);
        }
        vec![Element::any(base), words]
    }
}
