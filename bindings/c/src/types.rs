//! The types and constants of the C interface, apart from the opaque handles.

use std::ffi::{c_char, c_int, c_void};

/// What a function returns: `SHEAF_STATUS_OK`, or why there is no result.
///
/// The numbers never change their meaning. Later versions may add some.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Success.
    Ok = 0,
    /// A pointer is null or misaligned, a length is impossible, or a number names no scheme, no rate, no form or no range of slots.
    InvalidArgument = 1,
    /// Groups are empty, repeat something, name a slot that does not exist, or hold too many signatures.
    Claims = 2,
    /// Bytes are not a public key, signature or secret key of the scheme.
    Malformed = 3,
    /// Signatures are not valid. Nothing has been proved.
    InvalidSignature = 4,
    /// The bytes are not a proof that this library can read.
    Format = 5,
    /// The proof does not prove the claims.
    Rejected = 6,
    /// The observer asked to stop.
    Cancelled = 7,
    /// A batch of this size can't be proved at this rate, or listed.
    Unsupported = 8,
    /// Threads can't be started, or stayed in the parent of a forked process.
    Threads = 9,
    /// Another message has been signed at the slot. The key must not sign this one.
    SlotUsed = 10,
    /// The key is not active at the slot, or has moved past it.
    SlotUnavailable = 11,
    /// The journal is in use by another signing key, perhaps of another process, such as the parent of this one.
    JournalLocked = 12,
    /// There is no journal at this path. If the key has ever signed, the journal is lost, and the key must not sign again.
    JournalMissing = 13,
    /// There is a journal, or another file, at this path already.
    JournalExists = 14,
    /// The journal can't be read or written, is damaged, or belongs to another key.
    Journal = 15,
    /// The operating system gives no randomness.
    Randomness = 16,
    /// A defect of the library was met and contained. Handles that took part in the call should be freed.
    Internal = 99,
}

/// A parameter set of the signature scheme: one of the `SHEAF_SCHEME_` numbers. `docs/schemes.md` says which is for whom.
pub type Scheme = u32;

/// The parameters of Lean Ethereum clients: public keys of 52 bytes, signatures of 2536.
pub const SCHEME_PROD: Scheme = 1;
/// Parameters for tests: fast keys, 256 slots, no security.
pub const SCHEME_TEST: Scheme = 2;
/// The compact scheme: public keys of 32 bytes, signatures of 1208, digests of 124 bits.
pub const SCHEME_COMPACT: Scheme = 3;
/// The compact scheme with parameters for tests: fast keys, 256 slots, no security.
pub const SCHEME_COMPACT_TEST: Scheme = 4;

/// The rate of the code under a proof, which trades proving time for proof size. All rates are equally secure.
pub type Rate = u32;

/// Rate 1/2: the fastest proving, the largest proofs.
pub const RATE_HALF: Rate = 1;
/// Rate 1/4.
pub const RATE_QUARTER: Rate = 2;
/// Rate 1/8.
pub const RATE_EIGHTH: Rate = 3;
/// Rate 1/16: the slowest proving, the smallest proofs.
pub const RATE_SIXTEENTH: Rate = 4;

/// What is made of signatures: one of the `SHEAF_FORM_` numbers.
pub type Form = u32;

/// The smaller one of the two others.
pub const FORM_AUTO: Form = 0;
/// The signatures themselves, without a proof: few of them are smaller than any proof.
pub const FORM_RAW: Form = 1;
/// A proof.
pub const FORM_PROOF: Form = 2;

/// Bytes in a message.
pub const MESSAGE_BYTES: usize = 32;
/// Bytes in a public key, in SSZ, of `SHEAF_SCHEME_PROD` and `SHEAF_SCHEME_TEST`; no scheme has longer ones.
pub const PUBLIC_KEY_BYTES: usize = 52;
/// Bytes in a public key, in SSZ, of `SHEAF_SCHEME_COMPACT` and `SHEAF_SCHEME_COMPACT_TEST`.
pub const COMPACT_PUBLIC_KEY_BYTES: usize = 32;
/// Bytes in the seed of a one-slot signer.
pub const SEED_BYTES: usize = 32;
/// The most signatures that one proof may cover.
pub const MAX_SIGNATURES: usize = 65536;
/// The index of a place that is a whole group.
pub const WHOLE_GROUP: usize = usize::MAX;

