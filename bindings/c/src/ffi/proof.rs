//! Proofs, and lists of signatures in place of proofs: made and verified.

use std::ffi::{CString, c_void};

use sheaf::Aggregate;
use sheaf_bindings::Failure;
use sheaf_bindings::decode::{self, RawGroup};

use super::callback::Callback;
use super::guard::guard;
use super::prover::Prover;
use super::raw::{self, Out};
use crate::error_object::ErrorObject;
use crate::types::{Buffer, Bytes, FORM_AUTO, Form, Group, Observer, Rate, Scheme, Status};

/// Shows that all signatures of the groups are valid, in the smaller form: as a list of the signatures if there are few, or as a
/// proof. `sheaf_verify` takes both; `sheaf_aggregate_as` makes the one that is asked for.
///
/// Groups and signers may come in any order, which changes no byte of the proof. A group must not be empty, no two groups may
/// have both slot and message in common, and no key may stand in a group twice. All signatures are checked first: if some
/// are invalid, the status is `SHEAF_STATUS_INVALID_SIGNATURE` and the error names each of them.
///
/// `observer` may be null. It is called before each phase, and cancelling takes effect there; while the proof waits for earlier
/// ones of the same prover, it is called about every 10 ms, and cancelling takes effect at once.
///
/// On success, `*proof` holds the proof; free it with `sheaf_buffer_free`. On failure it is empty.
///
/// Thread safety: any thread. Several threads may use one prover at once; their proofs are made one after the other, first come,
/// first served. An observer may make a proof with its own prover, which does not wait, and takes memory of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_aggregate(
    prover: *const Prover,
    scheme: Scheme,
    rate: Rate,
    groups: *const Group,
    group_count: usize,
    observer: Observer,
    user_data: *mut c_void,
    proof: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the contract of this function is that of the other one.
    unsafe {
        sheaf_aggregate_as(
            prover,
            scheme,
            FORM_AUTO,
            rate,
            groups,
            group_count,
            observer,
            user_data,
            proof,
            error,
        )
    }
}

/// As `sheaf_aggregate`, in this form.
///
/// A list of signatures has no rate; `rate` has to be one all the same. It is made on the calling thread, which waits for no proof,
/// and `observer` is called once. Lists have at most 4 MiB: of more signatures the status is `SHEAF_STATUS_UNSUPPORTED`.
///
/// Thread safety: as `sheaf_aggregate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_aggregate_as(
    prover: *const Prover,
    scheme: Scheme,
    form: Form,
    rate: Rate,
    groups: *const Group,
    group_count: usize,
    observer: Observer,
    user_data: *mut c_void,
    proof: *mut Buffer,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: `proof` is the caller's place for the result; the others are the caller's arguments, alive during the call.
        let (out, prover, groups, mut callback) = unsafe {
            (
                Out::new(proof, Buffer::EMPTY, "proof")?,
                raw::reference(prover, "prover")?,
                read_groups(groups, group_count, Signatures::Read)?,
                Callback::new(observer, user_data),
            )
        };
        let batch = decode::batch(decode::scheme(scheme)?, &groups)?;
        let options = decode::options(form, rate)?;
        let aggregate = prover.0.aggregate_observed(&batch, options, |progress| {
            if progress.waiting {
                return callback.tell_waiting(progress.total as u64);
            }
            let phase = CString::new(progress.phase.name()).unwrap_or_default();
            callback.tell(&phase, progress.done as u64, progress.total as u64)
        })?;
        out.put(Buffer::from_vec(aggregate.to_bytes()));
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Verifies that every key of the groups has signed its group's message at its slot.
///
/// The groups are what the caller expects; nothing in the proof needs to be compared with anything. Their order, and that of
/// the keys, does not matter. `signatures` of a group are not looked at. The proof may be any bytes.
///
/// The status is `SHEAF_STATUS_OK` only if the proof proves exactly these groups. Otherwise it is `SHEAF_STATUS_REJECTED`, or
/// `SHEAF_STATUS_FORMAT` if the bytes are no proof, or says what is wrong with the groups.
///
/// Thread safety: any thread, at any time. Runs on the calling thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_verify(
    scheme: Scheme,
    groups: *const Group,
    group_count: usize,
    proof: *const u8,
    proof_len: usize,
    error: *mut *mut ErrorObject,
) -> Status {
    let work = || {
        // SAFETY: the caller's arguments, alive during the call.
        let (groups, proof) = unsafe {
            (
                read_groups(groups, group_count, Signatures::Ignore)?,
                raw::slice(proof, proof_len, "proof")?,
            )
        };
        let claims = decode::claims(decode::scheme(scheme)?, &groups)?;
        sheaf::verify(&claims, &Aggregate::from_bytes(proof)?)?;
        Ok(())
    };
    // SAFETY: `error` is the caller's place for an error.
    unsafe { guard(error, work) }
}

/// Whether the signatures of groups are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signatures {
    Read,
    Ignore,
}

/// The groups as slices of slices.
///
/// # Safety
/// `groups` is null, or points to `count` groups. They, and all that they point to, stay alive and unchanged for `'a`.
unsafe fn read_groups<'a>(
    groups: *const Group,
    count: usize,
    signatures: Signatures,
) -> Result<Vec<RawGroup<'a>>, Failure> {
    // SAFETY: the contract of this function.
    let groups: &'a [Group] = unsafe { raw::slice(groups, count, "groups") }?;
    decode::check_count(groups.iter().map(|group| group.count))?;
    groups
        .iter()
        .enumerate()
        .map(|(i, group)| {
            let name = |what| format!("{what} of group {i}");
            // SAFETY: the contract of this function.
            let keys = unsafe { read_list(group.keys, group.count, &name("keys")) }?;
            let signatures = if signatures == Signatures::Read {
                let name = name("signatures");
                // SAFETY: as above.
                unsafe { read_list(group.signatures, group.count, &name) }?
            } else {
                Vec::new()
            };
            Ok(RawGroup {
                slot: group.slot,
                message: group.message,
                keys,
                signatures,
            })
        })
        .collect()
}

/// `count` byte slices.
///
/// # Safety
/// `list` is null, or points to `count` slices. They, and all that they point to, stay alive and unchanged for `'a`.
unsafe fn read_list<'a>(
    list: *const Bytes,
    count: usize,
    what: &str,
) -> Result<Vec<&'a [u8]>, Failure> {
    // SAFETY: the contract of this function.
    let list: &'a [Bytes] = unsafe { raw::slice(list, count, what) }?;
    list.iter()
        // SAFETY: the contract of this function.
        .map(|bytes| unsafe { raw::slice(bytes.data, bytes.len, what) })
        .collect()
}
