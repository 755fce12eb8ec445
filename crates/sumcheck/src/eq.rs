//! The equality polynomial `eq(x, y) = prod_i (x_i y_i + (1 - x_i)(1 - y_i))`.

use sheaf_transcript::Extension;

/// All values `eq(point, b)` for `b` in the hypercube, most significant bit first.
#[must_use]
pub fn table<E: Extension>(point: &[E]) -> Vec<E> {
    scaled_table(point, E::ONE)
}

/// All values `scale * eq(point, b)`.
#[must_use]
pub fn scaled_table<E: Extension>(point: &[E], scale: E) -> Vec<E> {
    prefix_table(point, 1 << point.len(), scale)
}

/// The first `len` values `scale * eq(point, b)`, in time proportional to `len`.
#[must_use]
pub fn prefix_table<E: Extension>(point: &[E], len: usize, scale: E) -> Vec<E> {
    let mut table = Vec::with_capacity(len.next_power_of_two());
    table.push(scale);
    for (i, &x) in point.iter().enumerate() {
        let remaining = point.len() - 1 - i;
        // Only prefixes that lead to an index below `len` are extended.
        let wanted = (len.saturating_sub(1) >> remaining) + 1;
        let mut next = Vec::with_capacity(wanted + 1);
        for &y in &table {
            let high = y * x;
            next.push(y - high);
            next.push(high);
        }
        next.truncate(wanted);
        table = next;
    }
    table.truncate(len);
    table
}

/// The same as [`prefix_table`] with scale one, on all threads.
#[cfg(feature = "prover")]
#[must_use]
pub fn par_prefix_table(point: &[sheaf_transcript::EF], len: usize) -> Vec<sheaf_transcript::EF> {
    use p3_field::PrimeCharacteristicRing;
    use rayon::prelude::*;
    use sheaf_transcript::EF;

    /// Variables of a task.
    const TASK_BITS: usize = 10;
    let (high, low) = point.split_at(point.len().saturating_sub(TASK_BITS));
    let high = prefix_table(high, len.div_ceil(1 << low.len()), EF::ONE);
    let low = table(low);
    let mut table = EF::zero_vec(len);
    table
        .par_chunks_mut(low.len())
        .zip(high)
        .for_each(|(out, high)| {
            for (out, &low) in out.iter_mut().zip(&low) {
                *out = high * low;
            }
        });
    table
}

/// `eq(x, y)` for two points of equal length.
pub fn eval<E: Extension>(x: &[E], y: &[E]) -> E {
    debug_assert_eq!(x.len(), y.len());
    x.iter()
        .zip(y)
        .map(|(&a, &b)| {
            let ab = a * b;
            ab + ab - a - b + E::ONE
        })
        .product()
}

/// `eq(point, b)` for one `b` of the hypercube.
pub fn index<E: Extension>(point: &[E], b: usize) -> E {
    point
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &x)| if b >> i & 1 == 1 { x } else { E::ONE - x })
        .product()
}

/// `sum_{b < n} eq(point, b)`: the multilinear extension of the indicator of `[0, n)`.
///
/// Time linear in the number of variables.
pub fn prefix_sum<E: Extension>(point: &[E], n: usize) -> E {
    if n >= 1 << point.len() {
        return E::ONE;
    }
    let mut sum = E::ZERO;
    // The weight of all indices that share the bits of `n` read so far.
    let mut path = E::ONE;
    for (i, &x) in point.iter().enumerate() {
        let bit = n >> (point.len() - 1 - i) & 1;
        if bit == 1 {
            sum += path * (E::ONE - x);
            path *= x;
        } else {
            path *= E::ONE - x;
        }
    }
    sum
}

/// The sums of `eq(point, b)` over consecutive intervals of `b` with these lengths, from 0 on.
///
/// Time linear in the number of intervals times the number of variables, and not more than linear in the
/// number of `b` covered.
pub fn interval_sums<E: Extension>(point: &[E], lengths: &[usize]) -> Vec<E> {
    let mut sums = vec![E::ZERO; lengths.len()];
    let mut end = 0;
    let ends: Vec<usize> = lengths
        .iter()
        .map(|&length| {
            end += length;
            end
        })
        .collect();
    add_intervals(point, E::ONE, 0, &ends, &mut sums);
    sums
}

