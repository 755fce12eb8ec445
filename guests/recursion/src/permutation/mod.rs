//! The verifier of the permutation argument (`sheaf_argument::permutation`): from a claim about outputs to claims about inputs, for any numbers of
//! slots and lanes.
//!
//! A layer writes its challenges to memory in the order in which variables are bound, and the next one reads them in that order: high slot bits
//! from the least significant one on, then lanes. What is the same in all layers is written once (`sumcheck`); what a round's constants have a part
//! in is small (`powers`, `weights`).

mod evaluations;
mod layers;
mod order;
mod partial;
mod powers;
mod sumcheck;
mod tables;
mod weighed;
mod weights;

use sheaf_argument::permutation::label;
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Value, Word};
use sheaf_sumcheck::skip;

use self::evaluations::{Left, OUTPUTS};
use self::layers::layers;
use self::order::Order;
use self::sumcheck::Sumcheck;
pub use self::tables::Tables;
use self::weighed::Weighed;
use crate::memory::{read_digest, read_words};
use crate::rounds::{Claimed, Rounds, Running};
use crate::transcript::Sponge;

/// Slot bits that the univariate round binds.
const SKIP: i32 = skip::LOG_SIZE as i32;

/// How often the reduction is used.
#[derive(Clone, Copy, Debug)]
enum Times {
    Any,
    PerInstance,
}

impl Times {
    /// Declares a function that is called once in each reduction.
    #[track_caller]
    fn once<A: Value, R: Value>(self, builder: &mut Builder, name: &str) -> Function<A, R> {
        match self {
            Self::Any => builder.function(name),
            Self::PerInstance => builder.per_instance(name),
        }
    }
}

/// The numbers of lane and slot variables.
type Numbers = (Base, Base);

/// A claim; lanes that remain, the addresses of their coordinates and of their challenges; the address of the challenges of slots, and their number.
type OutputLayer = Function<(Running, [Base; 3], [Base; 2]), Running>;

/// What the reduction needs for tables of any widths.
pub struct Shared {
    order: Order,
    sumcheck: Sumcheck,
    weighed: Weighed,
    /// Binds a lane variable of the output layer.
    lanes: Rounds,
    /// Binds the variables of the output layer.
    outputs: OutputLayer,
}

impl Shared {
    /// Writes it.
    #[track_caller]
    pub fn new(builder: &mut Builder, memory: &Memory<Word>) -> Self {
        let lanes = Rounds::new(builder, memory, label::OUTPUT_ROUND, 3, Claimed::Eq);
        Self {
            order: Order::new(builder, memory),
            sumcheck: Sumcheck::new(builder, memory),
            weighed: Weighed::new(builder, memory),
            outputs: outputs(builder, memory, &lanes),
            lanes,
        }
    }
}

/// The reduction, for tables of given widths.
pub struct Permutations<'a> {
    shared: &'a Shared,
    tables: Tables,
    /// All that follows the output layer's sumcheck.
    layers: Function<layers::Arguments, Base>,
}

/// A claim about outputs, whose weights are asked for later.
#[must_use = "a claim that is not reduced is not proven"]
pub struct OutputClaim {
    /// The address of the point in the lane variables, most significant first.
    pub lane_point: Base,
    /// Lane variables, at least four.
    pub log_lanes: Base,
    /// Slot variables of the table that has most, at least three.
    pub log_slots: Base,
    /// The claimed sum.
    pub value: Word,
}

/// The claims about inputs, in memory.
#[must_use = "an input claim that is not checked leaves the outputs unproven"]
pub struct InputClaim {
    /// The address of the claimed sums of all input columns, of width 16 and of width 24.
    pub inputs: Base,
    /// The address of the point whose Lagrange basis is the weights of the three low slot bits.
    pub low_slots: Base,
    /// The address of the point in the high slot variables, most significant first.
    pub high_slots: Base,
    /// The address of the point in the lane variables, most significant first.
    pub lane_point: Base,
    /// The first address that nobody has written.
    pub end: Base,
}

