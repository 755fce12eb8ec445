//! Rounds over tables of rows: fold and measure in one pass.
//!
//! A table has one row per point of a hypercube; a row holds the values of `C`
//! columns in the extension field. The rows of a [`Span`] are stored, all others
//! equal a constant tail. In a round of *stride* `s`, row `2 s q + i` is paired with
//! row `2 s q + s + i` (`i < s`): bit `log2 s` of the row index is bound.
//!
//! The stored rows may consist of *segments* of equal length, each of which is followed by tail
//! that is not stored. A round may then pair the rows inside of the segments (see [`Pairing`]).
//!
//! A [`Gate`] is a polynomial in the columns. A round polynomial, without its `eq` factor, is
//!
//! ```text
//!     g(X) = sum_pairs weight * Gate((1 - X) low + X high) = c_0 + c_1 X + c_2 X^2 + c_3 X^3
//! ```
//!
//! and a [`Message`] consists of `c_0`, `c_2` and `c_3`: the claim determines `c_1`.

use core::array::from_fn;

use p3_field::PackedField;
use rayon::prelude::*;
use sheaf_transcript::{EF, F};

use crate::quintic::{Multiplier, Quintic, add, mul, reduce, square, sub, triple, zero};

/// The values of `C` columns, by coefficient.
pub type Row<P, const C: usize> = [[P; C]; 5];

/// `c_0`, `c_2` and `c_3` of a round polynomial.
pub type Message<P> = [Quintic<P>; 3];

/// A polynomial of degree at most 3 in the columns of a row.
pub trait Gate<const C: usize>: Send + Sync {
    /// `c_0`, `c_2` and `c_3` of the gate on the line from `low` to `high`.
    fn message<P: PackedField<Scalar = F>>(low: &Row<P, C>, high: &Row<P, C>) -> Message<P>;
}

/// The sum of the cubes of all columns; `C` is a multiple of 8.
#[derive(Clone, Copy, Debug)]
pub struct Cubes;

/// The cube of column 0 plus column 1.
#[derive(Clone, Copy, Debug)]
pub struct CubePlusLinear;

/// Column 0.
#[derive(Clone, Copy, Debug)]
pub struct Linear;

/// Writes column `j` of a row.
#[inline(always)]
pub fn set_column<P: PackedField<Scalar = F>, const C: usize>(
    row: &mut Row<P, C>,
    j: usize,
    value: &Quintic<P>,
) {
    for (plane, &v) in row.iter_mut().zip(value) {
        plane[j] = v;
    }
}

#[inline(always)]
fn column<P: PackedField<Scalar = F>, const C: usize>(row: &Row<P, C>, j: usize) -> Quintic<P> {
    from_fn(|i| row[i][j])
}

impl<const C: usize> Gate<C> for Cubes {
    #[inline]
    fn message<P: PackedField<Scalar = F>>(low: &Row<P, C>, high: &Row<P, C>) -> Message<P> {
        // (a + d X)^3 = a a^2 + 3 a^2 d X + 3 a d^2 X^2 + d d^2 X^3.
        let mut difference = [[P::ZERO; C]; 5];
        let mut low_square = [[P::ZERO; C]; 5];
        let mut difference_square = [[P::ZERO; C]; 5];
        for j in 0..C {
            let a = column(low, j);
            let d = sub(&column(high, j), &a);
            set_column(&mut difference, j, &d);
            set_column(&mut low_square, j, &square(&a));
            set_column(&mut difference_square, j, &square(&d));
        }
        [
            sum_of_products(low, &low_square),
            triple(&sum_of_products(low, &difference_square)),
            sum_of_products(&difference, &difference_square),
        ]
    }
}

/// `sum_j a_j b_j`.
#[inline]
fn sum_of_products<P: PackedField<Scalar = F>, const C: usize>(
    a: &Row<P, C>,
    b: &Row<P, C>,
) -> Quintic<P> {
    const { assert!(C.is_multiple_of(8)) };
    let mut product = [P::ZERO; 9];
    for (i, a) in a.iter().enumerate() {
        for (k, b) in b.iter().enumerate() {
            let (a, b) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
            for (a, b) in a.iter().zip(b) {
                product[i + k] += P::dot_product::<8>(a, b);
            }
        }
    }
    reduce(&product)
}

