//! Parameters without a search: one entry of a table per size class.
//!
//! A *size class* is what proofs of nearly the same size have in common: the scheme, the number of lanes rounded up to a power
//! of two (at least 16), and the rate. It fixes
//!
//! - the numbers of column and of lane variables, and how many of each are slice variables ([`Stacking`]);
//! - the oracles: what each folds and leaves, its rate, slack, grinding and queries ([`Round`]).
//!
//! All error terms are functions of these, so every proof of a class is as secure as its entry. What remains a function of the
//! exact number of lanes, and of whether carries are committed, is which slices are live, and with them the length of the
//! first oracle's rows ([`Round::row_elements`]).
//!
//! **Which entry.** The search (`stacking::choose`) minimises a cost in which live slices count, so it may choose differently
//! for two numbers of lanes of one class. An entry is what it chooses for a full class without carries: `2^log_lanes` lanes.
//!
//! **Who uses it.** Everybody: all proofs of the scheme prod are made with the entry of their class. A program that verifies
//! proofs has room for a table and none for a search, and it could not verify, nor merge with others, a proof that was
//! made with other parameters.

use sheaf_pcs::parameters::Round;
use sheaf_pcs::stacking::Stacking;
use sheaf_pcs::{ParameterError, Parameters};
use sheaf_xmss::{PROD, Scheme};
use thiserror::Error;

use crate::parameter_table;
use crate::setup::Setup;
use crate::shape::{MIN_LOG_LANES, Shape};
use crate::stacking::{self, OPENING_CLAIMS};
use crate::statement::Statement;

/// What a size class fixes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// High column bits among the slice variables.
    pub column_bits: usize,
    /// High lane bits among the slice variables.
    pub lane_bits: usize,
    /// The oracles. The first one's `row_elements` are of no account.
    pub rounds: &'static [Round],
}

/// Why the table has no set-up for a statement and a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// Another scheme.
    #[error("the table of parameters is for the scheme {}, not for {scheme}", PROD.name)]
    Scheme {
        /// The name of the statement's scheme.
        scheme: &'static str,
    },
    /// Another rate.
    #[error("the table of parameters has rates 2^-1 to 2^-4, not 2^-{log_inv_rate}")]
    Rate {
        /// The logarithm of the inverse rate.
        log_inv_rate: usize,
    },
    /// The entry is not for polynomials of this size: the table is of another version than the code.
    #[error("the table of parameters does not fit: {0}")]
    Entry(#[from] ParameterError),
}

/// An entry of the table, by itself.
#[derive(Clone, Debug)]
pub struct SizeClass {
    /// Lane variables.
    pub log_lanes: usize,
    /// Log of the inverse rate.
    pub log_inv_rate: usize,
    /// High column bits among the slice variables.
    pub column_bits: usize,
    /// Column and lane variables in all.
    variables: usize,
    /// The oracles. The length of the first one's rows is that of a proof.
    pub rounds: &'static [Round],
}

/// All entries of the table.
#[must_use]
pub fn size_classes() -> Vec<SizeClass> {
    let of_size = |(log_lanes, entries): (usize, &'static [Entry; 4])| {
        let shape = Shape::with_lanes(PROD, 1 << log_lanes, false);
        let entry = move |(log_inv_rate, entry): (usize, &'static Entry)| SizeClass {
            log_lanes,
            log_inv_rate,
            column_bits: entry.column_bits,
            variables: shape.log_lanes + shape.log_columns(),
            rounds: entry.rounds,
        };
        (1..).zip(entries).map(entry).collect::<Vec<_>>()
    };
    (MIN_LOG_LANES..)
        .zip(&parameter_table::PROD)
        .flat_map(of_size)
        .collect()
}

impl SizeClass {
    /// What a transcript absorbs of its parameters, in the order of [`Parameters::description`], without live slices; their number, which is that of
    /// a proof, is zero.
    #[must_use]
    pub fn description(&self) -> Vec<usize> {
        let slice_variables = self.rounds.first().map_or(0, |round| round.slice_variables);
        let inner = self.variables - slice_variables;
        let mut numbers = vec![inner, slice_variables, 0, OPENING_CLAIMS, self.rounds.len()];
        numbers.extend(self.rounds.iter().flat_map(Round::description));
        numbers
    }
}

impl Entry {
    /// The entry for a size and a rate.
    fn of(scheme: &Scheme, log_lanes: usize, log_inv_rate: usize) -> Result<Self, TableError> {
        if *scheme != PROD {
            let scheme = scheme.name;
            return Err(TableError::Scheme { scheme });
        }
        // Statements have at most 2^16 lanes, which are the last row.
        let row = log_lanes
            .checked_sub(MIN_LOG_LANES)
            .and_then(|row| parameter_table::PROD.get(row));
        log_inv_rate
            .checked_sub(1)
            .and_then(|column| row?.get(column))
            .copied()
            .ok_or(TableError::Rate { log_inv_rate })
    }

    /// The commitment of a shape in this class.
    fn commitment(&self, shape: &Shape) -> Result<(Stacking, Parameters), ParameterError> {
        let stacking = stacking::of_lanes(shape, self.column_bits, self.lane_bits)?;
        let mut rounds = self.rounds.to_vec();
        if let Some(first) = rounds.first_mut() {
            first.row_elements = stacking.layout().width();
        }
        let parameters = Parameters::from_rounds(stacking.layout(), OPENING_CLAIMS, rounds)?;
        Ok((stacking, parameters))
    }
}

impl Setup {
    /// The set-up of the statement's size class, from a table: no search, and no floating-point number.
    ///
    /// For the scheme prod; all its proofs are made with this set-up. It is what the search finds for the number of signatures
    /// rounded up to a power of two, at least 16, and no carries, with the live slices of the exact size. Every set-up of the
    /// table reaches `TARGET_BITS`.
    ///
    /// # Errors
    /// If the table has no such scheme or rate.
    pub fn from_table(statement: &Statement, log_inv_rate: usize) -> Result<Self, TableError> {
        Self::of_class(Self::shape(statement), log_inv_rate)
    }

    pub(crate) fn of_class(shape: Shape, log_inv_rate: usize) -> Result<Self, TableError> {
        let class = Entry::of(&shape.scheme, shape.log_lanes, log_inv_rate)?;
        let (stacking, parameters) = class.commitment(&shape)?;
        Ok(Self {
            shape,
            stacking,
            parameters,
            log_inv_rate,
        })
    }
}

#[cfg(all(test, feature = "search"))]
mod tests;
