//! A failure as C sees it: a number, a string that ends at its first zero, and places without options.

use std::ffi::{CStr, CString};

use sheaf_bindings::{Failure, Kind};

use crate::types::{Place, Status, WHOLE_GROUP};

/// An error: a status, a message for people, and the places that it is about.
#[derive(Debug)]
pub struct ErrorObject {
    status: Status,
    message: CString,
    places: Vec<Place>,
}

impl ErrorObject {
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

impl From<Failure> for ErrorObject {
    fn from(failure: Failure) -> Self {
        // A path may be part of a message, and anything may be part of a path; C ends a string at its first zero.
        let text = failure.message().replace('\0', "\u{fffd}");
        let place = |place: &sheaf_bindings::Place| Place {
            group: place.group,
            index: place.signer.unwrap_or(WHOLE_GROUP),
        };
        Self {
            status: failure.kind().into(),
            message: CString::new(text).unwrap_or_default(),
            places: failure.places().iter().map(place).collect(),
        }
    }
}

impl From<Kind> for Status {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::InvalidArgument => Self::InvalidArgument,
            Kind::Claims => Self::Claims,
            Kind::Malformed => Self::Malformed,
            Kind::InvalidSignature => Self::InvalidSignature,
            Kind::Format => Self::Format,
            Kind::Rejected => Self::Rejected,
            Kind::Cancelled => Self::Cancelled,
            Kind::Unsupported => Self::Unsupported,
            Kind::Threads => Self::Threads,
            Kind::SlotUsed => Self::SlotUsed,
            Kind::SlotUnavailable => Self::SlotUnavailable,
            Kind::JournalLocked => Self::JournalLocked,
            Kind::JournalMissing => Self::JournalMissing,
            Kind::JournalExists => Self::JournalExists,
            Kind::Journal => Self::Journal,
            Kind::Randomness => Self::Randomness,
            Kind::Internal => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_without_a_signer_are_whole_groups() {
        let places = vec![
            sheaf_bindings::Place::signer(1, 4),
            sheaf_bindings::Place::group(5),
        ];
        let error = ErrorObject::from(Failure::at(Kind::Claims, "impossible", places));
        assert_eq!(error.status(), Status::Claims);
        let place = |group, index| Place { group, index };
        assert_eq!(error.places(), [place(1, 4), place(5, WHOLE_GROUP)]);
    }

    #[test]
    fn a_zero_does_not_end_a_message() {
        let error = ErrorObject::from(Failure::argument("before\0after"));
        assert_eq!(error.message().to_str(), Ok("before\u{fffd}after"));
    }
}
