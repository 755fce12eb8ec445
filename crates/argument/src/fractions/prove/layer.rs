//! One layer of a tree: rows of fractions, with as many to a row as it needs.

use core::array::from_fn;
use core::ops::Range;

use p3_field::{Algebra, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

/// Numerator and denominator.
pub type Fraction<K> = [K; 2];

/// Rows of fractions, of which every two are added. All others, of any row and of rows after the last, are `0 / absent`, and cost nothing.
///
/// No row is wider than one that it is folded onto, so that rows are folded in place.
#[derive(Clone, Debug)]
pub struct Layer<K> {
    fractions: Vec<Fraction<K>>,
    /// Where each row begins, and where the last one ends.
    starts: Vec<usize>,
    absent: EF,
}

impl<K: Algebra<EF> + Copy + Send + Sync> Layer<K> {
    /// Fewer fractions are not worth a thread's start.
    const TASK: usize = (1 << 16) / size_of::<Fraction<K>>();

    /// Rows with room for so many fractions each, or more, which are `fraction(row, number)`.
    pub fn from_fn(
        mut widths: Vec<usize>,
        absent: EF,
        fraction: impl Fn(usize, usize) -> Fraction<K> + Sync,
    ) -> Self {
        widen(&mut widths);
        let ends = widths.into_iter().scan(0, |end, width| {
            *end += width;
            Some(*end)
        });
        let starts: Vec<usize> = core::iter::once(0).chain(ends).collect();
        let fractions = (0..starts[starts.len() - 1])
            .into_par_iter()
            .with_min_len(Self::TASK)
            .map(|i| {
                let row = starts.partition_point(|&start| start <= i) - 1;
                fraction(row, i - starts[row])
            })
            .collect();
        Self {
            fractions,
            starts,
            absent,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The fractions of a row.
    pub(in crate::fractions) fn row(&self, row: usize) -> &[Fraction<K>] {
        match self.starts.get(row..row + 2) {
            Some(&[start, end]) => &self.fractions[start..end],
            _ => &[],
        }
    }

    /// A fraction that is in no row.
    pub(in crate::fractions) fn absent(&self) -> Fraction<K> {
        [K::ZERO, K::from(self.absent)]
    }

    /// The denominator of the sum of two fractions that are in no row.
    pub(super) fn absent_sum(&self) -> EF {
        self.absent.square()
    }

    /// A fraction and the next one, added.
    fn sum(&self, row: usize, first: usize) -> Fraction<K> {
        match self.row(row).get(first..) {
            Some([[p0, q0], [p1, q1], ..]) => [*p0 * *q1 + *p1 * *q0, *q0 * *q1],
            Some([[p0, q0]]) => [*p0 * self.absent, *q0 * self.absent],
            _ => [K::ZERO, K::from(self.absent_sum())],
        }
    }

    /// The layer above.
    pub(super) fn parent(&self) -> Self {
        let widths = self.starts.windows(2);
        let widths = widths.map(|ends| (ends[1] - ends[0]).div_ceil(2)).collect();
        Self::from_fn(widths, self.absent_sum(), |row, i| self.sum(row, 2 * i))
    }

    /// The sums of the rows of the topmost layer, which have two fractions.
    pub(super) fn roots(&self) -> Vec<Fraction<K>> {
        (0..self.rows())
            .into_par_iter()
            .with_min_len(Self::TASK)
            .map(|row| self.sum(row, 0))
            .collect()
    }

    /// `g(0)` and the leading coefficient of the round polynomial for the top row variable, whose remaining span is `2 * half` rows,
    /// but for what they are if there are no rows: `lambda absent_sum()` and zero.
    pub(super) fn round(&self, half: usize, row_eq: &[EF], node_eq: &[EF], lambda: EF) -> [K; 2] {
        let rows = half.min(self.rows());
        let width = self.fractions.len().div_ceil(self.rows().max(1));
        (0..rows)
            .into_par_iter()
            .with_min_len(Self::TASK.div_ceil(width.max(1)))
            .map(|i| {
                let (low, high) = (self.row(i), self.row(i + half));
                if low.len() <= 2 {
                    return self.term(low, high, lambda, node_eq[0] * row_eq[i]);
                }
                let mut sums = [K::ZERO; 2];
                for (j, (low, &node)) in low.chunks(2).zip(node_eq).enumerate() {
                    let high = high.get(2 * j..).unwrap_or_default();
                    sums = add(sums, self.term(low, high, lambda, node));
                }
                scale(sums, row_eq[i])
            })
            .reduce(|| [K::ZERO; 2], add)
    }

    /// What one node of two rows adds to a round, with a weight.
    #[inline]
    fn term(&self, low: &[Fraction<K>], high: &[Fraction<K>], lambda: EF, weight: EF) -> [K; 2] {
        let absent = self.absent();
        match low {
            [[p0, q0], [p1, q1], ..] => {
                let [high_p0, high_q0] = high.first().unwrap_or(&absent);
                let [high_p1, high_q1] = high.get(1).unwrap_or(&absent);
                let at_zero = combine(*p0, *p1, *q0, *q1, lambda) - lambda * self.absent_sum();
                let (p0, p1) = (*high_p0 - *p0, *high_p1 - *p1);
                let (q0, q1) = (*high_q0 - *q0, *high_q1 - *q1);
                scale([at_zero, combine(p0, p1, q0, q1, lambda)], weight)
            }
            // Linear: the other fraction is absent in both rows.
            [[p0, q0]] => {
                let at_zero = *p0 + (*q0 - self.absent) * lambda;
                [at_zero * (self.absent * weight), K::ZERO]
            }
            [] => [K::ZERO; 2],
        }
    }

    /// Binds the top row variable.
    pub(super) fn fold(&mut self, half: usize, x: EF) {
        let absent = self.absent();
        let kept = half.min(self.rows());
        let end = self.starts[kept];
        let (low, high) = self.fractions.split_at_mut(end);
        let starts = &self.starts;
        tasks(low, &starts[..=kept], Self::TASK)
            .into_par_iter()
            .for_each(|(rows, mut low)| {
                for row in rows {
                    let (own, others) = low.split_at_mut(starts[row + 1] - starts[row]);
                    low = others;
                    let partner = match starts.get(row + half..row + half + 2) {
                        Some(&[from, to]) => &high[from - end..to - end],
                        _ => &[],
                    };
                    for (i, [p, q]) in own.iter_mut().enumerate() {
                        let [high_p, high_q] = partner.get(i).unwrap_or(&absent);
                        *p += (*high_p - *p) * x;
                        *q += (*high_q - *q) * x;
                    }
                }
            });
        self.fractions.truncate(end);
        self.starts.truncate(kept + 1);
    }
}

impl Layer<EF> {
    /// The nodes of the only row become rows.
    pub(super) fn nodes_as_rows(mut self) -> Self {
        let end = self.fractions.len();
        let nodes = 0..end.div_ceil(2);
        self.starts = nodes.map(|node| 2 * node).chain([end]).collect();
        self
    }

    /// The nodes of the only row become lanes, and groups of them rows.
    pub(super) fn nodes_as_lanes(&self) -> Layer<EPF> {
        let row = &self.fractions[..];
        let absent = self.absent();
        let groups = row.len().div_ceil(2 * PF::WIDTH);
        Layer::from_fn(vec![2; groups], self.absent, |group, i| {
            let at = |lane: usize| 2 * (group * PF::WIDTH + lane) + i;
            let element =
                |k: usize| EPF::from_ext_fn(|lane| row.get(at(lane)).unwrap_or(&absent)[k]);
            [element(0), element(1)]
        })
    }

    /// The two fractions that are left, as numerators and denominators.
    pub(super) fn children(&self) -> [EF; 4] {
        let absent = self.absent();
        let [p0, q0] = self.fractions.first().unwrap_or(&absent);
        let [p1, q1] = self.fractions.get(1).unwrap_or(&absent);
        [*p0, *p1, *q0, *q1]
    }
}

impl Layer<EPF> {
    /// The lanes of the only row become rows.
    pub(super) fn lanes_as_rows(&self) -> Layer<EF> {
        let row = self.row(0);
        Layer::from_fn(vec![row.len(); PF::WIDTH], self.absent, |lane, i| {
            from_fn(|k| extract(&row[i][k], lane))
        })
    }
}

/// The quadratic `p0 q1 + p1 q0 + lambda q0 q1`.
#[inline]
fn combine<K: Algebra<EF> + Copy>(p0: K, p1: K, q0: K, q1: K, lambda: EF) -> K {
    p0 * q1 + (p1 + q1 * lambda) * q0
}

// Not by `map` and `from_fn`, which the compiler does not inline for elements as large as registers.

#[inline]
fn add<K: PrimeCharacteristicRing + Copy>(a: [K; 2], b: [K; 2]) -> [K; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[inline]
fn scale<K: Algebra<EF> + Copy>(a: [K; 2], weight: EF) -> [K; 2] {
    [a[0] * weight, a[1] * weight]
}

/// Makes rows as wide as all that are folded onto them, from the top variable on.
fn widen(widths: &mut [usize]) {
    let mut half = widths.len().next_power_of_two() / 2;
    while half > 0 {
        for high in half..widths.len().min(2 * half) {
            widths[high - half] = widths[high - half].max(widths[high]);
        }
        half /= 2;
    }
}

/// Cuts fractions between rows into pieces of some size.
fn tasks<'a, K>(
    mut fractions: &'a mut [Fraction<K>],
    starts: &[usize],
    size: usize,
) -> Vec<(Range<usize>, &'a mut [Fraction<K>])> {
    let rows = starts.len() - 1;
    let mut tasks = Vec::new();
    let mut first = 0;
    while first < rows {
        let end = starts.partition_point(|&start| start < starts[first] + size);
        let end = end.clamp(first + 1, rows);
        let (piece, rest) = fractions.split_at_mut(starts[end] - starts[first]);
        tasks.push((first..end, piece));
        (fractions, first) = (rest, end);
    }
    tasks
}
