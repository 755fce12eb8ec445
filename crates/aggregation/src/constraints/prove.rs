//! The prover of the constraint sumcheck.

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rayon::prelude::*;
use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, F, PF, ProverTranscript, Transcript};
use sheaf_xmss::params::DIGEST;

use super::verify::{next_lane_claim, next_row_claim};
use super::{
    ConstraintClaims, Constraints, LANE_DEGREE, LANE_ROUND, LINEAR, OUTPUTS, REMAINDERS,
    ROW_COLUMNS, ROW_DEGREE, ROW_ROUND, ROW_VALUES, ROW_WEIGHTS, Row, RowWeights, TOP_DIGIT,
    no_carry_coefficients, row_term, top_digit_scale,
};

use crate::evaluate::{evaluate_columns, weigh_groups};
use crate::fingerprints::Fingerprints;
use crate::idle::IdleOutputs;
use crate::public::{PublicColumns, PublicEvaluations};
use crate::shape::Shape;
use crate::statement::Statement;
use crate::tweaks::element;
use crate::wiring;
use crate::witness::Witness;

/// The columns of the constraints, lane by lane. `T` holds what starts in the base field, `K` the rest.
///
/// A *lane row* is one register of lanes at first, one lane at the end; rows that are missing are zero.
struct LaneTables<T, K> {
    widths: Widths,
    rows: usize,
    /// Marks of last steps.
    end: Vec<T>,
    /// What they are multiplied with, weights included: minus the residue and the transition terms.
    at_end: Vec<K>,
    digit: Vec<T>,
    /// `numerator_live live + numerator fp(end)` of each chain.
    fraction: Vec<K>,
    top: Vec<T>,
    remainder: Vec<T>,
    inverse: Vec<T>,
    carry: Vec<T>,
    /// Coefficients of the count of steps without carry, eight per chain.
    no_carry: Vec<T>,
    /// Side bits of the levels where groups differ.
    side: Vec<T>,
    /// What they are multiplied with: weighted differences of right and left child, negative.
    at_side: Vec<K>,
    /// The indicator of live lanes.
    live: Vec<T>,
    /// All that is linear.
    linear: Vec<K>,
}

/// Entries per lane row of each table.
#[derive(Clone, Copy)]
struct Widths {
    steps: usize,
    digits: usize,
    chains: usize,
    elements: usize,
    carries: usize,
    sides: usize,
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
struct LaneWeights<'a, K> {
    rows: &'a [RowWeights],
    range: Vec<K>,
    carry_count: K,
}

