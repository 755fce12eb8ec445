//! Sums of products of digits: `sum_{x < n} prod_l factor_l(digit_l(x))`.
//!
//! Whatever the machine says about a range of rows is such a sum: the weight of a row is a product of factors, one for each
//! of its digits. Digits are bits, but for the three bits that the permutation argument binds at once, which are
//! one digit of eight values.

use sheaf_transcript::Extension;

/// Factors for the digits of a number, most significant first.
#[derive(Clone, Debug)]
pub(crate) struct Digits<E> {
    factors: Vec<Vec<E>>,
    /// The sums over all values of the digits from each one on.
    all: Vec<E>,
}

impl<E: Extension> Digits<E> {
    /// `factors[l][x]` is the factor of the value `x` of digit `l`.
    pub(crate) fn new(factors: Vec<Vec<E>>) -> Self {
        let mut all = vec![E::ONE; factors.len() + 1];
        for (l, values) in factors.iter().enumerate().rev() {
            all[l] = values.iter().copied().sum::<E>() * all[l + 1];
        }
        Self { factors, all }
    }

    /// Bits whose factors are `(1 - a)(1 - b)` and `a b`: the weights `eq(a, x) eq(b, x)`.
    pub(crate) fn of_points(a: &[E], b: &[E]) -> Self {
        Self::new(bits(a, b).collect())
    }

    /// `G(n)`: the sum of the weights of all numbers below `n`, which may be as large as the number of numbers.
    ///
    /// One product per digit, and one or two for each that is not zero.
    pub(crate) fn below(&self, n: usize) -> E {
        let mut sum = E::ZERO;
        // The weight of the digits of `n` before this one.
        let mut path = E::ONE;
        let mut rest = n;
        // How many numbers the digits from this one on have.
        let mut span: usize = self.factors.iter().map(Vec::len).product();
        if n >= span {
            return self.all[0];
        }
        for (values, &all) in self.factors.iter().zip(&self.all[1..]) {
            span /= values.len();
            let digit = rest / span;
            rest %= span;
            if digit > 0 {
                let smaller: E = values[..digit].iter().copied().sum();
                sum += path * smaller * all;
            }
            path *= values[digit];
        }
        sum
    }

    /// The weight of one number.
    pub(crate) fn at(&self, n: usize) -> E {
        let mut rest = n;
        let mut weight = E::ONE;
        for values in self.factors.iter().rev() {
            weight *= values[rest % values.len()];
            rest /= values.len();
        }
        weight
    }

    /// The sum of the weights of a range.
    pub(crate) fn within(&self, range: &core::ops::Range<usize>) -> E {
        self.below(range.end) - self.below(range.start)
    }
}

/// The factors of the bits of `eq(a, x) eq(b, x)`.
pub(crate) fn bits<E: Extension>(a: &[E], b: &[E]) -> impl Iterator<Item = Vec<E>> {
    a.iter().zip(b).map(|(&a, &b)| {
        let one = a * b;
        vec![one - a - b + E::ONE, one]
    })
}

#[cfg(all(test, feature = "prover"))]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::EF;

    use super::*;

    fn element(i: usize) -> EF {
        EF::from_usize(i * i + 31 * i + 7).cube()
    }

    /// Digits with these numbers of values.
    fn digits(radices: &[usize]) -> Digits<EF> {
        let factors = radices
            .iter()
            .enumerate()
            .map(|(l, &radix)| (0..radix).map(|x| element(100 * l + x)).collect())
            .collect();
        Digits::new(factors)
    }

    #[test]
    fn prefix_sums_are_sums_in_all_systems_of_digits() {
        for radices in [
            &[2, 2, 2, 2, 2][..],
            &[2, 2, 8, 2, 2],
            &[8, 2],
            &[3, 2, 5],
            &[],
        ] {
            let digits = digits(radices);
            let numbers: usize = radices.iter().product();
            let mut sum = EF::ZERO;
            for n in 0..numbers {
                assert_eq!(digits.below(n), sum, "{n} in {radices:?}");
                sum += digits.at(n);
            }
            assert_eq!(digits.below(numbers), sum);
            assert_eq!(digits.below(numbers + 1), sum);
        }
    }

    #[test]
    fn ranges_are_differences() {
        let digits = digits(&[2, 8, 2]);
        let sum: EF = (5..19).map(|n| digits.at(n)).sum();
        assert_eq!(digits.within(&(5..19)), sum);
        assert_eq!(digits.within(&(7..7)), EF::ZERO);
    }

    #[test]
    fn points_give_products_of_eq() {
        let (a, b): (Vec<EF>, Vec<EF>) = (0..4).map(|i| (element(i), element(50 + i))).unzip();
        let digits = Digits::of_points(&a, &b);
        let (a, b) = (sheaf_sumcheck::eq::table(&a), sheaf_sumcheck::eq::table(&b));
        for n in 0..16 {
            assert_eq!(digits.at(n), a[n] * b[n]);
        }
    }
}
