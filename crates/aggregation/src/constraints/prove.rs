//! The prover of the constraint sumcheck.

use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_argument::columns::evaluate_columns;
use sheaf_argument::fractions::LeafClaim;
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::field::extract;
use sheaf_transcript::{EF, EPF, PF, ProverTranscript, Transcript};

use super::build::{build, row_values};
use super::inputs::Inputs;
use super::lane_tables::{LaneTables, LaneWeights, POINTS, lane_weights, unpack};
use super::row::{ROW_COLUMNS, ROW_WEIGHTS, Row, RowWeights, row_term};
use super::weigh::weigh_groups;
use super::{ConstraintClaims, LANE_ROUND, LINEAR, OUTPUTS, ROW_DEGREE, ROW_ROUND, ROW_VALUES};
use crate::link;
use crate::link::Links;
use crate::public_columns::PublicEvaluations;
use crate::strategy::{LanePoint, Strategy};
use crate::wiring;

/// What the prover keeps: the claims, and the public columns at their lane point.
pub(crate) struct Proved {
    pub claims: ConstraintClaims,
    pub public: PublicEvaluations,
}

/// Proves the constraints up to the returned claims.
pub(crate) fn prove(
    inputs: &Inputs<'_>,
    leaf: &LeafClaim,
    strategy: &impl Strategy,
    transcript: &mut ProverTranscript,
) -> Proved {
    let Inputs {
        shape, constraints, ..
    } = *inputs;
    let static_weights = constraints.static_row_weights(shape);
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
    let public = inputs.public.at(&lane_point);
    let lane_eq = eq::prefix_table(&lane_point, inputs.witness.groups() * PF::WIDTH, EF::ONE);
    let columns = evaluate_columns(&inputs.witness.cells, shape.columns.count, &lane_eq);
    let outputs = weigh_groups(&inputs.fingerprints.outputs, shape.steps, &lane_eq);
    let mut values = row_values(inputs, &columns, &outputs);
    let weights = constraints.row_weights(shape, &public);
    let mut weights: Vec<_> = weights.into_iter().map(RowWeights::to_array).collect();
    let beta = constraints.fingerprint.number;
    let term = |v: &[EF; ROW_COLUMNS], w: &[EF; ROW_WEIGHTS]| {
        row_term(
            &Row::from_array(*v),
            &RowWeights::from_array(*w),
            public.live,
            beta,
        )
    };
    let rows_sum: EF = values.iter().zip(&weights).map(|(v, w)| term(v, w)).sum();
    let key_weights = constraints.outputs.key_weights();
    let capacities = &inputs.summary.capacities;
    let links = Links::new(&lane_point, shape.lanes, capacities, &key_weights);
    let linear_form = wiring::linear_form(shape, constraints, &public, links.last);
    let passed_on = passed_on(inputs, &lane_eq);
    let without_outputs = linear_form.form.eval(&columns) - passed_on - linear_form.known;
    let lane = LanePoint {
        inputs,
        point: &lane_point,
        without_outputs,
    };
    let linear = strategy.linear(&lane, claim - rows_sum);
    transcript.send(LINEAR, &[linear]);
    claim -= linear;

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
        claim = next_claim(claim, Claimed::Sum, &message, x);
        fold_rows(&mut values, x);
        fold_rows(&mut weights, x);
        row_point.push(x);
    }
    strategy.row(&mut values[0], &|row| term(row, &weights[0]), claim);
    transcript.send(ROW_VALUES, &values[0]);

    let mut claims = ConstraintClaims {
        lane_point,
        row_point,
        row: Row::from_array(values[0]),
        linear,
        step_outputs: EF::ZERO,
        wired_outputs: EF::ZERO,
    };
    claims.step_outputs =
        wiring::honest_step_outputs(shape, constraints, &public, &claims, &columns);
    claims.wired_outputs = linear - without_outputs;
    strategy.outputs(inputs, &mut claims);
    transcript.send(OUTPUTS, &[claims.step_outputs, claims.wired_outputs]);
    Proved { claims, public }
}

/// `sum_{o < n - 16} eq(r, o) sum_j g_j cap_j(o + 16)`: the capacities that lanes take over.
fn passed_on(inputs: &Inputs, lane_eq: &[EF]) -> EF {
    let Inputs { shape, witness, .. } = *inputs;
    let columns: Vec<usize> = shape.columns.key_capacity.row(0).collect();
    let cells: Vec<PF> = witness
        .cells
        .chunks_exact(shape.columns.count)
        .flat_map(|cells| columns.iter().map(|&c| cells[c]))
        .collect();
    let weights = link::lane_weights(shape.lanes, lane_eq, EF::ONE, EF::ZERO);
    let values = evaluate_columns(&cells, columns.len(), &weights);
    let weights = inputs.constraints.outputs.key_weights();
    weights.iter().zip(values).map(|(&g, x)| g * x).sum()
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
        self.claim = next_claim(self.claim, Claimed::Eq(r), &message, x);
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
