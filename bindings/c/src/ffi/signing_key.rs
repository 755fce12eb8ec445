//! Keys, and signing with them.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use sheaf::PublicKey;
use sheaf_bindings::signer::{self, Signer};
use sheaf_bindings::{Failure, decode};

use super::callback::Callback;
use super::guard::guard;
use super::prover::Prover;
use super::raw::{self, Out, OutBytes};
use crate::error_object::ErrorObject;
use crate::types::{Buffer, MESSAGE_BYTES, Observer, Scheme, Status};

/// A secret key under its journal. Wiped when freed.
#[derive(Debug)]
pub struct SigningKey(Signer);

/// Makes a key that is active at `slot_count` slots from `first_slot` on. The range grows to whole subtrees, at least two:
/// 131072 slots for `SHEAF_SCHEME_PROD`, which take from seconds to minutes; the time is proportional to the slots. Keys of
/// `SHEAF_SCHEME_COMPACT` have the slots that were asked for.
///
/// `sheaf_public_key_bytes(scheme)` bytes are written to `public_key`. `*secret_key` is the secret key in the encoding of its
/// scheme: store it where nobody else can read it, and free it with `sheaf_buffer_free`, which wipes it. Then create its
/// journal with `sheaf_journal_create`, once.
///
/// `observer` may be null. It is told how many slots have been done, and cancelling takes effect within milliseconds.
///
/// Thread safety: any thread; the work is done by the threads of the prover.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_keygen(
    prover: *const Prover,
    scheme: Scheme,
    first_slot: u32,
    slot_count: u64,
    observer: Observer,
    user_data: *mut c_void,
    public_key: *mut u8,
    secret_key: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's places for the results, and arguments, alive during the call.
        let (secret_out, public_out) = unsafe {
            (
                Out::new(secret_key, Buffer::EMPTY, "secret_key"),
                OutBytes::new(public_key, decode::public_key_bytes(scheme), "public_key"),
            )
        };
        // Both are written before either is refused.
        let (secret_out, public_out) = (secret_out?, public_out?);
        // SAFETY: as above.
        let (prover, mut callback) = unsafe {
            (
                raw::reference(prover, "prover")?,
                Callback::new(observer, user_data),
            )
        };
        let scheme = decode::scheme(scheme)?;
        let observer = |done, total| callback.tell(c"leaves", done, total);
        let (public, mut secret) =
            signer::generate(&prover.0, &scheme, first_slot, slot_count, observer)?;
        public_out.put(&public.to_bytes());
        secret_out.put(Buffer::from_vec(std::mem::take(&mut *secret)));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Creates the journal of a key that has never signed: the file in which each slot is recorded before a signature is released.
///
/// Call it once in the life of a key. It refuses if there is a file at `journal_path`. Keep the journal beside the key, on a
/// local file system, as long as the key exists. A key whose journal is lost, or was restored from a backup, must not sign.
/// `public_key` points to `sheaf_public_key_bytes(scheme)` bytes.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_journal_create(
    scheme: Scheme,
    public_key: *const u8,
    journal_path: *const c_char,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        let scheme = decode::scheme(scheme)?;
        // SAFETY: the caller's arguments, alive during the call.
        let (public_key, path) = unsafe {
            (
                raw::slice(public_key, scheme.public_key_bytes(), "public_key")?,
                raw::path(journal_path, "journal_path")?,
            )
        };
        let public_key = PublicKey::from_bytes(&scheme, public_key)?;
        signer::create_journal(&scheme, &public_key, path)
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Opens a key for signing: its bytes, as `sheaf_keygen` gave them, and its journal, which must exist and is locked until the key is freed.
///
/// A process that forks keeps the key: in the child, calls with it fail with `SHEAF_STATUS_JOURNAL_LOCKED`. As the child holds a
/// copy of the open file, a parent that ends without freeing the key leaves the journal locked until the child ends too.
///
/// The prover's threads are used when the key moves on to its next subtree, and only then. Free `*key` with
/// `sheaf_signing_key_free`; the prover may be freed before.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_open(
    prover: *const Prover,
    scheme: Scheme,
    secret_key: *const u8,
    secret_key_len: usize,
    journal_path: *const c_char,
    key: *mut *mut SigningKey,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's place for the result, and arguments, alive during the call.
        let (out, prover, secret_key, path) = unsafe {
            (
                Out::new(key, std::ptr::null_mut(), "key")?,
                raw::reference(prover, "prover")?,
                raw::slice(secret_key, secret_key_len, "secret_key")?,
                raw::path(journal_path, "journal_path")?,
            )
        };
        let scheme = decode::scheme(scheme)?;
        let signer = Signer::open(Arc::clone(&prover.0), &scheme, secret_key, path)?;
        out.put(Box::into_raw(Box::new(SigningKey(signer))));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Signs `message`, `SHEAF_MESSAGE_BYTES` bytes, at `slot`. The slot is on the disk before the signature is released.
