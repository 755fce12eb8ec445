//! Single signatures, without a proof.

use sheaf::xmss::{one_slot, verify};
use sheaf::{PublicKey, Signature};
use sheaf_bindings::decode;

use super::guard::guard;
use super::raw::{self, Out, OutBytes};
use crate::error_object::ErrorObject;
use crate::types::{Buffer, Scheme, Status};

/// Verifies one signature: `public_key` points to `sheaf_public_key_bytes(scheme)` bytes, `message` to `SHEAF_MESSAGE_BYTES`.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_verify_signature(
    scheme: Scheme,
    public_key: *const u8,
    slot: u32,
    message: *const u8,
    signature: *const u8,
    signature_len: usize,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        let scheme = decode::scheme(scheme)?;
        // SAFETY: the caller's arguments, alive during the call.
        let (public_key, message, signature) = unsafe {
            (
                raw::slice(public_key, scheme.public_key_bytes(), "public_key")?,
                raw::array(message, "message")?,
                raw::slice(signature, signature_len, "signature")?,
            )
        };
        let public_key = PublicKey::from_bytes(&scheme, public_key)?;
        let signature = Signature::from_bytes(&scheme, signature)?;
        verify(&scheme, &public_key, slot, message, &signature)?;
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Makes the key that `seed` determines at `slot`, and its signature of `message`: for benchmarks and tests.
///
/// The key can sign at no other slot, and costs no more than a signature. Nothing but the caller prevents it from signing two
/// messages, so it is not for use. `seed` points to `SHEAF_SEED_BYTES` bytes, `message` to `SHEAF_MESSAGE_BYTES`;
/// `sheaf_public_key_bytes(scheme)` bytes are written to `public_key`. Free `*signature` with `sheaf_buffer_free`.
///
/// Thread safety: any thread, at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_one_slot_sign(
    scheme: Scheme,
    seed: *const u8,
    slot: u32,
    message: *const u8,
    public_key: *mut u8,
    signature: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's places for the results, and arguments, alive during the call.
        let (signature, public_key) = unsafe {
            (
                Out::new(signature, Buffer::EMPTY, "signature"),
                OutBytes::new(public_key, decode::public_key_bytes(scheme), "public_key"),
            )
        };
        // Both are written before either is refused.
        let (signature, public_key) = (signature?, public_key?);
        // SAFETY: as above.
        let (seed, message) =
            unsafe { (raw::array(seed, "seed")?, raw::array(message, "message")?) };
        let scheme = decode::scheme(scheme)?;
        let (key, signed) = one_slot::sign_once(&scheme, seed, slot, message)?;
        public_key.put(&key.to_bytes());
        signature.put(Buffer::from_vec(signed.to_bytes()));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}
