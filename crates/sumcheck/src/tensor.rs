//! Weights of numbers that are products of a factor for each digit, and their sums with `eq`.
//!
//! ```text
//!     sum_(i in range) weight(i) eq(point, i + shift)
//! ```
//!
//! takes a few products for each digit, however many numbers there are: a number is its last digit and what is before, so that the sum is one over the
//! last digit of sums of this form. Ranges and shifts of these differ by one at most, so that there are few of them.

use core::ops::Range;

use sheaf_transcript::Extension;

use crate::eq;

/// The factors of one digit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Digit<E> {
    /// Of a bit: `1 - x` and `x`.
    Eq(E),
    /// For each value; there are `2^n`.
    Table(Vec<E>),
}

/// A product of factors for each digit of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor<E> {
    /// The most significant one first.
    digits: Vec<Digit<E>>,
}

/// Numbers from one to before another, each with the shift added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numbers {
    from: i64,
    to: i64,
    shift: i64,
}

impl<E: Extension> Tensor<E> {
    /// The values of `eq(point, .)`.
    #[must_use]
    pub fn of_point(point: &[E]) -> Self {
        Self {
            digits: point.iter().map(|&x| Digit::Eq(x)).collect(),
        }
    }

    /// The same with one more digit behind the others, whose factors are given: as many as a power of two.
    #[must_use]
    pub fn then(mut self, factors: &[E]) -> Self {
        debug_assert!(factors.len().is_power_of_two());
        self.digits.push(Digit::Table(factors.to_vec()));
        self
    }

    /// The sum of the weights of the numbers in a range.
    #[must_use]
    pub fn sum(&self, range: Range<usize>) -> E {
        // At no point at all, each digit is summed over.
        let numbers = Numbers {
            from: range.start as i64,
            to: range.end as i64,
            shift: 0,
        };
        let mut sums = Sums {
            digits: &self.digits,
            point: None,
            known: vec![Vec::new(); self.digits.len() + 1],
        };
        sums.of(self.digits.len(), 0, numbers)
    }

    /// `sum_k weight(range.start + k) eq(point, first + k)`. All `first + k` are below `2^n`, for `n` coordinates.
    #[must_use]
    pub fn sum_at(&self, range: Range<usize>, first: usize, point: &[E]) -> E {
        let numbers = Numbers {
            from: range.start as i64,
            to: range.end as i64,
            shift: first as i64 - range.start as i64,
        };
        let mut sums = Sums {
            digits: &self.digits,
            point: Some(point),
            known: vec![Vec::new(); self.digits.len() + 1],
        };
        sums.of(self.digits.len(), point.len(), numbers)
    }
}

impl<E: Extension> Digit<E> {
    fn bits(&self) -> usize {
        match self {
            Self::Eq(_) => 1,
            Self::Table(factors) => factors.len().ilog2() as usize,
        }
    }

    fn factor(&self, value: usize) -> E {
        match self {
            Self::Eq(x) if value == 0 => E::ONE - *x,
            Self::Eq(x) => *x,
            Self::Table(factors) => factors[value],
        }
    }

    /// For each value, its factor times that of the low bits of the value plus `shift`, whose coordinates these are.
    fn with_eq(&self, shift: usize, low: &[E]) -> Vec<E> {
        if let (Self::Eq(x), &[y]) = (self, low) {
            let both = *x * y;
            return match shift {
                0 => vec![(E::ONE - *x) * (E::ONE - y), both],
                _ => vec![y - both, *x - both],
            };
        }
        let eq = eq::table(low);
        let values = 0..eq.len();
        values
            .map(|value| self.factor(value) * eq[(value + shift) % eq.len()])
            .collect()
    }
}

/// Sums over numbers that are all digits but the last ones.
struct Sums<'a, E> {
    digits: &'a [Digit<E>],
    /// Without one, `eq` is left out.
    point: Option<&'a [E]>,
    /// For each number of digits, the sums that are known: a few.
    known: Vec<Vec<(Numbers, E)>>,
}

