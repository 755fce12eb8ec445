//! What prover and verifier derive from the size of a statement alone.

use sheaf_pcs::parameters::Round;
use sheaf_pcs::{ParameterError, Parameters};

use crate::live::Live;
use crate::statement::Statement;

/// Claims about the cells.
pub(crate) const OPENING_CLAIMS: usize = 1;

/// The parameters of proofs of one size: the same for all statements with as many bits of rows and the same live slices, whatever the program.
#[derive(Clone, Debug)]
pub struct Setup {
    log_rows: usize,
    live: Live,
    log_inv_rate: usize,
    parameters: Parameters,
}

impl Setup {
    /// The set-up with these rounds, which are data: all of a proof's shape is checked, how secure it is is not.
    ///
    /// # Errors
    /// If no proof about the statement can have these rounds.
    pub fn from_rounds(statement: &Statement, rounds: Vec<Round>) -> Result<Self, ParameterError> {
        let (log_rows, live) = (statement.rows().log_rows(), *statement.live());
        let layout = live.layout(log_rows);
        let parameters = Parameters::from_rounds(&layout, OPENING_CLAIMS, rounds)?;
        Ok(Self {
            log_rows,
            live,
            log_inv_rate: parameters
                .rounds()
                .first()
                .map_or(0, |round| round.log_inv_rate),
            parameters,
        })
    }

    /// Whether this is the set-up of a statement, at whatever rate.
    #[must_use]
    pub fn fits(&self, statement: &Statement) -> bool {
        (self.log_rows, &self.live) == (statement.rows().log_rows(), statement.live())
    }

    /// The logarithm of the inverse rate.
    #[must_use]
    pub const fn log_inv_rate(&self) -> usize {
        self.log_inv_rate
    }

    /// The parameters of the commitment.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

#[cfg(feature = "search")]
mod search {
    use std::sync::LazyLock;

    use sheaf_pcs::ParameterError;
    use sheaf_pcs::parameters::Search;
    use sheaf_security::SecurityReport;

    use super::{OPENING_CLAIMS, Setup};
    use crate::security::{self, COMMITMENT_BITS, TARGET_BITS};
    use crate::statement::Statement;

    // A function of a constant, computed once: it takes longer than all else in a set-up.
    static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::new(COMMITMENT_BITS));

    impl Setup {
        /// Chooses the parameters of proofs at rate `2^-log_inv_rate`, and refuses those that are less secure than
        /// [`TARGET_BITS`].
        ///
        /// # Errors
        /// If there are no parameters for this size and rate.
        pub fn new(statement: &Statement, log_inv_rate: usize) -> Result<Self, ParameterError> {
            Self::with_search(statement, log_inv_rate, &SEARCH)
        }

        pub(crate) fn with_search(
            statement: &Statement,
            log_inv_rate: usize,
            search: &Search,
        ) -> Result<Self, ParameterError> {
            let (log_rows, live) = (statement.rows().log_rows(), *statement.live());
            let layout = live.layout(log_rows);
            let parameters = search.parameters(&layout, log_inv_rate, OPENING_CLAIMS)?;
            let setup = Self {
                log_rows,
                live,
                log_inv_rate,
                parameters,
            };
            if setup.security(statement).bits() < TARGET_BITS {
                return Err(ParameterError::Unreachable {
                    millibits: (TARGET_BITS * 1000.0) as i64,
                });
            }
            Ok(setup)
        }

        /// Every term of the error budget of a proof about a statement that this is the set-up of.
        #[must_use]
        pub fn security(&self, statement: &Statement) -> SecurityReport {
            security::report(statement, &self.parameters)
        }
    }
}
