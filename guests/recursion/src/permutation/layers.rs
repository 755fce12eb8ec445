//! All layers, from the evaluations of the output layer to those of the inputs.

use std::array::from_fn;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::E;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};
use sheaf_sumcheck::{eq, skip};

use super::evaluations::{Evaluations, Left};
use super::partial::{Layers, Partial, end_of_records};
use super::powers::{Powers, WritePowers, cubes, powers_len, ratio};
use super::sumcheck::{Moments, Place, Sumcheck, free_after, moments_at, point_after};
use super::tables::{Table, Tables};
use super::weights::{across, from_any};
use super::{Numbers, SKIP, Shared, Times};
use crate::memory::read_digest;
use crate::rounds::Running;
use crate::symbolic::{Formula, Scratch};

/// A claim, and the addresses of the slot variables' challenges, of the weights of outputs and of what is free.
pub(super) type Arguments = (Running, (Base, Base, Base), Numbers);

/// A full layer behind another one, from the claim behind the linear part between them, the address of the other one's powers, its place and the moments
/// of its univariate round. Its own powers stand behind what its evaluations leave.
type FullLayer = Function<((Running, Base), Place, Moments), (Running, Word)>;

/// All layers. The result is the address of [`Left`], the challenge of the last univariate round, and the points of high slots and lanes.
#[track_caller]
pub(super) fn layers(
    builder: &mut Builder,
    memory: &Memory<Word>,
    times: Times,
    shared: &Shared,
    tables: &Tables,
) -> Function<Arguments, Base> {
    let Shared {
        order,
        sumcheck,
        weighed,
        ..
    } = shared;
    let evaluations = Evaluations::new(builder, memory, tables);
    let powers = WritePowers::new(builder, memory, tables);
    let from_any = from_any(builder, memory, times, tables);
    let across = across(builder, memory, times, tables);
    let partial = Partial::new(builder, memory, times, sumcheck, tables);
    let full = full_layer(builder, memory, tables, sumcheck, &evaluations, &powers);
    let powers_len = powers_len(tables);
    // The constants between two full layers.
    let mut constants = |name: &str, round: &dyn Fn(&Table) -> usize| {
        let function = times.once(builder, name);
        builder.body(&function, |row, address: Base| {
            let powers = Powers::read_all(row, memory, &address, tables);
            let all = powers.iter().zip(tables.iter());
            all.fold(Word::constant(E::ZERO), |sum, (powers, table)| {
                powers.sum(row, &table.constants(round(table)), &sum)
            })
        });
        function
    };
    let late = [1, 2, 3].map(|i| {
        let name = format!("constants {i} from the end");
        constants(&name, &|table| table.rounds - i)
    });
    let early = [3, 2, 1].map(|i| constants(&format!("constants {i}"), &|_| i));

    let function = times.once::<Arguments, Base>(builder, "layers");
    builder.body(
        &function,
        |row, (running, addresses, (log_lanes, log_slots))| {
            // The output layer, whose sumcheck is over.
            let (capacity, claim) = running;
            let (slots, outputs, weights) = addresses;
            let free = row.call(&from_any, &(outputs, weights.clone()));
            let batched = weighed.receive(row, memory, tables, (&capacity, &free, &weights));
            row.assert_equal_words(&batched.gate, &claim, "the output layer is inconsistent");
            powers.write(row, &batched.gamma, &batched.free);
            let free = batched.free.plus(powers_len);
            let (moments, free) = first_moments(row, memory, &slots, &free);
            let mut at = At {
                running: (batched.capacity, batched.value),
                place: (slots.plus(SKIP), &log_slots.plus(-SKIP) + &log_lanes, free),
                powers: batched.free,
            };

            let cross =
                |row: &mut Row, constants: &Function<Base, Word>, at: At, moments: Moments| {
                    let (running, powers) = at.enter(row, constants);
                    let (running, rho) =
                        row.call(&full, &((running, powers), at.place.clone(), moments));
                    let powers = Left::new(tables, &free_after(&at.place)).free;
                    (at.leave(running, powers, powers_len), rho)
                };
            let [first, others @ ..] = &late;
            let mut rho;
            (at, rho) = cross(row, first, at, moments);
            for constants in others {
                let moments = moments_at(row, &rho);
                (at, rho) = cross(row, constants, at, moments);
            }

            // Partial layers, and the full one behind them.
            let records = at.place.2.clone();
            at.place.2 = end_of_records(tables, &records);
            let layers = Layers {
                place: at.place,
                running: at.running,
                rho,
            };
            let layers = partial.verify(row, tables, &at.powers, &records, layers);
            (at.place, at.running) = (layers.place, layers.running);
            let weights = at.place.2.clone();
            let arguments = (at.powers.clone(), records, weights.clone());
            let (constant, free) = row.call(&across, &arguments);
            at.place.2 = free;
            at.running.1 = &at.running.1 - &constant;
            let moments = moments_at(row, &layers.rho);
            let ((capacity, claim), challenge) = sumcheck.run(row, &at.running, &at.place, moments);
            let free = free_after(&at.place);
            let batched = weighed.receive(row, memory, tables, (&capacity, &free, &weights));
            row.assert_equal_words(&batched.gate, &claim, "a full layer is inconsistent");
            powers.write(row, &batched.gamma, &batched.free);
            at = at.leave((batched.capacity, batched.value), batched.free, powers_len);
            rho = challenge;

            let [others @ .., last] = &early;
            for constants in others {
                let moments = moments_at(row, &rho);
                (at, rho) = cross(row, constants, at, moments);
            }

            // The last layer.
            let (running, powers) = at.enter(row, last);
            let moments = moments_at(row, &rho);
            let ((capacity, claim), rho) = sumcheck.run(row, &running, &at.place, moments);
            let result = free_after(&at.place);
            let ratio = ratio(row, memory, &powers);
            let batched = evaluations.receive(row, memory, tables, (&capacity, &result, &ratio));
            let message = "the last layer is inconsistent";
            assert_gate(row, memory, tables, &powers, &batched.sums, &claim, message);
            let rho_at = Left::new(tables, &result).free;
            row.write(memory, &rho_at, &rho);
            let point = point_after(&at.place);
            let (slots_at, high) = (rho_at.plus(1), log_slots.plus(-SKIP));
            order.reverse(row, &point, &slots_at, &high);
            order.lanes(
                row,
                memory,
                &(&point + &high),
                &(&slots_at + &high),
                &log_lanes,
            );
            result
        },
    );
    function
}