/// Number of evaluation points of a lane round, 1 excluded: `0, 2, .., 8`.
const POINTS: usize = LANE_DEGREE;

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
    fn round(&self, half: usize, row_eq: &[EF], weights: &LaneWeights<K>) -> [K; POINTS] {
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
                let [range, is_top] = super::digit_polynomials(x, scale);
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
    fn fold(self, half: usize, x: EF) -> LaneTables<K, K> {
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
fn unpack<T: Copy, U>(
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

/// What the constraint prover works on.
pub(crate) struct Inputs<'a> {
    pub statement: &'a Statement,
    pub shape: &'a Shape,
    pub public: &'a PublicColumns,
    pub witness: &'a Witness,
    pub fingerprints: &'a Fingerprints,
    pub constraints: &'a Constraints,
    pub idle: &'a IdleOutputs,
}

/// What the prover keeps: the claims, and the columns at their lane point.
pub(crate) struct Proved<'a> {
    pub claims: ConstraintClaims,
    pub public: PublicEvaluations<'a>,
    pub columns: Vec<EF>,
}

/// Proves the constraints up to the returned claims.
pub(crate) fn prove<'a>(
    inputs: &Inputs<'a>,
    leaf: &LeafClaim,
    transcript: &mut ProverTranscript,
) -> Proved<'a> {
    let Inputs {
        shape, constraints, ..
    } = *inputs;
    let static_weights = constraints.static_row_weights();
    let mut rounds = LaneRounds {
        claim: constraints.claim,
        point: &leaf.lane_point,
        next: Vec::with_capacity(shape.log_lanes),
        transcript,
    };

    // Registers of lanes first, then the lanes of the last register.
    let tables = build(inputs, &static_weights);
    let group_variables = shape.log_lanes - PF::WIDTH.trailing_zeros() as usize;
    let packed: LaneWeights<EPF> = lane_weights(constraints, &static_weights, shape);
    let scalar: LaneWeights<EF> = lane_weights(constraints, &static_weights, shape);
    if group_variables == 0 {
        let tables = unpack(tables, |t: PF, lane| t.as_slice()[lane]);
        let tables = rounds.scalar(tables, &scalar);
        rounds.all_scalar(tables, &scalar);
    } else {
        let mut tables = rounds.packed(tables, group_variables, &packed);
        while rounds.next.len() < group_variables {
            tables = rounds.packed(tables, group_variables, &packed);
        }
        let tables = unpack(tables, |t: EPF, lane| extract(&t, lane));
        rounds.all_scalar(tables, &scalar);
    }
    let (mut claim, lane_point) = (rounds.claim, rounds.next);

    // Row variables.
    let public = inputs.public.at(inputs.statement, shape, &lane_point);
    let lane_eq = eq::prefix_table(&lane_point, inputs.witness.groups() * PF::WIDTH, EF::ONE);
    let columns = evaluate_columns(&inputs.witness.cells, shape.columns.count, &lane_eq);
    let outputs = weigh_groups(&inputs.fingerprints.outputs, shape.steps, &lane_eq);
    let mut values = row_values(inputs, &columns, &outputs);
    let mut weights = constraints.row_weights(shape, &public);
    let beta = constraints.fingerprint[0];
    let term = |v: &[EF; ROW_COLUMNS], w: &[EF; ROW_WEIGHTS]| {
        row_term(
            &Row::from_array(*v),
            &RowWeights::from_array(*w),
            public.live,
            beta,
        )
    };
    let rows_sum: EF = values.iter().zip(&weights).map(|(v, w)| term(v, w)).sum();
    let linear = claim - rows_sum;
    transcript.send(LINEAR, &[linear]);
    claim = rows_sum;

    let mut row_point = Vec::with_capacity(shape.log_rows);
    while values.len() > 1 {
        let half = values.len() / 2;
        let message: [EF; ROW_DEGREE] = (0..half)
            .into_par_iter()
            .with_min_len(8)
            .map(|i| {
                let (v, dv) = line(&values[i], &values[i + half]);
                let (w, dw) = line(&weights[i], &weights[i + half]);
                core::array::from_fn(|point| {
                    let x = EF::from_usize(if point == 0 { 0 } else { point + 1 });
                    term(&at(&v, &dv, x), &at(&w, &dw, x))
                })
            })
            .reduce(
                || [EF::ZERO; ROW_DEGREE],
                |a: [EF; ROW_DEGREE], b| core::array::from_fn(|i| a[i] + b[i]),
            );
        let message = coefficients_after_constant(claim - message[0], &message);
        transcript.send(ROW_ROUND, &message);
        let x = transcript.sample();
        claim = next_row_claim(claim, &message, x);
        fold_rows(&mut values, x);
        fold_rows(&mut weights, x);
        row_point.push(x);
    }
    debug_assert_eq!(
        claim,
        term(&values[0], &weights[0]),
        "an honest claim stays true"
    );
    transcript.send(ROW_VALUES, &values[0]);

    let mut claims = ConstraintClaims {
        lane_point,
        row_point,
        row: Row::from_array(values[0]),
        linear,
        output16: EF::ZERO,
        output24: EF::ZERO,
    };
    (claims.output16, claims.output24) =
        wiring::honest_outputs(shape, constraints, inputs.idle, &public, &claims, &columns);
    transcript.send(OUTPUTS, &[claims.output16, claims.output24]);
    Proved {
        claims,
        public,
        columns,
    }
}

/// All coefficients but the constant one, of the polynomial with `values` at `0, 2, 3, ..` and `at_one` at 1.
fn coefficients_after_constant(at_one: EF, values: &[EF]) -> Vec<EF> {
    let all: Vec<EF> = [values[0], at_one]
        .iter()
        .chain(&values[1..])
        .copied()
        .collect();
    univariate::coefficients(&all).split_off(1)
}

