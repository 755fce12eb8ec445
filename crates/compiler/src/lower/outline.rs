//! What a loop or a branch takes from the body around it.

use std::collections::HashMap;

use sheaf_program::builder::Base;
use sheaf_program::coefficients;
use sheaf_program::layout::CONSTANT;

use super::body::{Element, Writing, known};
use crate::tree::LocalId;

/// Variables that another body looks at. What is constant goes with the text; equal elements go once.
pub(super) struct Captured {
    locals: Vec<LocalId>,
    /// What is passed, as the outer body has it.
    pub(super) passed: Vec<Base>,
}

impl Captured {
    /// These variables, and other elements.
    pub(super) fn new(outer: &Writing, locals: Vec<LocalId>, others: &[Base]) -> Self {
        let mut captured = Self {
            locals,
            passed: Vec::new(),
        };
        let locals = captured.locals.clone();
        let held = locals
            .iter()
            .filter_map(|&local| outer.locals[local].as_ref());
        for base in held.flatten().map(|element| &element.base).chain(others) {
            if known(base).is_none() && !captured.passed.contains(base) {
                captured.passed.push(base.clone());
            }
        }
        captured
    }

    /// What an element of the outer body is in the inner one, which has got these.
    pub(super) fn inner(&self, base: &Base, given: &[Base]) -> Base {
        match self.passed.iter().position(|passed| passed == base) {
            Some(index) => given[index].clone(),
            // Only constants are not passed.
            None => base.clone(),
        }
    }

    /// Gives the inner body its variables, and what is known of their numbers.
    pub(super) fn enter(&self, outer: &Writing, inner: &mut Writing, given: &[Base]) {
        for &local in &self.locals {
            inner.locals[local] = outer.locals[local].as_ref().map(|held| {
                (held.iter())
                    .map(|element| Element {
                        base: self.inner(&element.base, given),
                        most: element.most,
                    })
                    .collect()
            });
        }
        let numbers = outer.numbers.iter();
        (inner.numbers).extend(numbers.filter_map(|base| self.translated(base, given)));
    }

    /// A form of the outer body in terms of what the inner one has, if it can be.
    pub(super) fn translated(&self, base: &Base, given: &[Base]) -> Option<Base> {
        let columns: HashMap<usize, &Base> = (self.passed.iter().zip(given))
            .filter_map(|(passed, given)| Some((passed.as_value()?, given)))
            .collect();
        let mut sum = Base::zero();
        for (column, coefficient) in base.form().terms() {
            let factor = coefficients(coefficient)[0];
            let term = match column {
                CONSTANT => Base::constant(factor),
                column => columns.get(&column)?.times(factor),
            };
            sum = &sum + &term;
        }
        Some(sum)
    }
}
