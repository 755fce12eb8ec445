//! A guard whose memory is a file: a journal to which a record is appended, and synced, before each signature.
//!
//! # Crashes
//! At most one record is under way at any time, and no signature leaves before its record is on the disk. So a crash can
//! only leave the *last* record torn, and the signature that belongs to it was not released: opening the journal cuts it
//! off. A record is torn if the file ends inside it, or if it is zero on one side of a disk's sector boundary: what a crash
//! loses reads as nothing or as zeros. Any other damaged record, the last one included, is an error.
//!
//! What no check of the file alone can find is a file that lost its last records whole, as an old backup has.
//!
//! # The floor
//! Below the *floor* every slot counts as used, and no record is kept. Without it the journal of a year of 4-second slots
//! would have 380 MB. The floor follows, one window ([`Scheme::window_slots`]: 2^17 slots of real keys) behind, what is
//! signed in order: a far slot that is signed by mistake does not raise it. The journal then has at most as many records as a
//! window and a half has slots, and those out of order; less than 10 MB for real keys. Whoever leaves slots for good says so with
//! [`FileSlotGuard::raise_floor`], for example after a jump to a far slot that was meant.
//!
//! When the floor rises by enough, a new journal without the slots below is written beside the old one, as `NAME.new`, synced,
//! and renamed to the name of the journal; then the directory is synced, and only then the next record is made. It is
//! made in the new file. So whatever moment a crash comes at, one of two journals has the name: the old one, which lacks
//! nothing, or the new one, which takes for used whatever the old one does. If the new file can't be written (the disk is
//! full, the directory is not writable), the old one goes on to be used. A leftover `NAME.new` is never read; the next one
//! replaces it.
//!
//! A journal with several names (hard links) is not replaced, since the other names would keep what is out of date. Nor is one on
//! systems other than Unix, where it is not safe to tell whether a path still means the open file: there journals grow.
//!
//! # Several processes
//! The file is locked while a guard has it open, by the process that opened it: a child that is forked off shares the lock
//! but not what is recorded afterwards, so its copy of the guard refuses to reserve, and leaves the lock alone. A new journal
//! is made under a temporary name, synced and then linked under its own name, which fails if a journal is there already: no
//! process can replace a journal that another one uses.
//!
//! Only who has locked the file that has the journal's name gives that name to another file, and has locked that one before.
//! Another process may have opened the old file before the rename, and lock it afterwards. So whoever has got the lock looks
//! whether the name still means the file, and starts again if not. If it does, it stays so as long as the lock is held.
//! What other programs do is noticed as well: before each record the guard checks that the path still means its file,
//! and that the file ends where the record is to begin.

mod files;
mod floor;
mod format;
mod summary;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub use self::format::{HEADER_BYTES, RECORD_BYTES};
use self::format::{Header, decode_record, encode_record, is_torn, position};
pub use self::summary::JournalSummary;
use crate::keys::KeyIdentity;
use crate::owner::Owner;
use crate::params::{MESSAGE_BYTES, Scheme};
use crate::slot_guard::{GuardError, MemorySlotGuard, Reservation, SlotGuard};
use crate::types::PublicKey;

/// A guard that keeps its memory in a journal file, which is bound to one key.
///
/// The public key is in the journal from the beginning; the secret key's fingerprint comes when it first signs.
#[derive(Debug)]
pub struct FileSlotGuard {
    /// Without links, so that renaming replaces the file and not a link to it.
    path: PathBuf,
    file: File,
    header: Header,
    used: MemorySlotGuard,
    records: u64,
    /// The slot of the last record.
    last: Option<u32>,
    /// Number of used slots from which on the floor may rise.
    next_rise: u64,
    poisoned: bool,
    /// Who opened the file.
    owner: Owner,
}

