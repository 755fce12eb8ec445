//! The formulas of proofs about signatures mean the same as rows.

use std::cell::Cell;

use p3_field::PrimeCharacteristicRing;
use sheaf_aggregation::formulas::{
    AtLanes, Capacities, Challenges, Group, Lanes, LeafValues, Relation, RowClaims,
};
use sheaf_argument::permutation::{InputClaim, SlotWeights, TableClaim};
use sheaf_executor::{Executor, Input};
use sheaf_program::builder::{Base, Builder, Word};
use sheaf_program::{E, F, coefficients};
use sheaf_recursion_guest::symbolic::{Formula, Scratch, Symbol};
use sheaf_transcript::Extension;
use sheaf_xmss::PROD;

/// All numbers that the formulas take, one after the other.
struct Numbers<'a, X> {
    numbers: &'a [X],
    next: Cell<usize>,
}

impl<X: Extension> Numbers<'_, X> {
    fn take(&self) -> X {
        let next = self.next.get();
        self.next.set(next + 1);
        self.numbers[next]
    }

    fn array<const N: usize>(&self) -> [X; N] {
        std::array::from_fn(|_| self.take())
    }

    fn list(&self, count: usize) -> Vec<X> {
        (0..count).map(|_| self.take()).collect()
    }
}

/// One of the formulas of the verifier.
#[derive(Clone, Copy, Debug)]
enum Part {
    Claim,
    Rows,
    Capacities,
    Join,
    Weight,
}

fn formula<X: Extension>(relation: &Relation, part: Part, numbers: &[X]) -> Vec<X> {
    let numbers = Numbers {
        numbers,
        next: Cell::new(0),
    };
    let challenges = Challenges {
        alpha: numbers.take(),
        beta: numbers.take(),
        zeta: numbers.take(),
        tau: numbers.list(relation.log_rows()),
        leaf_point: numbers.list(relation.log_ends()),
    };
    let claims = RowClaims {
        point: numbers.list(relation.log_rows()),
        values: numbers.array(),
        linear: numbers.take(),
        outputs: numbers.array(),
    };
    match part {
        Part::Claim => {
            let [numerator, denominator, live] = numbers.array();
            let leaf = LeafValues {
                numerator,
                denominator,
                live,
            };
            vec![relation.claim(&challenges, leaf)]
        }
        Part::Rows => vec![relation.rows(&challenges, &claims, numbers.take())],
        Part::Capacities => {
            let capacities = Capacities {
                stream_point: numbers.array(),
                rows: numbers.array(),
                in_last_row: numbers.array(),
                first_lanes: numbers.take(),
                last: std::array::from_fn(|_| numbers.array()),
            };
            relation.capacities(&challenges, &capacities).to_vec()
        }
        Part::Join | Part::Weight => {
            let inputs = InputClaim {
                lane_point: Vec::new(),
                narrow: Some(TableClaim {
                    slots: SlotWeights {
                        low: numbers.array(),
                        high: numbers.list(4),
                    },
                    inputs: numbers.array(),
                }),
                wide: Some(TableClaim {
                    slots: SlotWeights {
                        low: numbers.array(),
                        high: numbers.list(3),
                    },
                    inputs: numbers.array(),
                }),
            };
            let [live_at_constraints, live_at_inputs, last, first] = numbers.array();
            let lanes = Lanes {
                live_at_constraints,
                live_at_inputs,
                last,
                first,
            };
            let group = Group {
                message: numbers.array(),
                chain_tweak: numbers.array(),
                message_tweak: numbers.array(),
                node_tweaks: (0..=relation.height()).map(|_| numbers.array()).collect(),
                right: numbers.list(relation.height()),
            };
            let joined =
                relation.join(&challenges, &claims, &inputs, lanes, &group, numbers.take());
            match part {
                Part::Join => vec![joined.value()],
                _ => {
                    let lanes = AtLanes {
                        constraints: numbers.take(),
                        inputs: numbers.take(),
                        capacities: numbers.array(),
                    };
                    vec![joined.weight(&lanes, &numbers.list(relation.log_columns()))]
                }
            }
        }
    }
}

const NUMBERS: usize = 420;

#[test]
fn formulas_are_what_they_are_natively() {
    let relation = Relation::new(&PROD);
    let numbers: Vec<E> = (0..NUMBERS)
        .map(|i| {
            E::new(std::array::from_fn(|j| {
                F::from_usize(7 + 31 * i * i + j * (i + 5))
            }))
        })
        .collect();
    for part in [
        Part::Claim,
        Part::Rows,
        Part::Capacities,
        Part::Join,
        Part::Weight,
    ] {
        let expected = formula(&relation, part, &numbers);
        let mut builder = Builder::new();
        let memory = builder.memory::<Word>("memory");
        let load = builder.looping::<Base>("load", |state| state[0] == F::from_usize(NUMBERS));
        builder.step(&load, |row, address| {
            let word: Word = row.advice();
            row.write(&memory, &address, &word);
            address.plus(1)
        });
        let computed = builder.function::<Base, ()>("computed");
        let mut taken = 0;
        builder.body(&computed, |row, start| {
            let noted = Formula::new();
            let symbols: Vec<Symbol> = noted.stored_words(&start, NUMBERS);
            for (i, x) in formula(&relation, part, &symbols).into_iter().enumerate() {
                noted.store(x, &start.plus((NUMBERS + i) as i32));
            }
            let address = start.plus((NUMBERS + expected.len()) as i32);
            taken = noted
                .write(
                    row,
                    Scratch {
                        memory: &memory,
                        address: &address,
                    },
                )
                .scratch;
        });
        let main = builder.function::<(), Word>("main");
        builder.body(&main, |row, ()| {
            let end = Base::number(NUMBERS as u32);
            row.run_to(&load, &Base::zero(), |(): &()| end.clone());
            row.call(&computed, &Base::zero());
            row.read(&memory, &end)
        });
        let executable = builder
            .finish(&main)
            .unwrap_or_else(|error| panic!("{part:?}: {error}"));
        let advice: Vec<F> = numbers.iter().flat_map(|&x| coefficients(x)).collect();
        let input = Input {
            arguments: &[],
            advice: &advice,
            max_rows: 100_000,
        };
        let outcome = Executor::new(&executable)
            .run(input)
            .unwrap_or_else(|error| panic!("{error}"));
        outcome.run.check(&executable.program).unwrap();
        assert_eq!(outcome.results, coefficients(expected[0]), "{part:?}");
        let kinds = executable.program.kinds().len();
        let cells: usize = executable.procedures.iter().map(|p| p.cells.len()).sum();
        println!("{part:?}: {kinds} kinds, {cells} cells, {taken} scratch");
    }
}
