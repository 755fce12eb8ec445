//! Memory that goes to the caller.

use zeroize::Zeroize;

use crate::types::Buffer;

impl Buffer {
    pub(super) const EMPTY: Self = Self {
        data: std::ptr::null_mut(),
        len: 0,
    };

    /// Hands bytes to the caller. Copies nothing if the vector is full, as those with secrets are.
    pub(super) fn from_vec(bytes: Vec<u8>) -> Self {
        let bytes = Box::into_raw(bytes.into_boxed_slice());
        Self {
            data: bytes.cast(),
            len: bytes.len(),
        }
    }
}

/// Wipes and frees the bytes, and makes the buffer an empty one. Does nothing if `buffer` is null or empty.
///
/// Thread safety: not for one buffer from two threads.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sheaf_buffer_free(buffer: *mut Buffer) {
    if buffer.is_null() || !buffer.is_aligned() {
        return;
    }
    // SAFETY: not null and aligned; the caller passes a buffer that is valid for reads and writes.
    let Buffer { data, len } = unsafe { buffer.replace(Buffer::EMPTY) };
    if !data.is_null() {
        // SAFETY: `from_vec` made it of a boxed slice of this length, and the caller has not changed it.
        let mut bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, len)) };
        bytes.zeroize();
    }
}
