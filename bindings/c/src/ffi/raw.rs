//! From pointers to references: null, misaligned and impossibly long ones are errors.

use std::ffi::{CStr, c_char};
use std::path::Path;
use std::ptr::NonNull;

use sheaf_bindings::Failure;

/// Checks what can be checked of a pointer to `T`; `what` names it in the error.
fn check<T>(pointer: *const T, what: &str) -> Result<NonNull<T>, Failure> {
    let pointer = NonNull::new(pointer.cast_mut())
        .ok_or_else(|| Failure::argument(format_args!("{what} is null")))?;
    if !pointer.is_aligned() {
        return Err(Failure::argument(format_args!("{what} is misaligned")));
    }
    Ok(pointer)
}

/// What `pointer` points to.
///
/// # Safety
/// `pointer` is null, or points to a `T` that stays alive and unchanged for `'a`.
pub(super) unsafe fn reference<'a, T>(pointer: *const T, what: &str) -> Result<&'a T, Failure> {
    let pointer = check(pointer, what)?;
    // SAFETY: not null and aligned; the rest is the contract of this function.
    Ok(unsafe { pointer.as_ref() })
}

/// The `len` values from `pointer` on. A null pointer to nothing is an empty slice.
///
/// # Safety
/// `pointer` is null, or points to `len` values that stay alive and unchanged for `'a`.
pub(super) unsafe fn slice<'a, T>(
    pointer: *const T,
    len: usize,
    what: &str,
) -> Result<&'a [T], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    let pointer = check(pointer, what)?;
    let bytes = len.checked_mul(size_of::<T>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Failure::argument(format_args!(
            "{what} can't have {len} elements"
        )));
    }
    // SAFETY: not null, aligned, and not longer than an allocation can be; the rest is the contract of this function.
    Ok(unsafe { std::slice::from_raw_parts(pointer.as_ptr(), len) })
}

/// The `N` bytes from `pointer` on.
///
/// # Safety
/// `pointer` is null, or points to `N` bytes that stay alive and unchanged for `'a`.
pub(super) unsafe fn array<'a, const N: usize>(
    pointer: *const u8,
    what: &str,
) -> Result<&'a [u8; N], Failure> {
    // SAFETY: the contract of this function; an array of bytes has the layout of its bytes.
    unsafe { reference(pointer.cast(), what) }
}

/// The path that a C string names.
///
/// # Safety
/// `pointer` is null, or points to a C string that stays alive and unchanged for `'a`.
pub(super) unsafe fn path<'a>(pointer: *const c_char, what: &str) -> Result<&'a Path, Failure> {
    check(pointer, what)?;
    // SAFETY: not null; the rest is the contract of this function.
    let text = unsafe { CStr::from_ptr(pointer) };
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Ok(Path::new(std::ffi::OsStr::from_bytes(text.to_bytes())))
    }
    #[cfg(not(unix))]
    {
        let text = text
            .to_str()
            .map_err(|_| Failure::argument(format_args!("{what} is not in UTF-8")))?;
        Ok(Path::new(text))
    }
}

/// Where a result goes.
///
/// No reference is ever made of it, so two results of a call may well be sent to one place.
pub(super) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// Takes the caller's pointer and writes `nothing` to it, so that it holds a value whatever happens.
    ///
    /// # Safety
    /// `pointer` is null, or valid for writes as long as the value returned is used.
    pub(super) unsafe fn new(pointer: *mut T, nothing: T, what: &str) -> Result<Self, Failure> {
        let out = Self(check(pointer, what)?);
        // SAFETY: not null and aligned; valid for writes by the contract of this function.
        unsafe { out.0.write(nothing) };
        Ok(out)
    }

    /// Writes the result.
    pub(super) fn put(self, value: T) {
        // SAFETY: checked by `new`; valid for writes by its contract.
        unsafe { self.0.write(value) };
    }
}

/// Where bytes go, as many as some other argument says.
pub(super) struct OutBytes {
    first: NonNull<u8>,
    len: usize,
}

