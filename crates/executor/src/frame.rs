//! Rows that are being found, on a stack of our own.

use std::collections::HashMap;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_poseidon::{permute16, permute24_single};
use sheaf_program::layout::{COLUMNS, CONSTANT, FIRST_OUTPUT};
use sheaf_program::{E, F, coefficients};

use crate::Input;
use crate::compile::{Columns, Compiled, Op};
use crate::error::{CALLERS, Caller, ExecuteError, Problem};
use crate::rows::{self, KindRows};
use crate::tables::Tables;

/// A row that is being found.
struct Frame {
    procedure: usize,
    /// The operation that comes next, or is waiting for what it called.
    op: usize,
    columns: Columns,
    then: Then,
}

/// What happens to its results.
enum Then {
    /// They go to the caller's cells.
    Return,
    /// They are the loop's next state.
    Step { callable: usize },
    /// They are kept for these arguments.
    Remember { callable: usize, arguments: Vec<F> },
}

/// A result that has been found.
struct Remembered {
    results: Vec<F>,
    /// The cell that counts its uses: kind, row and cell.
    count: (usize, usize, usize),
}

/// A program that is being run.
pub(crate) struct Machine<'a> {
    compiled: &'a Compiled,
    input: Input<'a>,
    advice: usize,
    frames: Vec<Frame>,
    /// Rows that are complete, by kind.
    kinds: Vec<KindRows>,
    rows: usize,
    tables: Tables,
    remembered: Vec<HashMap<Vec<F>, Remembered>>,
    /// What has been passed: arguments, a state or results.
    values: Vec<F>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(compiled: &'a Compiled, input: Input<'a>) -> Self {
        let mut kinds = vec![KindRows::default(); compiled.kinds];
        for procedure in &compiled.procedures {
            kinds[procedure.kind] = KindRows::new(rows::width(procedure));
        }
        Self {
            compiled,
            input,
            advice: 0,
            frames: Vec::new(),
            kinds,
            // The first one.
            rows: 1,
            tables: Tables::new(compiled),
            remembered: compiled.callables.iter().map(|_| HashMap::new()).collect(),
            values: Vec::new(),
        }
    }

    pub(crate) fn advice_used(&self) -> usize {
        self.advice
    }

    /// All complete rows by kind, and the tables.
    pub(crate) fn finish(self) -> (Vec<KindRows>, Tables) {
        (self.kinds, self.tables)
    }

    /// Calls main, and all that it calls.
    pub(crate) fn main(&mut self, main: usize) -> Result<Vec<F>, ExecuteError> {
        self.values = self.input.arguments.to_vec();
        let outcome = self.call(main).and_then(|()| self.follow());
        match outcome {
            Ok(()) => Ok(std::mem::take(&mut self.values)),
            Err(problem) => Err(self.locate(problem)),
        }
    }

    /// Follows frames until none is left.
    fn follow(&mut self) -> Result<(), Problem> {
        while let Some(frame) = self.frames.last() {
            let procedure = &self.compiled.procedures[frame.procedure];
            match procedure.ops.get(frame.op) {
                Some(op) => self.execute(op)?,
                None => self.complete()?,
            }
        }
        Ok(())
    }

    /// Executes one operation of the top frame, and goes on to the next unless it has called.
    #[inline]
    fn execute(&mut self, op: &'a Op) -> Result<(), Problem> {
        let frame = self.frames.last_mut().expect("an operation has a row");
        let columns = &mut frame.columns;
        match op {
            Op::Solve { cell, sum } => columns[usize::from(*cell)] = sum.evaluate(columns),
            Op::SolveWord { cells, sum } => {
                let value = coefficients(sum.evaluate(columns));
                put(columns, cells, &value);
            }
            Op::Assert { sum, message } => {
                if sum.evaluate(columns) != F::ZERO {
                    return Err(Problem::Assertion {
                        message: message.clone(),
                    });
                }
            }
            Op::AssertWord { sum, message } => {
                if sum.evaluate(columns) != E::ZERO {
                    return Err(Problem::Assertion {
                        message: message.clone(),
                    });
                }
            }
            Op::Permute24 => {
                let mut state: [F; 24] = core::array::from_fn(|i| columns[i]);
                permute24_single(&mut state);
                columns[FIRST_OUTPUT..FIRST_OUTPUT + 24].copy_from_slice(&state);
            }
            Op::Permute16 => {
                let mut state: [F; 16] = core::array::from_fn(|i| columns[i]);
                permute16(&mut state);
                columns[FIRST_OUTPUT..FIRST_OUTPUT + 16].copy_from_slice(&state);
            }
            Op::Advice { cells } => {
                let advice = self.input.advice;
                let Some(taken) = advice[self.advice..].get(..cells.len()) else {
                    return Err(Problem::Advice {
                        length: advice.len(),
                    });
                };
                self.advice += cells.len();
                put(columns, cells, taken);
            }
            Op::Hint {
                inputs,
                cells,
                compute,
            } => {
                self.values.clear();
                self.values
                    .extend(inputs.iter().map(|x| x.evaluate(columns)));
                let found = compute(&self.values).map_err(Problem::Hint)?;
                if found.len() != cells.len() {
                    return Err(Problem::HintLength {
                        given: found.len(),
                        expected: cells.len(),
                    });
                }
                put(columns, cells, &found);
            }
            Op::Allocate {
                memory,
                words,
                cell,
            } => {
                let words = words.evaluate(columns).as_canonical_u32() as usize;
                let most = self.input.max_rows;
                let memory = &mut self.tables.memories[*memory];
                if words.saturating_add(memory.len()) > most {
                    return Err(Problem::TooManyRows { most });
                }
                columns[usize::from(*cell)] = memory.allocate(words);
            }
            Op::Read {
                memory,
                address,
                word,
            } => {
                let address = address.evaluate(columns).as_canonical_u32();
                match self.tables.memories[*memory].read(address as usize) {
                    Some(found) => {
                        let name = &self.compiled.memories[*memory].1;
                        word.put(columns, found).map_err(unexpected(name))?;
                    }
                    None => {
                        let name = self.compiled.memories[*memory].1.clone();
                        return Err(Problem::Unwritten { name, address });
                    }
                }
            }
            Op::Write {
                memory,
                address,
                word,
            } => {
                let address = address.evaluate(columns).as_canonical_u32();
                let name = || self.compiled.memories[*memory].1.clone();
                if address as usize >= self.input.max_rows {
                    let most = self.input.max_rows;
                    return Err(Problem::Address {
                        name: name(),
                        address,
                        most,
                    });
                }
                self.values.clear();
                self.values.extend(word.iter().map(|x| x.evaluate(columns)));
                if !self.tables.memories[*memory].write(address as usize, &self.values) {
                    return Err(Problem::WrittenTwice {
                        name: name(),
                        address,
                    });
                }
            }
            Op::Lookup { range, number } => {
                let number = number.evaluate(columns).as_canonical_u32();
                if !self.tables.ranges[*range].look_up(number) {
                    let (name, _, size) = &self.compiled.ranges[*range];
                    return Err(Problem::NotInRange {
                        name: name.clone(),
                        number,
                        size: *size,
                    });
                }
            }
            Op::Call {
                routine, arguments, ..
            } => {
                self.values.clear();
                self.values
                    .extend(arguments.iter().map(|x| x.evaluate(columns)));
                return self.call(*routine);
            }
            Op::Loop {
                routine,
                ticket,
                start,
                ..
            } => {
                self.values.clear();
                self.values
                    .extend(start.iter().map(|x| x.evaluate(columns)));
                columns[usize::from(*ticket)] = self.tables.tickets.next();
                return self.iterate(*routine);
            }
        }
        frame.op += 1;
        Ok(())
    }

    /// Begins a call with arguments in `values`.
    fn call(&mut self, callable: usize) -> Result<(), Problem> {
        let then = if self.compiled.callables[callable].memoised {
            if let Some(known) = self.remembered[callable].get(&self.values) {
                let (kind, row, cell) = known.count;
                *self.kinds[kind].cell_mut(row, cell) += F::ONE;
                self.values.clone_from(&known.results);
                return self.deliver();
            }
            Then::Remember {
                callable,
                arguments: self.values.clone(),
            }
        } else {
            Then::Return
        };
        self.enter(callable, then)
    }

    /// Goes on with a loop from the state in `values`.
    fn iterate(&mut self, callable: usize) -> Result<(), Problem> {
        let until = self.compiled.callables[callable].until.as_ref();
        if until.is_some_and(|until| until(&self.values)) {
            return self.deliver();
        }
        self.enter(callable, Then::Step { callable })
    }

    /// Begins the row that is meant for `values`.
    fn enter(&mut self, callable: usize, then: Then) -> Result<(), Problem> {
        let routine = &self.compiled.callables[callable];
        let meant = routine.procedures.iter().find(|&&index| {
            let guard = self.compiled.procedures[index].guard.as_ref();
            guard.is_none_or(|guard| guard(&self.values))
        });
        let Some(&index) = meant else {
            return Err(Problem::NoBranch {
                name: routine.name.clone(),
                values: self.values.clone(),
            });
        };
        let most = self.input.max_rows;
        if self.rows + self.frames.len() + self.tables.len() >= most {
            return Err(Problem::TooManyRows { most });
        }
        let procedure = &self.compiled.procedures[index];
        let mut columns = [F::ZERO; COLUMNS];
        columns[CONSTANT] = F::ONE;
        let parameters = procedure.parameters.put(&mut columns, &self.values);
        parameters.map_err(unexpected(&routine.name))?;
        if let Some(ticket) = procedure.ticket {
            // The loop's row is below: a step's own caller is the row that runs the loop.
            let ticket = usize::from(ticket);
            columns[ticket] = self.ticket();
        }
        self.frames.push(Frame {
            procedure: index,
            op: 0,
            columns,
            then,
        });
        Ok(())
    }

    /// The ticket of the loop that the top frame runs.
    fn ticket(&self) -> F {
        let frame = self.frames.last().expect("a loop is run by a row");
        match self.compiled.procedures[frame.procedure].ops[frame.op] {
            Op::Loop { ticket, .. } => frame.columns[usize::from(ticket)],
            _ => unreachable!("only a loop has steps"),
        }
    }

    /// Hands `values` to the operation that waits for them, if any row is left.
    fn deliver(&mut self) -> Result<(), Problem> {
        let Some(frame) = self.frames.last_mut() else {
            return Ok(());
        };
        let (received, routine) = match &self.compiled.procedures[frame.procedure].ops[frame.op] {
            Op::Call {
                results: received,
                routine,
                ..
            }
            | Op::Loop {
                end: received,
                routine,
                ..
            } => (received, *routine),
            _ => unreachable!("only calls and loops wait"),
        };
        let name = &self.compiled.callables[routine].name;
        received
            .put(&mut frame.columns, &self.values)
            .map_err(unexpected(name))?;
        frame.op += 1;
        Ok(())
    }

    /// Takes the top frame off, whose operations are done.
    fn complete(&mut self) -> Result<(), Problem> {
        let Some(frame) = self.frames.last_mut() else {
            return Ok(());
        };
        let procedure = &self.compiled.procedures[frame.procedure];
        self.values.clear();
        let results = procedure.results.iter();
        self.values
            .extend(results.map(|x| x.evaluate(&frame.columns)));
        if let Some(multiplicity) = procedure.multiplicity {
            frame.columns[usize::from(multiplicity)] = F::ONE;
        }
        let rows = &mut self.kinds[procedure.kind];
        let row = rows.len();
        rows.push_prefix(&frame.columns);
        self.rows += 1;
        let then = std::mem::replace(&mut frame.then, Then::Return);
        self.frames.truncate(self.frames.len() - 1);
        match then {
            Then::Return => self.deliver(),
            Then::Step { callable } => self.iterate(callable),
            Then::Remember {
                callable,
                arguments,
            } => {
                let multiplicity = procedure.multiplicity.map_or(0, usize::from);
                let known = Remembered {
                    results: self.values.clone(),
                    count: (procedure.kind, row, multiplicity),
                };
                self.remembered[callable].insert(arguments, known);
                self.deliver()
            }
        }
    }

    /// The problem, with the lines that led to it.
    fn locate(&self, problem: Problem) -> ExecuteError {
        let caller = |frame: &Frame| {
            let procedure = &self.compiled.procedures[frame.procedure];
            let location = procedure.locations.get(frame.op).copied();
            Caller {
                kind: procedure.name.clone(),
                location: location.unwrap_or(procedure.location),
            }
        };
        let depth = self.frames.len();
        let left_out = depth.saturating_sub(2 * CALLERS);
        let callers = (self.frames.iter().rev().enumerate())
            .filter(|&(i, _)| i < CALLERS || i >= CALLERS + left_out)
            .map(|(_, frame)| caller(frame))
            .collect();
        ExecuteError {
            problem,
            callers,
            left_out,
        }
    }
}

fn unexpected(name: &str) -> impl FnOnce((usize, F)) -> Problem {
    move |(index, found)| Problem::Unexpected {
        name: name.to_owned(),
        index,
        found: found.as_canonical_u32(),
    }
}

fn put(columns: &mut Columns, cells: &[u8], values: &[F]) {
    for (&cell, &value) in cells.iter().zip(values) {
        columns[usize::from(cell)] = value;
    }
}
