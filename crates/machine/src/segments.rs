//! A sumcheck over rows of which long ranges are alike.
//!
//! The summand is `sum_i a_i(r) b_i(r)`, a sum over pairs. In a row of a kind few pairs are not zero, or all are determined by few: such rows stand in
//! *segments*, in short. Variables are bound from the least significant one on, so that only rows at the ends of segments meet
//! rows of another kind. These are written out in full, in registers of pairs: at most one per end and variable.

mod full;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

pub(crate) use self::full::FullRow;
use self::full::{fold_packed, measure_packed};

/// Two factors of a product.
pub(crate) type Pair = [EF; 2];

/// The factors of as many products as a register has lanes.
pub(crate) type PackedPair = [EPF; 2];

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
    /// Registers of a row that is written out.
    const REGISTERS: usize;

    /// Rows are about to be written out after the variables with these challenges, the least significant one first, have been bound.
    fn enter(&mut self, bound: &[EF]);

    /// All pairs of a row of a segment, of which `pairs` are known and `row` is the number.
    fn expand(&self, kind: usize, row: usize, pairs: &[Pair]) -> FullRow;
}

/// The rows in the course of a sumcheck.
#[derive(Debug)]
pub(crate) struct Segments<X> {
    segments: Vec<Segment>,
    /// Rows that are written out, with their numbers. All rows but these and those of segments are zero.
    full: Vec<(usize, FullRow)>,
    /// The same rows two by two.
    couples: Vec<Couple>,
    expand: X,
    bound: Vec<EF>,
}

/// Two rows that the next variable tells apart: the number of both without it, and their places among those written out; none if a row is zero.
#[derive(Clone, Copy, Debug)]
struct Couple {
    row: usize,
    places: [Option<usize>; 2],
}

/// An end of a segment.
struct End {
    segment: usize,
    row: usize,
    /// Rows of the segment before it.
    before: usize,
}

/// Pairs of rows below which threads are not worth their start.
const PARALLEL: usize = 1 << 9;
/// The same for rows that are written out.
const PARALLEL_FULL: usize = 1 << 3;

impl Segment {
    fn rows(&self) -> usize {
        self.pairs.len().checked_div(self.width).unwrap_or(0)
    }

    /// Rows before the first couple, and couples.
    fn couples(&self) -> (usize, usize) {
        let alone = (self.first % 2).min(self.rows());
        (alone, (self.rows() - alone) / 2)
    }

    /// The pairs of rows that are coupled with each other.
    fn coupled(&self) -> &[Pair] {
        let (alone, couples) = self.couples();
        &self.pairs[self.width * alone..][..2 * self.width * couples]
    }

    /// Binds the variable that tells coupled rows apart.
    fn bind(&mut self, x: EF) {
        let width = self.width;
        let (alone, couples) = self.couples();
        let fold = |low: Pair, high: Pair| {
            [
                low[0] + x * (high[0] - low[0]),
                low[1] + x * (high[1] - low[1]),
            ]
        };
        if couples * width < PARALLEL {
            let start = alone * width;
            for couple in 0..couples {
                for i in 0..width {
                    let low = start + 2 * couple * width + i;
                    self.pairs[couple * width + i] = fold(self.pairs[low], self.pairs[low + width]);
                }
            }
            self.pairs.truncate(couples * width);
        } else {
            let mut folded = vec![[EF::ZERO; 2]; couples * width];
            folded
                .par_chunks_exact_mut(width)
                .zip(self.coupled().par_chunks_exact(2 * width))
                .with_min_len((PARALLEL / width).max(1))
                .for_each(|(out, pairs)| {
                    let (low, high) = pairs.split_at(width);
                    for ((out, &low), &high) in out.iter_mut().zip(low).zip(high) {
                        *out = fold(low, high);
                    }
                });
            self.pairs = folded;
        }
        self.first = self.first.div_ceil(2);
    }
}

impl<X: Expand> Segments<X> {
    /// Rows of segments, which do not overlap and are in order.
    pub(crate) fn new(segments: Vec<Segment>, expand: X) -> Self {
        Self {
            segments,
            full: Vec::new(),
            couples: Vec::new(),
            expand,
            bound: Vec::new(),
        }
    }

    /// Writes out the rows of segments whose neighbour is not in the segment.
    fn write_ends(&mut self) {
        let mut ends = Vec::new();
        for (i, segment) in self.segments.iter().enumerate() {
            let (alone, couples) = segment.couples();
            let rows = segment.rows();
            let last = (alone + 2 * couples..rows).next();
            for before in (0..alone).chain(last) {
                ends.push(End {
                    segment: i,
                    row: segment.first + before,
                    before,
                });
            }
        }
        if !ends.is_empty() {
            self.expand.enter(&self.bound);
        }
        let (segments, expand) = (&self.segments, &self.expand);
        let ends = ends.par_iter().with_min_len(PARALLEL_FULL);
        self.full.par_extend(ends.map(|end| {
            let Segment {
                kind, width, pairs, ..
            } = &segments[end.segment];
            let pairs = &pairs[end.before * width..][..*width];
            (end.row, expand.expand(*kind, end.row, pairs))
        }));
    }

