//! Runs code under test, and checks that it neither panics nor allocates too much.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::time::{Duration, Instant};

/// The most memory that may be allocated at one time for an input of this many bytes.
#[must_use]
pub const fn limit(input_bytes: usize) -> u64 {
    4 * input_bytes as u64 + (16 << 20)
}

/// A result, and what it took.
#[derive(Clone, Copy, Debug)]
pub struct Measured<T> {
    /// What the code returned.
    pub value: T,
    /// The most bytes that were allocated at one time, on the calling thread.
    pub peak: u64,
    /// How long it took.
    pub time: Duration,
}

thread_local! {
    /// Message and place of the last panic of this thread.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `code`, to which an input of `input_bytes` bytes has been given.
///
/// Allocations are counted on the calling thread alone. What a reallocation moves counts twice while it moves.
///
/// # Errors
/// If the code panics or exceeds the [`limit`].
pub fn under_test<T>(input_bytes: usize, code: impl FnOnce() -> T) -> Result<Measured<T>, String> {
    record_panics();
    let mut outcome = None;
    let allocations = allocation_counter::measure(|| {
        let start = Instant::now();
        let value = catch_unwind(AssertUnwindSafe(code));
        outcome = Some((value, start.elapsed()));
    });
    let Some((value, time)) = outcome else {
        return Err("the measurement did not run".to_owned());
    };
    let value = value.map_err(|_| {
        let message = PANIC.take();
        format!(
            "panic: {}",
            message.as_deref().unwrap_or("of another thread")
        )
    })?;
    let peak = allocations.bytes_max;
    if peak > limit(input_bytes) {
        return Err(format!(
            "{peak} bytes were allocated at one time for an input of {input_bytes} bytes"
        ));
    }
    Ok(Measured { value, peak, time })
}

/// Keeps panics of code under test from being printed, and remembers what they say.
fn record_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let trace = Backtrace::force_capture().to_string();
            let frames: Vec<&str> = trace
                .lines()
                .filter(|line| line.contains("sheaf") && !line.contains("sheaf_hostile"))
                .take(6)
                .map(str::trim)
                .collect();
            PANIC.set(Some(format!("{info} {}", frames.join(" "))));
            // A failed assertion of the tests themselves is to be seen.
            if std::env::var_os("SHEAF_HOSTILE_QUIET").is_none() {
                default(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn values_pass_through() {
        let measured = under_test(0, || vec![1u8; 1000]).unwrap();
        assert_eq!(measured.value.len(), 1000);
        assert_eq!(measured.peak, 1000);
    }

    #[test]
    fn panics_are_violations() {
        let error = under_test(0, || black_box(&[0u8; 4][..])[black_box(4)]).unwrap_err();
        assert!(error.contains("out of bounds"), "{error}");
    }

    #[test]
    fn too_much_memory_is_a_violation() {
        let allocate = |bytes: usize| {
            under_test(1000, || {
                drop(black_box(Vec::<u8>::with_capacity(bytes)));
                drop(black_box(Vec::<u8>::with_capacity(bytes)));
            })
        };
        let limit = limit(1000) as usize;
        assert_eq!(allocate(limit).unwrap().peak, limit as u64);
        assert!(allocate(limit + 1).unwrap_err().contains("16781217 bytes"));
        // A failed measurement leaves the next one alone.
        assert!(allocate(0).is_ok());
    }
}
