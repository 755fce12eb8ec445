//! What a dishonest prover says beside its witness.

use core::cell::Cell;

use p3_field::PrimeCharacteristicRing;
use sheaf_sumcheck::{eq, univariate};
use sheaf_transcript::EF;

use super::forger::Lane;
use super::roots::root;
use crate::constraints::{ConstraintClaims, Inputs, ROW_COLUMNS};
use crate::idle_outputs;
use crate::strategy::{LanePoint, Strategy};
use crate::witness::Witness;

/// What is said about the claims of the constraint sumcheck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Talk {
    /// As the protocol has it: output claims are made such that the linear forms hold.
    Protocol,
    /// Output claims are true, even if the linear forms then fail.
    TrueOutputs,
    /// `linear`, row values and output claims are all true.
    Truth,
    /// As `Truth`, but the row value with this number is chosen such that the row terms have the claimed value.
    SolveRow(usize),
    /// As `Protocol`, but one is added to a row value.
    ShiftRow(usize),
}

pub(super) struct Cheater<'a> {
    pub talk: Talk,
    pub leaf_witness: Option<Witness>,
    pub lanes: &'a [Lane<'a>],
    /// Whether the equation for a row value had no solution.
    pub stuck: Cell<bool>,
}

impl Cheater<'_> {
    fn tells_truth(&self) -> bool {
        matches!(self.talk, Talk::Truth | Talk::SolveRow(_))
    }

    /// The extension of a value per lane, with its value in idle lanes.
    fn extend(&self, point: &[EF], idle: EF, value: impl Fn(&Lane) -> EF) -> EF {
        let weights = eq::table(point);
        (0..weights.len())
            .map(|i| weights[i] * self.lanes.get(i).map_or(idle, &value))
            .sum()
    }

    fn wired_outputs(&self, inputs: &Inputs, point: &[EF]) -> EF {
        let constraints = inputs.constraints;
        let outputs = &constraints.outputs;
        self.extend(point, idle_outputs::wired_sum(outputs), |lane| {
            outputs
                .wired()
                .map(|(width, slot, column, w)| w * lane.output(width, slot)[column])
                .sum()
        })
    }

    fn step_outputs(&self, inputs: &Inputs, claims: &ConstraintClaims) -> EF {
        let fingerprint = &inputs.constraints.fingerprint;
        let steps = inputs.shape.calls.steps;
        let rows = eq::table(&claims.row_point);
        let live_rows: EF = rows[..steps.count].iter().copied().sum();
        let idle = live_rows * idle_outputs::fingerprint(steps.width, fingerprint);
        self.extend(&claims.lane_point, idle, |lane| {
            steps
                .range()
                .zip(&rows)
                .map(|(slot, &row)| {
                    let output = lane.output(steps.width, slot);
                    let weighted = fingerprint.elements.iter().zip(output);
                    row * weighted.map(|(&b, x)| b * x).sum::<EF>()
                })
                .sum()
        })
    }
}

impl Strategy for Cheater<'_> {
    fn leaf_witness(&self) -> Option<&Witness> {
        self.leaf_witness.as_ref()
    }

    fn linear(&self, at: &LanePoint, honest: EF) -> EF {
        if !self.tells_truth() {
            return honest;
        }
        at.without_outputs + self.wired_outputs(at.inputs, at.point)
    }

    fn row(&self, row: &mut [EF; ROW_COLUMNS], term: &dyn Fn(&[EF; ROW_COLUMNS]) -> EF, claim: EF) {
        match self.talk {
            Talk::ShiftRow(i) => row[i] += EF::ONE,
            Talk::SolveRow(i) => {
                // The term has degree at most 8 in each row value.
                let values: Vec<EF> = (0..ROW_COLUMNS)
                    .map(|x| {
                        row[i] = EF::from_usize(x);
                        term(row) - claim
                    })
                    .collect();
                match root(&univariate::coefficients(&values)) {
                    Some(x) => row[i] = x,
                    None => self.stuck.set(true),
                }
            }
            Talk::Protocol | Talk::TrueOutputs | Talk::Truth => {}
        }
    }

    fn outputs(&self, inputs: &Inputs, claims: &mut ConstraintClaims) {
        if self.tells_truth() || self.talk == Talk::TrueOutputs {
            claims.step_outputs = self.step_outputs(inputs, claims);
            claims.wired_outputs = self.wired_outputs(inputs, &claims.lane_point);
        }
    }
}
