//! What went wrong, in terms that every binding has.

use std::any::Any;
use std::fmt::Display;
use std::{fmt, io};

use sheaf::xmss::{DecodeError, GuardError, KeyError, SignError, SigningError, VerifyError};
use sheaf::{ClaimsError, ClaimsFileError, FormatError, InvalidSignature, Rejection};
use thiserror::Error;

/// What kind of failure it is. Bindings have a status or a class for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number names no scheme, no rate, no form or no range of slots, or an argument is of no use otherwise.
    InvalidArgument,
    /// Groups are empty, repeat something, name a slot that does not exist, or hold too many signatures.
    Claims,
    /// Bytes are not a public key, signature, secret key or claims.
    Malformed,
    /// Signatures are not valid. Nothing has been proved.
    InvalidSignature,
    /// The bytes are not a proof that this library can read.
    Format,
    /// The proof does not prove the claims.
    Rejected,
    /// The observer asked to stop.
    Cancelled,
    /// A batch of this size can't be proved at this rate, or listed.
    Unsupported,
    /// Threads can't be started, or stayed in the parent of a forked process.
    Threads,
    /// Another message has been signed at the slot. The key must not sign this one.
    SlotUsed,
    /// The key is not active at the slot, or has moved past it.
    SlotUnavailable,
    /// The journal is in use by another signing key, perhaps of another process, such as the parent of this one.
    JournalLocked,
    /// There is no journal where one was expected. If the key has ever signed, the journal is lost.
    JournalMissing,
    /// There is a journal, or another file, where one was to be created.
    JournalExists,
    /// The journal can't be read or written, is damaged, or belongs to another key.
    Journal,
    /// The operating system gives no randomness.
    Randomness,
    /// A defect of the library was met and contained.
    Internal,
}

/// What a failure is about, counted as the caller counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the group.
    pub group: usize,
    /// Index of the signer in the group; none if it is about the whole group.
    pub signer: Option<usize>,
}

impl Place {
    /// One signer of a group.
    #[must_use]
    pub const fn signer(group: usize, signer: usize) -> Self {
        Self {
            group,
            signer: Some(signer),
        }
    }

    /// A whole group.
    #[must_use]
    pub const fn group(group: usize) -> Self {
        Self {
            group,
            signer: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.signer {
            Some(signer) => write!(f, "signer {signer} of group {}", self.group),
            None => write!(f, "group {}", self.group),
        }
    }
}

/// An error: its kind, a message for people, and the places that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Failure {
    kind: Kind,
    message: String,
    places: Vec<Place>,
}

impl Failure {
    /// A failure that is about no place.
    pub fn new(kind: Kind, message: impl Display) -> Self {
        Self::at(kind, message, Vec::new())
    }

    /// A failure that is about these places.
    pub fn at(kind: Kind, message: impl Display, places: Vec<Place>) -> Self {
        Self {
            kind,
            message: message.to_string(),
            places,
        }
    }

    /// An argument is of no use.
    pub fn argument(message: impl Display) -> Self {
        Self::new(Kind::InvalidArgument, message)
    }