/// The running state of the lane rounds.
struct LaneRounds<'a> {
    claim: EF,
    point: &'a [EF],
    next: Vec<EF>,
    transcript: &'a mut ProverTranscript,
}

impl LaneRounds<'_> {
    fn message(&mut self, message: [EF; POINTS]) -> EF {
        let r = self.point[self.next.len()];
        // Where r = 0, with probability 2^-154, the claim says nothing of g(1) and the proof is lost.
        let at_one =
            (self.claim - (EF::ONE - r) * message[0]) * r.try_inverse().unwrap_or_default();
        let message = coefficients_after_constant(at_one, &message);
        self.transcript.send(LANE_ROUND, &message);
        let x = self.transcript.sample();
        self.claim = next_lane_claim(self.claim, r, &message, x);
        self.next.push(x);
        x
    }

    /// One round over registers.
    fn packed<T>(
        &mut self,
        tables: LaneTables<T, EPF>,
        group_variables: usize,
        weights: &LaneWeights<EPF>,
    ) -> LaneTables<EPF, EPF>
    where
        T: PrimeCharacteristicRing + Copy + Send + Sync,
        EPF: Algebra<T>,
    {
        let round = self.next.len();
        let half = 1 << (group_variables - 1 - round);
        let rest = &self.point[round + 1..group_variables];
        let row_eq = eq::prefix_table(rest, half.min(tables.rows), EF::ONE);
        let lane_eq = eq::table(&self.point[group_variables..]);
        let sums = tables.round(half, &row_eq, weights).map(|s| {
            lane_eq
                .iter()
                .enumerate()
                .map(|(lane, &w)| extract(&s, lane) * w)
                .sum()
        });
        let x = self.message(sums);
        tables.fold(half, x)
    }

    /// One round over single lanes.
    fn scalar<T>(
        &mut self,
        tables: LaneTables<T, EF>,
        weights: &LaneWeights<EF>,
    ) -> LaneTables<EF, EF>
    where
        T: PrimeCharacteristicRing + Copy + Send + Sync,
        EF: Algebra<T>,
    {
        let round = self.next.len();
        let half = 1 << (self.point.len() - 1 - round);
        let row_eq = eq::table(&self.point[round + 1..]);
        let sums = tables.round(half, &row_eq, weights);
        let x = self.message(sums);
        tables.fold(half, x)
    }

    /// The remaining rounds.
    fn all_scalar(&mut self, mut tables: LaneTables<EF, EF>, weights: &LaneWeights<EF>) {
        while self.next.len() < self.point.len() {
            tables = self.scalar(tables, weights);
        }
    }
}

fn lane_weights<'a, K: Algebra<EF>>(
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

