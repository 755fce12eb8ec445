//! Parameters without a search: one entry of a table for every number of row variables and rate.
//!
//! An entry fixes the oracles of an opening: what each folds and leaves, its rate, slack, grinding and queries. All error terms are functions of these
//! and of the statement, so every proof of a size is as secure as its entry, whatever is live. Live slices decide how long the rows of the first
//! oracle are, and nothing else.
//!
//! **Which entry.** The search ([`Setup::new`]) minimises a price in which live slices count. An entry is what it chooses where all cells are live: of what
//! the search chooses for any width this opens the fewest elements, and what a verifier pays, in a program above all, is the hashing of these.

use sheaf_pcs::ParameterError;
use sheaf_pcs::parameters::Round;
use sheaf_program::layout::COLUMN_BITS;
use thiserror::Error;

use crate::live::{SLICE_COLUMN_BITS, block_bits};
use crate::parameter_table::{FIRST_LOG_ROWS, ROUNDS};
use crate::setup::{OPENING_CLAIMS, Setup};
use crate::statement::Statement;

/// Why the table has no set-up for a statement and a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// Another rate.
    #[error("the table of parameters has rates 2^-1 to 2^-3, not 2^-{log_inv_rate}")]
    Rate {
        /// The logarithm of the inverse rate.
        log_inv_rate: usize,
    },
    /// No proof about the statement can have the entry.
    #[error("the table of parameters does not fit: {0}")]
    Entry(#[from] ParameterError),
}

impl Setup {
    /// The set-up of a statement's size, from a table: no search, and no floating-point number.
    ///
    /// Every set-up of the table reaches 128 bits. Where all cells are live it is the one that `Setup::new` finds; elsewhere that may find
    /// another, and a proof is verified with the set-up that it was made with.
    ///
    /// # Errors
    /// If the table has no such rate, or nothing is live.
    pub fn from_table(statement: &Statement, log_inv_rate: usize) -> Result<Self, TableError> {
        // Every statement has a row of the table.
        let entry = statement
            .rows()
            .log_rows()
            .checked_sub(FIRST_LOG_ROWS)
            .and_then(|row| ROUNDS.get(row))
            .and_then(|row| row.get(log_inv_rate.checked_sub(1)?))
            .ok_or(TableError::Rate { log_inv_rate })?;
        let mut rounds = entry.to_vec();
        if let Some(first) = rounds.first_mut() {
            first.row_elements = statement.live().width();
        }
        Ok(Self::from_rounds(statement, rounds)?)
    }
}

/// An entry of the table, by itself.
#[derive(Clone, Debug)]
pub struct SizeClass {
    /// Row variables.
    pub log_rows: usize,
    /// Log of the inverse rate.
    pub log_inv_rate: usize,
    /// The oracles. The length of the first one's rows is that of a proof.
    pub rounds: &'static [Round],
}

/// All entries of the table.
#[must_use]
pub fn size_classes() -> Vec<SizeClass> {
    let of_size = |(log_rows, entries): (usize, &'static [&'static [Round]; 3])| {
        (1..)
            .zip(entries)
            .map(move |(log_inv_rate, &rounds)| SizeClass {
                log_rows,
                log_inv_rate,
                rounds,
            })
    };
    (FIRST_LOG_ROWS..).zip(&ROUNDS).flat_map(of_size).collect()
}

impl SizeClass {
    /// What a transcript absorbs of its parameters, in the order of `Parameters::description`, without live slices; their number, which is
    /// that of a proof, is zero.
    #[must_use]
    pub fn description(&self) -> Vec<usize> {
        let slice_variables = SLICE_COLUMN_BITS + block_bits(self.log_rows);
        let inner = COLUMN_BITS + self.log_rows - slice_variables;
        let mut numbers = vec![inner, slice_variables, 0, OPENING_CLAIMS, self.rounds.len()];
        numbers.extend(self.rounds.iter().flat_map(Round::description));
        numbers
    }
}
