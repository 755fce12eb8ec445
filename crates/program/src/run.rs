//! Runs, and what makes them valid: the reference for everything else.

use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use sheaf_poseidon::{permute16, permute24};
use thiserror::Error;

use crate::layout::{CELLS, COLUMNS, CONSTANT, FIRST_OUTPUT, OUTPUTS, POSITIONS};
use crate::{Counts, E, F, Permutation, Program, Rows, RowsError};

/// A run of a program: the numbers of rows, the cells and the public tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many rows there are of each kind.
    pub counts: Counts,
    /// The cells: [`CELLS`] per row, row after row in the order of [`Rows`], gaps included, which are zero.
    pub cells: Vec<F>,
    /// The tuple that the run is about, at most [`POSITIONS`] elements. Position 0 is the tag, which has to be
    /// [`Tag::ENTRY`](crate::Tag::ENTRY) for [`check`](mod@crate::check) to say anything about it.
    pub public: Vec<E>,
}

/// Why a run is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// The counts are not those of a run of this program.
    #[error("counts: {0}")]
    Rows(#[from] RowsError),
    /// There are not as many cells as rows need.
    #[error("{cells} cells for {rows} rows of {CELLS}")]
    Cells {
        /// Cells given.
        cells: usize,
        /// Rows, gaps included.
        rows: usize,
    },
    /// The public tuple is too long.
    #[error("the public tuple has {0} positions, more than {POSITIONS}")]
    Public(usize),
    /// A row that belongs to no kind has a cell other than zero.
    #[error("row {row} belongs to no kind, but its cell {cell} is not zero")]
    Gap {
        /// The row.
        row: usize,
        /// The cell.
        cell: usize,
    },
    /// A row does not satisfy a constraint.
    #[error("row {row}, number {index} of kind `{kind}`, does not satisfy constraint {constraint}")]
    Constraint {
        /// The row.
        row: usize,
        /// Its number among the rows of its kind.
        index: usize,
        /// The name of the kind.
        kind: String,
        /// The number of the constraint.
        constraint: usize,
    },
    /// A tuple is not consumed as often as it is produced.
    #[error(
        "tuple {tuple:?} does not cancel: {sum} remains; row {row:?} sends it first, in message {message} of kind `{kind}`"
    )]
    Balance {
        /// The tuple, without zeros at its end.
        tuple: Vec<E>,
        /// What its multiplicities, and -1 for the public tuple, add up to.
        sum: E,
        /// The first row that sends it; none if only the public tuple is this one.
        row: Option<usize>,
        /// The name of its kind.
        kind: String,
        /// The number of the message.
        message: usize,
    },
}

/// What is known about a tuple while messages are added up.
struct Balance {
    sum: E,
    /// Row, kind and message that send it first.
    first: Option<(usize, usize, usize)>,
}

impl Run {
    /// The rows of this run.
    ///
    /// # Errors
    /// If its counts are not those of a run of `program`.
    pub fn rows(&self, program: &Program) -> Result<Rows, RowsError> {
        Rows::new(program.header(), &self.counts)
    }

    /// Whether it is a run of `program`, by definition: constraints hold in all rows, outputs are those of the
    /// permutations, and all messages and `-1` times the public tuple cancel.
    ///
    /// # Errors
    /// The first row that does not satisfy a constraint, or the tuple that does not cancel and is sent first.
    pub fn check(&self, program: &Program) -> Result<(), RunError> {
        let rows = self.rows(program)?;
        if self.cells.len() != rows.end() * CELLS {
            return Err(RunError::Cells {
                cells: self.cells.len(),
                rows: rows.end(),
            });
        }
        if self.public.len() > POSITIONS {
            return Err(RunError::Public(self.public.len()));
        }
        let mut balances: HashMap<Vec<E>, Balance> = HashMap::new();
        for (row, cells) in self.cells.as_chunks::<CELLS>().0.iter().enumerate() {
            let Some(number) = rows.kind(row) else {
                match cells.iter().position(|&x| x != F::ZERO) {
                    Some(cell) => return Err(RunError::Gap { row, cell }),
                    None => continue,
                }
            };
            let kind = &program.kinds()[number];
            let columns = columns(kind.permutation, cells);
            for (constraint, equation) in kind.constraints.iter().enumerate() {
                let sum: E = equation
                    .products
                    .iter()
                    .map(|(left, right)| left.evaluate(&columns) * right.evaluate(&columns))
                    .sum();
                if sum != equation.result.evaluate(&columns) {
                    return Err(RunError::Constraint {
                        row,
                        index: row - rows.ranges()[number].start,
                        kind: kind.name.clone(),
                        constraint,
                    });
                }
            }
            for (message, sent) in kind.messages.iter().enumerate() {
                let multiplicity = sent.multiplicity.evaluate(&columns);
                if multiplicity == E::ZERO {
                    continue;
                }
                let tuple = sent.tuple.iter().map(|form| form.evaluate(&columns));
                let balance = balances.entry(trimmed(tuple.collect())).or_insert(Balance {
                    sum: E::ZERO,
                    first: Some((row, number, message)),
                });
                balance.sum += multiplicity;
            }
        }
        balances
            .entry(trimmed(self.public.clone()))
            .or_insert(Balance {
                sum: E::ZERO,
                first: None,
            })
            .sum -= E::ONE;
        let unbalanced = balances
            .into_iter()
            .filter(|(_, balance)| balance.sum != E::ZERO);
        // What the public tuple alone sends comes last.
        match unbalanced.min_by_key(|(_, balance)| (balance.first.is_none(), balance.first)) {
            None => Ok(()),
            Some((tuple, Balance { sum, first })) => Err(RunError::Balance {
                tuple,
                sum,
                row: first.map(|(row, _, _)| row),
                kind: first.map_or_else(
                    || "the public tuple".into(),
                    |(_, kind, _)| program.kinds()[kind].name.clone(),
                ),
                message: first.map_or(0, |(_, _, message)| message),
            }),
        }
    }
}

