//! The tables of the lane rounds: one entry per lane and column, folded lane variable by lane variable.

use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF};

use super::LANE_DEGREE;
use super::batch::Constraints;
use super::digits::{REMAINDERS, TOP_DIGIT, digit_polynomials, top_digit_scale};
use super::row::RowWeights;
use crate::shape::Shape;

/// The columns of the constraints, lane by lane. `T` holds what starts in the base field, `K` the rest.
///
/// A *lane row* is one register of lanes at first, one lane at the end; rows that are missing are zero.
pub(super) struct LaneTables<T, K> {
    pub(super) widths: Widths,
    pub(super) rows: usize,
    /// Marks of last steps.
    pub(super) end: Vec<T>,
    /// What they are multiplied with, weights included: minus the residue and the transition terms.
    pub(super) at_end: Vec<K>,
    pub(super) digit: Vec<T>,
    /// `numerator_live live + numerator fp(end)` of each chain.
    pub(super) fraction: Vec<K>,
    pub(super) top: Vec<T>,
    pub(super) remainder: Vec<T>,
    pub(super) inverse: Vec<T>,
    pub(super) carry: Vec<T>,
    /// Coefficients of the count of steps without carry, eight per chain.
    pub(super) no_carry: Vec<T>,
    /// Side bits of the levels where groups differ.
    pub(super) side: Vec<T>,
    /// What they are multiplied with: weighted differences of right and left child, negative.
    pub(super) at_side: Vec<K>,
    /// The indicator of live lanes.
    pub(super) live: Vec<T>,
    /// All that is linear.
    pub(super) linear: Vec<K>,
}

/// Entries per lane row of each table.
#[derive(Clone, Copy)]
pub(super) struct Widths {
    pub(super) steps: usize,
    pub(super) digits: usize,
    pub(super) chains: usize,
    pub(super) elements: usize,
    pub(super) carries: usize,
    pub(super) sides: usize,
}

/// Two lane rows that a round joins; the second may be missing.
struct Pair<'a, X> {
    low: &'a [X],
    high: Option<&'a [X]>,
}

impl<X: PrimeCharacteristicRing + Copy> Pair<'_, X> {
    /// The entry at 0 and its slope.
    fn line(&self, i: usize) -> [X; 2] {
        let low = self.low[i];
        match self.high {
            Some(high) => [low, high[i] - low],
            None => [low, -low],
        }
    }

    /// The entry at 0, 1 and 2.
    fn values(&self, i: usize) -> [X; 3] {
        let [low, slope] = self.line(i);
        let high = low + slope;
        [low, high, high + slope]
    }
}

/// The challenge-dependent constants of the lane rounds.
pub(super) struct LaneWeights<'a, K> {
    rows: &'a [RowWeights],
    range: Vec<K>,
    carry_count: K,
}

/// Number of evaluation points of a lane round, 1 excluded: `0, 2, .., 8`.
pub(super) const POINTS: usize = LANE_DEGREE;