impl<'a> Permutations<'a> {
    /// Writes what the reduction needs for these tables.
    #[track_caller]
    pub fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        shared: &'a Shared,
        tables: Tables,
    ) -> Self {
        Self::called(Times::Any, builder, memory, shared, tables)
    }

    /// The same if it is used once for each instance ([`Builder::per_instance`]).
    #[track_caller]
    pub fn per_instance(
        builder: &mut Builder,
        memory: &Memory<Word>,
        shared: &'a Shared,
        tables: Tables,
    ) -> Self {
        Self::called(Times::PerInstance, builder, memory, shared, tables)
    }

    #[track_caller]
    fn called(
        times: Times,
        builder: &mut Builder,
        memory: &Memory<Word>,
        shared: &'a Shared,
        tables: Tables,
    ) -> Self {
        Self {
            layers: layers(builder, memory, times, shared, &tables),
            shared,
            tables,
        }
    }

    /// Reduces a claim about outputs to claims about inputs. Addresses from `free` on are written.
    ///
    /// `weights` gets the address of the challenges of the slot variables, *the least significant one first*, and one to which it writes the weights of
    /// the elements of all tables, summed up over the slots at this point ([`weights_at`](sheaf_argument::permutation::weights_at)). It returns the first address behind what it has written.
    #[track_caller]
    pub fn verify(
        &self,
        row: &mut Row,
        memory: &Memory<Word>,
        sponge: &mut Sponge,
        claim: &OutputClaim,
        free: &Base,
        weights: impl FnOnce(&mut Row, &Base, &Base) -> Base,
    ) -> InputClaim {
        let OutputClaim {
            lane_point,
            log_lanes,
            log_slots,
            value,
        } = claim;
        let numbers = (log_lanes.clone(), log_slots.clone());
        // Behind a copy of the lane point in the order of binding, challenges are written in the order in which later layers bind them: slots, then lanes.
        let order = &self.shared.order;
        order.lanes(row, memory, lane_point, free, log_lanes);
        let slots = free + log_lanes;
        let lanes = &slots + log_slots;
        let to = &lanes + log_lanes;
        // What has been absorbed is permuted with the first message.
        let (value, bound) = if sponge.is_pending() {
            let at = [free, &lanes];
            let value = (self.shared.lanes).round(row, memory, sponge, value, at);
            (value, 1)
        } else {
            (value.clone(), 0)
        };
        let running = (sponge.capacity(), value);
        let remaining = [log_lanes.plus(-bound), free.plus(bound), lanes.plus(bound)];
        let of_slots = [slots.clone(), log_slots.clone()];
        let running = row.call(&self.shared.outputs, &(running, remaining, of_slots));
        let free = weights(row, &slots, &to);
        let left = row.call(&self.layers, &(running, (slots, to, free), numbers));

        let left = Left::new(&self.tables, &left);
        let capacity = read_digest(row, memory, &left.capacity);
        let outputs = read_words(row, memory, &left.outputs, OUTPUTS);
        *sponge = Sponge::drawn(&capacity, &outputs);
        let low_slots = left.free;
        let high_slots = low_slots.plus(1);
        let lane_point = &high_slots + &log_slots.plus(-SKIP);
        InputClaim {
            inputs: left.inputs,
            low_slots,
            high_slots,
            end: &lane_point + log_lanes,
            lane_point,
        }
    }
}

/// Binds the variables of the output layer: lanes, then slots.
#[track_caller]
fn outputs(builder: &mut Builder, memory: &Memory<Word>, lanes: &Rounds) -> OutputLayer {
    let slots = Rounds::new(builder, memory, label::OUTPUT_ROUND, 4, Claimed::Sum);
    let function: OutputLayer = builder.function("output layer");
    builder.body(
        &function,
        |row, (running, [remaining, from, to], [slots_to, log_slots])| {
            row.permute_idly();
            let running = lanes.run(row, &running, &from, &to, &remaining);
            slots.run(row, &running, &Base::zero(), &slots_to, &log_slots)
        },
    );
    function
}
