//! What a proof costs an attacker, and a prover.

use sheaf_aggregation as aggregation;
use sheaf_security::SecurityReport;
use sheaf_xmss::Scheme;

pub use sheaf_aggregation::TARGET_BITS;

use crate::{ClaimsError, Error, MAX_SIGNATURES, Rate};

/// The error terms of a proof of `signatures` signatures, each with its bound and its source.
///
/// Bounds are proven ones; no conjecture about the distance of codes enters. They are about classical attackers, in the
/// random oracle model: `T` evaluations of the hash functions succeed with a probability of about `T 2^-bits`. In the
/// quantum random oracle model about `T^2 2^-bits` is to be expected; `docs/soundness.md` says what is known.
///
/// # Errors
/// If no proof covers so many signatures, or none at this rate.
pub fn security_report(
    scheme: Scheme,
    signatures: usize,
    rate: Rate,
) -> Result<SecurityReport, Error> {
    match signatures {
        0 => Err(ClaimsError::Empty.into()),
        1..=MAX_SIGNATURES => {
            aggregation::security_report(scheme, signatures, rate.log_inverse().into()).map_err(
                |error| Error::Unsupported {
                    reason: error.to_string(),
                },
            )
        }
        count => Err(ClaimsError::TooMany { count }.into()),
    }
}

/// Bits of security that a proof with this scheme and rate has at least. How many signatures it covers is not in it, so it is
/// the least of all numbers.
#[must_use]
pub fn least_security_bits(scheme: Scheme, rate: Rate) -> f64 {
    (0..=MAX_SIGNATURES.ilog2())
        .filter_map(|log| security_report(scheme, 1 << log, rate).ok())
        .map(|report| report.bits())
        .fold(f64::INFINITY, f64::min)
}

/// Field elements that a prover commits to per signature.
#[must_use]
pub fn cells_per_signature(scheme: Scheme) -> usize {
    aggregation::cells_per_signature(scheme)
}
