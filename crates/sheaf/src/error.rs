//! Everything that can go wrong.

use std::fmt;

use sheaf_aggregation::StatementError;
use sheaf_xmss::{DecodeError, VerifyError as SignatureError};
use thiserror::Error;

use crate::{FormatError, MAX_BYTES};

/// Why there is no aggregate, or why an aggregate does not prove the claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not an aggregate that this library can read.
    #[error("not an aggregate: {0}")]
    Format(#[from] FormatError),
    /// The claims, or the batch, are empty, repeat something or exceed a limit.
    #[error("{0}")]
    Claims(#[from] StatementError),
    /// Signatures of the batch are not valid: all of them, in ascending order. Nothing has been proved.
    #[error("{}", InvalidList(.0))]
    InvalidSignatures(Vec<InvalidSignature>),
    /// The aggregate does not prove the claims.
    #[error("the aggregate is rejected: {0}")]
    Rejected(#[from] Rejection),
    /// A set-up was made for other claims than those to verify.
    #[error("the set-up is for claims of another size, or for another rate")]
    Setup,
    /// The observer asked to stop.
    #[error("proving was cancelled")]
    Cancelled,
    /// There are no parameters for so many signatures at this rate.
    #[error("a batch of this size can't be proved at this rate: {reason}")]
    Unsupported {
        /// For people.
        reason: String,
    },
    /// A list of the signatures, which was asked for, would be longer than an aggregate may be.
    #[error(
        "a list of {signatures} signatures exceeds the {MAX_BYTES} bytes that an aggregate may have"
    )]
    ListTooLong {
        /// How many signatures.
        signatures: usize,
    },
    /// One of the aggregates to merge is not valid, or can't be merged. Nothing has been proved.
    #[error("aggregate {child} of those to merge: {error}")]
    Child {
        /// Its index, from 0.
        child: usize,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// Aggregates can't be merged.
    #[error("the aggregates can't be merged: {reason}")]
    Merge {
        /// For people.
        reason: String,
    },
    /// There is no aggregate for this part of the claims without proving.
    #[error("the aggregate can't be split so: {reason}")]
    Restrict {
        /// For people.
        reason: String,
    },
    /// The threads of a prover can't be started.
    #[error("{threads} threads can't be started: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },
    /// The prover was made by a process from which this one was forked off. Its threads are there.
    #[error("the prover was made before the process forked, and its threads are in the parent")]
    Forked,
}

/// A signature that is not valid, of a batch or of a list, named by the caller's indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("signature {index} of group {group}: {reason}")]
pub struct InvalidSignature {
    /// Index of the group in the batch or in the claims.
    pub group: usize,
    /// Index of the signer, or key, in the group.
    pub index: usize,
    /// What is wrong with the signature.
    pub reason: SignatureError,
}

/// Why an aggregate does not prove the claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The claims are about keys of another scheme.
    #[error("it is about keys of the scheme {found}, the claims about keys of {claimed}")]
    Scheme {
        /// Name of the scheme of the claims.
        claimed: &'static str,
        /// Name of the scheme in the header of the aggregate.
        found: &'static str,
    },
    /// There are no parameters for so many claims at the rate of the aggregate.
    #[error("so many signatures can't be proved at its rate: {reason}")]
    Rate {
        /// For people.
        reason: String,
    },
    /// It ends too early.
    #[error("it ends inside `{message}`")]
    Truncated {
        /// Name of the protocol message that is incomplete.
        message: &'static str,
    },
    /// It goes on after its end.
    #[error("{bytes} bytes follow its end")]
    Trailing {
        /// How many bytes.
        bytes: usize,
    },
    /// Four bytes are not the canonical form of a field element.
    #[error("the four bytes at offset {offset}, in `{message}`, are not a field element")]
    NotCanonical {
        /// Name of the protocol message.
        message: &'static str,
        /// Position in the bytes of the aggregate.
        offset: usize,
    },
    /// A nonce does not carry the proof of work asked for.
    #[error("the proof of work of `{message}` is missing")]
    ProofOfWork {
        /// Name of the protocol message.
        message: &'static str,
    },
    /// It is a list of more or fewer signatures than are claimed.
    #[error("it lists {found} signatures, the claims are about {claimed}")]
    Count {
        /// How many signatures are claimed.
        claimed: usize,
        /// How many it lists.
        found: usize,
    },
    /// A signature of its list is not one of the scheme, or not in canonical form.
    #[error("signature {index} of group {group} can't be read: {error}")]
    Unreadable {
        /// Index of the group in the claims.
        group: usize,
        /// Index of the key in the group.
        index: usize,
        /// What is wrong with the bytes; positions count from the start of the signature.
        error: DecodeError,
    },
    /// Signatures of its list are not valid: all of them, in ascending order.
    #[error("{}", InvalidList(.0))]
    InvalidSignatures(Vec<InvalidSignature>),
    /// A check of the protocol fails: the proof is not one of these claims.
    #[error("{reason}")]
    Inconsistent {
        /// Which check, for people.
        reason: String,
    },
}

/// How many invalid signatures an error shows; all of them are in its value.
const SHOWN: usize = 10;

/// Shows the first invalid signatures, and how many there are, in one line.
struct InvalidList<'a>(&'a [InvalidSignature]);

impl fmt::Display for InvalidList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [_] => write!(f, "one signature is not valid: ")?,
            all => write!(f, "{} signatures are not valid: ", all.len())?,
        }
        for (i, invalid) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{invalid}")?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_invalid_signatures_ten_are_shown_and_the_others_counted() {
        let shown = |count| {
            let invalid = |index| InvalidSignature {
                group: 0,
                index,
                reason: SignatureError::RootMismatch,
            };
            Error::InvalidSignatures((0..count).map(invalid).collect()).to_string()
        };
        assert!(shown(1).starts_with("one signature is not valid: signature 0 of group 0"));
        let ten = shown(10);
        assert!(
            ten.contains("signature 9 of") && !ten.contains("more"),
            "{ten}"
        );
        let thousands = shown(5000);
        assert!(thousands.starts_with("5000 signatures are not valid: "));
        assert!(thousands.ends_with("; and 4990 more"), "{thousands}");
        assert!(thousands.contains("signature 9 of") && !thousands.contains("signature 10 of"));
    }
}
