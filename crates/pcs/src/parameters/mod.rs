//! The parameters of the protocol: what to fold, at which rates, how often to query.
//!
//! [`Parameters::new`] is a pure function of the layout, the rate and the security
//! target. Prover and verifier both run it, so nothing about the shape of a
//! proof is read from the proof.

mod search;
pub(crate) mod security;

use sheaf_security::{ErrorTerm, SecurityReport};
use thiserror::Error;

use crate::layout::Layout;
use crate::merkle::DIGEST;
use sheaf_transcript::EXTENSION_DEGREE;

/// The largest domain: the two-adic subgroup of the field.
pub(crate) const MAX_DOMAIN_BITS: usize = 24;
/// The largest number of variables folded at once.
const MAX_SLICE_VARIABLES: usize = 16;

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
    /// Variables that remain; log of the length of the encoded messages.
    pub inner_variables: usize,
    /// Log of the ratio of codeword to message length.
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
    /// Variables of the polynomial that the oracle encodes.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.slice_variables + self.inner_variables
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
    /// Chooses the parameters that minimise an estimate of proof size and proving time.
    ///
    /// The sum of all error terms is at most `2^-target_bits`.
    ///
    /// # Errors
    /// If the layout is malformed or the target cannot be reached.
    pub fn new(
        layout: &Layout,
        log_inv_rate: usize,
        target_bits: f64,
        max_claims: usize,
    ) -> Result<Self, ParameterError> {
        let Layout {
            inner_variables,
            slice_variables,
            ref live,
        } = *layout;
        let shape_is_supported = (1..=MAX_SLICE_VARIABLES).contains(&slice_variables)
            && (1..=search::MAX_LOG_INV_RATE).contains(&log_inv_rate)
            && (1..=MAX_DOMAIN_BITS - log_inv_rate).contains(&inner_variables);
        if !shape_is_supported {
            return Err(ParameterError::Shape {
                slice_variables,
                inner_variables,
                log_inv_rate,
            });
        }
        let sorted = live.windows(2).all(|pair| pair[0] < pair[1]);
        if !sorted || live.last().is_none_or(|&last| last >> slice_variables != 0) {
            return Err(ParameterError::LiveSlices { slice_variables });
        }
        let rounds = search::rounds(layout, log_inv_rate, target_bits, max_claims)?;
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

    /// Every term of the error budget, one per challenge.
    #[must_use]
    pub fn error_terms(&self) -> Vec<ErrorTerm> {
        security::error_terms(&self.rounds, self.max_claims)
    }

    /// `-log2` of the sum of all terms but the collision resistance of the hash.
    #[must_use]
    pub fn security_bits(&self) -> f64 {
        let report: SecurityReport = self.error_terms().into_iter().collect();
        report.algebraic_bits()
    }

    /// Elements of commitment and opening, as expected for random query positions.
    #[must_use]
    pub fn proof_elements_estimate(&self) -> usize {
        let oracles: usize = self
            .rounds
            .iter()
            .map(|round| {
                let grinding = usize::from(round.query_grinding > 0)
                    + round.slice_variables * usize::from(round.fold_grinding > 0);
                let sumcheck = 2 * EXTENSION_DEGREE * round.slice_variables;
                DIGEST + EXTENSION_DEGREE + sumcheck + grinding + search::query_elements(round)
            })
            .sum();
        oracles + search::final_elements(self.final_variables())
    }

    /// Proving time on two cores of 2024, in microseconds: for comparing layouts, not for planning.
    #[must_use]
    pub fn prover_microseconds_estimate(&self) -> usize {
        let nanoseconds: u64 = self.rounds.iter().map(search::prover_nanoseconds).sum();
        (nanoseconds / 1000) as usize
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
            numbers.extend([
                round.slice_variables,
                round.inner_variables,
                round.log_inv_rate,
                round.slack,
                round.fold_grinding,
                round.queries,
                round.query_grinding,
            ]);
        }
        numbers.extend(live);
        numbers
    }
}

#[cfg(test)]
mod tests;
