//! Verification.

use sheaf_aggregation::{self as aggregation, VerifyError};
use sheaf_transcript::TranscriptError;

use crate::aggregate::HEADER_BYTES;
use crate::{Aggregate, Claims, Error, Rejection};

/// Verifies that every key in the claims has signed its group's message at its slot.
///
/// The order in which groups and keys were added does not matter. Needs no set-up,
/// runs on the calling thread, and takes a time linear in the number of keys with a
/// small constant. Of the aggregate, only scheme and rate are read before the proof
/// itself: the scheme must be that of the claims, and all rates are equally secure.
///
/// # Errors
/// [`Error::Rejected`] if the aggregate does not prove exactly these claims,
/// [`Error::Claims`] if nothing could prove them.
pub fn verify(claims: &Claims, aggregate: &Aggregate) -> Result<(), Error> {
    if claims.scheme() != aggregate.scheme() {
        return Err(Rejection::Scheme {
            claimed: claims.scheme().name,
            found: aggregate.scheme().name,
        }
        .into());
    }
    Claims::check_count(claims.signatures())?;
    let (statement, _) = claims.clone().into_statement()?;
    let log_inv_rate = aggregate.rate().log_inverse().into();
    aggregation::verify(&statement, log_inv_rate, aggregate.body())
        .map_err(|error| rejection(error).into())
}

fn rejection(error: VerifyError) -> Rejection {
    match (error.transcript(), error) {
        (Some(TranscriptError::Truncated { label }), _) => Rejection::Truncated { message: label },
        (Some(TranscriptError::Trailing { bytes }), _) => Rejection::Trailing { bytes },
        (Some(TranscriptError::NotCanonical { label, index }), _) => Rejection::NotCanonical {
            message: label,
            offset: HEADER_BYTES + 4 * index,
        },
        (Some(TranscriptError::Grinding { label, .. }), _) => {
            Rejection::ProofOfWork { message: label }
        }
        (None, VerifyError::Parameters(error)) => Rejection::Rate {
            reason: error.to_string(),
        },
        (None, error) => Rejection::Inconsistent {
            reason: error.to_string(),
        },
    }
}
