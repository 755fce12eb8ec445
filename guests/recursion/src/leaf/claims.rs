//! What a verifier knows between its steps, in memory, and its formulas.
//!
//! The formulas are the native ones ([`sheaf_aggregation::formulas`]); each is a function that reads what it needs, returns a word, and has
//! scratch memory of its own.

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::formulas::{
    AtLanes, Capacities, Challenges, Group, Joined, Lanes, LeafValues, Relation, RowClaims,
};
use sheaf_argument::permutation::{InputClaim, SlotWeights, TableClaim, weights_at};
use sheaf_program::builder::{Base, Builder, Function, Memory, Row, Word};
use sheaf_sumcheck::skip;

use super::statement::Places;
use crate::symbolic::{Formula, Scratch, Symbol};

/// Slot variables of the tables of widths 16 and 24.
const LOG_SLOTS: [usize; 2] = [7, 6];

/// Where challenges and claims stand, from one address on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Known {
    Alpha,
    Beta,
    Zeta,
    /// Seven.
    Tau,
    Numerator = 10,
    Denominator,
    LiveAtEnds,
    /// Ten.
    Values,
    Linear = 23,
    /// Two.
    Outputs,
    Theta = 26,
    LiveAtConstraints,
    LiveAtInputs,
    FirstLanes,
    /// Two.
    Rows,
    /// Sixteen.
    InLastRow = 32,
    /// After the last keys, and before the first ones.
    Last = 48,
    First,
    Challenge,
    /// Of lanes: two `eq`, two sums.
    AtLanes,
}

/// Words of what is known.
pub(super) const KNOWN: usize = Known::AtLanes as usize + 4;

/// The addresses that formulas read from. What is not known yet is nowhere.
#[derive(Clone)]
pub(super) struct At {
    /// What follows from the statement.
    pub(super) statement: Base,
    pub(super) known: Base,
    pub(super) leaf_point: Base,
    pub(super) row_point: Base,
    /// The last four coordinates of the lane point of the constraints.
    pub(super) stream_point: Base,
    /// The challenges of the slot variables of the output layer, the least significant one first.
    pub(super) slots: Base,
    /// Claimed inputs, and where low slots and high slots are bound.
    pub(super) inputs: [Base; 3],
    pub(super) column_point: Base,
}

/// Addresses, and that of scratch memory.
type Addresses = [Base; 11];

impl At {
    pub(super) fn of(&self, known: Known) -> Base {
        self.known.plus(known as i32)
    }

    fn addresses(&self, free: &Base) -> Addresses {
        let [inputs, low, high] = &self.inputs;
        [
            &self.statement,
            &self.known,
            &self.leaf_point,
            &self.row_point,
            &self.stream_point,
            &self.slots,
            inputs,
            low,
            high,
            &self.column_point,
            free,
        ]
        .map(Base::clone)
    }

    fn from(addresses: Addresses) -> (Self, Base) {
        let [
            statement,
            known,
            leaf_point,
            row_point,
            stream_point,
            slots,
            inputs,
            low,
            high,
            column_point,
            free,
        ] = addresses;
        let at = Self {
            statement,
            known,
            leaf_point,
            row_point,
            stream_point,
            slots,
            inputs: [inputs, low, high],
            column_point,
        };
        (at, free)
    }
}

/// A formula as a function, which is called once for each proof.
pub(super) struct Step {
    function: Function<Addresses, Word>,
    /// Words of scratch memory.
    scratch: usize,
}

impl Step {
    #[track_caller]
    fn new(
        builder: &mut Builder,
        memory: &Memory<Word>,
        name: &str,
        body: impl FnOnce(&Noted<'_>) -> Symbol,
    ) -> Self {
        let function = builder.per_instance::<Addresses, Word>(name);
        let mut scratch = 0;
        builder.body(&function, |row, addresses| {
            let (at, free) = At::from(addresses);
            let formula = Formula::new();
            let value = body(&Noted {
                formula: &formula,
                at: &at,
                free: &free,
            });
            formula.result(value);
            let mut written = formula.write(
                row,
                Scratch {
                    memory,
                    address: &free,
                },
            );
            scratch = written.scratch;
            written.results.remove(0)
        });
        Self { function, scratch }
    }

    /// The formula's value. Scratch memory is taken from `free` on, which is moved.
    #[track_caller]
    pub(super) fn value(&self, row: &mut Row, at: &At, free: &mut Base) -> Word {
        let value = row.call(&self.function, &at.addresses(free));
        *free = free.plus(self.scratch as i32);
        value
    }
}

/// All of them.
pub(super) struct Formulas {
    pub(super) claim: Step,
    pub(super) rows: Step,
    /// Writes the weights of all outputs behind the address of the slots.
    pub(super) outputs: Step,
    /// Writes the weighted capacities.
    pub(super) capacities: Step,
    pub(super) join: Step,
    pub(super) weight: Step,
}

/// A formula while it is noted.
struct Noted<'a> {
    formula: &'a Formula,
    at: &'a At,
    free: &'a Base,
}

