//! The parameters of the protocol: what to fold, at which rates, how often to query.
//!
//! Prover and verifier have to agree on them, so nothing about the shape of a proof is read from the proof. They have
//! them either from the search, `Parameters::new`, a pure function of the layout, the rate and the security target; or as
//! data, [`Parameters::from_rounds`]. The search, and all that judges security, is behind the feature `search`: a verifier
//! that has its parameters as data computes no logarithm.

mod bounds;
#[cfg(feature = "search")]
mod cost;
#[cfg(feature = "search")]
mod search;
#[cfg(feature = "search")]
mod security;

pub use bounds::MAX_LOG_INV_RATE;
#[cfg(feature = "search")]
pub use search::Search;
use sheaf_transcript::EXTENSION_DEGREE;
use thiserror::Error;

use crate::layout::Layout;

/// One committed oracle and its folding.
///
/// Oracle `i` encodes `f_i`, whose first `slice_variables` variables are then
/// bound to challenges, which gives `f_{i+1}`, a polynomial in `inner_variables` variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Base-field elements per row of the codeword.
    pub row_elements: usize,
    /// Variables bound in this round.
    pub slice_variables: usize,
    /// Variables that remain; log of the dimension of the code.
    pub inner_variables: usize,
    /// Log of the ratio of the code's length to its dimension.
    pub log_inv_rate: usize,
    /// The integer `m` of the Johnson regime: agreement `sqrt(rho) (1 + 1/(2m))`.
    pub slack: usize,
    /// Difficulty of the proof of work before every folding challenge.
    pub fold_grinding: usize,
    /// Positions queried, with repetition.
    pub queries: usize,
    /// Difficulty of the proof of work before the query positions.
    pub query_grinding: usize,
}

impl Round {
    /// An oracle of a table of parameters. Its rows have the length of those of every oracle but the first, where the number of live slices decides.
    #[must_use]
    pub const fn of_table(
        slice_variables: usize,
        inner_variables: usize,
        log_inv_rate: usize,
        slack: usize,
        fold_grinding: usize,
        queries: usize,
        query_grinding: usize,
    ) -> Self {
        Self {
            row_elements: EXTENSION_DEGREE << slice_variables,
            slice_variables,
            inner_variables,
            log_inv_rate,
            slack,
            fold_grinding,
            queries,
            query_grinding,
        }
    }

    /// Variables of the polynomial that the oracle encodes.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.slice_variables + self.inner_variables
    }

    /// The numbers that the transcript absorbs of it.
    #[must_use]
    pub const fn description(&self) -> [usize; 7] {
        [
            self.slice_variables,
            self.inner_variables,
            self.log_inv_rate,
            self.slack,
            self.fold_grinding,
            self.queries,
            self.query_grinding,
        ]
    }

    /// Log of the number of rows of the codeword.
    #[must_use]
    pub const fn domain_bits(&self) -> usize {
        self.inner_variables + self.log_inv_rate
    }
}

/// Why there are no parameters for a layout and a security target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// The list of live slices is empty, unsorted or out of range.
    #[error("live slices must be strictly increasing and below 2^{slice_variables}, and not empty")]
    LiveSlices {
        /// Log of the number of slices.
        slice_variables: usize,
    },
    /// A dimension is zero or too large.
    #[error(
        "unsupported shape: 2^{slice_variables} slices of 2^{inner_variables} at rate 2^-{log_inv_rate}"
    )]
    Shape {
        /// Log of the number of slices.
        slice_variables: usize,
        /// Log of the height.
        inner_variables: usize,
        /// Log of the inverse rate.
        log_inv_rate: usize,
    },
    /// A number of a table that is stacked, or of its split, is out of bounds, or does not fit the tables before it.
    #[error("table {table}: {quantity} is {value}, which is not in {least}..={most}")]
    Table {
        /// Index of the table.
        table: usize,
        /// The name of the number, in [`Table`](crate::stacking::Table) or [`Split`](crate::stacking::Split).
        quantity: &'static str,
        /// Its value.
        value: usize,
        /// The least value possible here.
        least: usize,
        /// The largest value possible here.
        most: usize,
    },
    /// There is not a single round.
    #[error("an opening has at least one round")]
    NoRounds,
    /// More claims than one opening takes.
    #[error("{max_claims} claims, at most {most} are supported")]
    Claims {
        /// How many were asked for.
        max_claims: usize,
        /// The largest number supported.
        most: usize,
    },
    /// A number of a round is out of bounds, or does not fit the round before it.
    #[error("oracle {oracle}: {quantity} is {value}, which is not in {least}..={most}")]
    Round {
        /// Index of the round.
        oracle: usize,
        /// The name of the field of [`Round`].
        quantity: &'static str,
        /// Its value.
        value: usize,
        /// The least value possible here.
        least: usize,
        /// The largest value possible here; the same where there is but one, and less where there is none.
        most: usize,
    },
    /// The fields and the grinding allowed do not reach the target.
    #[error("no parameters reach {millibits} thousandths of a bit")]
    Unreachable {
        /// The target in thousandths of a bit.
        millibits: i64,
    },
}

/// The shape of a commitment and of its opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    layout: Layout,
    max_claims: usize,
    rounds: Vec<Round>,
}

impl Parameters {
    /// The parameters with these rounds, which need not be those that the search finds.
    ///
    /// All of a proof's shape is checked: what a verifier of these parameters reads and computes is bounded. How secure they
    /// are is not; `Parameters::security_bits` says that of any parameters, and whoever has them from elsewhere asks it.
    ///
    /// # Errors
    /// If the layout is malformed, or a round is not one that the protocol can have in this place; the first such number is
    /// named.
    pub fn from_rounds(
        layout: &Layout,
        max_claims: usize,
        rounds: Vec<Round>,
    ) -> Result<Self, ParameterError> {
        bounds::check(layout, max_claims, &rounds)?;
        Ok(Self {
            layout: layout.clone(),
            max_claims,
            rounds,
        })
    }

    /// The layout that the parameters are for.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The most claims that one opening takes.
    #[must_use]
    pub const fn max_claims(&self) -> usize {
        self.max_claims
    }

    /// The oracles, in the order of their commitment; at least one.
    #[must_use]
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// Variables of the polynomial that is sent in clear.
    pub(crate) fn final_variables(&self) -> usize {
        self.rounds.last().map_or(0, |round| round.inner_variables)
    }

    /// All numbers that describe the protocol, for the transcript.
    pub(crate) fn description(&self) -> Vec<usize> {
        let Layout {
            inner_variables,
            slice_variables,
            ref live,
        } = self.layout;
        let mut numbers = vec![
            inner_variables,
            slice_variables,
            live.len(),
            self.max_claims,
            self.rounds.len(),
        ];
        for round in &self.rounds {
            numbers.extend(round.description());
        }
        numbers.extend(live);
        numbers
    }
}

#[cfg(all(test, feature = "search"))]
mod bounds_tests;
#[cfg(all(test, feature = "search"))]
mod tests;
