//! What a journal says, for people: read without a lock and without changing anything.

use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::Path;

use super::format::{HEADER_BYTES, Header, RECORD_BYTES, decode_record, is_torn, position};
use super::read_header;
use crate::keys::FINGERPRINT_BYTES;
use crate::params::Scheme;
use crate::slot_guard::GuardError;
use crate::types::PublicKey;

/// What a journal says about its key, as of the moment when it was read.
///
/// It gives no right to sign: another process may use a slot at any time. Only a [`FileSlotGuard`](super::FileSlotGuard) does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalSummary {
    header: Header,
    /// In ascending order.
    used: Vec<u32>,
    last: Option<u32>,
}

impl JournalSummary {
    /// Reads a journal.
    ///
    /// A record at the end whose writing a crash interrupted counts for nothing, as when the journal is opened.
    ///
    /// # Errors
    /// If the file can't be read, is no journal, or is damaged.
    pub fn read(path: &Path) -> Result<Self, GuardError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        // Reading a pipe or a terminal might never end.
        if !metadata.is_file() {
            return Err(GuardError::NotAJournal);
        }
        let header = read_header(&file)?;
        let mut reader = BufReader::new(file);

        let length = metadata.len();
        let records = length.saturating_sub(HEADER_BYTES as u64) / RECORD_BYTES as u64;
        let mut used = Vec::new();
        let mut bytes = [0; RECORD_BYTES];
        for record in 0..records {
            reader.read_exact(&mut bytes)?;
            let is_last = position(record + 1) >= length;
            match decode_record(record, &bytes) {
                Some((slot, _)) => used.push(slot),
                None if is_last && is_torn(position(record), &bytes) => {}
                None => return Err(GuardError::Damaged { record }),
            }
        }
        let last = used.last().copied();
        used.sort_unstable();
        Ok(Self { header, used, last })
    }

    /// The scheme of the key.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.header.scheme
    }

    /// The key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.header.public_key
    }

    /// The [fingerprint](crate::KeyIdentity::fingerprint) of the secret key, if one has been used with the journal.
    #[must_use]
    pub const fn fingerprint(&self) -> Option<&[u8; FINGERPRINT_BYTES]> {
        self.header.fingerprint.as_ref()
    }

    /// The slot before which every slot counts as used.
    #[must_use]
    pub const fn floor(&self) -> u64 {
        self.header.floor
    }

    /// Number of slots from the floor on at which the key has signed.
    #[must_use]
    pub const fn used(&self) -> usize {
        self.used.len()
    }

    /// Number of slots in a range at which the key can still sign, as far as the journal tells.
    #[must_use]
    pub fn left(&self, range: Range<u64>) -> u64 {
        let end = range.end;
        let range = range.start.max(self.header.floor).min(end)..end;
        let before = |slot: u64| self.used.partition_point(|&used| u64::from(used) < slot) as u64;
        (range.end - range.start) - (before(range.end) - before(range.start))
    }

    /// The slot that was signed last, or the highest one if that is below the floor.
    #[must_use]
    pub const fn last(&self) -> Option<u32> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_slot_guard::FileSlotGuard;
    use crate::one_slot::sign_once;
    use crate::params::TEST;
    use crate::slot_guard::SlotGuard;

    #[test]
    fn a_journal_that_is_open_can_be_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let (key, _) = sign_once(&TEST, &[1; 32], 7, &[1; 32]).unwrap();
        let mut guard = FileSlotGuard::create(&TEST, &key, &path).unwrap();
        let summary = JournalSummary::read(&path).unwrap();
        assert_eq!((summary.used(), summary.last()), (0, None));
        assert_eq!((summary.scheme(), summary.public_key()), (&TEST, &key));
        for slot in [9, 3, 40, 7] {
            guard.reserve(slot, &[1; 32]).unwrap();
        }
        let summary = JournalSummary::read(&path).unwrap();
        assert_eq!((summary.used(), summary.last()), (4, Some(7)));
        assert_eq!(summary.left(0..32), 29);
        assert_eq!(summary.left(7..41), 31);
        guard.raise_floor(8).unwrap();
        let summary = JournalSummary::read(&path).unwrap();
        assert_eq!(
            (summary.floor(), summary.used(), summary.last()),
            (8, 2, Some(40))
        );
        assert_eq!(summary.left(0..10), 1);
        assert_eq!(summary.left(0..5), 0);
    }

    #[test]
    fn a_torn_record_counts_for_nothing_and_damage_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let (key, _) = sign_once(&TEST, &[1; 32], 7, &[1; 32]).unwrap();
        let mut guard = FileSlotGuard::create(&TEST, &key, &path).unwrap();
        for slot in 0..3 {
            guard.reserve(slot, &[1; 32]).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            JournalSummary::read(&path).map(|summary| summary.used())
        };
        let torn = whole.len() - 1;
        assert_eq!(read(&whole[..torn]).unwrap(), 2);
        assert_eq!(
            std::fs::read(&path).unwrap().len(),
            torn,
            "nothing is cut off"
        );
        for at in HEADER_BYTES..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            assert!(matches!(read(&bytes), Err(GuardError::Damaged { .. })));
        }
        for at in 0..HEADER_BYTES {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            assert!(matches!(read(&bytes), Err(GuardError::NotAJournal)));
        }
        assert!(matches!(
            read(&whole[..HEADER_BYTES - 1]),
            Err(GuardError::NotAJournal)
        ));
    }
}
