//! Loops: unrolled where that pays or has to be, else one of the builder's, with a ticket.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::open::Case;
use sheaf_program::builder::{Base, Place};

use super::Lowering;
use super::analysis::Variables;
use super::body::{Element, Held, Writing, bases, most};
use super::outline::Captured;
use crate::source::Span;
use crate::tree::{Expr, LocalId};

/// The most products that an unrolled loop may have where nothing asks for its being unrolled.
const UNROLLED: usize = 48;
/// The most steps that a loop may have which has to be unrolled.
const MOST_STEPS: u32 = 1 << 10;

/// The state of a loop: an element of its own, variables that change, and what is passed along.
struct State {
    name: String,
    place: Place,
    assigned: Vec<LocalId>,
    captured: Captured,
    start: Vec<Base>,
}

impl State {
    fn new(
        lowering: &Lowering<'_>,
        outer: &Writing,
        first: &Base,
        variables: &Variables,
        others: &[Base],
        (name, span): (&str, Span),
    ) -> Self {
        let assigned: Vec<LocalId> = (variables.assigned().into_iter())
            .filter(|&local| outer.locals[local].is_some())
            .collect();
        let captured = Captured::new(outer, variables.constant(), others);
        let changing = (assigned.iter()).flat_map(|&local| outer.locals[local].iter().flatten());
        let mut start = vec![first.clone()];
        start.extend(changing.map(|element| element.base.clone()));
        start.extend(captured.passed.iter().cloned());
        Self {
            name: format!("{}, {name}", lowering.tree.functions[outer.function].name),
            place: lowering.place(span),
            assigned,
            captured,
            start,
        }
    }

    /// What is passed along, in a state.
    fn passed<'s>(&self, state: &'s [Base]) -> &'s [Base] {
        &state[state.len() - self.captured.passed.len()..]
    }

    /// Gives a step its variables.
    fn enter(&self, lowering: &Lowering<'_>, outer: &Writing, inner: &mut Writing, state: &[Base]) {
        self.captured.enter(outer, inner, self.passed(state));
        self.assign(lowering, inner, state);
    }

    /// Sets the variables that change to what a state says.
    fn assign(&self, lowering: &Lowering<'_>, writing: &mut Writing, state: &[Base]) {
        let mut state = state[1..].iter();
        for &local in &self.assigned {
            let ty = &lowering.tree.functions[writing.function].locals[local].ty;
            let held: Held = (most(&lowering.tree, ty).into_iter().zip(state.by_ref()))
                .map(|(most, base)| Element {
                    base: base.clone(),
                    most,
                })
                .collect();
            writing.locals[local] = Some(held);
        }
    }

    /// The state after a step.
    fn after(&self, inner: &Writing, first: Base, before: &[Base]) -> Vec<Base> {
        let changed =
            (self.assigned.iter()).flat_map(|&local| inner.locals[local].iter().flatten());
        [first]
            .into_iter()
            .chain(changed.map(|element| element.base.clone()))
            .chain(self.passed(before).iter().cloned())
            .collect()
    }

    /// What is known of the last state, if this is known of its own element.
    fn end(&self, first: Base) -> Vec<Option<Base>> {
        let changing = self.start.len() - 1 - self.captured.passed.len();
        [Some(first)]
            .into_iter()
            .chain(vec![None; changing])
            .chain(self.captured.passed.iter().cloned().map(Some))
            .collect()
    }
}

