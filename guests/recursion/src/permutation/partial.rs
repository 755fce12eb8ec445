//! The partial layers. The weight of the cube of element 0 in layer `k` is
//!
//! ```text
//!     v_k = <M^(k+1) e_0, w> + sum_(i<k) d_i (M^(k-i) e_0)_0
//! ```
//!
//! for the weights `w` that the last full layer has left, and the differences `d_i` that layers have made since then at element 0. A sum over all
//! differences in each layer would be long. So layers come in segments of at most [`WINDOW`] `+ 1`: what is known when a segment begins, the weights and all
//! differences but the last few, is summed up for all its layers at once. A layer adds the differences of the [`WINDOW`] layers before it, in
//! whichever segment, by coefficients that do not depend on `k`: so layers are steps of a loop.

use p3_field::PrimeCharacteristicRing;
use sheaf_argument::permutation::label;
use sheaf_program::builder::{Base, Builder, Function, Loop, Memory, Row, Word};
use sheaf_program::{E, F};

use super::Times;
use super::powers::Powers;
use super::sumcheck::{Place, Sumcheck, free_after, moments_at, point_after};
use super::tables::{Table, Tables};
use crate::rounds::Running;
use crate::transcript::Sponge;

/// Differences that a layer adds itself.
const WINDOW: usize = 4;
/// Words that are at hand while sums of them are made.
const AT_HAND: usize = 12;

/// What stands in memory of each partial layer: for each table what a segment knows of the weight; then for each the difference. [`WINDOW`] records of
/// no layer come first, whose differences are zero.
pub(super) struct Records {
    first: Base,
    tables: i32,
}

impl Records {
    pub(super) fn new(tables: &Tables, address: &Base) -> Self {
        let tables = tables.iter().count() as i32;
        Self {
            first: address.clone(),
            tables,
        }
    }

    /// The record of a layer.
    fn layer(&self, layer: i32) -> Self {
        Self {
            first: self.first.plus(2 * self.tables * layer),
            tables: self.tables,
        }
    }

    fn known(&self, table: usize, layer: i32) -> Base {
        self.layer(layer + WINDOW as i32).first.plus(table as i32)
    }

    /// The difference that a layer has made to the weight of element 0 of a table.
    pub(super) fn difference(&self, table: usize, layer: i32) -> Base {
        self.known(table, layer).plus(self.tables)
    }

    /// The first address behind them.
    fn end(&self, layers: usize) -> Base {
        self.layer((layers + WINDOW) as i32).first
    }
}

/// Layers that remain, and the address of the records as if the next layer were the first one; where the layer is; the claim, and the
/// challenge of the last univariate round.
type State = ((Base, Base), Place, (Running, Word));

/// Layers with the same tables.
struct Segment {
    layers: usize,
    /// Sums up what is known, from the powers and the records.
    prepare: Function<(Base, Base), ()>,
    /// The number of the loop.
    steps: usize,
}

/// All partial layers.
pub(super) struct Partial {
    segments: Vec<Segment>,
    steps: Vec<Loop<State>>,
}

/// What a sequence of layers goes from and leaves.
pub(super) struct Layers {
    pub(super) place: Place,
    pub(super) running: Running,
    pub(super) rho: Word,
}

impl Partial {
    #[track_caller]
    pub(super) fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        times: Times,
        sumcheck: &Sumcheck,
        tables: &Tables,
    ) -> Self {
        let mut all = Self {
            segments: Vec::new(),
            steps: Vec::new(),
        };
        let mut active: Vec<usize> = Vec::new();
        let mut first = 0;
        while first < tables.partial_layers() {
            let now = active_tables(tables, first);
            let same = (first..)
                .take(WINDOW + 1)
                .take_while(|&k| active_tables(tables, k) == now);
            let layers = same.count();
            if now != active {
                all.steps
                    .push(steps(builder, memory, sumcheck, tables, &now));
                active.clone_from(&now);
            }
            all.segments.push(Segment {
                layers,
                prepare: prepare(builder, memory, times, tables, &now, first..first + layers),
                steps: all.steps.len() - 1,
            });
            first += layers;
        }
        all
    }

    /// Verifies all partial layers. Powers are at their address, and records from `records` on.
    #[track_caller]
    pub(super) fn verify(
        &self,
        row: &mut Row,
        tables: &Tables,
        powers: &Base,
        records: &Base,
        layers: Layers,
    ) -> Layers {
        let Layers {
            place,
            running,
            rho,
        } = layers;
        let ((mut from, count, mut free), mut claim) = (place, (running, rho));
        let mut done = 0;
        for segment in &self.segments {
            row.call(&segment.prepare, &(powers.clone(), records.clone()));
            let number = Base::number(segment.layers as u32);
            let at = |layer: usize| Records::new(tables, records).layer(layer as i32).first;
            let start = ((number, at(done)), (from, count.clone(), free), claim);
            done += segment.layers;
            let left = row.run_to(
                &self.steps[segment.steps],
                &start,
                |(from, free, claim): &(Base, Base, (Running, Word))| {
                    let place = (from.clone(), count.clone(), free.clone());
                    ((Base::zero(), at(done)), place, claim.clone())
                },
            );
            (from, free, claim) = left;
        }
        let (running, rho) = claim;
        Layers {
            place: (from, count, free),
            running,
            rho,
        }
    }
}

