//! Runs programs on a tape of advice, and finds their rows.
//!
//! An [`Executor`] takes what `sheaf_program::builder` gives, a program with procedures, and arguments. It follows main, call
//! after call, and returns a [`Run`] with a profile, or the line of the program's source that
//! failed, with the chain of its callers.
//!
//! Calls are no recursion of ours, so that a program may be as deep as it has rows; and rows are bounded by
//! the caller. Nothing here is trusted: `Run::check` and proofs look at rows only.

#![forbid(unsafe_code)]

mod compile;
mod error;
mod frame;
mod profile;
mod rows;
mod tables;

use p3_field::PrimeCharacteristicRing;
use sheaf_program::builder::Executable;
use sheaf_program::layout::CELLS;
use sheaf_program::rows::LOG_ROWS_MAX;
use sheaf_program::{Counts, F, Rows, Run};

use crate::compile::Compiled;
pub use crate::error::{Caller, ExecuteError, Problem};
use crate::frame::Machine;
pub use crate::profile::{KindProfile, Profile};
use crate::rows::KindRows;

/// What a program is run on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Main's arguments, element by element: the coefficients of each position.
    pub arguments: &'a [F],
    /// The tape, from which the program takes advice.
    pub advice: &'a [F],
    /// The most rows that the run may have, which bounds memory: 388 bytes each, four more for each cell
    /// that it fills until all rows are found, and about 600 for each open call.
    pub max_rows: usize,
}

/// What a run gives.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rows.
    pub run: Run,
    /// Main's results, element by element.
    pub results: Vec<F>,
    /// Elements taken from the tape.
    pub advice_used: usize,
    /// Where rows went.
    pub profile: Profile,
}

/// A program, prepared for running.
pub struct Executor<'a> {
    executable: &'a Executable,
    compiled: Compiled,
}

impl<'a> Executor<'a> {
    /// Prepares a program.
    #[must_use]
    pub fn new(executable: &'a Executable) -> Self {
        Self {
            executable,
            compiled: Compiled::new(executable),
        }
    }

    /// Runs the program.
    ///
    /// # Errors
    /// The first assertion, hint, read or branch that failed, with its line and callers; or too many rows.
    pub fn run(&self, input: Input<'_>) -> Result<Outcome, ExecuteError> {
        let entry = &self.executable.entry;
        let expected = entry.argument_elements();
        if input.arguments.len() != expected {
            let problem = Problem::Arguments {
                given: input.arguments.len(),
                expected,
            };
            return Err(ExecuteError::outside(problem));
        }
        let mut machine = Machine::new(&self.compiled, input);
        let results = machine.main(self.compiled.routine(entry.main))?;
        let advice_used = machine.advice_used();
        let (mut kinds, tables) = machine.finish();

        // The first row, and chains.
        let mut first = vec![F::default(); CELLS];
        first[..expected].copy_from_slice(input.arguments);
        first[expected..][..results.len()].copy_from_slice(&results);
        for (index, memory) in tables.memories.iter().enumerate() {
            first[usize::from(entry.memories[&memory.tag])] = memory.end();
            kinds[self.compiled.memory_kind(index)] = memory.rows();
        }
        for (index, range) in tables.ranges.iter().enumerate() {
            kinds[self.compiled.range_kind(index)] = range.rows();
        }
        if let Some((cell, kind)) = entry.tickets {
            first[usize::from(cell)] = tables.tickets.end();
            kinds[kind] = tables.tickets.rows();
        }
        kinds[entry.kind] = KindRows::new(CELLS);
        kinds[entry.kind].push(first);

        let counts = self.counts(&kinds)?;
        let program = &self.executable.program;
        let most = input.max_rows.min((1 << LOG_ROWS_MAX) - 1);
        let rows = Rows::new(program.header(), &counts).ok();
        let Some(rows) = rows.filter(|rows| rows.end() <= most) else {
            return Err(ExecuteError::outside(Problem::TooManyRows { most }));
        };
        let profile = Profile::new(self.executable, &counts);
        let mut cells = F::zero_vec(rows.end() * CELLS);
        for (range, kind) in rows.ranges().iter().zip(&kinds) {
            kind.write(&mut cells[range.start * CELLS..range.end * CELLS]);
        }
        let public = entry.public(input.arguments, &results);
        let run = Run {
            counts,
            cells,
            public,
        };
        Ok(Outcome {
            run,
            results,
            advice_used,
            profile,
        })
    }

    /// The counts of these rows, by kind.
    fn counts(&self, kinds: &[KindRows]) -> Result<Counts, ExecuteError> {
        let program = &self.executable.program;
        let rows = |kind: usize| kinds[kind].len();
        let zone_a = program.header().kinds_a();
        let instances = if zone_a == 0 { 1 } else { rows(0) };
        let wrong = (0..zone_a).find(|&kind| rows(kind) > 16 || rows(kind) != instances);
        if let Some(kind) = wrong {
            return Err(ExecuteError::outside(Problem::Instances {
                name: program.kinds()[kind].name.clone(),
                rows: rows(kind),
                first: program.kinds()[0].name.clone(),
                instances,
            }));
        }
        let zone_b = (zone_a..kinds.len()).map(|kind| rows(kind) as u32);
        Ok(Counts::new(instances as u32, zone_b.collect()))
    }
}