    /// The failure that stands for a panic, which is a defect of the library.
    #[must_use]
    pub fn contained(payload: Box<dyn Any + Send>) -> Self {
        let reason = if let Some(text) = payload.downcast_ref::<&str>() {
            (*text).to_owned()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.clone()
        } else {
            "no reason given".to_owned()
        };
        // Dropping a payload of any other type could panic again.
        std::mem::forget(payload);
        Self::new(
            Kind::Internal,
            format_args!("defect in the library: {reason}"),
        )
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What went wrong, in one line for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The places that it is about, in ascending order.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}

impl From<sheaf::Error> for Failure {
    fn from(error: sheaf::Error) -> Self {
        use sheaf::Error;
        let (kind, places) = match &error {
            Error::Format(_) => (Kind::Format, Vec::new()),
            Error::Claims(error) => (Kind::Claims, claims_places(error)),
            Error::InvalidSignatures(invalid) => (Kind::InvalidSignature, places_of(invalid)),
            Error::Rejected(Rejection::InvalidSignatures(invalid)) => {
                (Kind::Rejected, places_of(invalid))
            }
            Error::Rejected(Rejection::Unreadable { group, index, .. }) => {
                (Kind::Rejected, vec![Place::signer(*group, *index)])
            }
            Error::Rejected(_) => (Kind::Rejected, Vec::new()),
            Error::Cancelled => (Kind::Cancelled, Vec::new()),
            Error::Unsupported { .. } | Error::ListTooLong { .. } => {
                (Kind::Unsupported, Vec::new())
            }
            Error::Threads { .. } | Error::Forked => (Kind::Threads, Vec::new()),
            _ => (Kind::Internal, Vec::new()),
        };
        Self::at(kind, error, places)
    }
}

/// Where invalid signatures are.
fn places_of(invalid: &[InvalidSignature]) -> Vec<Place> {
    let place = |s: &InvalidSignature| Place::signer(s.group, s.index);
    invalid.iter().map(place).collect()
}

/// The groups and keys that make claims impossible.
fn claims_places(error: &ClaimsError) -> Vec<Place> {
    match *error {
        ClaimsError::EmptyGroup { group } | ClaimsError::SlotOutOfRange { group, .. } => {
            vec![Place::group(group)]
        }
        ClaimsError::DuplicateGroup { first, second } => {
            vec![Place::group(first), Place::group(second)]
        }
        ClaimsError::DuplicateKey {
            group,
            first,
            second,
        } => [first, second]
            .map(|index| Place::signer(group, index))
            .to_vec(),
        _ => Vec::new(),
    }
}

impl From<ClaimsError> for Failure {
    fn from(error: ClaimsError) -> Self {
        sheaf::Error::from(error).into()
    }
}

impl From<FormatError> for Failure {
    fn from(error: FormatError) -> Self {
        sheaf::Error::from(error).into()
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        Self::new(Kind::Malformed, error)
    }
}

impl From<ClaimsFileError> for Failure {
    fn from(error: ClaimsFileError) -> Self {
        let places = match error {
            ClaimsFileError::Key { group, key, .. } => vec![Place::signer(group, key)],
            _ => Vec::new(),
        };
        Self::at(Kind::Malformed, error, places)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(
            Kind::InvalidSignature,
            format_args!("the signature is not valid: {error}"),
        )
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let kind = match error {
            KeyError::Range { .. } => Kind::InvalidArgument,
            KeyError::Cancelled => Kind::Cancelled,
            _ => Kind::Internal,
        };
        Self::new(kind, error)
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        let kind = match error {
            SignError::NotActive { .. }
            | SignError::Passed { .. }
            | SignError::NotPrepared { .. } => Kind::SlotUnavailable,
            SignError::Damaged { .. } => Kind::Malformed,
            _ => Kind::Internal,
        };
        Self::new(kind, error)
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        let kind = match &error {
            GuardError::SlotUsed { .. } | GuardError::BelowFloor { .. } => Kind::SlotUsed,
            GuardError::Locked => Kind::JournalLocked,
            GuardError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Kind::JournalMissing
            }
            _ => Kind::Journal,
        };
        Self::new(kind, error)
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Key(error) => error.into(),
            SigningError::Guard(error) => error.into(),
            SigningError::Skips { .. } => Self::new(Kind::SlotUnavailable, error),
            other => Self::new(Kind::Internal, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_callers() {
        let invalid = |group, index| InvalidSignature {
            group,
            index,
            reason: VerifyError::RootMismatch,
        };
        let failure = Failure::from(sheaf::Error::InvalidSignatures(vec![
            invalid(0, 3),
            invalid(2, 1),
        ]));
        assert_eq!(failure.kind(), Kind::InvalidSignature);
        let place = Place::signer;
        assert_eq!(failure.places(), [place(0, 3), place(2, 1)]);

        // Those of a list that is verified are counted alike.
        let rejection = Rejection::InvalidSignatures(vec![invalid(1, 2)]);
        let failure = Failure::from(sheaf::Error::from(rejection));
        assert_eq!(failure.kind(), Kind::Rejected);
        assert_eq!(failure.places(), [place(1, 2)]);

        let failure = Failure::from(ClaimsError::DuplicateKey {
            group: 1,
            first: 4,
            second: 6,
        });
        assert_eq!(failure.kind(), Kind::Claims);
        assert_eq!(failure.places(), [place(1, 4), place(1, 6)]);

        let failure = Failure::from(ClaimsError::EmptyGroup { group: 5 });
        assert_eq!(failure.places(), [Place::group(5)]);
    }

    #[test]
    fn a_panic_becomes_a_failure_with_its_reason() {
        let contained = |payload| Failure::contained(payload);
        let failure = contained(Box::new("for the test"));
        assert_eq!(failure.kind(), Kind::Internal);
        assert_eq!(failure.message(), "defect in the library: for the test");
        let failure = contained(Box::new("as a string".to_owned()));
        assert_eq!(failure.message(), "defect in the library: as a string");
        let failure = contained(Box::new(7_u8));
        assert_eq!(failure.message(), "defect in the library: no reason given");
    }

    #[test]
    fn journals_fail_in_ways_that_differ() {
        let kind = |error: GuardError| Failure::from(error).kind();
        let io = |kind| GuardError::Io(io::Error::from(kind));
        assert_eq!(kind(GuardError::SlotUsed { slot: 1 }), Kind::SlotUsed);
        assert_eq!(kind(GuardError::Locked), Kind::JournalLocked);
        assert_eq!(kind(io(io::ErrorKind::NotFound)), Kind::JournalMissing);
        assert_eq!(kind(io(io::ErrorKind::PermissionDenied)), Kind::Journal);
        assert_eq!(kind(GuardError::OtherKey), Kind::Journal);
    }
}