impl FileSlotGuard {
    /// Creates the journal of a key that has never signed, and opens it.
    ///
    /// Keep one journal per secret key, as long as the key lives, on a local file system. A restored backup of an old journal
    /// has forgotten slots: delete the key rather than use it.
    ///
    /// # Errors
    /// An [`io::Error`] of the kind [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is anything at `path`, which is
    /// left as it is; others if the file system fails.
    pub fn create(
        scheme: &Scheme,
        public_key: &PublicKey,
        path: &Path,
    ) -> Result<Self, GuardError> {
        let header = Header {
            scheme: *scheme,
            public_key: *public_key,
            fingerprint: None,
            floor: 0,
        };
        files::create(&header.to_bytes(), path)?;
        Self::open(scheme, public_key, path)
    }

    /// Opens the journal of a key, which must exist: a journal that is missing has been lost, and with it the knowledge of what
    /// the key has signed.
    ///
    /// # Errors
    /// If there is no such file, another guard has it open, it belongs to another key, it is damaged, or the file system
    /// fails.
    pub fn open(scheme: &Scheme, public_key: &PublicKey, path: &Path) -> Result<Self, GuardError> {
        let path = path.canonicalize()?;
        let file = open_locked(&path)?;
        let header = read_header(&file)?;
        if (header.scheme, header.public_key) != (*scheme, *public_key) {
            return Err(GuardError::OtherKey);
        }
        let mut guard = Self {
            path,
            file,
            header,
            used: MemorySlotGuard::new(),
            records: 0,
            last: None,
            next_rise: 0,
            poisoned: false,
            owner: Owner::this(),
        };
        guard.read_records()?;
        // The process that created or replaced the journal may have died before its name was on the disk.
        files::sync_directory(&guard.path)?;
        Ok(guard)
    }

    /// The slots from [`floor`](Self::floor) on that have been used.
    #[must_use]
    pub const fn used(&self) -> &MemorySlotGuard {
        &self.used
    }

    /// The slot before which every slot counts as used.
    #[must_use]
    pub const fn floor(&self) -> u64 {
        self.header.floor
    }

    /// The slot that was recorded last, or the highest one if that is below the floor.
    #[must_use]
    pub const fn last(&self) -> Option<u32> {
        self.last
    }