const _: () = {
    assert!(SCHEME_PROD == sheaf::PROD.id as u32 && SCHEME_TEST == sheaf::TEST.id as u32);
    assert!(RATE_HALF == sheaf::Rate::Half.log_inverse() as u32);
    assert!(RATE_QUARTER == sheaf::Rate::Quarter.log_inverse() as u32);
    assert!(RATE_EIGHTH == sheaf::Rate::Eighth.log_inverse() as u32);
    assert!(RATE_SIXTEENTH == sheaf::Rate::Sixteenth.log_inverse() as u32);
    assert!(FORM_AUTO == sheaf_bindings::decode::FORM_AUTO);
    assert!(FORM_RAW == sheaf_bindings::decode::FORM_RAW);
    assert!(FORM_PROOF == sheaf_bindings::decode::FORM_PROOF);
    assert!(MESSAGE_BYTES == sheaf::xmss::params::MESSAGE_BYTES);
    assert!(SCHEME_COMPACT == sheaf::COMPACT.id as u32);
    assert!(SCHEME_COMPACT_TEST == sheaf::COMPACT_TEST.id as u32);
    assert!(PUBLIC_KEY_BYTES == sheaf::xmss::params::MAX_PUBLIC_KEY_BYTES);
    assert!(PUBLIC_KEY_BYTES == sheaf::PROD.public_key_bytes());
    assert!(PUBLIC_KEY_BYTES == sheaf::TEST.public_key_bytes());
    assert!(COMPACT_PUBLIC_KEY_BYTES == sheaf::COMPACT.public_key_bytes());
    assert!(COMPACT_PUBLIC_KEY_BYTES == sheaf::COMPACT_TEST.public_key_bytes());
    assert!(SEED_BYTES == sheaf::xmss::one_slot::SEED_BYTES);
    assert!(MAX_SIGNATURES == sheaf::MAX_SIGNATURES);
};

/// Bytes that the caller owns. `data` may be null if `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte.
    pub data: *const u8,
    /// How many bytes.
    pub len: usize,
}

/// Bytes that the library has allocated. Give them back with `sheaf_buffer_free`, unchanged.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    /// The first byte; null if there is no buffer.
    pub data: *mut u8,
    /// How many bytes.
    pub len: usize,
}

/// Keys that signed one message at one slot, and their signatures.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The slot.
    pub slot: u32,
    /// The message.
    pub message: [u8; MESSAGE_BYTES],
    /// `count` public keys, in SSZ.
    pub keys: *const Bytes,
    /// `count` signatures, in SSZ, in the order of the keys. `sheaf_verify` does not look at them: there it may be null.
    pub signatures: *const Bytes,
    /// How many keys.
    pub count: usize,
}

/// What an error is about, counted as the caller counts.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the group.
    pub group: usize,
    /// Index of the key and signature in the group, or `SHEAF_WHOLE_GROUP`.
    pub index: usize,
}

/// How far a computation has come.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done, for people. Valid during the call.
    pub phase: *const c_char,
    /// How much has been done: phases of a proof, or slots of a key.
    pub done: u64,
    /// Out of how much.
    pub total: u64,
    /// Whether a proof still waits for earlier ones of the same prover.
    pub waiting: bool,
}

/// Is told how far a computation has come, and may cancel it: 0 goes on, anything else cancels.
///
/// Called on a thread of the prover, or about every 10 ms on the caller's while a proof waits for earlier ones, or once on the
/// caller's before signatures are listed; never from two
/// threads at once for the same call of the library, and never after that call has returned. It must return in the ordinary way:
/// no `longjmp`, no C++ exception. `user_data` is passed through.
///
/// It may call the library, but not with a signing key that was opened with the same prover: another thread may hold the key
/// and wait for the thread on which the observer runs. For the same reason it must not wait for a proof that another thread
/// makes with the same prover.
pub type Observer =
    Option<unsafe extern "C" fn(user_data: *mut c_void, progress: *const Progress) -> c_int>;

/// Facts about this build of the library, and the machine on which it runs. Strings are static.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// The version of the library.
    pub version: *const c_char,
    /// The SIMD level that it was compiled for: `scalar`, `neon`, `avx2` or `avx512`.
    pub simd: *const c_char,
    /// The SIMD level that the CPU offers.
    pub cpu_simd: *const c_char,
    /// The version of the proofs that it makes and verifies.
    pub proof_version: u32,
    /// Whether the CPU has wider SIMD instructions than this build uses, so that another build would be several times as fast.
    pub leaves_simd_unused: bool,
}