impl Gate<2> for CubePlusLinear {
    #[inline]
    fn message<P: PackedField<Scalar = F>>(low: &Row<P, 2>, high: &Row<P, 2>) -> Message<P> {
        let a = column(low, 0);
        let d = sub(&column(high, 0), &a);
        let d2 = square(&d);
        [
            add(&mul(&a, &square(&a)), &column(low, 1)),
            triple(&mul(&a, &d2)),
            mul(&d, &d2),
        ]
    }
}

impl Gate<1> for Linear {
    #[inline]
    fn message<P: PackedField<Scalar = F>>(low: &Row<P, 1>, _high: &Row<P, 1>) -> Message<P> {
        [column(low, 0), zero(), zero()]
    }
}

/// The live rows of a table, in order: the first one, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first live row.
    pub first: usize,
    /// The number of live rows.
    pub live: usize,
}

impl Span {
    /// The first rows.
    #[must_use]
    pub const fn prefix(live: usize) -> Self {
        Self { first: 0, live }
    }

    /// How many rows before the first one are paired with live ones or share their pairs, in a round of stride `stride`.
    #[must_use]
    pub const fn padding(&self, stride: usize) -> usize {
        self.first % (2 * stride)
    }

    /// The pairs with a live row, and the live rows after the fold, in a table of one segment.
    #[must_use]
    pub fn folded(&self, stride: usize) -> Self {
        Pairing::all(stride).folded(*self)
    }
}

/// Number of pairs with one of the first `live` rows, and of live rows after the fold.
#[must_use]
pub fn folded_len(live: usize, stride: usize) -> usize {
    let (units, rest) = (live / stride, live % stride);
    // An unpaired unit has only tail opposite to it.
    units / 2 * stride
        + if units.is_multiple_of(2) {
            rest
        } else {
            stride
        }
}

/// Which rows are paired in a round.
#[derive(Clone, Copy, Debug)]
pub struct Pairing {
    stride: usize,
    /// Rows of a segment; as many as there are, if it is more.
    segment: usize,
}

impl Pairing {
    /// Rows at this distance, in a table of one segment.
    #[must_use]
    pub const fn all(stride: usize) -> Self {
        Self {
            stride,
            segment: usize::MAX,
        }
    }

    /// Adjacent rows of each segment of this length, of which the live rows and those before them are multiples.
    #[must_use]
    pub const fn adjacent(segment: usize) -> Self {
        Self { stride: 1, segment }
    }

    /// How many rows before the span take part: none where segments are paired in themselves.
    const fn padding(self, span: Span) -> usize {
        if self.segment == usize::MAX {
            span.padding(self.stride)
        } else {
            0
        }
    }

    /// The span with these rows.
    const fn padded(self, span: Span) -> Span {
        let padding = self.padding(span);
        Span {
            first: span.first - padding,
            live: span.live + padding,
        }
    }

    /// Number of pairs with a live row, and of rows after the fold, in a segment.
    fn folded_segment(self, live: usize) -> usize {
        folded_len(self.segment.min(live), self.stride)
    }

    /// The pairs with a live row, and the live rows after the fold.
    fn folded(self, span: Span) -> Span {
        let Span { first, live } = self.padded(span);
        let first = if self.segment == usize::MAX {
            first / 2
        } else {
            first / self.segment * folded_len(self.segment, self.stride)
        };
        Span {
            first,
            live: self.folded_segment(live) * live.div_ceil(self.segment),
        }
    }
}

/// A table in the course of a sumcheck.
///
/// Reused from one sumcheck to the next, it keeps its memory.
#[derive(Debug)]
pub struct Table<P, const C: usize> {
    rows: Vec<Row<P, C>>,
    /// Memory for the next, folded rows.
    spare: Vec<Row<P, C>>,
    span: Span,
    /// Rows beyond the live ones, periodic in the row index.
    tail: Vec<Row<P, C>>,
    /// A challenge that has been drawn but not yet folded in, and what it folds.
    pending: Option<(Multiplier, Pairing)>,
}

impl<P, const C: usize> Default for Table<P, C> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            spare: Vec::new(),
            span: Span::default(),
            tail: Vec::new(),
            pending: None,
        }
    }
}

