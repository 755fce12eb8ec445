//! What a verifier expects a proof to show.

use sheaf_aggregation::{Group, LaneOrder, MAX_SIGNATURES, Statement, StatementError};
use sheaf_xmss::{PublicKey, Scheme};

/// Who has signed what: groups of keys, each with the slot and the message that all of them signed.
///
/// Neither the order of the groups nor that of the keys in a group matters. Nothing
/// is checked while claims are put together; [`check`](Self::check) and [`verify`](crate::verify) refuse those
/// that are empty, repeat a group or a key, or name a slot that does not exist.
///
/// One key may stand in several groups: it can't honestly sign two messages at one
/// slot, but whoever counts signers over groups has to count distinct keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    scheme: Scheme,
    groups: Vec<Group>,
}

impl Claims {
    /// No claims yet, about keys of this scheme.
    #[must_use]
    pub const fn new(scheme: Scheme) -> Self {
        Self {
            scheme,
            groups: Vec::new(),
        }
    }

    /// Adds the claim that all `keys` have signed `message` at `slot`.
    #[must_use]
    pub fn with_group(
        mut self,
        slot: u32,
        message: [u8; 32],
        keys: impl IntoIterator<Item = PublicKey>,
    ) -> Self {
        self.add_group(slot, message, keys);
        self
    }

    /// As [`with_group`](Self::with_group), in place.
    pub fn add_group(
        &mut self,
        slot: u32,
        message: [u8; 32],
        keys: impl IntoIterator<Item = PublicKey>,
    ) {
        self.groups.push(Group {
            slot,
            message,
            keys: keys.into_iter().collect(),
        });
    }

    /// The scheme of the keys.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The groups, in the order in which they were added.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Number of signatures claimed.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.groups.iter().map(|group| group.keys.len()).sum()
    }

    /// Checks that a proof of the claims could exist: that they are not empty, repeat no group and no key, name only slots
    /// of the scheme, and are not more than one proof covers.
    ///
    /// # Errors
    /// As [`verify`](crate::verify) has them, with indices of groups and keys in the order in which they were added.
    pub fn check(&self) -> Result<(), StatementError> {
        Self::check_count(self.signatures())?;
        self.clone().into_statement().map(drop)
    }

    /// As many signatures as a proof covers; before anything is done whose cost grows with their number.
    pub(crate) const fn check_count(count: usize) -> Result<(), StatementError> {
        if count > MAX_SIGNATURES {
            Err(StatementError::TooMany { count })
        } else {
            Ok(())
        }
    }

    /// The canonical statement, and where the caller's keys are in it.
    pub(crate) fn into_statement(self) -> Result<(Statement, LaneOrder), StatementError> {
        Statement::new(self.scheme, self.groups)
    }
}