/// All columns of a row with these cells.
pub fn columns(permutation: Permutation, cells: &[F; CELLS]) -> [F; COLUMNS] {
    let mut columns = [F::ZERO; COLUMNS];
    columns[..CELLS].copy_from_slice(cells);
    columns[FIRST_OUTPUT..CONSTANT].copy_from_slice(&outputs(permutation, cells));
    columns[CONSTANT] = F::ONE;
    columns
}

/// The outputs of a row with these cells; those that its permutation does not have are zero.
pub fn outputs(permutation: Permutation, cells: &[F; CELLS]) -> [F; OUTPUTS] {
    let mut outputs = [F::ZERO; OUTPUTS];
    match permutation {
        Permutation::Width24 => {
            outputs.copy_from_slice(&cells[..OUTPUTS]);
            permute24(&mut outputs);
        }
        Permutation::Width16 => {
            let mut state: [F; 16] = core::array::from_fn(|i| cells[i]);
            permute16(&mut state);
            outputs[..16].copy_from_slice(&state);
        }
        Permutation::None => {}
    }
    outputs
}

/// A tuple without the zeros at its end, which stand for positions that are not given.
fn trimmed(mut tuple: Vec<E>) -> Vec<E> {
    while tuple.last() == Some(&E::ZERO) {
        tuple.pop();
    }
    tuple
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Constraint, Form, Kind, Message};

    fn constant(n: u32) -> Form {
        Form::constant(E::from_u32(n))
    }

    fn message(multiplicity: E, tuple: &[Form]) -> Message {
        Message {
            multiplicity: Form::constant(multiplicity),
            tuple: tuple.to_vec(),
        }
    }

    /// `main(x) = square(x)[0]` where a square's row also permutes.
    fn program() -> Program {
        let main = Kind {
            messages: vec![
                message(E::ONE, &[constant(1), Form::cell(0), Form::cell(1)]),
                message(-E::ONE, &[constant(18), Form::cell(0), Form::cell(1)]),
            ],
            ..Kind::new("main", Permutation::None)
        };
        let square = Kind {
            constraints: vec![Constraint {
                products: vec![(Form::cell(0), Form::cell(0))],
                result: &Form::output(3) - &Form::cell(20),
            }],
            messages: vec![message(
                E::ONE,
                &[constant(18), Form::cell(0), Form::cell(20)],
            )],
            ..Kind::new("square", Permutation::Width16)
        };
        Program::new(vec![square], vec![main]).unwrap()
    }

    fn run() -> Run {
        let mut cells = vec![F::ZERO; 2 * CELLS];
        cells[0] = F::from_u8(7);
        let permuted = outputs(Permutation::Width16, cells[..CELLS].try_into().unwrap());
        cells[20] = permuted[3] - F::from_u8(49);
        cells[CELLS] = F::from_u8(7);
        cells[CELLS + 1] = cells[20];
        Run {
            counts: Counts {
                instances: 1,
                log_block: 0,
                zone_b: vec![1],
            },
            public: vec![E::ONE, E::from_u8(7), E::from(cells[20]), E::ZERO],
            cells,
        }
    }

    #[test]
    fn a_run_satisfies_constraints_and_balances() {
        run().check(&program()).unwrap();
    }

    #[test]
    fn a_constraint_that_fails_is_named() {
        let mut run = run();
        run.cells[5] += F::ONE;
        assert_eq!(
            run.check(&program()).unwrap_err().to_string(),
            "row 0, number 0 of kind `square`, does not satisfy constraint 0"
        );
    }

    #[test]
    fn a_tuple_that_remains_is_named_with_its_sender() {
        let mut other = run();
        other.public[2] += E::ONE;
        let error = other.check(&program()).unwrap_err();
        assert!(
            matches!(&error, RunError::Balance { row: Some(1), kind, message: 0, .. } if kind == "main"),
            "{error}"
        );

        let mut twice = run();
        twice.counts.zone_b[0] = 0;
        twice.cells.truncate(CELLS);
        let error = twice.check(&program()).unwrap_err();
        assert!(matches!(
            error,
            RunError::Balance {
                row: Some(0),
                message: 0,
                ..
            }
        ));
    }

    #[test]
    fn shapes_are_checked_first() {
        let mut short = run();
        short.cells.pop();
        assert_eq!(
            short.check(&program()),
            Err(RunError::Cells {
                cells: 191,
                rows: 2
            })
        );
        let mut long = run();
        long.public.resize(33, E::ZERO);
        assert_eq!(long.check(&program()), Err(RunError::Public(33)));
        // Three instances in blocks of four leave a gap.
        let kind = Kind::new("empty", Permutation::Width24);
        let program = Program::new(vec![kind], vec![]).unwrap();
        let mut gap = Run {
            counts: Counts {
                instances: 3,
                log_block: 2,
                zone_b: vec![],
            },
            cells: vec![F::ZERO; 4 * CELLS],
            public: vec![],
        };
        gap.cells[3 * CELLS + 8] = F::ONE;
        assert_eq!(gap.check(&program), Err(RunError::Gap { row: 3, cell: 8 }));
    }
}