impl<P: PackedField<Scalar = F>, const C: usize> Table<P, C> {
    /// Fills the table with the rows of a span, counted from the first one, and measures the first round.
    ///
    /// `tail` is one period of the rows that are not live, and `weights[i]` the weight of all
    /// pairs in the `i`-th period from that of the span's first pair on ([`Span::folded`]). The stride and both numbers
    /// of the span are multiples of the period.
    pub fn open<G: Gate<C>>(
        &mut self,
        source: impl Fn(usize, &mut Row<P, C>) + Sync,
        span: Span,
        tail: Vec<Row<P, C>>,
        pairing: Pairing,
        weights: &[EF],
    ) -> Message<P> {
        let padded = pairing.padded(span);
        self.load(padded, tail);
        let measure = Measure::<_, P, C> {
            source: after_tail(&self.tail, pairing.padding(span), source),
            tail: &self.tail,
            pairing,
            weights,
        };
        measure.run::<G>(&mut self.rows[..padded.live])
    }

    /// Fills the table with `live` rows, the first ones.
    pub fn fill(
        &mut self,
        source: impl Fn(usize, &mut Row<P, C>) + Sync,
        live: usize,
        tail: Vec<Row<P, C>>,
    ) {
        self.load(Span::prefix(live), tail);
        self.rows[..live]
            .par_iter_mut()
            .with_min_len(Self::SPAN)
            .enumerate()
            .for_each(|(t, row)| source(t, row));
    }

    fn load(&mut self, span: Span, tail: Vec<Row<P, C>>) {
        if self.rows.len() < span.live {
            self.rows.resize(span.live, [[P::ZERO; C]; 5]);
        }
        self.span = span;
        self.tail = tail;
        self.pending = None;
    }

    /// Folds what is pending and measures the next round.
    pub fn round<G: Gate<C>>(&mut self, pairing: Pairing, weights: &[EF]) -> Message<P> {
        let Some((challenge, previous)) = self.pending.take() else {
            debug_assert_eq!(
                pairing.padding(self.span),
                0,
                "a table that was filled has no rows before"
            );
            let measure = Measure::<_, P, C> {
                source: |_: usize, _: &mut Row<P, C>| (),
                tail: &self.tail,
                pairing,
                weights,
            };
            return measure.run::<G>(&mut self.rows[..self.span.live]);
        };
        let folding = previous.folded(self.span);
        let span = pairing.padded(folding);
        self.reserve_spare(span);
        let message = {
            let source = folded(
                &self.rows[..self.span.live],
                &self.tail,
                challenge,
                previous,
            );
            let measure = Measure::<_, P, C> {
                source: after_tail(&self.tail, pairing.padding(folding), source),
                tail: &self.tail,
                pairing,
                weights,
            };
            measure.run::<G>(&mut self.spare[..span.live])
        };
        self.finish_fold(span);
        message
    }

    /// Binds the variable of the last round.
    pub fn bind(&mut self, challenge: EF, pairing: Pairing) {
        self.pending = Some((Multiplier::new(challenge), pairing));
    }

    /// Folds what is pending and returns the live rows.
    pub fn rows(&mut self) -> &[Row<P, C>] {
        if let Some((challenge, pairing)) = self.pending.take() {
            let span = pairing.folded(self.span);
            self.reserve_spare(span);
            {
                let source = folded(&self.rows[..self.span.live], &self.tail, challenge, pairing);
                self.spare[..span.live]
                    .par_iter_mut()
                    .with_min_len(Self::SPAN)
                    .enumerate()
                    .for_each(|(t, row)| source(t, row));
            }
            self.finish_fold(span);
        }
        &self.rows[..self.span.live]
    }

    /// Number of live rows, what is pending folded.
    #[must_use]
    pub fn live(&self) -> usize {
        match self.pending {
            Some((_, pairing)) => pairing.folded(self.span).live,
            None => self.span.live,
        }
    }

    fn reserve_spare(&mut self, span: Span) {
        if self.spare.len() < span.live {
            self.spare.resize(span.live, [[P::ZERO; C]; 5]);
        }
    }

    fn finish_fold(&mut self, span: Span) {
        core::mem::swap(&mut self.rows, &mut self.spare);
        self.span = span;
    }

    /// Rows worth a task of their own.
    const SPAN: usize = if C >= 8 { 8 } else { 64 };
}

/// The rows from a source, after as many rows of the tail, of which there are whole periods before.
fn after_tail<P: PackedField<Scalar = F>, const C: usize>(
    tail: &[Row<P, C>],
    padding: usize,
    source: impl Fn(usize, &mut Row<P, C>) + Sync,
) -> impl Fn(usize, &mut Row<P, C>) + Sync {
    move |t, out| match t.checked_sub(padding) {
        Some(t) => source(t, out),
        None => *out = tail[t % tail.len()],
    }
}

