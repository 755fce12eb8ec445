//! The output layer: arbitrary slot weights, lane variables first.
//!
//! The weights do not depend on the lane, so the first round is measured on the
//! base-field states and weighted per (slot, column) at the end; for the other
//! lane rounds the cube roots of the weights are multiplied into the columns. A
//! column of weight zero then vanishes, and its evaluation is computed from the states.
//!
//! Columns of slots that are not stored do not depend on the lane: until the slot rounds they are a constant.

use core::array::from_fn;

use p3_field::{Field, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use sheaf_sumcheck::cube_root::{CubeRoot, cube_roots};
use sheaf_sumcheck::quintic::{self, Multiplier, add, dot_base, eight, weighted_sum, zero};
use sheaf_sumcheck::round::{Claimed, next_claim};
use sheaf_sumcheck::rounds::{Cubes, Message, Pairing, Row, Span, Table};
use sheaf_sumcheck::skip_kernel::BATCH;
use sheaf_transcript::{EF, F, PF};

use super::channel::{Channel, Speaker};
use super::component::scalar_row;
use super::folding::{Folding, column_at};
use super::geometry::{Lanes, Step, lane_steps, pair_weights, tail_mass, weights};
use super::slots::{SlotRounds, SlotTable};
use crate::permutation::claims::{Block, OutputClaim, dense};
use crate::permutation::layers::{Evaluations, Layer, label};
use crate::permutation::order;
use crate::permutation::poseidon::{LAST_FULL, Poseidon};
use crate::permutation::record::{Idle, Kernel, Narrow, Wide};
use crate::permutation::scratch::Scratch;
use crate::permutation::shape::{SKIP, Shape};
use crate::permutation::state::Point;
use crate::permutation::states::States;

/// What the lane rounds need of each table.
trait LaneRounds: Send {
    /// `c_0`, `c_2`, `c_3` of the next round.
    fn round(&mut self, step: Step) -> [EF; 3];
    /// Binds the variable of that round.
    fn bind(&mut self, challenge: EF);
    /// The table in the rounds that follow.
    fn into_slots(self: Box<Self>, lanes: &Lanes) -> Box<dyn SlotRounds>;
}

/// Proves layer 0; leaves the evaluations of the states before the last cubes, at a point.
pub(super) fn prove<S: Speaker>(
    shape: &Shape,
    narrow: &States<16>,
    wide: &States<24>,
    scratch: &mut Scratch,
    claim: OutputClaim,
    channel: &mut Channel<'_, S>,
) -> (Point, Evaluations) {
    let OutputClaim {
        lane_point: mut point,
        narrow: narrow_blocks,
        wide: wide_blocks,
        mut value,
    } = claim;
    let lanes = Lanes::new(&point);
    let mut tables: Vec<Box<dyn LaneRounds + '_>> = Vec::new();
    if let Some(table) = shape.narrow {
        let weights = transposed(Poseidon::narrow(), &narrow_blocks, table.log_slots);
        let rows = &mut scratch.narrow.full;
        let output = Output::new(narrow, Narrow::idle(), weights, &lanes, rows);
        tables.push(Box::new(output));
    }
    if let Some(table) = shape.wide {
        let weights = transposed(Poseidon::wide(), &wide_blocks, table.log_slots);
        let rows = &mut scratch.wide.full;
        let output = Output::new(wide, Wide::idle(), weights, &lanes, rows);
        tables.push(Box::new(output));
    }
    for (i, step) in lane_steps(shape.log_lanes) {
        let r = point[i];
        let [c0, c2, c3] = tables
            .par_iter_mut()
            .map(|table| table.round(step))
            .reduce(|| [EF::ZERO; 3], |p, q| from_fn(|i| p[i] + q[i]));
        // Zero with probability 2^-154; such a proof fails to verify.
        let inverse = r.try_inverse().unwrap_or_default();
        let mut sum = [(value - c0) * inverse - c2 - c3, c2, c3];
        let challenge = channel.polynomial(label::OUTPUT_ROUND, &mut sum);
        value = next_claim(value, Claimed::Eq(r), &sum, challenge);
        point[i] = challenge;
        tables
            .par_iter_mut()
            .for_each(|table| table.bind(challenge));
    }

    let lanes = Lanes::new(&point);
    let mut tables: Vec<Box<dyn SlotRounds>> = tables
        .into_par_iter()
        .map(|table| table.into_slots(&lanes))
        .collect();
    let mut slots = vec![EF::ZERO; shape.log_slots()];
    for i in order::slots(slots.len()) {
        let mut sum: [EF; 4] = tables
            .par_iter()
            .map(|table| table.round())
            .reduce(|| [EF::ZERO; 4], |p, q| from_fn(|i| p[i] + q[i]));
        let challenge = channel.polynomial(label::OUTPUT_ROUND, &mut sum);
        value = next_claim(value, Claimed::Sum, &sum, challenge);
        slots[i] = challenge;
        tables
            .par_iter_mut()
            .for_each(|table| table.bind(challenge));
    }

    let (columns, weights): (Vec<_>, Vec<_>) = tables.iter().map(|table| table.columns()).unzip();
    let weights = weights.concat();
    let gate = |evaluations: &Evaluations| match evaluations {
        Evaluations::Full { narrow, wide } => {
            let columns = narrow.iter().flatten().chain(wide.iter().flatten());
            weights
                .iter()
                .zip(columns)
                .map(|(&v, e)| v * e.cube())
                .sum()
        }
        Evaluations::Partial { .. } => unreachable!("the output layer is a full one"),
    };
    let layer = Layer::output(shape);
    let evaluations = channel.evaluations(layer, columns.concat(), gate, value);
    (Point::new(&slots, point), evaluations)
}

/// The weights of the cubes of every slot.
fn transposed<const W: usize>(
    poseidon: &Poseidon<W>,
    blocks: &[Block],
    log_slots: usize,
) -> Vec<[EF; W]> {
    dense(blocks, 1 << log_slots)
        .par_iter()
        .map(|weights| poseidon.transposed(weights))
        .collect()
}

/// The lane rounds of one table.
struct Output<'a, const W: usize> {
    states: &'a States<W>,
    idle: &'a Idle<W>,
    /// Per slot and column.
    weights: Vec<[EF; W]>,
    /// The cube roots of those of the stored slots, with inverses; zero for zero.
    roots: Vec<[CubeRoot; W]>,
    /// The gate of the stored slots on an idle lane.
    tail_value: EF,
    /// The gate of the other slots, on any lane.
    rest_value: EF,
    /// Rows by (group, stored slot).
    table: &'a mut Table<PF, W>,
    /// Rows by (lane in the last group, stored slot / vector width): vectors now hold slots.
    inner: Option<Table<PF, W>>,
    /// Live groups.
    groups: Span,
    coordinates: Vec<EF>,
    inner_coordinates: Vec<EF>,
    inner_weights: Vec<EF>,
    stage: Stage,
    step: Step,
}

