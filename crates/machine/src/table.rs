//! Parameters without a search: one entry of a table for every number of row variables and rate.
//!
//! An entry fixes the oracles of an opening: what each folds and leaves, its rate, slack, grinding and queries. All error terms are functions of these
//! and of the statement, so every proof of a size is as secure as its entry, whatever is live. Live slices decide how long the rows of the first
//! oracle are, and nothing else.
//!
//! **Which entry.** The search ([`Setup::new`]) minimises a price in which live slices count. An entry is what it chooses where all cells are live: of what
//! the search chooses for any width this opens the fewest elements, and what a verifier pays, in a program above all, is the hashing of these.

use sheaf_pcs::ParameterError;
use thiserror::Error;

use crate::parameter_table::{FIRST_LOG_ROWS, ROUNDS};
use crate::setup::Setup;
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
