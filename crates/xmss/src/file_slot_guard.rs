//! A guard whose memory is a file: a journal to which a record is appended, and synced, before each signature.
//!
//! Layout: a header of 80 bytes, `magic 8 ‖ scheme id ‖ 0 (3 bytes) ‖ public key 52 ‖ checksum 16`, and records of 48
//! bytes, `slot u32 LE ‖ message 32 ‖ checksum 12`. A record's checksum covers its index, so that records can't change
//! places unnoticed. Checksums are SHAKE128; they find accidents, not forgeries.
//!
//! At most one record is under way at any time, and no signature leaves before its record is on the disk. So a crash can
//! only leave the *last* record torn, and the signature that belongs to it was not released: opening the journal cuts it
//! off. A record is torn if the file ends inside it, or if it is zero on one side of a disk's sector boundary: what a crash
//! loses reads as nothing or as zeros. Any other damaged record, the last one included, is an error.
//!
//! What no check of the file alone can find is a file that lost its last records whole, as an old backup has.
//!
//! The file is locked while a guard has it open, by the process that opened it: a child that is forked off shares the lock
//! but not what is recorded afterwards, so its copy of the guard refuses to reserve, and leaves the lock alone. A new journal
//! is made under a temporary name, synced and then linked under its own name, which fails if a journal is there already: no
//! process can replace a journal that another one uses.

mod summary;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha3::Shake128;
use sha3::digest::{ExtendableOutput, Update};

use crate::params::{MESSAGE_BYTES, PUBLIC_KEY_BYTES, Scheme};
use crate::slot_guard::{GuardError, MemorySlotGuard, Reservation, SlotGuard};
use crate::types::PublicKey;

pub use self::summary::JournalSummary;

/// Bytes before the first record.
pub const HEADER_BYTES: usize = 80;
/// Bytes of one record.
pub const RECORD_BYTES: usize = 4 + MESSAGE_BYTES + RECORD_CHECKSUM_BYTES;

/// Marks a journal of slots; its last byte is the version of the format.
const MAGIC: [u8; 8] = *b"shfslot\x01";
const HEADER_CHECKSUM_BYTES: usize = 16;
const RECORD_CHECKSUM_BYTES: usize = 12;

/// A guard that keeps its memory in a journal file, which is bound to one public key.
#[derive(Debug)]
pub struct FileSlotGuard {
    file: File,
    used: MemorySlotGuard,
    records: u64,
    poisoned: bool,
    /// Who opened the file.
    process: u32,
}

impl FileSlotGuard {
    /// Opens the journal of a key, and creates it if there is no file at `path`.
    ///
    /// Keep one journal per secret key, as long as the key lives, on a local file system. A restored backup of an old journal
    /// has forgotten slots: delete the key rather than use it.
    ///
    /// # Errors
    /// If another guard has it open, it belongs to another key, it is damaged, or the file system fails.
    pub fn open_or_create(
        scheme: &Scheme,
        public_key: &PublicKey,
        path: &Path,
    ) -> Result<Self, GuardError> {
        match Self::open(scheme, public_key, path) {
            Err(GuardError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
        match create(&checksummed_header(scheme, public_key), path) {
            // Another process was faster. Its journal is as good.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
        Self::open(scheme, public_key, path)
    }

    /// Opens the journal of a key, which must exist.
    ///
    /// A key that has signed before should be opened this way, so that a missing journal is noticed.
    ///
    /// # Errors
    /// If there is no such file, another guard has it open, it belongs to another key, it is damaged, or the file system
    /// fails.
    pub fn open(scheme: &Scheme, public_key: &PublicKey, path: &Path) -> Result<Self, GuardError> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        // Reading a pipe or a terminal might never end.
        if !file.metadata()?.is_file() {
            return Err(GuardError::NotAJournal);
        }
        let file = beyond_standard_streams(file)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => GuardError::Locked,
            TryLockError::Error(error) => GuardError::Io(error),
        })?;
        let mut guard = Self {
            file,
            used: MemorySlotGuard::new(),
            records: 0,
            poisoned: false,
            process: std::process::id(),
        };
        check_header(&mut guard.file, &checksummed_header(scheme, public_key))?;
        guard.read_records()?;
        Ok(guard)
    }

    /// The slots that have been used.
    #[must_use]
    pub const fn used(&self) -> &MemorySlotGuard {
        &self.used
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
                    // The guard writes no slot twice.
                    match self.used.take(slot, &message) {
                        Ok(Reservation::New) => {}
                        _ => return Err(GuardError::Damaged { record }),
                    }
                    last = Some(bytes);
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
}

impl Drop for FileSlotGuard {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that is just being started holds a copy of the descriptor, and
        // with it the lock, until it runs its own program. For the same reason a forked child must not unlock: it would take
        // the lock from its parent.
        if self.process == std::process::id() {
            let _ = self.file.unlock();
        }
    }
}

impl SlotGuard for FileSlotGuard {
    fn reserve(&mut self, slot: u32, message: &[u8; MESSAGE_BYTES]) -> Result<(), GuardError> {
        if self.process != std::process::id() {
            return Err(GuardError::Locked);
        }
        if self.poisoned {
            return Err(GuardError::Poisoned);
        }
        match self.used.take(slot, message)? {
            Reservation::Repeated => Ok(()),
            Reservation::New => {
                // Poisoned until the record is on the disk, so that no error path can forget to say so.
                self.poisoned = true;
                self.write_at(self.records, &encode_record(self.records, slot, message))?;
                self.file.sync_data()?;
                self.records += 1;
                self.poisoned = false;
                Ok(())
            }
        }
    }
}