/// Adds `weight * eq(point, b)` of the block of indices from `first` on to the intervals with these ends.
fn add_intervals<E: Extension>(
    point: &[E],
    weight: E,
    first: usize,
    ends: &[usize],
    sums: &mut [E],
) {
    // The interval that the block begins in.
    let own = ends.partition_point(|&end| end <= first);
    let (Some(ends), Some(sums)) = (ends.get(own..), sums.get_mut(own..)) else {
        return;
    };
    let (Some(&end), Some(sum)) = (ends.first(), sums.first_mut()) else {
        return;
    };
    match point.split_first() {
        Some((&x, rest)) if end < first + (1 << point.len()) => {
            let high = weight * x;
            add_intervals(rest, weight - high, first, ends, sums);
            add_intervals(rest, high, first + (1 << rest.len()), ends, sums);
        }
        _ => *sum += weight,
    }
}

/// `sum_{b < n} eq(x, b) eq(y, b)`, for two points of equal length.
///
/// Time linear in the number of variables.
pub fn prefix_product<E: Extension>(x: &[E], y: &[E], n: usize) -> E {
    debug_assert_eq!(x.len(), y.len());
    // The sums over all assignments of the variables from each one on.
    let mut all = vec![E::ONE; x.len() + 1];
    let pairs: Vec<[E; 2]> = x
        .iter()
        .zip(y)
        .map(|(&a, &b)| {
            let ab = a * b;
            [ab - a - b + E::ONE, ab]
        })
        .collect();
    for (i, [zero, one]) in pairs.iter().enumerate().rev() {
        all[i] = (*zero + *one) * all[i + 1];
    }
    if n >= 1 << x.len() {
        return all[0];
    }
    let mut sum = E::ZERO;
    let mut path = E::ONE;
    for (i, [zero, one]) in pairs.into_iter().enumerate() {
        if n >> (x.len() - 1 - i) & 1 == 1 {
            sum += path * zero * all[i + 1];
            path *= one;
        } else {
            path *= zero;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use sheaf_transcript::counting::{Counted, Counting};
    use sheaf_transcript::{EF, VerifierTranscript};

    use super::*;

    fn point(n: usize) -> Vec<EF> {
        (0..n).map(|i| EF::from_usize(1000 * i + 77)).collect()
    }

    #[test]
    fn the_table_holds_the_values() {
        let p = point(5);
        let table = table(&p);
        for (b, &value) in table.iter().enumerate() {
            let bits: Vec<EF> = (0..5).map(|i| EF::from_usize(b >> (4 - i) & 1)).collect();
            assert_eq!(value, eval(&p, &bits));
            assert_eq!(value, index(&p, b));
        }
        for len in 0..=32 {
            assert_eq!(prefix_table(&p, len, EF::ONE), table[..len]);
        }
    }

    #[cfg(feature = "prover")]
    #[test]
    fn threads_make_the_same_table() {
        for (variables, len) in [(0, 1), (3, 8), (3, 5), (12, 4096), (12, 3000), (12, 0)] {
            let point = point(variables);
            let expected = prefix_table(&point, len, EF::ONE);
            assert_eq!(par_prefix_table(&point, len), expected[..len]);
        }
    }

    #[test]
    fn prefix_sums_are_sums_of_the_table() {
        let p = point(6);
        let table = table(&p);
        for n in 0..=64 {
            assert_eq!(prefix_sum(&p, n), table[..n].iter().copied().sum::<EF>());
        }
    }

    #[test]
    fn a_table_costs_one_product_per_value_but_one() {
        let point: Vec<Counted> = point(5).into_iter().map(Counted).collect();
        let channel = Counting::new(VerifierTranscript::new(&[]));
        let _ = table(&point);
        assert_eq!(channel.cost().ext, 31);
    }

    #[test]
    fn interval_sums_are_sums_of_the_table() {
        let p = point(6);
        let table = table(&p);
        let cases: [&[usize]; 6] = [
            &[1],
            &[64],
            &[3, 1, 60],
            &[16, 16],
            &[1; 64],
            &[0, 5, 0, 59, 0],
        ];
        for lengths in cases {
            let mut first = 0;
            let expected: Vec<EF> = lengths
                .iter()
                .map(|&n| {
                    first += n;
                    table[first - n..first].iter().copied().sum()
                })
                .collect();
            assert_eq!(interval_sums(&p, lengths), expected, "{lengths:?}");
        }
    }

    #[test]
    fn prefix_products_are_sums_of_products() {
        let (x, y) = (point(5), point(10).split_off(5));
        let (by_x, by_y) = (table(&x), table(&y));
        for n in 0..=33 {
            let expected: EF = by_x.iter().zip(&by_y).take(n).map(|(&a, &b)| a * b).sum();
            assert_eq!(prefix_product(&x, &y, n), expected, "{n}");
        }
        assert_eq!(prefix_product::<EF>(&[], &[], 0), EF::ZERO);
        assert_eq!(prefix_product::<EF>(&[], &[], 1), EF::ONE);
    }
}