/// The first address behind the records.
pub(super) fn end_of_records(tables: &Tables, records: &Base) -> Base {
    Records::new(tables, records).end(tables.partial_layers())
}

/// The tables that have a partial round in a layer.
fn active_tables(tables: &Tables, layer: usize) -> Vec<usize> {
    let all = tables.iter().enumerate();
    all.filter(|(_, table)| layer < table.partial_rounds())
        .map(|(index, _)| index)
        .collect()
}

/// The weight of element 0 that a difference there has become so many layers later, relative to it.
fn after(table: &Table, layers: usize) -> F {
    table.difference_after(layers)[0]
}

/// What is known of the weights in these layers when the first one begins.
#[track_caller]
fn prepare(
    builder: &mut Builder,
    memory: &Memory<Word>,
    times: Times,
    tables: &Tables,
    active: &[usize],
    layers: std::ops::Range<usize>,
) -> Function<(Base, Base), ()> {
    let name = format!("partial layers {} to {}", layers.start, layers.end - 1);
    let function = times.once(builder, &name);
    builder.body(&function, |row, (powers, records): (Base, Base)| {
        let records = Records::new(tables, &records);
        let all = tables
            .iter()
            .enumerate()
            .filter(|(index, _)| active.contains(index));
        for (index, table) in all {
            if layers.start == 0 {
                for layer in 1..=WINDOW as i32 {
                    row.write(memory, &records.difference(index, -layer), &zero());
                }
            }
            let before: Vec<usize> = (0..layers.end.saturating_sub(WINDOW + 1)).collect();
            let mut sums: Vec<Word> = layers.clone().map(|_| zero()).collect();
            for chunk in before.chunks(AT_HAND) {
                let differences: Vec<Word> = (chunk.iter())
                    .map(|&i| row.read(memory, &records.difference(index, i as i32)))
                    .collect();
                for (sum, k) in sums.iter_mut().zip(layers.clone()) {
                    let own = chunk
                        .iter()
                        .zip(&differences)
                        .filter(|&(&i, _)| i + WINDOW < k);
                    let terms = own.map(|(&i, d)| d.times(after(table, k - i).into()));
                    let more = terms.fold(sum.clone(), |sum, term| &sum + &term);
                    *sum = row.word_products(&[], &more);
                }
            }
            let powers = Powers::read(row, memory, &powers, table);
            for (sum, k) in sums.iter().zip(layers.clone()) {
                let known = powers.sum(row, &table.rows_of_power(k + 1)[0], sum);
                row.write(memory, &records.known(index, k as i32), &known);
            }
        }
    });
    function
}

/// Layers in which these tables have a partial round.
#[track_caller]
fn steps(
    builder: &mut Builder,
    memory: &Memory<Word>,
    sumcheck: &Sumcheck,
    tables: &Tables,
    active: &[usize],
) -> Loop<State> {
    let widths: Vec<String> = (tables.iter().enumerate())
        .filter(|(index, _)| active.contains(index))
        .map(|(_, table)| table.width.to_string())
        .collect();
    let name = format!("partial layers of width {}", widths.join(" and "));
    let steps = builder.looping::<State>(&name, |state| state[0] == F::ZERO);
    builder.step(
        &steps,
        |row, ((remaining, address), place, (running, rho))| {
            row.permute_idly();
            let records = Records::new(tables, &address);
            let moments = moments_at(row, &rho);
            let ((capacity, claim), rho) = sumcheck.run(row, &running, &place, moments);
            let mut sponge = Sponge::resume(&capacity);
            let mut evaluations = sponge.receive(row, label::EVALUATIONS, active.len() + 1);
            let gamma = sponge.sample(row);
            // The linear parts of all tables come last.
            let mut value = evaluations.split_off(active.len()).remove(0);
            let linear = &value - &claim;
            let mut cubes = Vec::new();
            let all = tables
                .iter()
                .enumerate()
                .filter(|(index, _)| active.contains(index));
            for ((index, table), u) in all.zip(&evaluations) {
                let mut weight: Word = row.read(memory, &records.known(index, 0));
                for layers in 1..=WINDOW {
                    let d: Word = row.read(memory, &records.difference(index, -(layers as i32)));
                    weight = &weight + &d.times(after(table, layers).into());
                }
                let square = row.word_products(&[(u, u)], &zero());
                cubes.push((row.word_products(&[(&weight, u)], &zero()), square));
                let next = match table.partial_exponent {
                    1 => gamma.clone(),
                    _ => row.word_products(&[(&gamma, &gamma)], &zero()),
                };
                row.write(memory, &records.difference(index, 0), &(&next - &weight));
                value = row.word_products(&[(&next, u)], &value);
            }
            let products: Vec<_> = cubes.iter().map(|(a, b)| (a, b)).collect();
            row.assert_zero_words(&products, &linear, "a partial layer is inconsistent");
            let place = (point_after(&place), place.1.clone(), free_after(&place));
            let next = (remaining.plus(-1), records.layer(1).first);
            (next, place, ((sponge.capacity(), value), rho))
        },
    );
    steps
}

fn zero() -> Word {
    Word::constant(E::ZERO)
}