/// Fills the lane tables from the witness.
fn build(inputs: &Inputs, weights: &[RowWeights]) -> LaneTables<PF, EPF> {
    let Inputs {
        shape,
        public,
        witness,
        fingerprints,
        constraints,
        ..
    } = *inputs;
    let columns = &shape.columns;
    let groups = witness.groups();
    let varying = public.varying_levels(shape.height);
    let lane_groups = LaneGroups::new(public, groups);
    let table = |first: usize, width: usize| -> Vec<PF> {
        (0..groups)
            .flat_map(|g| {
                let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
                cells[first..first + width].iter().copied()
            })
            .collect()
    };
    let low = columns.digit + shape.elements * shape.scheme.digits_per_element;
    let eight = F::from_u8(8);
    let sixty_four = F::from_u8(64);
    let remainder = (0..groups)
        .flat_map(|g| {
            let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
            (0..shape.elements).map(move |i| {
                cells[low + i]
                    + cells[low + shape.elements + i] * eight
                    + cells[columns.remainder_top + i] * sixty_four
            })
        })
        .collect();

    let mut at_end = EPF::zero_vec(groups * shape.steps);
    let mut fraction = EPF::zero_vec(groups * shape.scheme.chains);
    let mut linear = EPF::zero_vec(groups);
    let mut at_side = EPF::zero_vec(groups * varying.len());
    let beta = constraints.fingerprint[0];
    let side_weights = side_weights(shape, constraints, &varying);
    let digit_weights: Vec<EF> = constraints
        .denominator_digits
        .iter()
        .map(|&d| constraints.denominators * d + constraints.sum)
        .collect();
    let live_weight = constraints.sum * element(shape.scheme.target_sum as usize)
        + weights
            .iter()
            .map(|w| w.inverse - w.carry_count)
            .sum::<EF>();
    at_end
        .par_chunks_exact_mut(shape.steps)
        .zip(fraction.par_chunks_exact_mut(shape.scheme.chains))
        .zip(&mut linear)
        .enumerate()
        .for_each(|(g, ((at_end, fraction), linear))| {
            let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
            let live = witness.live[g];
            let inputs = &fingerprints.inputs[g * shape.steps..(g + 1) * shape.steps];
            let outputs = &fingerprints.outputs[g * shape.steps..(g + 1) * shape.steps];
            let live_beta = EPF::from(beta) * live;
            for (k, slot) in at_end.iter_mut().enumerate() {
                let w = &weights[k];
                // The transition's weight is zero in the last row.
                let next = inputs.get(k + 1).copied().unwrap_or(EPF::ZERO);
                let transition = (next - outputs[k] - live_beta) * w.transition;
                *slot = -((outputs[k] + live) * w.residue + transition);
                *linear += transition;
                if shape.carries {
                    *linear -= EPF::from(w.carry_count) * cells[columns.carry + k];
                }
            }
            for (c, slot) in fraction.iter_mut().enumerate() {
                let end = fingerprints.ends[g * shape.scheme.chains + c];
                let w = &weights[c];
                *slot = end * w.numerator + EPF::from(w.numerator_live) * live;
            }
            for (c, &w) in digit_weights.iter().enumerate() {
                *linear += EPF::from(w) * cells[columns.digit + c];
            }
            *linear -= EPF::from(live_weight) * live;
        });
    // Where the side bit varies: sum of outputs * (out + feed-forward - left - b (right - left)).
    // The witness is valid, so the part without b equals b (right - left) on every lane.
    for g in 0..groups {
        let cells = &witness.cells[g * columns.count..(g + 1) * columns.count];
        for (i, (&level, w)) in varying.iter().zip(&side_weights).enumerate() {
            let child = DIGEST * level;
            let difference: EPF = (0..DIGEST)
                .map(|j| {
                    EPF::from(w[j])
                        * (cells[columns.right + child + j] - cells[columns.left + child + j])
                })
                .sum();
            let side = lane_groups.live_column(g, |group| {
                F::from_bool(public.groups[group].tweaks.is_right(level))
            });
            at_side[g * varying.len() + i] = -difference;
            linear[g] += difference * side;
        }
    }
    let no_carry = if shape.carries {
        let tables: Vec<Vec<[F; TOP_DIGIT + 1]>> = public
            .groups
            .iter()
            .map(|group| {
                (0..shape.scheme.chains)
                    .map(|c| no_carry_coefficients(&group.tweaks, c))
                    .collect()
            })
            .collect();
        let mut entries = Vec::with_capacity(groups * shape.scheme.chains * (TOP_DIGIT + 1));
        for g in 0..groups {
            for c in 0..shape.scheme.chains {
                for i in 0..=TOP_DIGIT {
                    entries.push(lane_groups.live_column(g, |group| tables[group][c][i]));
                }
            }
        }
        entries
    } else {
        Vec::new()
    };
    let side = (0..groups)
        .flat_map(|g| varying.iter().map(move |&level| (g, level)))
        .map(|(g, level)| {
            lane_groups.live_column(g, |group| {
                F::from_bool(public.groups[group].tweaks.is_right(level))
            })
        })
        .collect();
    let carries = if shape.carries { shape.steps } else { 0 };
    LaneTables {
        widths: Widths {
            steps: shape.steps,
            digits: shape.digits,
            chains: shape.scheme.chains,
            elements: shape.elements,
            carries,
            sides: varying.len(),
        },
        rows: groups,
        end: table(columns.chain_end, shape.steps),
        at_end,
        digit: table(columns.digit, shape.digits),
        fraction,
        top: table(columns.remainder_top, shape.elements),
        remainder,
        inverse: table(columns.remainder_inverse, shape.elements),
        carry: table(columns.carry, carries),
        no_carry,
        side,
        at_side,
        live: witness.live.clone(),
        linear,
    }
}