/// The rows of the folded table, computed from those before.
fn folded<P: PackedField<Scalar = F>, const C: usize>(
    rows: &[Row<P, C>],
    tail: &[Row<P, C>],
    challenge: Multiplier,
    pairing: Pairing,
) -> impl Fn(usize, &mut Row<P, C>) + Sync {
    let Pairing { stride, segment } = pairing;
    let segment = segment.min(rows.len());
    let pairs = pairing.folded_segment(rows.len());
    move |t, out| {
        let (s, t) = (t / pairs, t % pairs);
        let rows = &rows[s * segment..][..segment];
        let low = t / stride * 2 * stride + t % stride;
        let high = low + stride;
        let high = rows.get(high).unwrap_or_else(|| &tail[high % tail.len()]);
        fold(&rows[low], high, &challenge, out);
    }
}

/// `low + challenge * (high - low)`.
#[inline]
pub fn fold<P: PackedField<Scalar = F>, const C: usize>(
    low: &Row<P, C>,
    high: &Row<P, C>,
    challenge: &Multiplier,
    out: &mut Row<P, C>,
) {
    for j in 0..C {
        let a = column(low, j);
        let difference = sub(&column(high, j), &a);
        set_column(out, j, &add(&a, &challenge.apply(&difference)));
    }
}

/// One pass that makes the rows of a table and measures a round on them.
struct Measure<'a, S, P, const C: usize> {
    source: S,
    tail: &'a [Row<P, C>],
    pairing: Pairing,
    weights: &'a [EF],
}

impl<S, P, const C: usize> Measure<'_, S, P, C>
where
    S: Fn(usize, &mut Row<P, C>) + Sync,
    P: PackedField<Scalar = F>,
{
    fn run<G: Gate<C>>(&self, rows: &mut [Row<P, C>]) -> Message<P> {
        let segment = self.pairing.segment.min(rows.len());
        let pairs = self.pairing.folded_segment(rows.len());
        let span = Table::<P, C>::SPAN;
        if segment == rows.len() {
            return self.segment::<G>(rows, 0, 0);
        }
        rows.par_chunks_mut(segment)
            .with_min_len((2 * span).div_ceil(segment))
            .enumerate()
            .map(|(s, rows)| self.segment::<G>(rows, s * segment, s * pairs))
            .reduce(|| [zero(); 3], add_messages)
    }

    /// Makes and pairs the rows of one segment, of which the first row and pair have these numbers.
    fn segment<G: Gate<C>>(
        &self,
        rows: &mut [Row<P, C>],
        first_row: usize,
        first_pair: usize,
    ) -> Message<P> {
        let stride = self.pairing.stride;
        let span = Table::<P, C>::SPAN;
        let places =
            |u: usize, i: usize| (first_row + 2 * u * stride + i, first_pair + u * stride + i);
        if rows.len() <= 2 * span {
            let units = rows.chunks_mut(2 * stride).enumerate();
            return units.fold([zero(); 3], |sum, (u, unit)| {
                let (low, high) = unit.split_at_mut(stride.min(unit.len()));
                add_messages(sum, self.pairs::<G>(low, high, places(u, 0)))
            });
        }
        rows.par_chunks_mut(2 * stride)
            .with_min_len(span.div_ceil(stride))
            .enumerate()
            .map(|(u, unit)| {
                let (low, high) = unit.split_at_mut(stride.min(unit.len()));
                if stride <= span {
                    return self.pairs::<G>(low, high, places(u, 0));
                }
                // Few large units: split them, too.
                let missing = low.len().div_ceil(span) - high.len().div_ceil(span);
                let high = high
                    .par_chunks_mut(span)
                    .chain(rayon::iter::repeat_n((), missing).map(|()| &mut [][..]));
                low.par_chunks_mut(span)
                    .zip(high)
                    .enumerate()
                    .map(|(i, (low, high))| self.pairs::<G>(low, high, places(u, i * span)))
                    .reduce(|| [zero(); 3], add_messages)
            })
            .reduce(|| [zero(); 3], add_messages)
    }

    /// Makes and pairs rows of one unit, of which the first row and pair have these numbers. There may be fewer
    /// high than low rows.
    fn pairs<G: Gate<C>>(
        &self,
        low: &mut [Row<P, C>],
        high: &mut [Row<P, C>],
        (first_row, first_pair): (usize, usize),
    ) -> Message<P> {
        let stride = self.pairing.stride;
        let period = self.tail.len();
        let mut sum = [zero(); 3];
        for (p, low) in low.iter_mut().enumerate() {
            let row = first_row + p;
            (self.source)(row, low);
            let high = match high.get_mut(p) {
                Some(high) => {
                    (self.source)(row + stride, high);
                    &*high
                }
                None => &self.tail[(row + stride) % period],
            };
            let weight = Multiplier::new(self.weights[(first_pair + p) / period]);
            let message = G::message(low, high).map(|c| weight.apply(&c));
            sum = add_messages(sum, message);
        }
        sum
    }
}