impl OutBytes {
    /// Takes the caller's pointer and writes `len` zeros to it.
    ///
    /// # Safety
    /// `pointer` is null, or valid for writes of `len` bytes as long as the value returned is used.
    pub(super) unsafe fn new(pointer: *mut u8, len: usize, what: &str) -> Result<Self, Failure> {
        let first = check(pointer, what)?;
        // SAFETY: not null; valid for writes by the contract of this function.
        unsafe { first.write_bytes(0, len) };
        Ok(Self { first, len })
    }

    /// Writes the result; what it has more than the place has room for is dropped.
    pub(super) fn put(self, bytes: &[u8]) {
        let count = bytes.len().min(self.len);
        // SAFETY: `bytes` has so many, and the place by the contract of `new`. The library's own bytes are not the caller's.
        unsafe {
            self.first
                .copy_from_nonoverlapping(NonNull::from(bytes).cast(), count);
        }
    }
}

#[cfg(test)]
mod tests {
    use sheaf_bindings::Kind;

    use super::*;

    fn refused<T>(result: Result<T, Failure>, message: &str) {
        let failure = result.err().expect("an error");
        assert_eq!(failure.kind(), Kind::InvalidArgument);
        assert_eq!(failure.message(), message);
    }

    #[test]
    fn bad_pointers_are_refused() {
        let words = [1_u64, 2];
        let inside = words.as_ptr().cast::<u8>().wrapping_add(1).cast::<u64>();
        // SAFETY: all pointers are null, to `words`, or refused before they are read.
        unsafe {
            refused(reference(std::ptr::null::<u64>(), "it"), "it is null");
            refused(reference(inside, "it"), "it is misaligned");
            refused(slice(std::ptr::null::<u64>(), 1, "it"), "it is null");
            refused(slice(inside, 1, "it"), "it is misaligned");
            refused(array::<4>(std::ptr::null(), "it"), "it is null");
            refused(path(std::ptr::null(), "it"), "it is null");
            refused(Out::new(std::ptr::null_mut(), 0_u64, "it"), "it is null");
            refused(Out::new(inside.cast_mut(), 0_u64, "it"), "it is misaligned");
        }
    }

    #[test]
    fn impossible_lengths_are_refused() {
        let words = [1_u64, 2];
        for len in [
            usize::MAX,
            usize::MAX / 8,
            usize::MAX / 8 + 2,
            usize::MAX / 16 + 1,
        ] {
            // SAFETY: refused before it is read.
            let result = unsafe { slice(words.as_ptr(), len, "it") };
            refused(result, &format!("it can't have {len} elements"));
        }
        // SAFETY: `words` has two elements, and nothing has none.
        unsafe {
            assert_eq!(slice(words.as_ptr(), 2, "it").unwrap(), [1, 2]);
            assert!(slice(std::ptr::null::<u64>(), 0, "it").unwrap().is_empty());
        }
    }

    #[test]
    fn no_more_bytes_are_written_than_were_asked_for() {
        let mut bytes = [7u8; 5];
        // SAFETY: `bytes` lives longer.
        let out = unsafe { OutBytes::new(bytes.as_mut_ptr(), 3, "it") }.unwrap();
        assert_eq!(bytes, [0, 0, 0, 7, 7]);
        out.put(&[1, 2, 3, 4]);
        assert_eq!(bytes, [1, 2, 3, 7, 7]);
        // SAFETY: as above.
        let out = unsafe { OutBytes::new(bytes.as_mut_ptr(), 4, "it") }.unwrap();
        out.put(&[9]);
        assert_eq!(bytes, [9, 0, 0, 0, 7]);
        // SAFETY: refused before it is written to.
        refused(
            unsafe { OutBytes::new(std::ptr::null_mut(), 3, "it") },
            "it is null",
        );
    }

    #[test]
    fn results_begin_as_nothing() {
        let mut value = 5;
        // SAFETY: `value` lives longer.
        let out = unsafe { Out::new(&raw mut value, 0, "it") }.unwrap();
        // SAFETY: as above.
        assert_eq!(unsafe { (&raw const value).read() }, 0);
        out.put(7);
        assert_eq!(value, 7);
    }
}
