//! The multilinear extension of `b -> x^b` at one point, for many `x` of a subgroup.
//!
//! ```text
//!     pow(x, c) = sum_b eq(c, b) x^b = prod_{j<v} (1 - c_j + c_j x^(2^(v-1-j))),     x = g^i
//! ```
//!
//! with `g` of order `2^(v+r)`. That is what is computed, in fewer products than the formula takes for each `x`.
//!
//! # The first `t` variables: a table
//! Their exponents are the largest, so that `x^(2^(v-t))` has but `2^(t+r)` values, which the last bits of `i` tell apart.
//! Their part of the product is entry `i mod 2^(t+r)` of a table that doubles with every variable: all of `T_0` is one, and
//!
//! ```text
//!     T_t[i] = T_{t-1}[i mod 2^(t+r-1)] (1 - c_{t-1} + c_{t-1} w^i),                 w of order 2^(t+r).
//! ```
//!
//! Half a turn further `w^i` is its negative. So both entries made of one share a product with `c_{t-1}`, and one with `w^i`.
//!
//! # The others: two at a time
//! Their coordinates are taken out of the factors, `1 - c + c y = c (y + e)` with `e = (1 - c) / c`, since they are the same
//! for all `x`. For the coordinates of two adjacent variables, and the power `y` of `x` that belongs to the second,
//!
//! ```text
//!     (y^2 + e) (y + f) = y^3 + f y^2 + e y + e f:
//! ```
//!
//! two products with powers of `y`, which are elements of the base field, instead of one in the extension field.
//! If the number of these variables is odd, the first of them stands alone, and takes no product at all.
//!
//! A coordinate that is zero can't be taken out. They are challenges, so an honest proof meets that with a probability of
//! `2^-150`, and is rejected.

use p3_field::{PrimeCharacteristicRing, TwoAdicField};
use sheaf_sumcheck::inverse;
use sheaf_transcript::{EXTENSION_DEGREE, Extension, F};

/// A number, and what it times `pow(g^i, point)` is for every `i` in `positions`, where `g` generates the subgroup of order
/// `2^(v+r)`. `None` if a coordinate is zero where that may not be.
///
/// There is no larger subgroup than that of order `2^24`.
pub(super) fn evaluate<E: Extension>(
    positions: &[usize],
    r: usize,
    point: &[E],
) -> Option<(E, Vec<E>)> {
    let tabulated = variables_to_tabulate(positions.len(), r, point.len());
    evaluate_with(tabulated, positions, r, point)
}

/// The `t` that takes the least work.
fn variables_to_tabulate(positions: usize, r: usize, variables: usize) -> usize {
    let work = |t: usize| {
        let (pairs, single) = ((variables - t) / 2, (variables - t) % 2);
        let doubling = (1 << (t + r)) - (1 << r);
        let ext = doubling + positions * (pairs + single);
        let mixed = doubling + positions * 2 * pairs;
        // In products of coefficients.
        EXTENSION_DEGREE * (EXTENSION_DEGREE * ext + mixed)
    };
    (0..=variables).min_by_key(|&t| work(t)).unwrap_or(0)
}

fn evaluate_with<E: Extension>(
    tabulated: usize,
    positions: &[usize],
    r: usize,
    point: &[E],
) -> Option<(E, Vec<E>)> {
    let (first, others) = point.split_at(tabulated);
    let table = table(first, r);
    let scale = others.iter().copied().product();
    let constants: Vec<E> = inverse::all(others)?
        .into_iter()
        .map(|x| x - E::ONE)
        .collect();
    // From the last variables on, as the powers of x ascend.
    let factors: Vec<Factor<E>> = constants.rchunks(2).map(Factor::new).collect();
    let at = |&i: &usize| {
        let mut product = table[i % table.len()];
        let mut y = element(i, point.len() + r);
        for factor in &factors {
            product *= factor.at(&mut y);
        }
        product
    };
    Some((scale, positions.iter().map(at).collect()))
}

/// One or two variables without their coordinates.
enum Factor<E> {
    /// `y + e`.
    Single(E),
    /// `y^3 + f y^2 + e y + e f`: `e`, `f` and `e f`.
    Pair(E, E, E),
}

impl<E: Extension> Factor<E> {
    fn new(constants: &[E]) -> Self {
        match *constants {
            [e, f] => Self::Pair(e, f, e * f),
            _ => Self::Single(constants.iter().copied().sum()),
        }
    }

    /// The value at `y`, which becomes the power of the next variable.
    fn at(&self, y: &mut F) -> E {
        let square = y.square();
        match *self {
            Self::Single(e) => {
                let value = e + *y;
                *y = square;
                value
            }
            Self::Pair(e, f, constant) => {
                let value = f * square + e * *y + constant + square * *y;
                *y = square.square();
                value
            }
        }
    }
}

/// `T_t`, for the `t` coordinates in `first`.
fn table<E: Extension>(first: &[E], r: usize) -> Vec<E> {
    let mut table = vec![E::ONE; 1 << r];
    for (order_bits, &c) in (r + 1..).zip(first) {
        let powers = F::two_adic_generator(order_bits).powers();
        let mut half_a_turn_further = Vec::with_capacity(table.len());
        for (entry, power) in table.iter_mut().zip(powers) {
            let one = *entry * c;
            let zero = *entry - one;
            let turned = one * power;
            *entry = zero + turned;
            half_a_turn_further.push(zero - turned);
        }
        table.extend(half_a_turn_further);
    }
    table
}