/// Which group of the statement each lane belongs to.
struct LaneGroups {
    of_lane: Vec<Option<usize>>,
}

impl LaneGroups {
    fn new(public: &PublicColumns, groups: usize) -> Self {
        let mut of_lane: Vec<Option<usize>> = public
            .groups
            .iter()
            .enumerate()
            .flat_map(|(i, g)| core::iter::repeat_n(Some(i), g.lanes))
            .collect();
        of_lane.resize(groups * PF::WIDTH, None);
        Self { of_lane }
    }

    /// A column that is constant in every group and zero in idle lanes.
    fn live_column(&self, g: usize, value: impl Fn(usize) -> F) -> PF {
        PF::from_fn(|lane| self.of_lane[g * PF::WIDTH + lane].map_or(F::ZERO, &value))
    }
}

/// The output weights of the nodes that are children where sides vary.
fn side_weights(shape: &Shape, constraints: &Constraints, varying: &[usize]) -> Vec<[EF; DIGEST]> {
    varying
        .iter()
        .map(|&level| {
            let mut weights = [EF::ZERO; DIGEST];
            for (output, &weight) in constraints.wired.iter().zip(&constraints.outputs) {
                if let super::OutputTarget::Node { level: l, j } = output.target
                    && l == level
                    && l < shape.height
                {
                    weights[j] = weight;
                }
            }
            weights
        })
        .collect()
}

/// The row table at the lane point.
fn row_values(inputs: &Inputs, columns: &[EF], outputs: &[EF]) -> Vec<[EF; ROW_COLUMNS]> {
    let Inputs {
        shape, constraints, ..
    } = *inputs;
    let at = &shape.columns;
    let fingerprint = &constraints.fingerprint;
    let dot = |first: usize| -> EF {
        fingerprint[1..]
            .iter()
            .zip(&columns[first..first + DIGEST])
            .map(|(&b, &x)| b * x)
            .sum()
    };
    let input = |k: usize| {
        fingerprint[0] * columns[at.chain_position + k] + dot(at.chain_value + DIGEST * k)
    };
    let mut rows = vec![[EF::ZERO; ROW_COLUMNS]; shape.rows()];
    let low = at.digit + shape.elements * shape.scheme.digits_per_element;
    for (s, row) in rows.iter_mut().enumerate() {
        let mut value = Row::from_array([EF::ZERO; ROW_COLUMNS]);
        if s < shape.steps {
            value.end = columns[at.chain_end + s];
            value.output = outputs[s];
        }
        if s + 1 < shape.steps {
            value.next_input = input(s + 1);
        }
        if shape.carries && s < shape.steps {
            value.carry = columns[at.carry + s];
            if s + 1 < shape.steps {
                value.next_carry = columns[at.carry + s + 1];
            }
        }
        if s < shape.digits {
            value.digit = columns[at.digit + s];
        }
        if s < shape.scheme.chains {
            value.chain_end = dot(at.end_value + DIGEST * s);
        }
        if s < shape.elements {
            value.top = columns[at.remainder_top + s];
            value.inverse = columns[at.remainder_inverse + s];
            value.remainder = columns[low + s]
                + columns[low + shape.elements + s] * F::from_u8(8)
                + value.top * F::from_u8(64);
        }
        *row = value.to_array();
    }
    rows
}

fn line<const N: usize>(low: &[EF; N], high: &[EF; N]) -> ([EF; N], [EF; N]) {
    (*low, core::array::from_fn(|i| high[i] - low[i]))
}

fn at<const N: usize>(low: &[EF; N], slope: &[EF; N], x: EF) -> [EF; N] {
    core::array::from_fn(|i| low[i] + slope[i] * x)
}

fn fold_rows<const N: usize>(rows: &mut Vec<[EF; N]>, x: EF) {
    let half = rows.len() / 2;
    for i in 0..half {
        let (low, slope) = line(&rows[i], &rows[i + half]);
        rows[i] = at(&low, &slope, x);
    }
    rows.truncate(half);
}
