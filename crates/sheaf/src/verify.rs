//! Verification.

use sheaf_aggregation::{self as aggregation, LaneOrder, Statement, VerifyError};
use sheaf_transcript::TranscriptError;
use sheaf_transcript::counting::Cost as VerificationCost;

use crate::aggregate::{Content, HEADER_BYTES};
use crate::{Aggregate, Claims, Error, Rate, Rejection, raw};

/// Verifies that every key in the claims has signed its group's message at its slot.
///
/// The order in which groups and keys were added does not matter. Needs no set-up,
/// runs on the calling thread, and takes a time linear in the number of keys, with a
/// small constant if the aggregate is a proof. Of the aggregate, only scheme, form and rate are read before the body
/// itself: the scheme must be that of the claims; all forms show the same, and all rates are equally secure.
///
/// # Errors
/// [`Error::Rejected`] if the aggregate does not prove exactly these claims,
/// [`Error::Claims`] if nothing could prove them.
pub fn verify(claims: &Claims, aggregate: &Aggregate) -> Result<(), Error> {
    let (statement, order) = statement(claims, aggregate)?;
    match aggregate.content() {
        Content::Raw(list) => raw::verify(&statement, &order, list)?,
        Content::Leaf(rate, proof) => {
            aggregation::verify(&statement, rate.log_inverse().into(), proof).map_err(rejection)?;
        }
        Content::Node(node) => node.verify(&statement)?,
    }
    Ok(())
}

/// As [`verify`], with a set-up that was made before. Neither a list of signatures nor a proof about proofs needs one, so the set-up is of no account to them.
///
/// # Errors
/// As [`verify`], and [`Error::Setup`] if the set-up is for proofs about claims of another size, or at another rate.
pub fn verify_with(setup: &Setup, claims: &Claims, aggregate: &Aggregate) -> Result<(), Error> {
    let (statement, order) = statement(claims, aggregate)?;
    match aggregate.content() {
        Content::Raw(list) => raw::verify(&statement, &order, list)?,
        Content::Leaf(rate, proof) => {
            if setup.0.log_inv_rate() != usize::from(rate.log_inverse()) {
                return Err(Error::Setup);
            }
            match aggregation::verify_with(&setup.0, &statement, proof) {
                Err(VerifyError::Setup) => return Err(Error::Setup),
                result => result.map_err(rejection)?,
            }
        }
        Content::Node(node) => node.verify(&statement)?,
    }
    Ok(())
}

/// Verifies, and counts what the verifier computes: for comparing versions and planning circuits. Counting makes it several
/// times slower.
///
/// # Errors
/// As [`verify`].
pub fn verification_cost(
    claims: &Claims,
    aggregate: &Aggregate,
) -> Result<VerificationCost, Error> {
    let (statement, order) = statement(claims, aggregate)?;
    match aggregate.content() {
        Content::Raw(list) => {
            raw::verify(&statement, &order, list)?;
            Ok(raw::cost(&statement))
        }
        Content::Leaf(rate, proof) => {
            let setup = Setup::new(claims, *rate)?;
            aggregation::verification_cost(&setup.0, &statement, proof)
                .map_err(|error| rejection(error).into())
        }
        Content::Node(node) => {
            node.verify(&statement)?;
            Ok(node.cost()?)
        }
    }
}

/// What verification of a proof derives from the size of the claims and the rate alone. It takes microseconds to make, but for the first
/// one of another scheme than `PROD`, which takes a millisecond or two. It serves all claims of one size.
///
/// The size is the scheme, the number of signatures, and whether some slot is one of the few in ten thousand whose tweaks
/// carry in some steps of a chain and not in others.
///
/// ```
/// # use sheaf::{Batch, Options, Prover, Rate, Setup, TEST, verify_with, xmss::one_slot};
/// # let batch = |message| -> Result<Batch, Box<dyn std::error::Error>> {
/// #     let signer = one_slot::sign_once(&TEST, &[0; 32], 7, &message)?;
/// #     Ok(Batch::new(TEST).with_group(7, message, [signer]))
/// # };
/// # let (first, second) = (batch([1; 32])?, batch([2; 32])?);
/// # let prover = Prover::new(1)?;
/// let setup = Setup::new(&first.claims(), Rate::Half)?;
/// for batch in [first, second] {
///     let aggregate = prover.aggregate(&batch, Options::proof(Rate::Half))?;
///     verify_with(&setup, &batch.claims(), &aggregate)?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Setup(aggregation::Setup);

impl Setup {
    /// The set-up of claims of this size, at this rate.
    ///
    /// # Errors
    /// [`Error::Claims`] if nothing could prove the claims, [`Error::Unsupported`] if nothing could at this rate.
    pub fn new(claims: &Claims, rate: Rate) -> Result<Self, Error> {
        Claims::check_count(claims.signatures())?;
        let (statement, _) = claims.clone().into_statement()?;
        let setup = aggregation::Setup::new(&statement, rate.log_inverse().into());
        setup.map(Self).map_err(|error| Error::Unsupported {
            reason: error.to_string(),
        })
    }
}

/// The claims as a statement, and where the caller's keys are in it, if the aggregate is about claims of their scheme.
pub(crate) fn statement(
    claims: &Claims,
    aggregate: &Aggregate,
) -> Result<(Statement, LaneOrder), Error> {
    if claims.scheme() != aggregate.scheme() {
        return Err(Rejection::Scheme {
            claimed: claims.scheme().name,
            found: aggregate.scheme().name,
        }
        .into());
    }
    Claims::check_count(claims.signatures())?;
    Ok(claims.clone().into_statement()?)
}

pub(crate) fn rejection(error: VerifyError) -> Rejection {
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