/// Where the rows are.
#[derive(Clone, Copy)]
enum Stage {
    /// Still in the trace.
    States,
    /// In the trace, folded by a challenge.
    Folded { challenge: EF, stride: usize },
    /// In the tables.
    Table,
}

impl<'a, const W: usize> Output<'a, W> {
    fn new(
        states: &'a States<W>,
        idle: &'a Idle<W>,
        weights: Vec<[EF; W]>,
        lanes: &Lanes,
        table: &'a mut Table<PF, W>,
    ) -> Self {
        let (stored, rest) = weights.split_at(states.blocks << SKIP);
        let roots = stored
            .par_iter()
            .map(|v| {
                let roots = cube_roots(v);
                from_fn(|j| roots[j])
            })
            .collect();
        let cubes = idle.full[LAST_FULL].map(|a| a.cube());
        let on_idle = |weights: &[[EF; W]]| {
            let terms = weights
                .iter()
                .flat_map(|v| v.iter().zip(cubes).map(|(&v, c)| v * c));
            terms.sum()
        };
        let (tail_value, rest_value) = (on_idle(stored), on_idle(rest));
        Self {
            states,
            idle,
            weights,
            roots,
            tail_value,
            rest_value,
            table,
            inner: None,
            groups: states.group_span(),
            coordinates: lanes.outer.clone(),
            inner_coordinates: lanes.inner.clone(),
            inner_weights: lanes.inner_weights.clone(),
            stage: Stage::States,
            step: Step::Slot,
        }
    }

