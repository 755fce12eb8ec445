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
        }
        for len in 0..=32 {
            assert_eq!(prefix_table(&p, len, EF::ONE), table[..len]);
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
}