impl<T, K> LaneTables<T, K>
where
    T: PrimeCharacteristicRing + Copy + Send + Sync,
    K: Algebra<T> + Algebra<EF> + Copy + Send + Sync,
{
    fn pair<'a, X>(&self, table: &'a [X], width: usize, row: usize, half: usize) -> Pair<'a, X> {
        let at = |row: usize| &table[row * width..(row + 1) * width];
        Pair {
            low: at(row),
            high: (row + half < self.rows).then(|| at(row + half)),
        }
    }

    /// The inner round polynomial at `0, 2, .., 8`, each row weighted by `row_eq`.
    pub(super) fn round(
        &self,
        half: usize,
        row_eq: &[EF],
        weights: &LaneWeights<K>,
    ) -> [K; POINTS] {
        (0..half.min(self.rows))
            .into_par_iter()
            .with_min_len(2)
            .map(|row| {
                let mut sums = self.digit_terms(row, half, weights);
                let [q0, q1, q2] = self.quadratic_terms(row, half, weights);
                // Newton's form: second differences of a quadratic are constant.
                let (d1, d2) = (q1 - q0, q2 - q1.double() + q0);
                let (mut value, mut slope) = (q1, d1 + d2);
                sums[0] += q0;
                for sum in &mut sums[1..] {
                    value += slope;
                    slope += d2;
                    *sum += value;
                }
                sums.map(|s| s * row_eq[row])
            })
            .reduce(
                || [K::ZERO; POINTS],
                |a, b| core::array::from_fn(|i| a[i] + b[i]),
            )
    }

    /// The terms of degree 8: digit ranges, numerators and carry counts.
    fn digit_terms(&self, row: usize, half: usize, weights: &LaneWeights<K>) -> [K; POINTS] {
        let w = self.widths;
        let digits = self.pair(&self.digit, w.digits, row, half);
        let fractions = self.pair(&self.fraction, w.chains, row, half);
        let no_carry_width = if w.carries > 0 {
            (TOP_DIGIT + 1) * w.chains
        } else {
            0
        };
        let no_carry = self.pair(&self.no_carry, no_carry_width, row, half);
        let scale = T::from_u32(top_digit_scale().as_canonical_u32());
        let mut sums = [K::ZERO; POINTS];
        let mut counts = [T::ZERO; POINTS];
        for i in 0..w.digits {
            let [mut x, dx] = digits.line(i);
            let [mut f, df] = if i < w.chains {
                fractions.line(i)
            } else {
                [K::ZERO; 2]
            };
            for point in 0..POINTS {
                let [range, is_top] = digit_polynomials(x, scale);
                sums[point] += weights.range[i] * range;
                if i < w.chains {
                    sums[point] += f - f * is_top;
                    if w.carries > 0 {
                        let t = T::from_usize(if point == 0 { 0 } else { point + 1 });
                        let coefficient = |j: usize| {
                            let [c, dc] = no_carry.line((TOP_DIGIT + 1) * i + j);
                            c + dc * t
                        };
                        counts[point] += (0..=TOP_DIGIT)
                            .rev()
                            .fold(T::ZERO, |v, j| v * x + coefficient(j));
                    }
                }
                // The points are 0, 2, 3, .., so the first step is twice as long.
                x += dx;
                f += df;
                if point == 0 {
                    x += dx;
                    f += df;
                }
            }
        }
        if w.carries > 0 {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum -= weights.carry_count * count;
            }
        }
        sums
    }

    /// All other terms, at 0, 1 and 2.
    fn quadratic_terms(&self, row: usize, half: usize, weights: &LaneWeights<K>) -> [K; 3] {
        let w = self.widths;
        let mut sums = self.pair(&self.linear, 1, row, half).values(0);
        let mut add = |factors: [T; 3], with: [K; 3]| {
            for ((sum, t), k) in sums.iter_mut().zip(factors).zip(with) {
                *sum += k * t;
            }
        };
        let (end, at_end) = (
            self.pair(&self.end, w.steps, row, half),
            self.pair(&self.at_end, w.steps, row, half),
        );
        for k in 0..w.steps {
            add(end.values(k), at_end.values(k));
        }
        let (side, at_side) = (
            self.pair(&self.side, w.sides, row, half),
            self.pair(&self.at_side, w.sides, row, half),
        );
        for l in 0..w.sides {
            add(side.values(l), at_side.values(l));
        }
        let top = self.pair(&self.top, w.elements, row, half);
        let remainder = self.pair(&self.remainder, w.elements, row, half);
        let inverse = self.pair(&self.inverse, w.elements, row, half);
        let constant = |x: EF| [K::from(x); 3];
        for i in 0..w.elements {
            let bit = top.values(i).map(|t| t * (t - T::ONE));
            add(bit, constant(weights.rows[i].top_bit));
            let (rem, inv) = (remainder.values(i), inverse.values(i));
            let product = core::array::from_fn(|p| (rem[p] - T::from_usize(REMAINDERS)) * inv[p]);
            add(product, constant(weights.rows[i].inverse));
        }
        if w.carries > 0 {
            let carry = self.pair(&self.carry, w.carries, row, half);
            let live = self.pair(&self.live, 1, row, half).values(0);
            for k in 0..w.carries {
                let here = carry.values(k);
                add(
                    here.map(|g| g * (g - T::ONE)),
                    constant(weights.rows[k].carry_bit),
                );
                if k + 1 < w.carries {
                    let next = carry.values(k + 1);
                    let step = core::array::from_fn(|p| here[p] * (live[p] - next[p]));
                    add(step, constant(weights.rows[k].carry_step));
                }
            }
        }
        sums
    }

    /// Binds the top lane variable, which spans `2 half` rows.
    pub(super) fn fold(self, half: usize, x: EF) -> LaneTables<K, K> {
        let rows = half.min(self.rows);
        let shift = |width: usize| half * width;
        let lift = |t: Vec<T>, width: usize| -> Vec<K> {
            fold_table(&t, rows * width, shift(width), |lo, hi| {
                K::from(lo) + K::from(x) * (hi - lo)
            })
        };
        let keep = |k: Vec<K>, width: usize| -> Vec<K> {
            fold_table(&k, rows * width, shift(width), |lo, hi| lo + (hi - lo) * x)
        };
        let w = self.widths;
        let no_carry_width = if w.carries > 0 {
            (TOP_DIGIT + 1) * w.chains
        } else {
            0
        };
        LaneTables {
            widths: w,
            rows,
            end: lift(self.end, w.steps),
            at_end: keep(self.at_end, w.steps),
            digit: lift(self.digit, w.digits),
            fraction: keep(self.fraction, w.chains),
            top: lift(self.top, w.elements),
            remainder: lift(self.remainder, w.elements),
            inverse: lift(self.inverse, w.elements),
            carry: lift(self.carry, w.carries),
            no_carry: lift(self.no_carry, no_carry_width),
            side: lift(self.side, w.sides),
            at_side: keep(self.at_side, w.sides),
            live: lift(self.live, 1),
            linear: keep(self.linear, 1),
        }
    }
}