    /// Checks that a message may be signed at a slot. Records nothing.
    ///
    /// # Errors
    /// If another message has been signed at the slot, or it lies below the floor.
    pub fn check(&self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError> {
        self.look(slot, message).map(drop)
    }

    /// Leaves all slots below `floor` for good. A floor that is not above the present one changes nothing.
    ///
    /// The floor follows by itself what is signed in order. This is for what was left out: slots before a far one to which the
    /// key has gone on.
    ///
    /// # Errors
    /// If the journal is not as this guard left it, has several names, or can't be replaced.
    pub fn raise_floor(&mut self, floor: u64) -> Result<(), GuardError> {
        if floor <= self.header.floor {
            return Ok(());
        }
        self.check_file()?;
        self.replace(Header {
            floor,
            ..self.header
        })
    }

    fn look(&self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<Reservation, GuardError> {
        let floor = self.header.floor;
        if u64::from(slot) < floor {
            return Err(GuardError::BelowFloor { slot, floor });
        }
        self.used.look(slot, message)
    }

    /// Reads all records, cuts off a torn one at the end, and makes sure that the rest is on the disk.
    fn read_records(&mut self) -> Result<(), GuardError> {
        let length = self.file.metadata()?.len();
        // One more record than there are whole ones, if the length is not a multiple, is torn for certain.
        let whole = length.saturating_sub(HEADER_BYTES as u64) / RECORD_BYTES as u64;
        let mut reader = BufReader::new(&self.file);
        let mut bytes = [0; RECORD_BYTES];
        let mut last = None;
        for record in 0..whole {
            reader.read_exact(&mut bytes)?;
            let is_last = position(record + 1) >= length;
            match decode_record(record, &bytes) {
                Some((slot, message)) => {
                    // The guard writes no slot twice, and none below the floor.
                    if u64::from(slot) < self.header.floor || !self.used.insert(slot, &message) {
                        return Err(GuardError::Damaged { record });
                    }
                    last = Some(bytes);
                    self.last = Some(slot);
                    self.records = record + 1;
                }
                None if is_last && is_torn(position(record), &bytes) => {}
                None => return Err(GuardError::Damaged { record }),
            }
        }
        self.file.set_len(position(self.records))?;
        if let Some(bytes) = last {
            // The process that wrote the last record may have died, or failed, before it was synced. Written again, it is
            // certain to be on the disk when someone relies on it.
            self.write_at(self.records - 1, &bytes)?;
        }
        self.file.sync_all()?;
        Ok(())
    }

    fn write_at(&mut self, record: u64, bytes: &[u8; RECORD_BYTES]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(position(record)))?;
        self.file.write_all(bytes)
    }

    /// Checks that the guard may write, and that the journal is as it left it.
    fn check_file(&mut self) -> Result<(), GuardError> {
        self.check_owner()?;
        if self.poisoned {
            return Err(GuardError::Poisoned);
        }
        let metadata = self.file.metadata()?;
        if metadata.len() != position(self.records) || !files::is_at(&metadata, &self.path)? {
            self.poisoned = true;
            return Err(GuardError::Changed);
        }
        Ok(())
    }

    fn check_owner(&self) -> Result<(), GuardError> {
        if self.owner.is_here() {
            Ok(())
        } else {
            Err(GuardError::Locked)
        }
    }

    /// Lets the floor follow what has been signed, if there is enough to forget.
    fn follow(&mut self) -> Result<(), GuardError> {
        if (self.used.len() as u64) < self.next_rise {
            return Ok(());
        }
        if let Some(floor) = self.due() {
            self.try_replace(Header {
                floor,
                ..self.header
            })?;
        }
        self.next_rise = self.used.len() as u64 + floor::slack(self.window());
        Ok(())
    }

    /// The floor that the used slots give.
    fn due(&self) -> Option<u64> {
        let slots: Vec<u32> = self.used.slots().collect();
        floor::due(&slots, self.window())
    }

    const fn window(&self) -> u64 {
        self.header.scheme.window_slots()
    }

    /// Replaces the journal where that is possible. Where it isn't, the old one is as good, if longer.
    fn try_replace(&mut self, header: Header) -> Result<(), GuardError> {
        match self.replace(header) {
            Err(_) if !self.poisoned => Ok(()),
            result => result,
        }
    }

    /// Replaces the journal by one with this header, and without what is below its floor.
    #[cfg(unix)]
    fn replace(&mut self, header: Header) -> Result<(), GuardError> {
        if files::has_several_names(&self.file.metadata()?) {
            return Err(GuardError::SeveralNames);
        }
        let kept = || {
            let entries = self.used.entries();
            entries.filter(|&(slot, _)| u64::from(slot) >= header.floor)
        };
        // The last record stays the last.
        let last = match self.last {
            Some(slot) if u64::from(slot) >= header.floor => Some(slot),
            _ => kept().last().map(|(slot, _)| slot),
        };
        let mut records = 0;
        let (new_path, file) = files::successor(&self.path, &self.file, |out| {
            out.write_all(&header.to_bytes())?;
            let others = kept().filter(|&(slot, _)| Some(slot) != last);
            let the_last = kept().filter(|&(slot, _)| Some(slot) == last);
            for (slot, message) in others.chain(the_last) {
                out.write_all(&encode_record(records, slot, message))?;
                records += 1;
            }
            Ok(())
        })?;
        // Poisoned until it is certain which of the two files has the name.
        self.poisoned = true;
        std::fs::rename(new_path, &self.path)?;
        files::sync_directory(&self.path)?;
        self.poisoned = false;
        self.file = file;
        self.header = header;
        self.records = records;
        self.last = last;
        self.used.forget_below(header.floor);
        Ok(())
    }

    #[cfg(not(unix))]
    fn replace(&mut self, _: Header) -> Result<(), GuardError> {
        Err(GuardError::Io(io::ErrorKind::Unsupported.into()))
    }
}

impl Drop for FileSlotGuard {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that is just being started holds a copy of the descriptor, and
        // with it the lock, until it runs its own program. For the same reason a forked child must not unlock: it would take
        // the lock from its parent.
        if self.owner.is_here() {
            let _ = self.file.unlock();
        }
    }
}

