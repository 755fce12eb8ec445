//! Forms that are 0 or 1 in every row that satisfies its kind.
//!
//! A constraint says so only if it says nothing else: `b b = b` with no other term. Up to four share one as
//!
//! ```text
//!     sum_i (X^i b_i) b_i = sum_i X^i b_i        all b_i with coefficients in the base field,
//! ```
//!
//! whose coefficients are `b_i b_i = b_i` one by one. With any other term in the sum, `b` is free.

use crate::form::power_of_x;
use crate::{Constraint, Form, Kind};

/// The forms that constraints of `kind` make boolean.
#[must_use]
pub fn booleans(kind: &Kind) -> Vec<Form> {
    kind.constraints.iter().flat_map(booleans_of).collect()
}

fn booleans_of(constraint: &Constraint) -> Vec<Form> {
    let result = &constraint.result;
    if let [(left, right)] = &constraint.products[..]
        && left == right
        && left == result
    {
        return vec![left.clone()];
    }
    let mut sum = Form::ZERO;
    for (i, (left, right)) in constraint.products.iter().enumerate() {
        let shifted = right * power_of_x(i);
        if !right.is_base() || *left != shifted {
            return Vec::new();
        }
        sum = &sum + &shifted;
    }
    if sum != *result {
        return Vec::new();
    }
    (constraint.products.iter())
        .map(|(_, right)| right.clone())
        .filter(|right| !right.is_zero())
        .collect()
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;
    use crate::{E, Permutation};

    fn found(products: Vec<(Form, Form)>, result: Form) -> Vec<Form> {
        let mut kind = Kind::new("k", Permutation::None);
        kind.constraints = vec![Constraint { products, result }];
        booleans(&kind)
    }

    /// `X^i b` and `b`.
    fn pair(i: usize, b: &Form) -> (Form, Form) {
        (b * power_of_x(i), b.clone())
    }

    #[test]
    fn a_square_that_equals_its_root_is_boolean() {
        let b = &Form::cell(0) + &Form::cell(5);
        assert_eq!(
            found(vec![pair(0, &b)], b.clone()),
            std::slice::from_ref(&b)
        );
        // Over the extension as well: it is a field.
        let word = Form::word(0);
        assert_eq!(found(vec![pair(0, &word)], word.clone()), [word]);
    }

    #[test]
    fn four_base_forms_share_a_constraint() {
        let cells: Vec<Form> = (0..4).map(Form::cell).collect();
        let products: Vec<_> = cells.iter().enumerate().map(|(i, b)| pair(i, b)).collect();
        let result = Form::new((0..4).map(|i| (i, power_of_x(i))));
        assert_eq!(found(products.clone(), result), cells);
        // The sum alone leaves three of them free.
        assert!(found(products, Form::cell(0)).is_empty());
    }

    #[test]
    fn anything_else_in_the_sum_makes_it_free() {
        let (b, c) = (Form::cell(0), Form::cell(1));
        assert!(found(vec![pair(0, &b), (c.clone(), c.clone())], b.clone()).is_empty());
        assert!(found(vec![pair(0, &b)], &b + &c).is_empty());
        assert!(found(vec![(b.clone(), &b * E::TWO)], b.clone()).is_empty());
        // Packed words have other solutions.
        let (v, w) = (Form::word(0), Form::word(5));
        let result = &v + &(&w * power_of_x(1));
        assert!(found(vec![pair(0, &v), pair(1, &w)], result).is_empty());
    }
}