///
/// Another message at the same slot is refused with `SHEAF_STATUS_SLOT_USED`; the same message gives the same signature
/// again. Takes milliseconds inside the window of prepared slots (`sheaf_signing_key_window`), and seconds outside of it; with
/// `SHEAF_SCHEME_COMPACT` tens of milliseconds outside, more with keys of millions of slots.
///
/// A slot more than a window beyond the prepared ones is refused with `SHEAF_STATUS_SLOT_UNAVAILABLE`, since it is more
/// likely a mistake than meant: `sheaf_signing_key_skip_to` goes there. Keys of `SHEAF_SCHEME_COMPACT` know no far slots, since
/// they do not keep their window. A damaged key is refused with
/// `SHEAF_STATUS_MALFORMED`, before the slot is recorded: every signature is verified before it is released.
///
/// Free `*signature` with `sheaf_buffer_free`.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_sign(
    key: *const SigningKey,
    slot: u32,
    message: *const u8,
    signature: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's place for the result, and arguments, alive during the call.
        let (out, key, message) = unsafe {
            (
                Out::new(signature, Buffer::EMPTY, "signature")?,
                raw::reference(key, "key")?,
                raw::array::<MESSAGE_BYTES>(message, "message")?,
            )
        };
        out.put(Buffer::from_vec(key.0.sign(slot, message)?.to_bytes()));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Writes the public key, `sheaf_public_key_bytes` of its scheme, to `public_key`.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_public_key(
    key: *const SigningKey,
    public_key: *mut u8,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's key, alive during the call. It says how much room there is for the result.
        let key = unsafe { raw::reference(key, "key") }?;
        let len = key.0.public_key_bytes();
        // SAFETY: the caller's place for the result.
        let out = unsafe { OutBytes::new(public_key, len, "public_key") }?;
        out.put(&key.0.public_key()?.to_bytes());
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// The slots at which the key can ever sign: from `*first` on, before `*end`.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_active(
    key: *const SigningKey,
    first: *mut u64,
    end: *mut u64,
    error: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's places and key.
    unsafe { put_slots(key, first, end, error, Signer::active_slots) }
}

/// The window: the slots at which the key can sign at once, from `*first` on, before `*end`. A key of `SHEAF_SCHEME_COMPACT`
/// that has just been opened has none: then they are equal.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_window(
    key: *const SigningKey,
    first: *mut u64,
    end: *mut u64,
    error: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's places and key.
    unsafe { put_slots(key, first, end, error, Signer::window_slots) }
}

/// Writes a range of slots.
///
/// # Safety
/// `key` is null or a key that the library has made; the others are null or valid for writes.
unsafe fn put_slots(
    key: *const SigningKey,
    first: *mut u64,
    end: *mut u64,
    error: *mut *mut ErrorObject,
    slots: impl FnOnce(&Signer) -> Result<std::ops::Range<u64>, Failure>,
) -> Status {
    let work = || {
        // SAFETY: the contract of this function.
        let (first, end) = unsafe { (Out::new(first, 0, "first"), Out::new(end, 0, "end")) };
        // Both are written before either is refused.
        let (first, end) = (first?, end?);
        // SAFETY: the contract of this function.
        let key = unsafe { raw::reference(key, "key") }?;
        let range = slots(&key.0)?;
        first.put(range.start);
        end.put(range.end);
        Ok(())
    };
    // SAFETY: the contract of this function.
    unsafe { guard(error, work) }
}

/// Moves the window on by one subtree, half its length. `*advanced`, which may be null, says whether it has moved: it does
/// not if it is at the end of the active slots. To sign at a slot that it leaves behind takes seconds again.
///
/// Takes seconds with `SHEAF_SCHEME_PROD`, and makes other calls with the key wait. Call it in a quiet moment, once signing
/// has reached the second half of the window, and store the key anew (`sheaf_signing_key_bytes`).
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_advance(
    key: *const SigningKey,
    advanced: *mut bool,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        let out = if advanced.is_null() {
            None
        } else {
            // SAFETY: the caller's place for the result.
            Some(unsafe { Out::new(advanced, false, "advanced") }?)
        };
        // SAFETY: the caller's key, alive during the call.
        let key = unsafe { raw::reference(key, "key") }?;
        let moved = key.0.advance_window()?;
        if let Some(out) = out {
            out.put(moved);
        }
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Moves the window so that it holds `slot`, however far that is. Signs nothing and records nothing.
///
/// Takes seconds with `SHEAF_SCHEME_PROD`, and makes other calls with the key wait.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_skip_to(
    key: *const SigningKey,
    slot: u32,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's key, alive during the call.
        let key = unsafe { raw::reference(key, "key") }?;
        key.0.skip_to(slot)
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// The secret key with its present window, if its scheme keeps one. Free it with `sheaf_buffer_free`, which wipes it.
///
/// Storing it anew saves the seconds of work for subtrees (the bytes of `SHEAF_SCHEME_COMPACT` are always the same); nothing is lost otherwise, since slots are recorded in the journal.
///
/// Thread safety: any thread; calls with the same key take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_bytes(
    key: *const SigningKey,
    secret_key: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's place for the result, and key, alive during the call.
        let (out, key) = unsafe {
            (
                Out::new(secret_key, Buffer::EMPTY, "secret_key")?,
                raw::reference(key, "key")?,
            )
        };
        let mut bytes = key.0.to_bytes()?;
        out.put(Buffer::from_vec(std::mem::take(&mut *bytes)));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Wipes and frees a key, and unlocks its journal. Does nothing if it is null.
///
/// Thread safety: not while another thread uses the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_signing_key_free(key: *mut SigningKey) {
    if !key.is_null() {
        // SAFETY: `sheaf_signing_key_open` made it of a box, and the caller gives it back once.
        drop(unsafe { Box::from_raw(key) });
    }
}
