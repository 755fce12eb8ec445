//! Another static library of Rust, with its own standard library and its own allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the allocations of this library.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: does what the system's allocator does.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations this library has made.
#[unsafe(no_mangle)]
pub extern "C" fn neighbour_allocations() -> usize {
    ALLOCATIONS.load(Ordering::Relaxed)
}

/// The sum of the numbers below `n`, by threads that allocate.
#[unsafe(no_mangle)]
pub extern "C" fn neighbour_sum(n: u64) -> u64 {
    let threads: Vec<_> = (0..2)
        .map(|half| std::thread::spawn(move || (half..n).step_by(2).collect::<Vec<_>>()))
        .collect();
    threads
        .into_iter()
        .filter_map(|thread| thread.join().ok())
        .flatten()
        .sum()
}

/// Panics, catches it, and tells whether a destructor ran on the way.
#[unsafe(no_mangle)]
pub extern "C" fn neighbour_unwinds() -> bool {
    struct Note<'a>(&'a AtomicUsize);
    impl Drop for Note<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = AtomicUsize::new(0);
    let result = std::panic::catch_unwind(|| {
        let _note = Note(&dropped);
        if std::hint::black_box(true) {
            std::panic::resume_unwind(Box::new("a panic without a message"));
        }
    });
    result.is_err() && dropped.load(Ordering::Relaxed) == 1
}
