//! Branches: both sides where that is cheap and nothing can fail, else a function with two bodies.

use p3_field::PrimeCharacteristicRing;
use sheaf_program::F;
use sheaf_program::builder::Base;
use sheaf_program::builder::open::Case;

use super::Lowering;
use super::analysis::Variables;
use super::body::{Element, Held, Writing, bases, known, most};
use super::outline::Captured;
use crate::source::Span;
use crate::tree::{Expr, LocalId, Type};

/// The most products that both sides of a branch may have together to be evaluated in the row.
const BOTH_SIDES: usize = 16;

impl Lowering<'_> {
    /// `if condition { then } else { otherwise }`.
    pub(super) fn branch(
        &mut self,
        writing: &mut Writing,
        condition: &Base,
        sides: [&Expr; 2],
        ty: &Type,
        span: Span,
    ) -> Held {
        let [then, otherwise] = sides;
        if let Some(condition) = known(condition) {
            return self.expr(writing, if condition == F::ONE { then } else { otherwise });
        }
        let total = then.is_total() && otherwise.is_total();
        if total && then.weight() + otherwise.weight() <= BOTH_SIDES {
            self.both_sides(writing, condition, sides)
        } else {
            self.one_side(writing, condition, sides, ty, span)
        }
    }

    fn both_sides(&mut self, writing: &mut Writing, condition: &Base, sides: [&Expr; 2]) -> Held {
        let before = writing.locals.clone();
        let one = self.expr(writing, sides[0]);
        let after_one = std::mem::replace(&mut writing.locals, before);
        let zero = self.expr(writing, sides[1]);
        for local in Variables::of(sides).assigned() {
            if let (Some(one), Some(zero)) = (&after_one[local], writing.locals[local].clone()) {
                let chosen = choose(writing, condition, one, &zero);
                writing.locals[local] = Some(chosen);
            }
        }
        choose(writing, condition, &one, &zero)
    }

    fn one_side(
        &mut self,
        writing: &mut Writing,
        condition: &Base,
        sides: [&Expr; 2],
        ty: &Type,
        span: Span,
    ) -> Held {
        let variables = Variables::of(sides);
        let assigned: Vec<LocalId> = (variables.assigned().into_iter())
            .filter(|&local| writing.locals[local].is_some())
            .collect();
        let captured = Captured::new(writing, variables.used(), &[]);
        let place = self.place(span);
        let mut largest = most(&self.tree, ty);
        let own = largest.len();
        for &local in &assigned {
            let ty = &self.tree.functions[writing.function].locals[local].ty;
            largest.extend(most(&self.tree, ty));
        }
        let name = format!("{}, if", self.tree.functions[writing.function].name);
        let arguments = 1 + captured.passed.len();
        let function = (self.builder).open_function(&name, place, arguments, largest.len());
        for (side, name, value) in [(sides[0], "then", F::ONE), (sides[1], "else", F::ZERO)] {
            let case = Case {
                name: name.into(),
                known: vec![(0, value)],
            };
            let (open, given) = self.builder.open(function, Some(case), place);
            let mut inner = Writing::new(open, writing.function, writing.locals.len(), place);
            captured.enter(writing, &mut inner, &given[1..]);
            for (bit, one, zero) in &writing.conditional {
                if bit == condition {
                    let number = if value == F::ONE { one } else { zero };
                    inner
                        .numbers
                        .extend(captured.translated(number, &given[1..]));
                }
            }
            let mut result = self.expr(&mut inner, side);
            result.resize(own, Element::number(0));
            for &local in &assigned {
                result.extend(inner.locals[local].clone().unwrap_or_default());
            }
            self.builder.close(inner.open, &bases(&result));
        }
        let arguments = [std::slice::from_ref(condition), &captured.passed].concat();
        writing.open.row.at(place);
        let results = writing.open.row.call_open(function, &arguments);
        let mut results =
            (results.into_iter().zip(largest)).map(|(base, most)| Element { base, most });
        let own = results.by_ref().take(own).collect();
        for &local in &assigned {
            let count = writing.locals[local].as_ref().map_or(0, Vec::len);
            writing.locals[local] = Some(results.by_ref().take(count).collect());
        }
        own
    }
}

/// The one value or the other, element by element.
pub(super) fn choose(
    writing: &mut Writing,
    condition: &Base,
    one: &[Element],
    zero: &[Element],
) -> Held {
    (one.iter().zip(zero))
        .map(|(one, zero)| writing.select(condition, one, zero))
        .collect()
}
