//! The bytes of a journal: its header and its records.
//!
//! Header, 120 bytes: `magic 8 ‖ scheme id ‖ 0 (3 bytes) ‖ public key 52, with zeros behind a shorter one ‖ fingerprint 32 ‖ floor u64 LE ‖ checksum 16`.
//! The fingerprint is that of the PRF key or the seed, or zeros as long as no secret key has been used with the journal.
//!
//! Record, 48 bytes: `slot u32 LE ‖ message 32 ‖ checksum 12`. A record's checksum covers its index, so that records can't
//! change places unnoticed.
//!
//! Checksums are SHAKE128; they find accidents, not forgeries.

use sha3::Shake128;
use sha3::digest::{ExtendableOutput, Update};

use crate::keys::FINGERPRINT_BYTES;
use crate::params::{MAX_PUBLIC_KEY_BYTES, MESSAGE_BYTES, Scheme};
use crate::types::PublicKey;

/// Bytes before the first record.
pub const HEADER_BYTES: usize = FLOOR_AT + 8 + HEADER_CHECKSUM_BYTES;
/// Bytes of one record.
pub const RECORD_BYTES: usize = 4 + MESSAGE_BYTES + RECORD_CHECKSUM_BYTES;

/// Marks a journal of slots; its last byte is the version of the format.
const MAGIC: [u8; 8] = *b"shfslot\x02";
const KEY_AT: usize = MAGIC.len() + 4;
const FINGERPRINT_AT: usize = KEY_AT + MAX_PUBLIC_KEY_BYTES;
const FLOOR_AT: usize = FINGERPRINT_AT + FINGERPRINT_BYTES;
const HEADER_CHECKSUM_BYTES: usize = 16;
const RECORD_CHECKSUM_BYTES: usize = 12;

/// What a journal says before its first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) scheme: Scheme,
    pub(super) public_key: PublicKey,
    /// Of the PRF key or the seed; none as long as no secret key has been used with the journal.
    pub(super) fingerprint: Option<[u8; FINGERPRINT_BYTES]>,
    /// Every slot below it counts as used.
    pub(super) floor: u64,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        out[..MAGIC.len()].copy_from_slice(&MAGIC);
        out[MAGIC.len()] = self.scheme.id;
        for (out, byte) in out[KEY_AT..].iter_mut().zip(self.public_key.to_bytes()) {
            *out = byte;
        }
        out[FINGERPRINT_AT..FLOOR_AT].copy_from_slice(&self.fingerprint.unwrap_or_default());
        out[FLOOR_AT..FLOOR_AT + 8].copy_from_slice(&self.floor.to_le_bytes());
        let (body, sum) = out.split_at_mut(FLOOR_AT + 8);
        sum.copy_from_slice(&checksum::<HEADER_CHECKSUM_BYTES>(
            b"sheaf slot journal header",
            &[body],
        ));
        out
    }

    /// The header that these bytes are, if they are one.
    pub(super) fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let fingerprint = *bytes[FINGERPRINT_AT..].first_chunk()?;
        let scheme = Scheme::from_id(bytes[MAGIC.len()])?;
        let public_key = &bytes[KEY_AT..][..scheme.public_key_bytes()];
        let header = Self {
            scheme,
            public_key: PublicKey::from_bytes(&scheme, public_key).ok()?,
            fingerprint: (fingerprint != [0; FINGERPRINT_BYTES]).then_some(fingerprint),
            floor: u64::from_le_bytes(*bytes[FLOOR_AT..].first_chunk()?),
        };
        // This covers the magic, the zeros and the checksum.
        (header.to_bytes() == *bytes).then_some(header)
    }
}

/// The unit in which a disk writes, or a divisor of it.
const SECTOR_BYTES: u64 = 512;

/// Whether a damaged record at `start` may be one whose writing a crash interrupted, rather than one that was written and
/// has changed since.
pub(super) fn is_torn(start: u64, bytes: &[u8; RECORD_BYTES]) -> bool {
    let in_first_sector = (SECTOR_BYTES - start % SECTOR_BYTES).min(RECORD_BYTES as u64);
    let (first, second) = bytes.split_at(in_first_sector as usize);
    let is_lost = |part: &[u8]| !part.is_empty() && part.iter().all(|&byte| byte == 0);
    is_lost(first) || is_lost(second)
}

/// Where a record starts in the file.
pub(super) const fn position(record: u64) -> u64 {
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

pub(super) fn encode_record(
    record: u64,
    slot: u32,
    message: &[u8; MESSAGE_BYTES],
) -> [u8; RECORD_BYTES] {
    let mut out = [0; RECORD_BYTES];
    out[..4].copy_from_slice(&slot.to_le_bytes());
    out[4..4 + MESSAGE_BYTES].copy_from_slice(message);
    let (body, sum) = out.split_at_mut(4 + MESSAGE_BYTES);
    sum.copy_from_slice(&record_checksum(record, body));
    out
}

pub(super) fn decode_record(
    record: u64,
    bytes: &[u8; RECORD_BYTES],
) -> Option<(u32, [u8; MESSAGE_BYTES])> {
    let (slot, rest) = bytes.split_first_chunk()?;
    let (message, sum) = rest.split_first_chunk()?;
    let intact = record_checksum(record, &bytes[..4 + MESSAGE_BYTES]) == sum;
    intact.then(|| (u32::from_le_bytes(*slot), *message))
}

fn record_checksum(record: u64, body: &[u8]) -> [u8; RECORD_CHECKSUM_BYTES] {
    checksum(b"sheaf slot journal record", &[&record.to_le_bytes(), body])
}
