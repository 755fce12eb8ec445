//! Many inverses at the price of one.

use sheaf_transcript::Extension;

/// The inverse of every element; `None` if one is zero.
///
/// One inversion and three products per element: with `p_i` the product of the first `i`, `1 / x_i = p_i / p_{i+1}`.
pub fn all<E: Extension>(elements: &[E]) -> Option<Vec<E>> {
    let mut product = E::ONE;
    let mut inverses: Vec<E> = elements
        .iter()
        .map(|&x| {
            let before = product;
            product *= x;
            before
        })
        .collect();
    let mut inverse = product.try_inverse()?;
    for (before, &x) in inverses.iter_mut().zip(elements).rev() {
        *before *= inverse;
        inverse *= x;
    }
    Some(inverses)
}

#[cfg(test)]
mod tests {
    use p3_field::{Field, PrimeCharacteristicRing};
    use sheaf_transcript::EF;

    use super::*;

    #[test]
    fn they_are_the_inverses() {
        let elements: Vec<EF> = (1..20).map(|i| EF::from_usize(i * i + 7).cube()).collect();
        let expected: Vec<EF> = elements.iter().map(Field::inverse).collect();
        assert_eq!(all(&elements), Some(expected));
        assert_eq!(all(&[EF::ONE, EF::ZERO, EF::TWO]), None);
        assert_eq!(all::<EF>(&[]), Some(Vec::new()));
    }
}