    /// Number of stored slots.
    fn slots(&self) -> usize {
        self.roots.len()
    }

    fn outer_round(&mut self, stride: usize) -> [EF; 3] {
        let weights = pair_weights(&mut self.coordinates, stride, self.groups);
        let slots = self.slots();
        let message = match self.stage {
            Stage::States => self.first_round(stride, &weights),
            Stage::Folded {
                challenge,
                stride: previous,
            } => {
                let source = self.folding(challenge, previous);
                let rows = Span {
                    first: self.groups.first * slots,
                    live: self.groups.live * slots,
                };
                let tail = self.tail();
                self.stage = Stage::Table;
                self.table.open::<Cubes>(
                    |t, row| source.row(t, row),
                    rows,
                    tail,
                    Pairing::all(stride * slots),
                    &weights,
                )
            }
            Stage::Table => {
                let pairing = Pairing::all(stride * slots);
                self.table.round::<Cubes>(pairing, &weights)
            }
        };
        self.groups = self.groups.folded(stride);
        let mut message = message.map(|c| weighted_sum(&c, &self.inner_weights));
        message[0] += self.tail_value * tail_mass(&weights);
        message
    }

    /// The first round, on base-field states.
    fn first_round(&self, stride: usize, weights: &[EF]) -> Message<PF> {
        (0..self.states.blocks * W)
            .into_par_iter()
            .map(|i| self.first_round_of(i / W, i % W, stride, weights))
            .reduce(|| [zero(); 3], |a, b| from_fn(|i| add(&a[i], &b[i])))
    }

    /// The share of one column of one block.
    fn first_round_of(
        &self,
        block: usize,
        column: usize,
        stride: usize,
        weights: &[EF],
    ) -> Message<PF> {
        let blocks = self.states.blocks;
        let idle = PF::from(self.idle.full[LAST_FULL][column]);
        // Counted from the first pair.
        let padding = self.groups.padding(stride);
        let state = |group: usize, x: usize| match group.checked_sub(padding) {
            Some(group) if group < self.groups.live => {
                self.states.full(LAST_FULL, group * blocks + block)[column][x]
            }
            _ => idle,
        };
        let mut sums: [Message<PF>; 1 << SKIP] = [[zero(); 3]; 1 << SKIP];
        for (batch, weights) in weights.chunks(BATCH).enumerate() {
            let planes = eight(weights);
            for (x, sums) in sums.iter_mut().enumerate() {
                let [mut cubes, mut mixed, mut differences] = [[PF::ZERO; BATCH]; 3];
                for (i, pair) in (batch * BATCH..).enumerate().take(weights.len()) {
                    let low = pair / stride * 2 * stride + pair % stride;
                    let a = state(low, x);
                    let d = state(low + stride, x) - a;
                    let d2 = d.square();
                    cubes[i] = a.cube();
                    mixed[i] = a * d2;
                    differences[i] = d * d2;
                }
                for (sum, terms) in sums.iter_mut().zip([&cubes, &mixed, &differences]) {
                    *sum = add(sum, &dot_base(terms, &planes));
                }
            }
        }
        let mut message = [zero(); 3];
        for (x, sums) in sums.iter().enumerate() {
            let weight = Multiplier::new(self.weights[(block << SKIP) + x][column]);
            for (c, sum) in message.iter_mut().zip(sums) {
                *c = add(c, &weight.apply(sum));
            }
        }
        message[1] = quintic::triple(&message[1]);
        message
    }