/// Between two layers, behind a full one.
struct At {
    running: Running,
    place: Place,
    /// The address of its powers.
    powers: Base,
}

impl At {
    /// The claim behind the linear part, whose constants are taken off, with the address of powers.
    #[track_caller]
    fn enter(&self, row: &mut Row, constants: &Function<Base, Word>) -> (Running, Base) {
        let constant = row.call(constants, &self.powers);
        let (capacity, value) = &self.running;
        ((capacity.clone(), value - &constant), self.powers.clone())
    }

    /// Behind the next layer, with so many powers at an address.
    fn leave(&self, running: Running, powers: Base, powers_len: i32) -> Self {
        let (_, count, _) = &self.place;
        let place = (
            point_after(&self.place),
            count.clone(),
            powers.plus(powers_len),
        );
        Self {
            running,
            place,
            powers,
        }
    }
}

#[track_caller]
fn full_layer(
    builder: &mut Builder,
    memory: &Memory<Word>,
    tables: &Tables,
    sumcheck: &Sumcheck,
    evaluations: &Evaluations,
    powers: &WritePowers,
) -> FullLayer {
    let function: FullLayer = builder.function("full layer");
    builder.body(&function, |row, ((running, before), place, moments)| {
        row.permute_idly();
        let ((capacity, claim), rho) = sumcheck.run(row, &running, &place, moments);
        let free = free_after(&place);
        let left = Left::new(tables, &free);
        let ratio = ratio(row, memory, &before);
        let batched = evaluations.receive(row, memory, tables, (&capacity, &free, &ratio));
        let message = "a full layer is inconsistent";
        assert_gate(row, memory, tables, &before, &batched.sums, &claim, message);
        powers.write(row, &batched.gamma, &left.free);
        let capacity = read_digest(row, memory, &left.capacity);
        ((capacity, batched.value), rho)
    });
    function
}

/// Asserts that the cubes of all tables are what a claim says.
#[track_caller]
fn assert_gate(
    row: &mut Row,
    memory: &Memory<Word>,
    tables: &Tables,
    powers: &Base,
    sums: &[[Word; 2]],
    claim: &Word,
    message: &str,
) {
    let factors = tables.iter().map(|table| cubes(row, memory, powers, table));
    let factors: Vec<Word> = factors.collect::<Vec<_>>().concat();
    let products: Vec<_> = factors.iter().zip(sums.as_flattened()).collect();
    row.assert_zero_words(&products, &claim.times(-E::ONE), message);
}

/// The moments of the weights of the low slot bits where the output layer ends, and the first address that is free.
#[track_caller]
fn first_moments(
    row: &mut Row,
    memory: &Memory<Word>,
    slots: &Base,
    address: &Base,
) -> (Moments, Base) {
    let formula = Formula::new();
    let mut low = formula.stored_words(slots, skip::LOG_SIZE);
    low.reverse();
    let weights = eq::table(&low);
    for moment in skip::moments(&from_fn(|x| weights[x])) {
        formula.result(moment);
    }
    let written = formula.write(row, Scratch { memory, address });
    let moments = from_fn(|i| written.results[i].clone());
    (moments, address.plus(written.scratch as i32))
}