    /// Puts the rows that are written out two by two.
    fn pair_up(&mut self) {
        let mut order: Vec<(usize, usize)> = (0..)
            .zip(&self.full)
            .map(|(i, (row, _))| (*row, i))
            .collect();
        order.sort();
        self.couples.clear();
        for couple in order.chunk_by(|a, b| a.0 / 2 == b.0 / 2) {
            let mut places = [None; 2];
            for &(row, place) in couple {
                places[row % 2] = Some(place);
            }
            let row = couple[0].0 / 2;
            self.couples.push(Couple { row, places });
        }
    }

    /// Two rows that are written out.
    fn rows(&self, couple: &Couple) -> [Option<&FullRow>; 2] {
        couple.places.map(|place| Some(&self.full[place?].1))
    }

    /// `g(0)` and the leading coefficient of the next round polynomial; `weights` are those of pairs of rows, one if there are none.
    pub(crate) fn round(&mut self, weights: Option<&[EF]>) -> [EF; 2] {
        self.write_ends();
        self.pair_up();
        let add = |a: [EF; 2], b: [EF; 2]| [a[0] + b[0], a[1] + b[1]];
        let of_segment = |segment: &Segment| {
            let width = segment.width;
            let first = segment.first.div_ceil(2);
            let of_couple = |(i, pairs): (usize, &[Pair])| {
                let (low, high) = pairs.split_at(width);
                let sums = measure(low, high);
                weights.map_or(sums, |weights| sums.map(|x| x * weights[first + i]))
            };
            let pairs = segment.coupled();
            if pairs.len() < PARALLEL {
                let couples = pairs.chunks_exact(2 * width).enumerate();
                return couples.map(of_couple).fold([EF::ZERO; 2], add);
            }
            pairs
                .par_chunks_exact(2 * width)
                .with_min_len((PARALLEL / width).max(1))
                .enumerate()
                .map(of_couple)
                .reduce(|| [EF::ZERO; 2], add)
        };
        let of_segments = self
            .segments
            .par_iter()
            .map(of_segment)
            .reduce(|| [EF::ZERO; 2], add);
        let of_full = self
            .couples
            .par_iter()
            .with_min_len(PARALLEL_FULL)
            .map(|couple| {
                let mut sums = measure_packed(self.rows(couple));
                if let Some(weights) = weights {
                    sums[0] *= weights[couple.row];
                    sums[1] *= weights[couple.row];
                }
                sums
            })
            .reduce(|| [EPF::ZERO; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
        let lanes = |sum: EPF| (0..PF::WIDTH).map(|lane| extract(&sum, lane)).sum::<EF>();
        add(of_segments, [lanes(of_full[0]), lanes(of_full[1])])
    }

    /// Binds the variable of the last round.
    pub(crate) fn bind(&mut self, x: EF) {
        let couples = self.couples.par_iter().with_min_len(PARALLEL_FULL);
        let full = couples.map(|couple| (couple.row, fold_packed(self.rows(couple), x)));
        self.full = full.collect();
        self.segments
            .par_iter_mut()
            .for_each(|segment| segment.bind(x));
        self.segments.retain(|segment| segment.rows() > 0);
        self.bound.push(x);
    }

    /// The row that is left, written out, perhaps with zeros behind; `None` if it is zero.
    pub(crate) fn last(mut self) -> Option<Vec<Pair>> {
        if let Some(segment) = self.segments.first() {
            self.expand.enter(&self.bound);
            let row = self.expand.expand(segment.kind, 0, &segment.pairs);
            self.full.push((0, row));
        }
        let (_, row) = self.full.first()?;
        Some(row.unpack(X::REGISTERS))
    }
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

#[cfg(test)]
mod tests {
    use core::array::from_fn;

    use p3_field::PackedFieldExtension;

    use super::*;

    /// Several registers.
    const FULL: usize = 42;

    /// Kind `k` has pairs `13 k` and following; the others are zero.
    struct Scatter;

    impl Expand for Scatter {
        const REGISTERS: usize = FULL.div_ceil(PF::WIDTH);

        fn enter(&mut self, _: &[EF]) {}

        fn expand(&self, kind: usize, _: usize, pairs: &[Pair]) -> FullRow {
            let mut full = vec![[EF::ZERO; 2]; PF::WIDTH * Self::REGISTERS];
            full[13 * kind..][..pairs.len()].copy_from_slice(pairs);
            let mut row = FullRow::default();
            for (register, pairs) in full.chunks(PF::WIDTH).enumerate() {
                let pack = |k: usize| EPF::from_ext_fn(|lane| pairs[lane][k]);
                row.push(register, from_fn(pack));
            }
            row
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
                        table[row][13 * kind + i] = pair;
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