fn add_messages<P: PackedField<Scalar = F>>(a: Message<P>, b: Message<P>) -> Message<P> {
    from_fn(|i| add(&a[i], &b[i]))
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;

    use super::*;

    fn row(x: usize) -> Row<F, 2> {
        from_fn(|i| from_fn(|j| F::from_usize((x * 5 + i) * 7 + j + 1).cube()))
    }

    /// Weights that are products of one factor per segment and one per pair.
    fn weights(segments: usize, pairs: usize) -> Vec<EF> {
        (0..segments * pairs)
            .map(|i| EF::from_usize((i / pairs + 3) * (i % pairs + 11)))
            .collect()
    }

    #[test]
    fn segments_are_followed_by_tail_that_is_not_stored() {
        let tail = row(1000);
        for (before, segments, len) in [
            (0, 1, 1_usize),
            (0, 1, 5),
            (0, 3, 2),
            (0, 7, 5),
            (0, 40, 21),
            (0, 2, 300),
            (0, 1, 300),
            (1, 1, 5),
            (3, 2, 3),
            (6, 7, 21),
            (5, 1, 300),
        ] {
            let span = |segment: usize| Span {
                first: before * segment,
                live: segments * segment,
            };
            let padded = len.next_power_of_two();
            let [mut short, mut long] = [Table::default(), Table::default()];
            let source = |t: usize, out: &mut Row<F, 2>| *out = row(t);
            let with_tail = |t: usize, out: &mut Row<F, 2>| {
                let (s, k) = (t / padded, t % padded);
                *out = if k < len { row(s * len + k) } else { tail };
            };
            let (mut stored, mut all) = (len, padded);
            for round in 0..padded.ilog2() {
                let pairing = Pairing::adjacent(stored);
                stored = stored.div_ceil(2);
                all /= 2;
                // Pairs of tail rows have the weight zero.
                let mut some = weights(segments, all);
                for (i, weight) in some.iter_mut().enumerate() {
                    *weight *= EF::from_bool(i % all < stored);
                }
                let live = (0..segments * all).filter(|i| i % all < stored);
                let dense: Vec<EF> = live.map(|i| some[i]).collect();
                let messages = if round == 0 {
                    let tail = vec![tail];
                    [
                        short.open::<CubePlusLinear>(
                            source,
                            span(len),
                            tail.clone(),
                            pairing,
                            &dense,
                        ),
                        long.open::<CubePlusLinear>(
                            with_tail,
                            span(padded),
                            tail,
                            Pairing::all(1),
                            &some,
                        ),
                    ]
                } else {
                    [
                        short.round::<CubePlusLinear>(pairing, &dense),
                        long.round::<CubePlusLinear>(Pairing::all(1), &some),
                    ]
                };
                assert_eq!(
                    messages[0], messages[1],
                    "{before} {segments} {len} {round}"
                );
                let challenge = EF::from_usize(77 + len);
                short.bind(challenge, pairing);
                long.bind(challenge, Pairing::all(1));
                assert_eq!(short.live(), segments * stored);
            }
            if padded > 1 {
                // One row of each segment is left; they begin where the segments began.
                let pairing = Pairing::all(2);
                let pairs = weights(1, span(1).folded(2).live);
                let messages = [&mut short, &mut long]
                    .map(|table| table.round::<CubePlusLinear>(pairing, &pairs));
                assert_eq!(messages[0], messages[1], "{before} {segments} {len}");
                let padding = span(1).padding(2);
                assert_eq!(short.rows().len(), padding + segments);
                assert!(short.rows()[..padding].iter().all(|row| *row == tail));
                assert_eq!(short.rows(), long.rows());
            }
        }
    }
}
