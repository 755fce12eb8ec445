//! Rounds over tables of rows: fold and measure in one pass.
//!
//! A table has one row per point of a hypercube; a row holds the values of `C`
//! columns in the extension field. The rows of a [`Span`] are stored, all others
//! equal a constant tail. In a round of *stride* `s`, row `2 s q + i` is paired with
//! row `2 s q + s + i` (`i < s`): bit `log2 s` of the row index is bound.
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

    /// With these rows.
    #[must_use]
    pub const fn padded(&self, stride: usize) -> Self {
        let padding = self.padding(stride);
        Self {
            first: self.first - padding,
            live: self.live + padding,
        }
    }

    /// The pairs with a live row, and the live rows after the fold.
    #[must_use]
    pub fn folded(&self, stride: usize) -> Self {
        let padded = self.padded(stride);
        Self {
            first: padded.first / 2,
            live: folded_len(padded.live, stride),
        }
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
    /// A challenge that has been drawn but not yet folded in, and its stride.
    pending: Option<(Multiplier, usize)>,
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
    /// pairs in the `i`-th period from that of the span's first pair on ([`Span::folded`]). The stride is a multiple of the period.
    pub fn open<G: Gate<C>>(
        &mut self,
        source: impl Fn(usize, &mut Row<P, C>) + Sync,
        span: Span,
        tail: Vec<Row<P, C>>,
        stride: usize,
        weights: &[EF],
    ) -> Message<P> {
        let padded = span.padded(stride);
        self.load(padded, tail);
        let measure = Measure::<_, P, C> {
            source: after_tail(&self.tail, span.padding(stride), source),
            tail: &self.tail,
            stride,
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
    pub fn round<G: Gate<C>>(&mut self, stride: usize, weights: &[EF]) -> Message<P> {
        let Some((challenge, previous)) = self.pending.take() else {
            debug_assert_eq!(
                self.span.padding(stride),
                0,
                "a table that was filled has no rows before"
            );
            let measure = Measure::<_, P, C> {
                source: |_: usize, _: &mut Row<P, C>| (),
                tail: &self.tail,
                stride,
                weights,
            };
            return measure.run::<G>(&mut self.rows[..self.span.live]);
        };
        let folding = self.span.folded(previous);
        let span = folding.padded(stride);
        self.reserve_spare(span);
        let message = {
            let source = folded(
                &self.rows[..self.span.live],
                &self.tail,
                challenge,
                previous,
            );
            let measure = Measure::<_, P, C> {
                source: after_tail(&self.tail, folding.padding(stride), source),
                tail: &self.tail,
                stride,
                weights,
            };
            measure.run::<G>(&mut self.spare[..span.live])
        };
        self.finish_fold(span);
        message
    }

    /// Binds the variable of the last round.
    pub fn bind(&mut self, challenge: EF, stride: usize) {
        self.pending = Some((Multiplier::new(challenge), stride));
    }

    /// Folds what is pending and returns the live rows.
    pub fn rows(&mut self) -> &[Row<P, C>] {
        if let Some((challenge, stride)) = self.pending.take() {
            let span = self.span.folded(stride);
            self.reserve_spare(span);
            {
                let source = folded(&self.rows[..self.span.live], &self.tail, challenge, stride);
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
            Some((_, stride)) => self.span.folded(stride).live,
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
    stride: usize,
) -> impl Fn(usize, &mut Row<P, C>) + Sync {
    move |t, out| {
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
    stride: usize,
    weights: &'a [EF],
}

impl<S, P, const C: usize> Measure<'_, S, P, C>
where
    S: Fn(usize, &mut Row<P, C>) + Sync,
    P: PackedField<Scalar = F>,
{
    fn run<G: Gate<C>>(&self, rows: &mut [Row<P, C>]) -> Message<P> {
        let stride = self.stride;
        let span = Table::<P, C>::SPAN;
        if rows.len() <= 2 * span {
            let units = rows.chunks_mut(2 * stride).enumerate();
            return units.fold([zero(); 3], |sum, (u, unit)| {
                let (low, high) = unit.split_at_mut(stride.min(unit.len()));
                add_messages(sum, self.pairs::<G>(low, high, u, 0))
            });
        }
        rows.par_chunks_mut(2 * stride)
            .with_min_len(span.div_ceil(stride))
            .enumerate()
            .map(|(u, unit)| {
                let (low, high) = unit.split_at_mut(stride.min(unit.len()));
                if stride <= span {
                    return self.pairs::<G>(low, high, u, 0);
                }
                // Few large units: split them, too.
                let missing = low.len().div_ceil(span) - high.len().div_ceil(span);
                let high = high
                    .par_chunks_mut(span)
                    .chain(rayon::iter::repeat_n((), missing).map(|()| &mut [][..]));
                low.par_chunks_mut(span)
                    .zip(high)
                    .enumerate()
                    .map(|(i, (low, high))| self.pairs::<G>(low, high, u, i * span))
                    .reduce(|| [zero(); 3], add_messages)
            })
            .reduce(|| [zero(); 3], add_messages)
    }

    /// Pairs `offset..` of unit `unit`. There may be fewer high than low rows.
    fn pairs<G: Gate<C>>(
        &self,
        low: &mut [Row<P, C>],
        high: &mut [Row<P, C>],
        unit: usize,
        offset: usize,
    ) -> Message<P> {
        let stride = self.stride;
        let period = self.tail.len();
        let mut sum = [zero(); 3];
        for (p, low) in low.iter_mut().enumerate() {
            let i = offset + p;
            let row = 2 * unit * stride + i;
            (self.source)(row, low);
            let high = match high.get_mut(p) {
                Some(high) => {
                    (self.source)(row + stride, high);
                    &*high
                }
                None => &self.tail[(row + stride) % period],
            };
            let weight = Multiplier::new(self.weights[(unit * stride + i) / period]);
            let message = G::message(low, high).map(|c| weight.apply(&c));
            sum = add_messages(sum, message);
        }
        sum
    }
}

fn add_messages<P: PackedField<Scalar = F>>(a: Message<P>, b: Message<P>) -> Message<P> {
    from_fn(|i| add(&a[i], &b[i]))
}
