//! Equations of a kind, packed into constraints.
//!
//! Equations over the base field share a constraint as coefficients of `1, X, .., X^4`: up to five of them, with up to
//! four products in all. Booleans share one with booleans only, so that it can be seen that they are
//! (see [`boolean`](crate::check::boolean)). An equation over the extension has a constraint of its own.

use crate::form::power_of_x;
use crate::layout::TERMS;
use crate::{Constraint, DEGREE, Form};

/// `sum of products + linear = 0`.
#[derive(Clone, Debug)]
pub(super) struct Equation {
    pub(super) products: Vec<(Form, Form)>,
    pub(super) linear: Form,
}

/// Equations by how they are packed.
#[derive(Clone, Debug, Default)]
pub(super) struct Equations {
    base: Vec<Equation>,
    booleans: Vec<Form>,
    words: Vec<Equation>,
}

impl Equations {
    /// Adds an equation whose forms all have base coefficients.
    pub(super) fn base(&mut self, equation: Equation) {
        debug_assert!(equation.linear.is_base());
        debug_assert!((equation.products.iter()).all(|(a, b)| a.is_base() && b.is_base()));
        self.base.push(equation);
    }

    /// Adds `b b = b`.
    pub(super) fn boolean(&mut self, b: Form) {
        debug_assert!(b.is_base());
        self.booleans.push(b);
    }

    /// Adds an equation over the extension.
    pub(super) fn word(&mut self, equation: Equation) {
        self.words.push(equation);
    }

    /// The constraints that say all of them.
    pub(super) fn pack(self) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        for booleans in self.booleans.chunks(TERMS) {
            let shifted = |i: usize, b: &Form| b * power_of_x(i);
            constraints.push(Constraint {
                products: (booleans.iter().enumerate())
                    .map(|(i, b)| (shifted(i, b), b.clone()))
                    .collect(),
                result: (booleans.iter().enumerate())
                    .fold(Form::ZERO, |sum, (i, b)| &sum + &shifted(i, b)),
            });
        }
        for equation in self.words {
            constraints.push(Constraint {
                products: equation.products,
                result: -&equation.linear,
            });
        }
        // Largest first, each into the first constraint that has room.
        let mut base = self.base;
        base.sort_by_key(|equation| std::cmp::Reverse(equation.products.len()));
        let mut packed: Vec<(usize, Constraint)> = Vec::new();
        for Equation { products, linear } in base {
            let room = packed.iter().position(|(equations, constraint)| {
                *equations < DEGREE && constraint.products.len() + products.len() <= TERMS
            });
            let index = room.unwrap_or_else(|| {
                packed.push((0, Constraint::default()));
                packed.len() - 1
            });
            let (equations, constraint) = &mut packed[index];
            let power = power_of_x(*equations);
            constraint
                .products
                .extend(products.into_iter().map(|(a, b)| (&a * power, b)));
            constraint.result = &constraint.result - &(&linear * power);
            *equations += 1;
        }
        constraints.extend(packed.into_iter().map(|(_, constraint)| constraint));
        constraints
    }
}
