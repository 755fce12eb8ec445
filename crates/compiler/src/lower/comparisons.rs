//! Equality, and assertions.

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_program::F;
use sheaf_program::builder::Base;

use super::Lowering;
use super::body::{Element, Writing, known};
use crate::tree::{Binary, Expr, Kind, Unary};

impl Lowering<'_> {
    /// Whether two values are equal: a bool.
    pub(super) fn equal(&mut self, writing: &mut Writing, a: &[Element], b: &[Element]) -> Base {
        let one = Base::number(1);
        if let ([a], [b]) = (a, b)
            && a.most <= 1
            && b.most <= 1
        {
            // Bools: the square of their difference says whether they differ.
            let difference = &a.base - &b.base;
            return match (a.known(), b.known()) {
                (Some(F::ONE), _) => b.base.clone(),
                (_, Some(F::ONE)) => a.base.clone(),
                _ => &one - &writing.product(&difference, &difference),
            };
        }
        let differences: Vec<Base> = differences(a, b);
        if differences.is_empty() {
            return one;
        }
        if differences.iter().any(|d| known(d).is_some()) {
            return Base::zero();
        }
        // `equal d = 0` for all differences, and `sum d w = 1 - equal` for some weights.
        let count = differences.len();
        let found = writing
            .open
            .row
            .hint_elements(&differences, 1 + count, |d| {
                let mut found = vec![F::from_bool(d.iter().all(|x| *x == F::ZERO)); 1];
                found.extend(weights(d));
                Ok(found)
            });
        let (equal, weights) = (&found[0], &found[1..]);
        for difference in &differences {
            writing.open.row.assert_zero(
                &[(equal, difference)],
                &Base::zero(),
                "equal values do not differ",
            );
        }
        // Weights are zero where values are equal, so that they are known then.
        if let [weight] = weights {
            writing.open.row.assert_zero(
                &[(equal, weight)],
                &Base::zero(),
                "equal values have no weight",
            );
        }
        let pairs = differences.into_iter().zip(weights.iter().cloned());
        self.assert_sum(
            writing,
            pairs.collect(),
            &(equal - &one),
            "values that are not equal differ",
        );
        equal.clone()
    }

    /// Shows `sum of products + linear = 0`.
    fn assert_sum(
        &mut self,
        writing: &mut Writing,
        mut pairs: Vec<(Base, Base)>,
        linear: &Base,
        message: &str,
    ) {
        let last = pairs.split_off(pairs.len().saturating_sub(4));
        let linear = writing.sum_of_products(&pairs, linear);
        let last: Vec<(&Base, &Base)> = last.iter().map(|(a, b)| (a, b)).collect();
        writing.open.row.assert_zero(&last, &linear, message);
    }

    pub(super) fn assert_equality(
        &mut self,
        writing: &mut Writing,
        a: &[Element],
        b: &[Element],
        equal: bool,
        message: &str,
    ) {
        let differences = differences(a, b);
        if equal {
            for difference in &differences {
                writing.open.row.assert_zero(&[], difference, message);
            }
            return;
        }
        if differences.iter().any(|d| known(d).is_some()) {
            return;
        }
        let what = message.to_owned();
        let row = &mut writing.open.row;
        let weights = row.hint_elements(&differences, differences.len(), move |d| {
            match d.iter().any(|x| *x != F::ZERO) {
                true => Ok(weights(d)),
                false => Err(what.clone()),
            }
        });
        let pairs = differences.into_iter().zip(weights).collect();
        self.assert_sum(writing, pairs, &Base::constant(-F::ONE), message);
    }

    /// `assert!`: what compares is shown without a bool.
    pub(super) fn assert(&mut self, writing: &mut Writing, condition: &Expr, message: &str) {
        match &condition.kind {
            Kind::Binary(Binary::And, a, b) => {
                self.assert(writing, a, message);
                self.assert(writing, b, message);
            }
            Kind::Binary(op @ (Binary::Equal | Binary::NotEqual), a, b) => {
                let a = self.expr(writing, a);
                let b = self.expr(writing, b);
                self.assert_equality(writing, &a, &b, *op == Binary::Equal, message);
            }
            Kind::Binary(op, a, b) if op.is_order() => {
                let a = self.one(writing, a);
                let b = self.one(writing, b);
                let gap = match op {
                    Binary::Less => (&b.base - &a.base).plus(-1),
                    Binary::LessOrEqual => &b.base - &a.base,
                    Binary::Greater => (&a.base - &b.base).plus(-1),
                    _ => &a.base - &b.base,
                };
                self.number(writing, &gap, message);
            }
            Kind::Unary(Unary::Not, inner) => {
                let inner = self.one(writing, inner).base;
                writing.open.row.assert_zero(&[], &inner, message);
            }
            _ => {
                let condition = self.one(writing, condition).base;
                let one = Base::number(1);
                writing.open.row.assert_equal(&condition, &one, message);
            }
        }
    }

    /// A bool for each place in an array: whether the index is this one. Just one of them is 1.
    pub(super) fn selectors(
        &mut self,
        writing: &mut Writing,
        index: &Element,
        length: usize,
    ) -> Vec<(usize, Base)> {
        if let Some(known) = index.known().map(|index| index.as_canonical_u32() as usize) {
            if known >= length {
                let message = "the index is within the array";
                writing.open.row.assert_zero(&[], &Base::number(1), message);
                return Vec::new();
            }
            return vec![(known, Base::number(1))];
        }
        let inputs = std::slice::from_ref(&index.base);
        let bits = writing.open.row.hint_elements(inputs, length, move |x| {
            let index = x[0].as_canonical_u32() as usize;
            match index < length {
                true => Ok((0..length).map(|i| F::from_bool(i == index)).collect()),
                false => Err(format!("index {index} is not below {length}")),
            }
        });
        for bit in &bits {
            writing
                .open
                .row
                .assert_zero(&[(bit, bit)], &-bit, "a place is chosen or not");
        }
        let row = &mut writing.open.row;
        row.assert_equal(&Base::sum(&bits), &Base::number(1), "one place is chosen");
        let weighted: Vec<Base> = (bits.iter().enumerate())
            .map(|(i, bit)| bit.times(F::from_usize(i)))
            .collect();
        row.assert_equal(&Base::sum(&weighted), &index.base, "the place is the index");
        bits.into_iter().enumerate().collect()
    }
}

/// The differences of elements that are not the same form.
fn differences(a: &[Element], b: &[Element]) -> Vec<Base> {
    (a.iter().zip(b))
        .filter(|(a, b)| a.base != b.base)
        .map(|(a, b)| &a.base - &b.base)
        .collect()
}

/// Weights of differences whose sum is 1, or zeros.
fn weights(differences: &[F]) -> Vec<F> {
    let first = differences.iter().position(|x| *x != F::ZERO);
    (differences.iter().enumerate())
        .map(|(i, x)| match x.try_inverse() {
            Some(inverse) if Some(i) == first => inverse,
            _ => F::ZERO,
        })
        .collect()
}