    fn folding(&self, challenge: EF, stride: usize) -> Folding<'a, W> {
        Folding::new(self.states, self.idle, &self.roots, challenge, stride)
    }

    fn tail(&self) -> Vec<Row<PF, W>> {
        let idle = &self.idle.full[LAST_FULL];
        self.roots
            .iter()
            .map(|roots| {
                scalar_row(&from_fn::<_, W, _>(|j| roots[j].root * idle[j]))
                    .map(|plane| plane.map(PF::from))
            })
            .collect()
    }

    /// Folds what is left into one row per stored slot.
    fn close(&mut self) {
        let (challenge, stride) = match self.stage {
            Stage::States => (EF::ZERO, 1),
            Stage::Folded { challenge, stride } => (challenge, stride),
            Stage::Table => return,
        };
        let source = self.folding(challenge, stride);
        let rows = self.groups.live * self.slots();
        let tail = self.tail();
        self.stage = Stage::Table;
        self.table.fill(|t, row| source.row(t, row), rows, tail);
    }

    fn inner_round(&mut self, stride: usize) -> [EF; 3] {
        let weights = pair_weights(
            &mut self.inner_coordinates,
            stride,
            Span::prefix(2 * stride),
        );
        let vectors = self.slots().div_ceil(PF::WIDTH);
        let pairing = Pairing::all(stride * vectors);
        let message = match &mut self.inner {
            Some(inner) => inner.round::<Cubes>(pairing, &weights),
            None => {
                self.close();
                let rows = self.table.rows();
                let source = |t: usize, out: &mut Row<PF, W>| {
                    let (lane, first) = (t / vectors, t % vectors * PF::WIDTH);
                    *out = from_fn(|i| {
                        from_fn(|j| {
                            PF::from_fn(|s| {
                                rows.get(first + s)
                                    .map_or(F::ZERO, |row| row[i][j].as_slice()[lane])
                            })
                        })
                    });
                };
                let tail = vec![[[PF::ZERO; W]; 5]; vectors];
                let rows = Span::prefix(PF::WIDTH * vectors);
                let inner = self.inner.insert(Table::default());
                inner.open::<Cubes>(source, rows, tail, pairing, &weights)
            }
        };
        message.map(|c| weighted_sum(&c, &[EF::ONE; PF::WIDTH]))
    }
}

impl<const W: usize> LaneRounds for Output<'_, W> {
    fn round(&mut self, step: Step) -> [EF; 3] {
        self.step = step;
        let [c0, c2, c3] = match step {
            Step::Inner { stride } => self.inner_round(stride),
            Step::Group { stride } => self.outer_round(stride),
            Step::Slot => return [EF::ZERO; 3],
        };
        [c0 + self.rest_value, c2, c3]
    }

    fn bind(&mut self, challenge: EF) {
        match (self.step, self.stage, &mut self.inner) {
            (Step::Group { stride }, Stage::States, _) => {
                self.stage = Stage::Folded { challenge, stride };
            }
            (Step::Group { stride }, _, _) => {
                let slots = self.slots();
                self.table.bind(challenge, Pairing::all(stride * slots));
            }
            (Step::Inner { stride }, _, Some(inner)) => {
                let vectors = self.roots.len().div_ceil(PF::WIDTH);
                inner.bind(challenge, Pairing::all(stride * vectors));
            }
            _ => {}
        }
    }

    fn into_slots(mut self: Box<Self>, lanes: &Lanes) -> Box<dyn SlotRounds> {
        let packs_slots = self.inner.is_some();
        if !packs_slots {
            self.close();
        }
        let rows = match &mut self.inner {
            Some(inner) => inner.rows(),
            None => self.table.rows(),
        };
        let value = |slot: usize, j: usize| {
            let (row, lane) = if packs_slots {
                (slot / PF::WIDTH, slot % PF::WIDTH)
            } else {
                (slot, 0)
            };
            quintic::lane(&from_fn(|i| rows[row][i][j]), lane)
        };
        let group_weights = weights(&lanes.outer, self.states.group_span());
        let idle = self.idle.full[LAST_FULL].map(EF::from);
        let rest = self.weights.len() - self.roots.len();
        let columns = (0..self.roots.len())
            .into_par_iter()
            .map(|slot| {
                from_fn(|j| {
                    if self.weights[slot][j] == EF::ZERO {
                        column_at(self.states, self.idle, (slot, j), &group_weights, lanes)
                    } else {
                        value(slot, j) * self.roots[slot][j].inverse
                    }
                })
            })
            .chain(rayon::iter::repeat_n(idle, rest))
            .collect();
        Box::new(SlotTable::new(columns, self.weights))
    }
}