/// `join(table[i], table[i + shift])` for `i < len`; missing entries are zero.
fn fold_table<X, Y>(
    table: &[X],
    len: usize,
    shift: usize,
    join: impl Fn(X, X) -> Y + Sync,
) -> Vec<Y>
where
    X: PrimeCharacteristicRing + Copy + Send + Sync,
    Y: Send,
{
    (0..len)
        .into_par_iter()
        .with_min_len(1 << 10)
        .map(|i| join(table[i], table.get(i + shift).copied().unwrap_or(X::ZERO)))
        .collect()
}

/// One register of lanes becomes one row per lane.
fn unpack_table<X: Copy, Y>(table: &[X], extract: impl Fn(X, usize) -> Y) -> Vec<Y> {
    (0..PF::WIDTH)
        .flat_map(|lane| table.iter().map(move |&x| (x, lane)))
        .map(|(x, lane)| extract(x, lane))
        .collect()
}

/// [`LaneTables`] of a single register, spread over the lanes.
pub(super) fn unpack<T: Copy, U>(
    tables: LaneTables<T, EPF>,
    lane_of: impl Fn(T, usize) -> U + Copy,
) -> LaneTables<U, EF> {
    let base = |t: Vec<T>| unpack_table(&t, lane_of);
    let ext = |k: Vec<EPF>| unpack_table(&k, |x, lane| extract(&x, lane));
    LaneTables {
        widths: tables.widths,
        rows: PF::WIDTH,
        end: base(tables.end),
        at_end: ext(tables.at_end),
        digit: base(tables.digit),
        fraction: ext(tables.fraction),
        top: base(tables.top),
        remainder: base(tables.remainder),
        inverse: base(tables.inverse),
        carry: base(tables.carry),
        no_carry: base(tables.no_carry),
        side: base(tables.side),
        at_side: ext(tables.at_side),
        live: base(tables.live),
        linear: ext(tables.linear),
    }
}

pub(super) fn lane_weights<'a, K: Algebra<EF>>(
    constraints: &Constraints,
    rows: &'a [RowWeights],
    shape: &Shape,
) -> LaneWeights<'a, K> {
    LaneWeights {
        rows,
        range: rows[..shape.digits]
            .iter()
            .map(|w| K::from(w.range))
            .collect(),
        carry_count: K::from(constraints.carry_count()),
    }
}
