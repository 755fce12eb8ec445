//! Set-ups by statement and rate: from the table where it has an entry, else with parameters that are searched for.

use std::sync::LazyLock;

use sheaf_pcs::ParameterError;
use sheaf_pcs::parameters::Search;
use sheaf_security::SecurityReport;

use super::Setup;
use crate::security::{self, COMMITMENT_BITS, TARGET_BITS};
use crate::shape::Shape;
use crate::size_class::TableError;
use crate::stacking;
use crate::statement::{MAX_SIGNATURES, Statement};

// A function of a constant, computed once: it takes longer than all else in a set-up.
pub(crate) static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::new(COMMITMENT_BITS));

impl Setup {
    /// The set-up of proofs at rate `2^-log_inv_rate`: for the scheme prod that of the size class ([`Self::from_table`]), for other
    /// schemes the one that the search finds for the exact size.
    ///
    /// # Errors
    /// If there are no parameters for this size and rate.
    pub fn new(statement: &Statement, log_inv_rate: usize) -> Result<Self, ParameterError> {
        Self::of_shape(Self::shape(statement), log_inv_rate)
    }

    pub(crate) fn of_shape(shape: Shape, log_inv_rate: usize) -> Result<Self, ParameterError> {
        match Self::of_class(shape.clone(), log_inv_rate) {
            Ok(setup) => Ok(setup),
            Err(TableError::Entry(error)) => Err(error),
            Err(TableError::Scheme { .. } | TableError::Rate { .. }) => {
                Self::searched(shape, log_inv_rate, &SEARCH)
            }
        }
    }

    /// Chooses parameters for the exact size, and refuses those that are less secure than [`TARGET_BITS`]. The search decides what
    /// is asked of the commitment alone.
    pub(crate) fn searched(
        shape: Shape,
        log_inv_rate: usize,
        search: &Search,
    ) -> Result<Self, ParameterError> {
        let (stacking, parameters) = stacking::choose(&shape, log_inv_rate, search)?;
        if security::report(&shape, &parameters).bits() < TARGET_BITS {
            return Err(ParameterError::Unreachable {
                millibits: (TARGET_BITS * 1000.0) as i64,
            });
        }
        Ok(Self {
            shape,
            stacking,
            parameters,
            log_inv_rate,
        })
    }
}

/// The security of a proof of `signatures` signatures at rate `2^-log_inv_rate`, with the parameters of [`Setup::new`].
///
/// Counts outside `1..=MAX_SIGNATURES` are reported as the nearest one in it. The
/// report is for slots whose tweaks carry for all steps or none.
///
/// # Errors
/// If there are no parameters for this size and rate.
pub fn security_report(
    scheme: sheaf_xmss::Scheme,
    signatures: usize,
    log_inv_rate: usize,
) -> Result<SecurityReport, ParameterError> {
    let shape = Shape::with_lanes(scheme, signatures.clamp(1, MAX_SIGNATURES), false);
    let setup = Setup::of_shape(shape, log_inv_rate)?;
    Ok(security::report(&setup.shape, &setup.parameters))
}

#[cfg(test)]
mod tests {
    use sheaf_xmss::{PROD, PublicKey, Scheme, TEST};

    use super::*;
    use crate::statement::Group;

    #[test]
    fn parameters_below_the_target_are_refused() {
        let group = Group {
            slot: 3,
            message: [1; 32],
            keys: vec![PublicKey::new(
                &TEST,
                Default::default(),
                Default::default(),
            )],
        };
        let (statement, _) = Statement::new(TEST, vec![group]).unwrap();
        for rate in 1..=4 {
            assert!(Setup::new(&statement, rate).is_ok());
            for bits in [80.0, 124.0] {
                let refused = Setup::searched(Setup::shape(&statement), rate, &Search::new(bits));
                let expected = ParameterError::Unreachable { millibits: 128_000 };
                assert_eq!(refused.unwrap_err(), expected, "{bits} bits");
            }
        }
    }

    #[test]
    fn rates_that_do_not_exist_are_errors() {
        for rate in [0, 7, 24, 63, 64, 65, usize::MAX] {
            let refused = security_report(PROD, 1000, rate);
            assert!(
                matches!(refused, Err(ParameterError::Shape { .. })),
                "{rate}"
            );
        }
    }

    #[test]
    fn every_size_and_rate_has_parameters_that_meet_the_target() {
        for scheme in Scheme::ALL {
            for signatures in [1, 10, 100, 1000, 1024, 10_000, 20_000, MAX_SIGNATURES] {
                for rate in 1..=4 {
                    let report = security_report(scheme, signatures, rate);
                    let bits = report.map(|r| r.bits());
                    assert!(
                        bits.is_ok_and(|bits| bits >= TARGET_BITS),
                        "{signatures} signatures at rate 2^-{rate}"
                    );
                }
            }
        }
    }
}