impl Lowering<'_> {
    pub(super) fn for_loop(
        &mut self,
        writing: &mut Writing,
        index: Option<LocalId>,
        bounds: [&Expr; 2],
        body: &Expr,
        span: Span,
    ) {
        let start = self.one(writing, bounds[0]);
        let end = self.one(writing, bounds[1]);
        if let (Some(start), Some(end)) = (start.known(), end.known()) {
            let (start, end) = (start.as_canonical_u32(), end.as_canonical_u32());
            let steps = end.saturating_sub(start);
            let wanted = index.is_some_and(|index| body.indexes_by(index));
            let small = (steps as usize).saturating_mul(body.weight().max(1)) <= UNROLLED;
            if small || wanted && steps <= MOST_STEPS {
                for i in start..end {
                    if let Some(index) = index {
                        writing.locals[index] = Some(vec![Element::number(i)]);
                    }
                    self.expr(writing, body);
                }
                return;
            }
        }
        let end = self.not_before(writing, &start, end);
        let variables = Variables::of([body]).without(index);
        let others = [end.base.clone()];
        let state = State::new(
            self,
            writing,
            &start.base,
            &variables,
            &others,
            ("for", span),
        );
        self.counted(writing, &state, &end, |lowering, inner, _, i| {
            if let Some(index) = index {
                inner.locals[index] = Some(vec![i]);
            }
            lowering.expr(inner, body);
        });
    }

    /// The end of a range, or its start if that is larger.
    fn not_before(&mut self, writing: &mut Writing, start: &Element, end: Element) -> Element {
        if start.known() == Some(F::ZERO) {
            return end;
        }
        let reversed = self.less(writing, &end, start);
        writing.select(&reversed, start, &end)
    }

    /// A loop whose own element counts up to an end, which is passed along.
    fn counted(
        &mut self,
        writing: &mut Writing,
        state: &State,
        end: &Element,
        step: impl FnOnce(&mut Self, &mut Writing, &[Base], Element),
    ) {
        let position = state.start.len() - state.captured.passed.len();
        let position = (state.captured.passed.iter())
            .position(|base| *base == end.base)
            .map(|index| position + index);
        let constant = end.known();
        let until = move |values: &[F]| match (constant, position) {
            (Some(end), _) => values[0] == end,
            (None, Some(position)) => values[0] == values[position],
            (None, None) => true,
        };
        let elements = state.start.len();
        let looping = (self.builder).open_loop(&state.name, state.place, elements, until);
        let (open, given) = self.builder.open_step(looping, None, state.place);
        let mut inner = Writing::new(open, writing.function, writing.locals.len(), state.place);
        state.enter(self, writing, &mut inner, &given);
        let passed = state.passed(&given);
        let last = state.captured.inner(&end.base, passed).plus(-1);
        // The loop begins at its end or before it, and goes up by one: each step's number is below the end.
        inner.numbers.push(&last - &given[0]);
        let i = Element {
            base: given[0].clone(),
            most: end.most.saturating_sub(1),
        };
        step(self, &mut inner, passed, i);
        let after = state.after(&inner, given[0].plus(1), &given);
        self.builder.close(inner.open, &after);
        writing.open.row.at(state.place);
        let known = state.end(end.base.clone());
        let last = writing.open.row.run_open(looping, &state.start, &known);
        state.assign(self, writing, &last);
    }

    pub(super) fn while_loop(
        &mut self,
        writing: &mut Writing,
        condition: &Expr,
        body: &Expr,
        span: Span,
    ) {
        let go = self.one(writing, condition);
        let variables = Variables::of([condition, body]);
        let state = State::new(self, writing, &go.base, &variables, &[], ("while", span));
        let elements = state.start.len();
        let looping = (self.builder).open_loop(&state.name, state.place, elements, |values| {
            values[0] == F::ZERO
        });
        let case = Case {
            name: "step".into(),
            known: vec![(0, F::ONE)],
        };
        let (open, given) = self.builder.open_step(looping, Some(case), state.place);
        let mut inner = Writing::new(open, writing.function, writing.locals.len(), state.place);
        state.enter(self, writing, &mut inner, &given);
        self.expr(&mut inner, body);
        let go = self.one(&mut inner, condition);
        let after = state.after(&inner, go.base, &given);
        self.builder.close(inner.open, &after);
        writing.open.row.at(state.place);
        let known = state.end(Base::zero());
        let last = writing.open.row.run_open(looping, &state.start, &known);
        state.assign(self, writing, &last);
    }

    /// A list, word by word: all of its memory is written before anybody can read it.
    pub(super) fn made_list(
        &mut self,
        writing: &mut Writing,
        length: &Expr,
        index: LocalId,
        word: &Expr,
        span: Span,
    ) -> Held {
        let length = self.one(writing, length);
        let memory = self.memory();
        writing.open.row.at(writing.place);
        let base = writing.open.row.allocate(memory, &length.base);
        let list = vec![Element::any(base.clone()), length.clone()];
        if let Some(steps) = length.known().map(|n| n.as_canonical_u32())
            && (steps as usize).saturating_mul(word.weight() + 1) <= UNROLLED
        {
            for i in 0..steps {
                writing.locals[index] = Some(vec![Element::number(i)]);
                let word = self.expr(writing, word);
                let address = base.plus(i as i32);
                writing.open.row.write_open(memory, &address, &bases(&word));
            }
            return list;
        }
        let variables = Variables::of([word]).without(Some(index));
        let others = [length.base.clone(), base.clone()];
        let zero = Base::zero();
        let state = State::new(self, writing, &zero, &variables, &others, ("from_fn", span));
        let first = &base;
        self.counted(writing, &state, &length, |lowering, inner, passed, i| {
            let address = &state.captured.inner(first, passed) + &i.base;
            inner.locals[index] = Some(vec![i]);
            let word = lowering.expr(inner, word);
            inner.open.row.write_open(memory, &address, &bases(&word));
        });
        list
    }

    /// The only element of a value that has one.
    pub(super) fn one(&mut self, writing: &mut Writing, expr: &Expr) -> Element {
        let held = self.expr(writing, expr);
        held.into_iter().next().unwrap_or(Element::number(0))
    }
}