/// The unit in which a disk writes, or a divisor of it.
const SECTOR_BYTES: u64 = 512;

/// Whether a damaged record at `start` may be one whose writing a crash interrupted, rather than one that was written and
/// has changed since.
fn is_torn(start: u64, bytes: &[u8; RECORD_BYTES]) -> bool {
    let in_first_sector = (SECTOR_BYTES - start % SECTOR_BYTES).min(RECORD_BYTES as u64);
    let (first, second) = bytes.split_at(in_first_sector as usize);
    let is_lost = |part: &[u8]| !part.is_empty() && part.iter().all(|&byte| byte == 0);
    is_lost(first) || is_lost(second)
}

const fn position(record: u64) -> u64 {
    HEADER_BYTES as u64 + record * RECORD_BYTES as u64
}

fn checksum<const N: usize>(purpose: &[u8], parts: &[&[u8]]) -> [u8; N] {
    let mut hasher = Shake128::default();
    hasher.update(purpose);
    for part in parts {
        hasher.update(part);
    }
    let mut out = [0; N];
    hasher.finalize_xof_into(&mut out);
    out
}

fn checksummed_header(scheme: &Scheme, public_key: &PublicKey) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    out[..8].copy_from_slice(&MAGIC);
    out[8] = scheme.id;
    out[12..12 + PUBLIC_KEY_BYTES].copy_from_slice(&public_key.to_bytes());
    let (body, sum) = out.split_at_mut(HEADER_BYTES - HEADER_CHECKSUM_BYTES);
    sum.copy_from_slice(&checksum::<HEADER_CHECKSUM_BYTES>(
        b"sheaf slot journal header",
        &[body],
    ));
    out
}

fn check_header(file: &mut File, expected: &[u8; HEADER_BYTES]) -> Result<(), GuardError> {
    let mut found = [0; HEADER_BYTES];
    file.read_exact(&mut found)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => GuardError::NotAJournal,
            _ => GuardError::Io(error),
        })?;
    let (body, sum) = found.split_at(HEADER_BYTES - HEADER_CHECKSUM_BYTES);
    let intact = checksum::<HEADER_CHECKSUM_BYTES>(b"sheaf slot journal header", &[body]) == sum;
    if !intact || found[..MAGIC.len()] != MAGIC {
        Err(GuardError::NotAJournal)
    } else if found != *expected {
        Err(GuardError::OtherKey)
    } else {
        Ok(())
    }
}

fn encode_record(record: u64, slot: u32, message: &[u8; MESSAGE_BYTES]) -> [u8; RECORD_BYTES] {
    let mut out = [0; RECORD_BYTES];
    out[..4].copy_from_slice(&slot.to_le_bytes());
    out[4..4 + MESSAGE_BYTES].copy_from_slice(message);
    let (body, sum) = out.split_at_mut(4 + MESSAGE_BYTES);
    sum.copy_from_slice(&record_checksum(record, body));
    out
}

fn decode_record(record: u64, bytes: &[u8; RECORD_BYTES]) -> Option<(u32, [u8; MESSAGE_BYTES])> {
    let (slot, rest) = bytes.split_first_chunk()?;
    let (message, sum) = rest.split_first_chunk()?;
    let intact = record_checksum(record, &bytes[..4 + MESSAGE_BYTES]) == sum;
    intact.then(|| (u32::from_le_bytes(*slot), *message))
}

fn record_checksum(record: u64, body: &[u8]) -> [u8; RECORD_CHECKSUM_BYTES] {
    checksum(b"sheaf slot journal record", &[&record.to_le_bytes(), body])
}

/// Moves a file off the descriptors of standard input, output and error, which it gets if the program has closed those:
/// whatever is printed afterwards would go into the file.
#[cfg(unix)]
fn beyond_standard_streams(file: File) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    // A duplicate is never one of the three.
    if file.as_raw_fd() < 3 {
        file.try_clone()
    } else {
        Ok(file)
    }
}

/// Other systems have handles instead.
#[cfg(not(unix))]
fn beyond_standard_streams(file: File) -> io::Result<File> {
    Ok(file)
}

/// Creates a file with these bytes, all at once; an error of kind `AlreadyExists` if there is a file at `path`.
fn create(bytes: &[u8], path: &Path) -> io::Result<()> {
    let (temporary, mut file) = temporary_beside(path)?;
    let result = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&temporary, path))
        .and_then(|()| sync_directory(path));
    // A leftover does no harm: it is never opened again.
    let _ = std::fs::remove_file(&temporary);
    result
}

/// Creates a new file in the directory of `path`.
fn temporary_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut attempt = 0u32;
    loop {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.{attempt}.new", std::process::id()));
        let temporary = path.with_file_name(name);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1
            }
            result => return Ok((temporary, beyond_standard_streams(result?)?)),
        }
    }
}

/// Makes the entry of `path` in its directory durable.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Other systems can't open a directory as a file, and journal its entries themselves.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
