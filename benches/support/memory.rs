//! How much memory a piece of work takes, by the allocator's count and by the system's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

static COUNTING: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The system's allocator, which counts when told to; otherwise it costs one load.
pub(crate) struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The worst case: the system often grows a large block without a copy.
        count(size, 0);
        count(0, layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}

fn count(more: usize, less: usize) {
    if COUNTING.load(Relaxed) {
        let change = signed(more) - signed(less);
        let live = LIVE.fetch_add(change, Relaxed) + change;
        PEAK.fetch_max(live, Relaxed);
    }
}

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Bytes that a piece of work left behind, and the most it had at a time.
pub(crate) struct Bytes {
    pub(crate) live: i64,
    pub(crate) peak: i64,
}

/// Counts what `work` allocates; its result still lives when it is counted.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, Bytes) {
    LIVE.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    COUNTING.store(true, Relaxed);
    let result = work();
    COUNTING.store(false, Relaxed);
    let (live, peak) = (LIVE.load(Relaxed), PEAK.load(Relaxed));
    (result, Bytes { live, peak })
}

/// A line of `/proc/self/status` in bytes: `VmRSS` or `VmHWM`. None where there is no such file.
pub(crate) fn status(name: &str) -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: i64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Makes `VmHWM` begin anew from what is resident now.
pub(crate) fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// What the process has spent on processors so far, in seconds, as Linux tells it: a hundred ticks
/// each. Unlike a clock it does not count what other processes take.
pub(crate) fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    Some(ticks.map_while(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0)
}
