//! A layer after the output layer: its tables, and what they do together.

use rayon::prelude::*;
use sheaf_sumcheck::rounds::Table;
use sheaf_sumcheck::skip;
use sheaf_transcript::{EF, PF};

use super::channel::{Channel, Speaker};
use super::component::Rounds;
use super::full::Full;
use super::geometry::Lanes;
use super::partial::{Partial, Update};
use crate::permutation::layers::{Evaluations, Layer};
use crate::permutation::poseidon::HALF_FULL_ROUNDS;
use crate::permutation::record::{Kernel, Narrow, Wide, full_index};
use crate::permutation::scratch::{PartialScratch, Scratch};
use crate::permutation::shape::Shape;
use crate::permutation::state::{Form, Point, State};
use crate::permutation::states::States;

/// Proves the layers after the output layer.
pub(super) struct LayerProver<'a, S> {
    pub(super) shape: &'a Shape,
    pub(super) narrow: &'a States<16>,
    pub(super) wide: &'a States<24>,
    pub(super) scratch: &'a mut Scratch,
    pub(super) channel: Channel<'a, S>,
}

/// What a layer needs of each of its tables.
trait LayerTable: Send {
    /// The coefficients of the table's share of the univariate round.
    fn skip(&mut self, point: &Point, lanes: &Lanes) -> [EF; skip::CUBE_SIZE];
    /// The table in the rounds that follow, with its share of the claim.
    fn rounds<'a>(&'a mut self, point: &Point, lanes: &Lanes, claim: EF) -> Box<dyn Rounds + 'a>;
}

/// A table of a full layer.
struct FullTable<'a, const W: usize> {
    layer: Full<'a, W>,
    rows: &'a mut Table<PF, W>,
}

/// A table of a partial layer.
struct PartialTable<'a, const W: usize> {
    layer: Partial<'a, W>,
    update: Update<'a, W>,
    scratch: &'a mut PartialScratch,
}

impl<const W: usize> LayerTable for FullTable<'_, W> {
    fn skip(&mut self, point: &Point, lanes: &Lanes) -> [EF; skip::CUBE_SIZE] {
        self.layer.skip(point, lanes)
    }

    fn rounds<'a>(&'a mut self, point: &Point, lanes: &Lanes, claim: EF) -> Box<dyn Rounds + 'a> {
        Box::new(self.layer.component(point, lanes, claim, self.rows))
    }
}

impl<const W: usize> LayerTable for PartialTable<'_, W> {
    fn skip(&mut self, point: &Point, lanes: &Lanes) -> [EF; skip::CUBE_SIZE] {
        let column = &mut self.scratch.column;
        self.layer.skip(self.update, column, point, lanes)
    }

    fn rounds<'a>(&'a mut self, point: &Point, lanes: &Lanes, claim: EF) -> Box<dyn Rounds + 'a> {
        self.layer.component(point, lanes, claim, self.scratch)
    }
}

impl<S: Speaker> LayerProver<'_, S> {
    /// Proves one layer, which the state has entered; moves its point.
    pub(super) fn prove(
        &mut self,
        state: &mut State,
        previous: Layer,
        layer: Layer,
    ) -> Evaluations {
        let entered = state.clone();
        let mut tables: Vec<Box<dyn LayerTable + '_>> = Vec::new();
        match layer {
            Layer::Full { narrow, wide } => {
                if let (Some(form), Some(round)) = (&entered.narrow, narrow) {
                    let rows = &mut self.scratch.narrow.full;
                    tables.push(full_table::<Narrow, 16>(self.narrow, form, round, rows));
                }
                if let (Some(form), Some(round)) = (&entered.wide, wide) {
                    let rows = &mut self.scratch.wide.full;
                    tables.push(full_table::<Wide, 24>(self.wide, form, round, rows));
                }
            }
            Layer::Partial { narrow, wide } => {
                let before = match previous {
                    Layer::Partial { narrow, wide } => Some((narrow, wide)),
                    Layer::Full { .. } => None,
                };
                if let Some(form) = &entered.narrow {
                    let rounds = (before.map(|(narrow, _)| narrow), narrow);
                    let scratch = &mut self.scratch.narrow.partial;
                    let table = partial_table::<Narrow, 16>(self.narrow, form, rounds, scratch);
                    tables.push(table);
                }
                if let Some(form) = &entered.wide {
                    let rounds = (before.map(|(_, wide)| wide), wide);
                    let scratch = &mut self.scratch.wide.partial;
                    tables.push(partial_table::<Wide, 24>(self.wide, form, rounds, scratch));
                }
            }
        }

        let lanes = Lanes::new(&state.point.lanes);
        let point = &state.point;
        let shares: Vec<_> = tables
            .par_iter_mut()
            .map(|table| table.skip(point, &lanes))
            .collect();
        let claims = self.channel.skip(state, &shares);
        let mut rounds: Vec<_> = tables
            .iter_mut()
            .zip(claims)
            .map(|(table, claim)| table.rounds(&state.point, &lanes, claim))
            .collect();
        self.channel.rounds(self.shape, state, &mut rounds);
        let columns = rounds.iter_mut().map(|table| table.evaluations());
        let evaluations = if layer.is_partial() {
            joined(columns)
        } else {
            columns.flatten().collect()
        };
        self.channel
            .evaluations(layer, evaluations, |e| entered.gate(e), state.value)
    }
}

/// The `u` of all tables, and one `L` for all of theirs, which are their last columns.
fn joined(columns: impl Iterator<Item = Vec<EF>>) -> Vec<EF> {
    let mut linear = EF::default();
    let mut evaluations = Vec::new();
    for mut columns in columns {
        linear += columns.pop().unwrap_or_default();
        evaluations.append(&mut columns);
    }
    evaluations.push(linear);
    evaluations
}

fn full_table<'a, K: Kernel<W>, const W: usize>(
    states: &'a States<W>,
    form: &'a Form<W>,
    round: usize,
    rows: &'a mut Table<PF, W>,
) -> Box<dyn LayerTable + 'a> {
    let layer = Full {
        states,
        round: full_index::<K, W>(round),
        idle: K::idle(),
        weights: &form.gate,
    };
    Box::new(FullTable { layer, rows })
}

/// The rounds are those of this layer and, if that was a partial one, of the layer before.
fn partial_table<'a, K: Kernel<W>, const W: usize>(
    states: &'a States<W>,
    form: &'a Form<W>,
    (before, round): (Option<Option<usize>>, Option<usize>),
    scratch: &'a mut PartialScratch,
) -> Box<dyn LayerTable + 'a> {
    let index = |round: usize| round - HALF_FULL_ROUNDS;
    let update = match before {
        None => Update::Form(&form.weights),
        Some(Some(round)) => Update::Element(index(round), form.element),
        Some(None) => Update::Nothing,
    };
    let layer = Partial {
        states,
        idle: K::idle(),
        cube: round.map(|round| (index(round), form.gate[0])),
    };
    Box::new(PartialTable {
        layer,
        update,
        scratch,
    })
}