impl<E: Extension> Sums<'_, E> {
    /// Of numbers with so many digits, at so many coordinates.
    fn of(&mut self, digits: usize, coordinates: usize, numbers: Numbers) -> E {
        let Numbers { from, to, shift } = numbers;
        if from >= to {
            return E::ZERO;
        }
        let Some(digit) = digits.checked_sub(1).map(|last| &self.digits[last]) else {
            let is_there = from <= 0 && 0 < to;
            return match (self.point, usize::try_from(shift)) {
                (_, Err(_)) => E::ZERO,
                _ if !is_there => E::ZERO,
                (None, _) => E::ONE,
                (Some(point), Ok(shift)) => eq::index(&point[..coordinates], shift),
            };
        };
        let mut known = self.known[digits].iter();
        if let Some(&(_, sum)) = known.find(|(known, _)| *known == numbers) {
            return sum;
        }
        let size = 1 << digit.bits();
        let place = shift.rem_euclid(size);
        let (factors, before) = match self.point {
            None => (
                (0..size as usize)
                    .map(|value| digit.factor(value))
                    .collect(),
                0,
            ),
            Some(point) => {
                // Where coordinates end, numbers are as small.
                let before = coordinates.saturating_sub(digit.bits());
                let mut low = vec![E::ZERO; digit.bits() - (coordinates - before)];
                low.extend(&point[before..coordinates]);
                (digit.with_eq(place as usize, &low), before)
            }
        };
        // Factors of the same sum are added up.
        let mut sums: Vec<(Numbers, E)> = Vec::new();
        for (value, factor) in (0..size).zip(factors) {
            let ends = |end: i64| (end - value + size - 1).div_euclid(size);
            let rest = Numbers {
                from: ends(from),
                to: ends(to),
                shift: shift.div_euclid(size) + (place + value) / size,
            };
            if rest.from >= rest.to {
                continue;
            }
            match sums.iter_mut().find(|(numbers, _)| *numbers == rest) {
                Some((_, sum)) => *sum += factor,
                None => sums.push((rest, factor)),
            }
        }
        let mut sum = E::ZERO;
        for (rest, factor) in sums {
            sum += factor * self.of(digits - 1, before, rest);
        }
        self.known[digits].push((numbers, sum));
        sum
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::EF;

    use super::*;

    fn elements(seed: usize, n: usize) -> Vec<EF> {
        (seed..seed + n)
            .map(|i| EF::from_usize(i * i + 31 * i + 7).cube())
            .collect()
    }

    #[test]
    fn sums_are_those_over_all_numbers() {
        let high = elements(1, 3);
        let low = elements(20, 8);
        let high_table = eq::table(&high);
        let products = |low: &[EF]| -> Vec<EF> {
            let of = |&h: &EF| low.iter().map(move |&l| h * l).collect::<Vec<_>>();
            high_table.iter().flat_map(of).collect()
        };
        for (tensor, weights) in [
            (Tensor::of_point(&high), high_table.clone()),
            (Tensor::of_point(&high).then(&low), products(&low)),
            (Tensor::of_point(&high).then(&low[..2]), products(&low[..2])),
        ] {
            let size = weights.len();
            for coordinates in [1, 3, 4, 6, 7, 9] {
                let point = elements(100, coordinates);
                let eq = eq::table(&point);
                for range in [0..size, 0..size - 1, 1..size, 2..5, 3..3, size - 1..size] {
                    assert_eq!(
                        tensor.sum(range.clone()),
                        weights[range.clone()].iter().copied().sum()
                    );
                    for first in [0, 1, 2, 3, 7, 8, 13, 30, 100] {
                        if first + range.len() > eq.len() {
                            continue;
                        }
                        let expected: EF = (weights[range.clone()].iter().zip(&eq[first..]))
                            .map(|(&a, &b)| a * b)
                            .sum();
                        let got = tensor.sum_at(range.clone(), first, &point);
                        assert_eq!(got, expected, "{range:?} at {first} of {coordinates}");
                    }
                }
            }
        }
    }
}
