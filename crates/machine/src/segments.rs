//! A sumcheck over rows of which long ranges are alike.
//!
//! The summand is `sum_i a_i(r) b_i(r)`, a sum over pairs. In a row of a kind few pairs are not zero, or all are determined by few: such rows stand in
//! *segments*, in short. Variables are bound from the least significant one on, so that only rows at the ends of segments meet
//! rows of another kind. These are written out in full, in registers of pairs: at most one per end and variable.

use core::array::from_fn;
use std::collections::BTreeMap;

use p3_field::{PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

/// Two factors of a product.
pub(crate) type Pair = [EF; 2];

/// The factors of as many products as a register has lanes.
type PackedPair = [EPF; 2];

/// Two rows that the next variable tells apart: the number of the first, and their pairs, none if a row is zero.
type Couple<'a> = (usize, &'a [PackedPair], &'a [PackedPair]);

/// Consecutive rows of one kind.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) kind: usize,
    /// The first row.
    pub(crate) first: usize,
    /// Pairs of a row.
    pub(crate) width: usize,
    /// The pairs of all rows, row by row.
    pub(crate) pairs: Vec<Pair>,
}

/// How rows of segments are written out.
pub(crate) trait Expand: Sync {
    /// All pairs of a row of a segment, of which `pairs` are known; its number is `row` after the variables with challenges `bound`, the least significant one first, have been bound.
    fn expand(&self, kind: usize, row: usize, pairs: &[Pair], bound: &[EF]) -> Vec<Pair>;
}

/// The rows in the course of a sumcheck.
#[derive(Debug)]
pub(crate) struct Segments<X> {
    segments: Vec<Segment>,
    /// Rows that are written out. All rows but these and those of segments are zero.
    full: BTreeMap<usize, Vec<PackedPair>>,
    expand: X,
    bound: Vec<EF>,
}

/// Pairs of rows below which threads are not worth their start.
const PARALLEL: usize = 1 << 9;

impl Segment {
    fn rows(&self) -> usize {
        self.pairs.len().checked_div(self.width).unwrap_or(0)
    }
}

impl<X: Expand> Segments<X> {
    /// Rows of segments, which do not overlap and are in order.
    pub(crate) fn new(segments: Vec<Segment>, expand: X) -> Self {
        Self {
            segments,
            full: BTreeMap::new(),
            expand,
            bound: Vec::new(),
        }
    }

    /// Writes out the rows of segments whose neighbour is not in the segment.
    fn write_ends(&mut self) {
        let Self {
            segments,
            full,
            expand,
            bound,
        } = self;
        let mut ends: Vec<(usize, usize, Vec<Pair>)> = Vec::new();
        for segment in segments.iter_mut() {
            let width = segment.width;
            if segment.rows() > 0 && segment.first % 2 == 1 {
                let pairs = segment.pairs.drain(..width).collect();
                ends.push((segment.kind, segment.first, pairs));
                segment.first += 1;
            }
            let rows = segment.rows();
            if rows % 2 == 1 {
                let pairs = segment.pairs.split_off((rows - 1) * width);
                ends.push((segment.kind, segment.first + rows - 1, pairs));
            }
        }
        let bound = &bound[..];
        full.par_extend(ends.into_par_iter().map(|(kind, row, pairs)| {
            let pairs = expand.expand(kind, row, &pairs, bound);
            (row, pack(&pairs))
        }));
        segments.retain(|segment| segment.rows() > 0);
    }

    /// `g(0)` and the leading coefficient of the next round polynomial; `weights` are those of pairs of rows, one if there are none.
    pub(crate) fn round(&mut self, weights: Option<&[EF]>) -> [EF; 2] {
        self.write_ends();
        let weigh = |row: usize, sums: [EF; 2]| match weights {
            Some(weights) => sums.map(|x| x * weights[row / 2]),
            None => sums,
        };
        let add = |a: [EF; 2], b: [EF; 2]| from_fn(|i| a[i] + b[i]);
        let of_segments = self.segments.par_iter().map(|segment| {
            let width = segment.width;
            segment
                .pairs
                .par_chunks_exact(2 * width)
                .with_min_len((PARALLEL / width).max(1))
                .enumerate()
                .map(|(i, pairs)| {
                    let (low, high) = pairs.split_at(width);
                    weigh(segment.first + 2 * i, measure(low, high))
                })
                .reduce(|| [EF::ZERO; 2], add)
        });
        let of_full = self
            .couples()
            .into_par_iter()
            .map(|(row, low, high)| weigh(row, measure_packed(low, high)));
        of_segments.chain(of_full).reduce(|| [EF::ZERO; 2], add)
    }

