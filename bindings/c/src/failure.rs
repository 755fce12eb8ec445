//! What went wrong, in the terms of the C interface.

use std::ffi::{CStr, CString};
use std::fmt::Display;
use std::io;

use sheaf::xmss::{DecodeError, GuardError, KeyError, SignError, SigningError, VerifyError};
use sheaf::{ClaimsError, FormatError};

use crate::types::{Place, Status, WHOLE_GROUP};

/// An error: a status, a message for people, and the places that it is about.
#[derive(Debug)]
pub struct Failure {
    status: Status,
    message: CString,
    places: Vec<Place>,
}

impl Failure {
    pub(crate) fn new(status: Status, message: impl Display) -> Self {
        Self::at(status, message, Vec::new())
    }

    pub(crate) fn at(status: Status, message: impl Display, places: Vec<Place>) -> Self {
        // A path may be part of a message, and anything may be part of a path; C ends a string at its first zero.
        let text = message.to_string().replace('\0', "\u{fffd}");
        Self {
            status,
            message: CString::new(text).unwrap_or_default(),
            places,
        }
    }

    pub(crate) fn argument(message: impl Display) -> Self {
        Self::new(Status::InvalidArgument, message)
    }

    pub(crate) const fn status(&self) -> Status {
        self.status
    }

    pub(crate) fn message(&self) -> &CStr {
        &self.message
    }

    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }
}

impl From<sheaf::Error> for Failure {
    fn from(error: sheaf::Error) -> Self {
        use sheaf::Error;
        let (status, places) = match &error {
            Error::Format(_) => (Status::Format, Vec::new()),
            Error::Claims(error) => (Status::Claims, claims_places(error)),
            Error::InvalidSignatures(invalid) => {
                let place = |s: &sheaf::InvalidSignature| Place {
                    group: s.group,
                    index: s.index,
                };
                (
                    Status::InvalidSignature,
                    invalid.iter().map(place).collect(),
                )
            }
            Error::Rejected(_) => (Status::Rejected, Vec::new()),
            Error::Cancelled => (Status::Cancelled, Vec::new()),
            Error::Unsupported { .. } => (Status::Unsupported, Vec::new()),
            Error::Threads { .. } | Error::Forked => (Status::Threads, Vec::new()),
            _ => (Status::Internal, Vec::new()),
        };
        Self::at(status, error, places)
    }
}

/// The groups and keys that make claims impossible.
fn claims_places(error: &ClaimsError) -> Vec<Place> {
    let whole = |group| Place {
        group,
        index: WHOLE_GROUP,
    };
    match *error {
        ClaimsError::EmptyGroup { group } | ClaimsError::SlotOutOfRange { group, .. } => {
            vec![whole(group)]
        }
        ClaimsError::DuplicateGroup { first, second } => vec![whole(first), whole(second)],
        ClaimsError::DuplicateKey {
            group,
            first,
            second,
        } => [first, second].map(|index| Place { group, index }).to_vec(),
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
        Self::new(Status::Malformed, error)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(
            Status::InvalidSignature,
            format_args!("the signature is not valid: {error}"),
        )
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let status = match error {
            KeyError::Range { .. } => Status::InvalidArgument,
            KeyError::Cancelled => Status::Cancelled,
            _ => Status::Internal,
        };
        Self::new(status, error)
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        let status = match error {
            SignError::NotActive { .. }
            | SignError::Passed { .. }
            | SignError::NotPrepared { .. } => Status::SlotUnavailable,
            SignError::Damaged { .. } => Status::Malformed,
            _ => Status::Internal,
        };
        Self::new(status, error)
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        let status = match &error {
            GuardError::SlotUsed { .. } | GuardError::BelowFloor { .. } => Status::SlotUsed,
            GuardError::Locked => Status::JournalLocked,
            GuardError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                Status::JournalMissing
            }
            _ => Status::Journal,
        };
        Self::new(status, error)
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Key(error) => error.into(),
            SigningError::Guard(error) => error.into(),
            SigningError::Skips { .. } => Self::new(Status::SlotUnavailable, error),
            other => Self::new(Status::Internal, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use sheaf::InvalidSignature;

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
        assert_eq!(failure.status(), Status::InvalidSignature);
        let place = |group, index| Place { group, index };
        assert_eq!(failure.places(), [place(0, 3), place(2, 1)]);

        let failure = Failure::from(ClaimsError::DuplicateKey {
            group: 1,
            first: 4,
            second: 6,
        });
        assert_eq!(failure.status(), Status::Claims);
        assert_eq!(failure.places(), [place(1, 4), place(1, 6)]);

        let failure = Failure::from(ClaimsError::EmptyGroup { group: 5 });
        assert_eq!(failure.places(), [place(5, WHOLE_GROUP)]);
    }

    #[test]
    fn a_zero_does_not_end_a_message() {
        let failure = Failure::argument("before\0after");
        assert_eq!(failure.message().to_str(), Ok("before\u{fffd}after"));
    }

    #[test]
    fn journals_fail_in_ways_that_differ() {
        let status = |error: GuardError| Failure::from(error).status();
        let io = |kind| GuardError::Io(io::Error::from(kind));
        assert_eq!(status(GuardError::SlotUsed { slot: 1 }), Status::SlotUsed);
        assert_eq!(status(GuardError::Locked), Status::JournalLocked);
        assert_eq!(status(io(io::ErrorKind::NotFound)), Status::JournalMissing);
        assert_eq!(status(io(io::ErrorKind::PermissionDenied)), Status::Journal);
        assert_eq!(status(GuardError::OtherKey), Status::Journal);
    }
}
