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

    /// Adds all of these.
    pub(super) fn extend(&mut self, others: &Self) {
        self.base.extend(others.base.iter().cloned());
        self.booleans.extend(others.booleans.iter().cloned());
        self.words.extend(others.words.iter().cloned());
    }

    /// Adds as many equations without products, which say that a cell is a form.
    pub(super) fn add_copies(&mut self, count: usize) {
        let copy = Equation {
            products: Vec::new(),
            linear: Form::ZERO,
        };
        self.base.extend(vec![copy; count]);
    }

    /// All forms in them.
    pub(super) fn forms(&self) -> impl Iterator<Item = &Form> {
        (self.base.iter().chain(&self.words))
            .flat_map(|equation| {
                (equation.products.iter().flat_map(|(a, b)| [a, b])).chain([&equation.linear])
            })
            .chain(&self.booleans)
    }

    /// How many constraints say all of them.
    pub(super) fn constraints(&self) -> usize {
        let mut sizes: Vec<usize> = self.base.iter().map(|e| e.products.len()).collect();
        sizes.sort_unstable_by_key(|&size| std::cmp::Reverse(size));
        // Equations and products of each.
        let mut packed: Vec<(usize, usize)> = Vec::new();
        for size in sizes {
            let index = place(packed.iter().copied(), size);
            if index == packed.len() {
                packed.push((0, 0));
            }
            packed[index].0 += 1;
            packed[index].1 += size;
        }
        self.booleans.len().div_ceil(TERMS) + self.words.len() + packed.len()
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
            let sizes = packed
                .iter()
                .map(|(equations, c)| (*equations, c.products.len()));
            let index = place(sizes, products.len());
            if index == packed.len() {
                packed.push((0, Constraint::default()));
            }
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

/// The first constraint with room for an equation of so many products, or the number of constraints; of each, `packed` has its equations
/// and products.
fn place(packed: impl ExactSizeIterator<Item = (usize, usize)>, products: usize) -> usize {
    let count = packed.len();
    let mut packed = packed;
    packed
        .position(|(equations, taken)| equations < DEGREE && taken + products <= TERMS)
        .unwrap_or(count)
}