/// Power `i` of the generator of the subgroup of order `2^order_bits`.
fn element(i: usize, order_bits: usize) -> F {
    // The generator of a subgroup is the square of that of the next larger one.
    (0..order_bits)
        .filter(|bit| i >> bit & 1 == 1)
        .map(|bit| F::two_adic_generator(order_bits - bit))
        .product()
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};
    use sheaf_sumcheck::eq;
    use sheaf_transcript::counting::{Cost, Counted, Counting};
    use sheaf_transcript::field::{ORDER, from_coefficients};
    use sheaf_transcript::{EF, VerifierTranscript};

    use super::*;

    fn point(variables: usize) -> Vec<EF> {
        let mut rng = SmallRng::seed_from_u64(variables as u64);
        let mut coefficient = || F::from_u32(rng.random_range(0..ORDER));
        (0..variables)
            .map(|_| from_coefficients(core::array::from_fn(|_| coefficient())))
            .collect()
    }

    #[test]
    fn elements_are_powers_of_the_generator() {
        for order_bits in [0, 1, 5, 24] {
            let powers = F::two_adic_generator(order_bits).powers();
            for (i, power) in powers.take(1 << order_bits.min(7)).enumerate() {
                assert_eq!(element(i, order_bits), power);
            }
        }
    }

    #[test]
    fn evaluations_are_sums_over_the_hypercube_however_many_variables_are_tabulated() {
        for (variables, r) in [(0, 2), (1, 1), (4, 1), (5, 3), (6, 0)] {
            let point = point(variables);
            // All of the subgroup, and one element twice.
            let positions: Vec<usize> = (0..1 << (variables + r)).chain([1]).collect();
            let generator = F::two_adic_generator(variables + r);
            let expected: Vec<EF> = positions
                .iter()
                .map(|&i| {
                    let powers = generator.exp_u64(i as u64).powers();
                    eq::table(&point)
                        .into_iter()
                        .zip(powers)
                        .map(|(e, x)| e * x)
                        .sum()
                })
                .collect();
            for tabulated in 0..=variables {
                let values = evaluate_with(tabulated, &positions, r, &point);
                let found = scaled(values.unwrap());
                assert_eq!(found, expected, "{tabulated} of {variables} variables");
            }
            assert_eq!(scaled(evaluate(&positions, r, &point).unwrap()), expected);
        }
    }

    fn scaled((scale, values): (EF, Vec<EF>)) -> Vec<EF> {
        values.into_iter().map(|value| scale * value).collect()
    }

    #[test]
    fn a_coordinate_that_is_zero_is_not_taken_out() {
        let mut point = point(6);
        point[4] = EF::ZERO;
        assert_eq!(evaluate_with(4, &[1, 2], 1, &point), None);
        assert!(evaluate_with(5, &[1, 2], 1, &point).is_some());
    }

    /// What it costs, besides what is done once for the variables that are not tabulated: four products for each of them but
    /// one, and one for a pair.
    fn cost(tabulated: usize, positions: usize, r: usize, variables: usize) -> (u64, u64) {
        let point: Vec<Counted> = point(variables).into_iter().map(Counted).collect();
        let positions: Vec<usize> = (0..positions).map(|i| 3 * i + 1).collect();
        let channel = Counting::new(VerifierTranscript::new(&[]));
        let _ = evaluate_with(tabulated, &positions, r, &point);
        let Cost { ext, mixed, .. } = channel.cost();
        let others = variables - tabulated;
        let once = (4 * others + others / 2).saturating_sub(1);
        (ext - once as u64, mixed)
    }

    #[test]
    fn products_are_counted() {
        // Nine factors: four pairs and one alone.
        assert_eq!(cost(0, 10, 1, 9), (10 * 5, 10 * 8));
        // Tables of 4 and 8 entries; three pairs and one alone.
        assert_eq!(cost(2, 10, 1, 9), (6 + 10 * 4, 6 + 10 * 6));
        // Tables of 16, 32, 64 entries; four pairs.
        assert_eq!(cost(3, 82, 3, 11), (56 + 82 * 4, 56 + 82 * 8));
        assert_eq!(cost(8, 5, 0, 8), (255, 255));
    }

    #[test]
    fn as_many_variables_are_tabulated_as_are_worth_it() {
        for (positions, r, variables) in [(257, 1, 16), (122, 2, 12), (61, 4, 8), (1, 6, 3)] {
            let work = |t| {
                let (ext, mixed) = cost(t, positions, r, variables);
                5 * ext + mixed
            };
            let least = (0..=variables).map(work).min().unwrap();
            let chosen = variables_to_tabulate(positions, r, variables);
            assert_eq!(work(chosen), least, "{chosen} of {variables} variables");
        }
        // A table of 128 entries for 257 queries, and none for a single one.
        assert_eq!(variables_to_tabulate(257, 1, 16), 6);
        assert_eq!(variables_to_tabulate(1, 6, 3), 0);
    }
}
