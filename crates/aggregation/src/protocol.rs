//! What prover and verifier derive from the statement alone.

use sheaf_pcs::{ParameterError, Parameters};

use crate::public::PublicColumns;
use crate::security::{COMMITMENT_BITS, SecurityReport};
use crate::shape::Shape;
use crate::stacking::Stacking;
use crate::statement::{MAX_SIGNATURES, Statement};

/// The shape of a proof and its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub shape: Shape,
    pub stacking: Stacking,
    pub parameters: Parameters,
    pub public: PublicColumns,
}

impl Setup {
    pub(crate) fn new(statement: &Statement, log_inv_rate: usize) -> Result<Self, ParameterError> {
        let shape = Shape::new(statement);
        let (stacking, parameters) = Stacking::choose(&shape, log_inv_rate, COMMITMENT_BITS)?;
        Ok(Self {
            public: PublicColumns::new(statement),
            shape,
            stacking,
            parameters,
        })
    }
}

/// The security of a proof of `signatures` signatures at rate `2^-log_inv_rate`.
///
/// Counts outside `1..=MAX_SIGNATURES` are reported as the nearest one in it. The
/// report is for slots whose tweaks carry for all steps or none; use
/// [`statement_security`] for any statement.
///
/// # Errors
/// If there are no parameters for this size and rate.
pub fn security_report(
    scheme: sheaf_xmss::Scheme,
    signatures: usize,
    log_inv_rate: usize,
) -> Result<SecurityReport, ParameterError> {
    let shape = Shape::with_lanes(scheme, signatures.clamp(1, MAX_SIGNATURES), false);
    let (_, parameters) = Stacking::choose(&shape, log_inv_rate, COMMITMENT_BITS)?;
    Ok(SecurityReport::new(&shape, &parameters))
}

/// The security of a proof of this statement at rate `2^-log_inv_rate`.
///
/// # Errors
/// If there are no parameters for this size and rate.
pub fn statement_security(
    statement: &Statement,
    log_inv_rate: usize,
) -> Result<SecurityReport, ParameterError> {
    let setup = Setup::new(statement, log_inv_rate)?;
    Ok(SecurityReport::new(&setup.shape, &setup.parameters))
}

/// Committed cells per signature.
#[must_use]
pub fn cells_per_signature(scheme: sheaf_xmss::Scheme) -> usize {
    Shape::with_lanes(scheme, 1, false).columns.count
}

#[cfg(test)]
mod tests {
    use sheaf_xmss::{PROD, TEST};

    use super::*;
    use crate::security::TARGET_BITS;

    #[test]
    fn every_size_and_rate_has_parameters_that_meet_the_target() {
        for scheme in [PROD, TEST] {
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