impl SlotGuard for FileSlotGuard {
    fn bind(&mut self, key: &KeyIdentity) -> Result<(), GuardError> {
        self.check_owner()?;
        let header = self.header;
        if (header.scheme, header.public_key) != (key.scheme, key.public_key) {
            return Err(GuardError::OtherKey);
        }
        match header.fingerprint {
            Some(fingerprint) if fingerprint == key.fingerprint => Ok(()),
            Some(_) => Err(GuardError::OtherKey),
            None => {
                self.check_file()?;
                self.try_replace(Header {
                    fingerprint: Some(key.fingerprint),
                    ..header
                })
            }
        }
    }

    fn reserve(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError> {
        self.check_owner()?;
        if self.poisoned {
            return Err(GuardError::Poisoned);
        }
        match self.look(slot, message)? {
            Reservation::Repeated => Ok(()),
            Reservation::New => {
                self.check_file()?;
                // Poisoned until the record is on the disk, so that no error path can forget to say so.
                self.poisoned = true;
                self.write_at(self.records, &encode_record(self.records, slot, message))?;
                self.file.sync_data()?;
                self.poisoned = false;
                self.records += 1;
                self.last = Some(slot);
                self.used.insert(slot, message);
                self.follow()
            }
        }
    }
}

/// Opens the journal at `path` and locks it. The path means the file that is returned as long as it is locked.
fn open_locked(path: &Path) -> Result<File, GuardError> {
    loop {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        // Reading a pipe or a terminal might never end.
        if !file.metadata()?.is_file() {
            return Err(GuardError::NotAJournal);
        }
        let file = files::beyond_standard_streams(file)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => GuardError::Locked,
            TryLockError::Error(error) => GuardError::Io(error),
        })?;
        // Another process may have replaced it between the opening and the locking.
        if files::is_at(&file.metadata()?, path)? {
            return Ok(file);
        }
    }
}

fn read_header(mut file: &File) -> Result<Header, GuardError> {
    let mut bytes = [0; HEADER_BYTES];
    file.read_exact(&mut bytes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => GuardError::NotAJournal,
            _ => GuardError::Io(error),
        })?;
    Header::from_bytes(&bytes).ok_or(GuardError::NotAJournal)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::params::PROD;

    #[cfg(unix)]
    #[test]
    fn the_journal_of_a_year_of_four_second_slots_is_short_and_opens_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let key = PublicKey::from_bytes(&PROD, &[0; 52]).unwrap();
        let mut guard = FileSlotGuard::create(&PROD, &key, &path).unwrap();
        // What `reserve` and `follow` do, but for the disk.
        let (first, slots) = (1_000_000, 7_900_000);
        let mut most = 0;
        for slot in first..first + slots {
            guard.used.insert(slot, &[slot as u8; 32]);
            if guard.used.len() as u64 >= guard.next_rise {
                if let Some(floor) = guard.due() {
                    guard.header.floor = floor;
                    guard.used.forget_below(floor);
                }
                guard.next_rise = guard.used.len() as u64 + floor::slack(guard.window());
            }
            most = most.max(guard.used.len() as u64);
        }
        guard.last = Some(first + slots - 1);
        guard.replace(guard.header).unwrap();
        let (floor, used) = (guard.floor(), guard.used().len());
        drop(guard);

        assert!(most <= PROD.window_slots() * 5 / 4);
        assert!(std::fs::metadata(&path).unwrap().len() < 8_000_000);
        let open = || FileSlotGuard::open(&PROD, &key, &path).unwrap();
        // The best of several: the machine has other work.
        let times = (0..5).map(|_| {
            let start = Instant::now();
            drop(open());
            start.elapsed()
        });
        let elapsed = times.min().unwrap();
        let guard = open();
        println!("{used} records above the floor, opened in {elapsed:?}");
        assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
        assert_eq!((guard.floor(), guard.used().len()), (floor, used));
        assert_eq!(guard.last(), Some(first + slots - 1));
        // Nothing has been forgotten, and no more than necessary was given up.
        assert!(matches!(
            guard.check(first, &[7; 32]),
            Err(GuardError::BelowFloor { .. })
        ));
        assert!(guard.used().slots().eq(floor as u32..first + slots));
        assert!(floor + PROD.window_slots() <= u64::from(first + slots));
    }
}