impl Noted<'_> {
    fn one(&self, known: Known) -> Symbol {
        self.formula.stored(&self.at.of(known))
    }

    fn list(&self, known: Known, count: usize) -> Vec<Symbol> {
        self.formula.stored_words(&self.at.of(known), count)
    }

    fn array<const N: usize>(&self, known: Known) -> [Symbol; N] {
        let list = self.list(known, N);
        std::array::from_fn(|i| list[i])
    }

    fn challenges(&self, relation: &Relation) -> Challenges<Symbol> {
        let leaf_point = &self.at.leaf_point;
        Challenges {
            alpha: self.one(Known::Alpha),
            beta: self.one(Known::Beta),
            zeta: self.one(Known::Zeta),
            tau: self.list(Known::Tau, relation.log_rows()),
            leaf_point: self.formula.stored_words(leaf_point, relation.log_ends()),
        }
    }

    fn rows(&self, relation: &Relation) -> RowClaims<Symbol> {
        let row_point = &self.at.row_point;
        RowClaims {
            point: self.formula.stored_words(row_point, relation.log_rows()),
            values: self.array(Known::Values),
            linear: self.one(Known::Linear),
            outputs: self.array(Known::Outputs),
        }
    }

    /// Words of what follows from the statement.
    fn statement(&self, first: usize, count: usize) -> Vec<Symbol> {
        let at = self.at.statement.plus(first as i32);
        self.formula.stored_words(&at, count)
    }

    fn group(&self, relation: &Relation) -> Group<Symbol> {
        let two = |first: usize| {
            let list = self.statement(first, 2);
            [list[0], list[1]]
        };
        let message = self.statement(Places::MESSAGE, 9);
        let height = relation.height();
        let tweak = |level: usize| two(Places::NODE_TWEAKS + 2 * level);
        Group {
            message: std::array::from_fn(|i| message[i]),
            chain_tweak: two(Places::CHAIN_TWEAK),
            message_tweak: two(Places::MESSAGE_TWEAK),
            node_tweaks: (0..=height).map(tweak).collect(),
            right: self.statement(Places::new(height).sides(), height),
        }
    }

    fn inputs(&self) -> InputClaim<Symbol> {
        let [inputs, low, high] = &self.at.inputs;
        let columns = self.formula.stored_words(inputs, 16 + 24);
        let low = skip::basis(self.formula.stored(low));
        let [narrow, wide] = LOG_SLOTS;
        let high = self.formula.stored_words(high, narrow - skip::LOG_SIZE);
        InputClaim {
            lane_point: Vec::new(),
            narrow: Some(TableClaim {
                slots: SlotWeights::new(&low, &high, narrow),
                inputs: std::array::from_fn(|j| columns[j]),
            }),
            wide: Some(TableClaim {
                slots: SlotWeights::new(&low, &high, wide),
                inputs: std::array::from_fn(|j| columns[16 + j]),
            }),
        }
    }

    fn joined<'r>(&self, relation: &'r Relation) -> Joined<'r, Symbol> {
        let lanes = Lanes {
            live_at_constraints: self.one(Known::LiveAtConstraints),
            live_at_inputs: self.one(Known::LiveAtInputs),
            last: self.one(Known::Last),
            first: self.one(Known::First),
        };
        relation.join(
            &self.challenges(relation),
            &self.rows(relation),
            &self.inputs(),
            lanes,
            &self.group(relation),
            self.one(Known::Challenge),
        )
    }
}

impl Formulas {
    #[track_caller]
    pub(super) fn new(builder: &mut Builder, memory: &Memory<Word>, relation: &Relation) -> Self {
        let claim = Step::new(builder, memory, "claim of the constraints", |noted| {
            let leaf = LeafValues {
                numerator: noted.one(Known::Numerator),
                denominator: noted.one(Known::Denominator),
                live: noted.one(Known::LiveAtEnds),
            };
            relation.claim(&noted.challenges(relation), leaf)
        });
        let rows = Step::new(builder, memory, "rows of the constraints", |noted| {
            let live = noted.one(Known::LiveAtConstraints);
            relation.rows(&noted.challenges(relation), &noted.rows(relation), live)
        });
        let outputs = Step::new(builder, memory, "weights of outputs", |noted| {
            let theta = noted.one(Known::Theta);
            let claim = relation.outputs(&noted.challenges(relation), &noted.rows(relation), theta);
            let [narrow, wide] = LOG_SLOTS;
            let mut point = noted.formula.stored_words(&noted.at.slots, narrow);
            point.reverse();
            let own: [Symbol; 16] = weights_at(&claim.narrow, &[], &point);
            let (missing, shared) = point.split_at(narrow - wide);
            let others: [Symbol; 24] = weights_at(&claim.wide, missing, shared);
            // Right before scratch memory.
            for (i, &weight) in (0..).zip(own.iter().chain(&others)) {
                noted.formula.store(weight, &noted.free.plus(i - OUTPUTS));
            }
            Symbol::ZERO
        });
        let capacities = Step::new(builder, memory, "capacities", |noted| {
            let point = noted.formula.stored_words(&noted.at.stream_point, 4);
            let last = noted.statement(Places::CAPACITIES, 16 * 9);
            let capacities = Capacities {
                stream_point: std::array::from_fn(|i| point[i]),
                rows: noted.array(Known::Rows),
                in_last_row: noted.array(Known::InLastRow),
                first_lanes: noted.one(Known::FirstLanes),
                last: std::array::from_fn(|s| std::array::from_fn(|j| last[9 * s + j])),
            };
            let [last, first] = relation.capacities(&noted.challenges(relation), &capacities);
            noted.formula.store(last, &noted.at.of(Known::Last));
            noted.formula.store(first, &noted.at.of(Known::First));
            Symbol::ZERO
        });
        let join = Step::new(builder, memory, "claims about columns", |noted| {
            noted.joined(relation).value()
        });
        let weight = Step::new(builder, memory, "weights of columns", |noted| {
            let [constraints, inputs, next, first] = noted.array(Known::AtLanes);
            let lanes = AtLanes {
                constraints,
                inputs,
                capacities: [next, first],
            };
            let at = &noted.at.column_point;
            let point = noted.formula.stored_words(at, relation.log_columns());
            noted.joined(relation).weight(&lanes, &point)
        });
        Self {
            claim,
            rows,
            outputs,
            capacities,
            join,
            weight,
        }
    }
}

/// Weights of outputs, of both tables.
pub(super) const OUTPUTS: i32 = 16 + 24;
