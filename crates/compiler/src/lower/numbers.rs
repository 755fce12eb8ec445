//! Numbers below `2^24`: whatever makes one shows that it is.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::Base;

use super::Lowering;
use super::body::{Element, Writing, known};
use crate::LIMIT;
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::tree::Binary;

/// Quotients of numbers by divisors up to this one have one reading: `2^24 127 < p`.
const SMALL_DIVISOR: u32 = 127;

impl Lowering<'_> {
    /// Shows that a form has a value below `2^24`, unless that is known.
    pub(super) fn number(&mut self, writing: &mut Writing, base: &Base, message: &str) {
        if let Some(value) = known(base) {
            if value.as_canonical_u32() < LIMIT {
                return;
            }
            // It never is: nothing satisfies this.
            return writing.open.row.assert_zero(&[], &Base::number(1), message);
        }
        if writing.numbers.contains(base) {
            return;
        }
        let bytes = self.bytes();
        let what = message.to_owned();
        let row = &mut writing.open.row;
        let upper = row.hint_elements(std::slice::from_ref(base), 2, move |x| {
            match x[0].as_canonical_u32() {
                number if number < LIMIT => Ok(vec![
                    F::from_u32(number >> 8 & 255),
                    F::from_u32(number >> 16),
                ]),
                _ => Err(what.clone()),
            }
        });
        let shifted = &upper[0].times(F::from_u32(1 << 8)) + &upper[1].times(F::from_u32(1 << 16));
        row.assert_in(&bytes, &(base - &shifted));
        row.assert_in(&bytes, &upper[0]);
        row.assert_in(&bytes, &upper[1]);
        writing.numbers.push(base.clone());
    }

    /// Shows that a form has a value below a constant, from 1 to `2^24`.
    fn below(&mut self, writing: &mut Writing, base: &Base, bound: u32, message: &str) {
        if bound == 2 {
            writing
                .open
                .row
                .assert_zero(&[(base, base)], &-base, message);
        } else if bound.is_power_of_two() && bound <= 256 {
            let bytes = self.bytes();
            writing.open.row.assert_in(&bytes, base);
            if bound < 256 {
                let scaled = base.times(F::from_u32(256 / bound));
                writing.open.row.assert_in(&bytes, &scaled);
            }
        } else {
            self.number(writing, base, message);
            let rest = &Base::number(bound - 1) - base;
            self.number(writing, &rest, message);
        }
    }

    /// Arithmetic on numbers.
    pub(super) fn arithmetic(
        &mut self,
        writing: &mut Writing,
        op: Binary,
        a: &Element,
        b: &Element,
        span: Span,
    ) -> Element {
        match op {
            Binary::Add => {
                let sum = &a.base + &b.base;
                self.checked(
                    writing,
                    sum,
                    a.most.saturating_add(b.most),
                    "a sum is below 2^24",
                )
            }
            Binary::Subtract => {
                let difference = &a.base - &b.base;
                self.number(writing, &difference, "a difference is not below zero");
                let most = match b.known() {
                    Some(b) => a.most.saturating_sub(b.as_canonical_u32()),
                    None => a.most,
                };
                Element {
                    base: difference,
                    most,
                }
            }
            Binary::Multiply => self.multiply(writing, a, b),
            Binary::Divide => self.divide(writing, a, b, span).0,
            _ => self.divide(writing, a, b, span).1,
        }
    }

    /// A form that is an integer of at most this size, as a number.
    fn checked(&mut self, writing: &mut Writing, base: Base, most: u32, message: &str) -> Element {
        if most >= LIMIT {
            self.number(writing, &base, message);
        }
        let most = most.min(LIMIT - 1);
        Element { base, most }
    }

    fn multiply(&mut self, writing: &mut Writing, a: &Element, b: &Element) -> Element {
        let message = "a product is below 2^24";
        let largest = u64::from(a.most) * u64::from(b.most);
        if largest < u64::from(F::ORDER_U32) {
            let product = writing.product(&a.base, &b.base);
            return self.checked(writing, product, largest as u32, message);
        }
        for (a, b) in [(a, b), (b, a)] {
            if let Some(factor) = a.known().map(|a| a.as_canonical_u32()) {
                let room = (LIMIT - 1) / factor;
                self.number(writing, &(&Base::number(room) - &b.base), message);
                return Element {
                    base: b.base.times(F::from_u32(factor)),
                    most: room * factor,
                };
            }
        }
        let function = self.multiplication(writing.place);
        let arguments = [a.base.clone(), b.base.clone()];
        let product = writing.open.row.call_open(function, &arguments);
        Element {
            base: product[0].clone(),
            most: LIMIT - 1,
        }
    }

    /// The function that multiplies any numbers: `(a0 + 2^12 a1)(b0 + 2^12 b1)`, where no part wraps around `p`.
    fn multiplication(
        &mut self,
        place: sheaf_program::builder::Place,
    ) -> sheaf_program::builder::open::OpenFunction {
        if let Some(function) = self.multiplication {
            return function;
        }
        let function = self.builder.open_function("multiply", place, 2, 1);
        self.multiplication = Some(function);
        let (open, given) = self.builder.open(function, None, place);
        let mut inner = Writing::new(open, 0, 0, place);
        let message = "a product is below 2^24";
        let mut halves = Vec::new();
        for number in &given {
            let upper = inner
                .open
                .row
                .hint_elements(std::slice::from_ref(number), 1, |x| {
                    Ok(vec![F::from_u32(x[0].as_canonical_u32() >> 12)])
                });
            let lower = number - &upper[0].times(F::from_u32(1 << 12));
            self.below_4096(&mut inner, &lower, message);
            self.below_4096(&mut inner, &upper[0], message);
            halves.push((lower, upper[0].clone()));
        }
        let ((a0, a1), (b0, b1)) = (&halves[0], &halves[1]);
        inner
            .open
            .row
            .assert_zero(&[(a1, b1)], &Base::zero(), message);
        let middle = inner
            .open
            .row
            .products(&[(a0, b1), (a1, b0)], &Base::zero());
        self.below_4096(&mut inner, &middle, message);
        let shifted = middle.times(F::from_u32(1 << 12));
        let product = inner.open.row.products(&[(a0, b0)], &shifted);
        self.number(&mut inner, &product, message);
        self.builder.close(inner.open, &[product]);
        function
    }

    fn below_4096(&mut self, writing: &mut Writing, base: &Base, message: &str) {
        let bytes = self.bytes();
        let what = message.to_owned();
        let row = &mut writing.open.row;
        let upper = row.hint_elements(std::slice::from_ref(base), 1, move |x| {
            match x[0].as_canonical_u32() {
                number if number < 1 << 12 => Ok(vec![F::from_u32(number >> 8)]),
                _ => Err(what.clone()),
            }
        });
        row.assert_in(&bytes, &(base - &upper[0].times(F::from_u32(1 << 8))));
        row.assert_in(&bytes, &upper[0]);
        row.assert_in(&bytes, &upper[0].times(F::from_u32(16)));
    }

    /// Quotient and remainder.
    fn divide(
        &mut self,
        writing: &mut Writing,
        a: &Element,
        b: &Element,
        span: Span,
    ) -> (Element, Element) {
        let Some(divisor) = b.known().map(|b| b.as_canonical_u32()) else {
            return self.divide_by_any(writing, a, b);
        };
        if divisor == 0 {
            self.report(Diagnostic::error(span, "division by zero").label("has no proof, ever"));
            return (Element::number(0), Element::number(0));
        }
        if let Some(a) = a.known().map(|a| a.as_canonical_u32()) {
            return (Element::number(a / divisor), Element::number(a % divisor));
        }
        if divisor == 1 {
            return (a.clone(), Element::number(0));
        }
        let key = (a.base.form().clone(), divisor);
        if let Some(found) = writing.quotients.get(&key) {
            return found.clone();
        }
        let inputs = std::slice::from_ref(&a.base);
        let quotient = writing.open.row.hint_elements(inputs, 1, move |x| {
            Ok(vec![F::from_u32(x[0].as_canonical_u32() / divisor)])
        });
        let quotient = quotient[0].clone();
        let remainder = &a.base - &quotient.times(F::from_u32(divisor));
        self.below(
            writing,
            &remainder,
            divisor,
            "a remainder is below the divisor",
        );
        self.number(writing, &quotient, "a quotient is a number");
        if divisor > SMALL_DIVISOR {
            let room = &Base::number((LIMIT - 1) / divisor) - &quotient;
            self.number(writing, &room, "a quotient is not too large");
        }
        let found = (
            Element {
                base: quotient,
                most: a.most / divisor,
            },
            Element {
                base: remainder,
                most: divisor - 1,
            },
        );
        writing.quotients.insert(key, found.clone());
        found
    }

    /// `a = q b + r` with `r < b`, where `q b` is a product of numbers.
    fn divide_by_any(
        &mut self,
        writing: &mut Writing,
        a: &Element,
        b: &Element,
    ) -> (Element, Element) {
        let inputs = [a.base.clone(), b.base.clone()];
        let quotient = writing.open.row.hint_elements(&inputs, 1, |x| {
            let [a, b] = [x[0], x[1]].map(|x| x.as_canonical_u32());
            match a.checked_div(b) {
                Some(quotient) => Ok(vec![F::from_u32(quotient)]),
                None => Err("division by zero".into()),
            }
        });
        let quotient = Element {
            base: quotient[0].clone(),
            most: a.most,
        };
        self.number(writing, &quotient.base, "a quotient is a number");
        let product = self.multiply(writing, &quotient, b);
        let remainder = &a.base - &product.base;
        self.number(writing, &remainder, "a remainder is a number");
        let rest = &b.base.plus(-1) - &remainder;
        self.number(writing, &rest, "a remainder is below the divisor");
        let remainder = Element {
            base: remainder,
            most: a.most.min(b.most.saturating_sub(1)),
        };
        (quotient, remainder)
    }

    /// Whether one number is less than another: a bool.
    pub(super) fn less(&mut self, writing: &mut Writing, a: &Element, b: &Element) -> Base {
        let gap = &b.base.plus(-1) - &a.base;
        let back = &a.base - &b.base;
        if let Some(gap) = known(&gap) {
            return Base::number(u32::from(gap.as_canonical_u32() < LIMIT));
        }
        if writing.numbers.contains(&gap) {
            return Base::number(1);
        }
        if writing.numbers.contains(&back) {
            return Base::zero();
        }
        let inputs = [&a.base, &b.base];
        let less = writing.open.row.boolean(&inputs, |x| {
            x[0].as_canonical_u32() < x[1].as_canonical_u32()
        });
        let (one, zero) = (Element::any(gap.clone()), Element::any(back.clone()));
        let distance = writing.select(&less, &one, &zero);
        self.number(
            writing,
            &distance.base,
            "the distance of two numbers is a number",
        );
        let not = &Base::number(1) - &less;
        (writing.conditional).push((less.clone(), gap.clone(), back.clone()));
        writing.conditional.push((not, back, gap));
        less
    }
}