    /// The rows that are written out, two by two; one that is missing is empty.
    fn couples(&self) -> Vec<Couple<'_>> {
        let mut couples: Vec<Couple<'_>> = Vec::new();
        for (&row, pairs) in &self.full {
            match couples.last_mut() {
                Some((low, _, high)) if *low == row & !1 && row % 2 == 1 => *high = pairs,
                _ if row % 2 == 0 => couples.push((row, pairs, &[])),
                _ => couples.push((row & !1, &[], pairs)),
            }
        }
        couples
    }

    /// Binds the variable of the last round.
    pub(crate) fn bind(&mut self, x: EF) {
        let full = self
            .couples()
            .into_par_iter()
            .map(|(row, low, high)| {
                let at = |row: &[PackedPair], i: usize| row.get(i).copied().unwrap_or_default();
                let folded = (0..low.len().max(high.len())).map(|i| {
                    let (low, high) = (at(low, i), at(high, i));
                    from_fn(|k| low[k] + (high[k] - low[k]) * x)
                });
                (row / 2, folded.collect())
            })
            .collect();
        self.full = full;
        self.segments.par_iter_mut().for_each(|segment| {
            let width = segment.width;
            let pairs = &segment.pairs;
            let folded = (0..pairs.len() / 2)
                .into_par_iter()
                .with_min_len(PARALLEL)
                .map(|i| {
                    let first = 2 * width * (i / width) + i % width;
                    let (low, high) = (pairs[first], pairs[first + width]);
                    from_fn(|k| low[k] + x * (high[k] - low[k]))
                })
                .collect();
            segment.pairs = folded;
            segment.first /= 2;
        });
        self.bound.push(x);
    }

    /// The row that is left, written out, perhaps with zeros behind; `None` if it is zero.
    pub(crate) fn last(self) -> Option<Vec<Pair>> {
        if let Some(pairs) = self.full.get(&0) {
            return Some(unpack(pairs));
        }
        let segment = self.segments.first()?;
        Some(
            self.expand
                .expand(segment.kind, 0, &segment.pairs, &self.bound),
        )
    }
}

fn pack(pairs: &[Pair]) -> Vec<PackedPair> {
    pairs
        .chunks(PF::WIDTH)
        .map(|chunk| {
            from_fn(|k| EPF::from_ext_fn(|lane| chunk.get(lane).map_or(EF::ZERO, |pair| pair[k])))
        })
        .collect()
}

fn unpack(pairs: &[PackedPair]) -> Vec<Pair> {
    let lanes = |pair: &PackedPair| {
        let pair = *pair;
        (0..PF::WIDTH).map(move |lane| from_fn(|k| extract(&pair[k], lane)))
    };
    pairs.iter().flat_map(lanes).collect()
}

/// `sum a b` at zero, and its leading coefficient, on the line from one row to the next.
fn measure(low: &[Pair], high: &[Pair]) -> [EF; 2] {
    let mut sums = [EF::ZERO; 2];
    for ([a0, b0], [a1, b1]) in low.iter().zip(high) {
        sums[0] += *a0 * *b0;
        sums[1] += (*a1 - *a0) * (*b1 - *b0);
    }
    sums
}

/// The same of rows that are written out.
fn measure_packed(low: &[PackedPair], high: &[PackedPair]) -> [EF; 2] {
    let product = |row: &[PackedPair]| row.iter().map(|&[a, b]| a * b).sum::<EPF>();
    let sums = match (low.is_empty(), high.is_empty()) {
        (false, false) => {
            let differences = low.iter().zip(high);
            let leading = differences.map(|([a0, b0], [a1, b1])| (*a1 - *a0) * (*b1 - *b0));
            [product(low), leading.sum()]
        }
        (false, true) => [product(low); 2],
        (true, _) => [EPF::ZERO, product(high)],
    };
    sums.map(|sum| (0..PF::WIDTH).map(|lane| extract(&sum, lane)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: usize = 6;

    /// Kind `k` has pairs `k` and following; the others are zero.
    struct Scatter;

    impl Expand for Scatter {
        fn expand(&self, kind: usize, _: usize, pairs: &[Pair], _: &[EF]) -> Vec<Pair> {
            let mut full = vec![[EF::ZERO; 2]; FULL];
            full[kind..kind + pairs.len()].copy_from_slice(pairs);
            full
        }
    }

    fn element(i: usize) -> EF {
        EF::from_usize(i * i + 31 * i + 7).cube()
    }

    #[test]
    fn rounds_are_those_of_the_table_written_out() {
        let log_rows = 6;
        for ranges in [
            vec![(0, 0..64)],
            vec![(0, 0..5), (2, 5..6), (1, 8..9), (3, 9..40), (0, 40..63)],
            vec![(1, 0..1)],
            vec![(2, 63..64)],
            vec![(2, 7..33), (3, 34..35), (3, 35..50)],
            vec![],
        ] {
            let mut table = vec![[[EF::ZERO; 2]; FULL]; 1 << log_rows];
            let mut segments = Vec::new();
            for (kind, range) in ranges {
                let width = 1 + kind % 3;
                let mut segment = Segment {
                    kind,
                    first: range.start,
                    width,
                    pairs: Vec::new(),
                };
                for row in range {
                    for i in 0..width {
                        let pair = [element(100 * row + i), element(100 * row + 50 + i)];
                        segment.pairs.push(pair);
                        table[row][kind + i] = pair;
                    }
                }
                segments.push(segment);
            }
            let mut segments = Segments::new(segments, Scatter);
            for round in 0..log_rows {
                let weights: Vec<EF> = (0..table.len() / 2)
                    .map(|i| element(3 * i + round))
                    .collect();
                let weights = (round % 2 == 0).then_some(&weights[..]);
                let got = segments.round(weights);
                let mut expected = [EF::ZERO; 2];
                for (j, rows) in table.chunks(2).enumerate() {
                    let sums = measure(&rows[0], &rows[1]);
                    let weight = weights.map_or(EF::ONE, |w| w[j]);
                    expected = from_fn(|i| expected[i] + weight * sums[i]);
                }
                assert_eq!(got, expected);
                let x = element(5000 + round);
                segments.bind(x);
                table = table
                    .chunks(2)
                    .map(|rows| {
                        from_fn(|i| {
                            from_fn(|k| rows[0][i][k] + x * (rows[1][i][k] - rows[0][i][k]))
                        })
                    })
                    .collect();
            }
            let last = segments.last().unwrap_or(vec![[EF::ZERO; 2]; FULL]);
            assert_eq!(last[..FULL], table[0]);
            assert!(last[FULL..].iter().all(|pair| *pair == [EF::ZERO; 2]));
        }
    }
}
