//! Forks: no connection crosses one.
//!
//! SQLite keeps its locks in a list for the process. A child inherits the list but not the locks,
//! so even a connection it opens anew would believe in locks that nobody holds, and would lose
//! rows as soon as the parent closes. Hence the parent closes its idle connections before a fork,
//! waiting a little for those in use; both sides open anew when they need to. If some are still in
//! use, only the child is refused.
//!
//! Everything here is atomics: a lock held by another thread during the fork would stay locked in
//! the child for ever.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How long a fork waits for work on the store to end.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_micros(200);

/// Threads at work on any store of this process.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);
/// A fork is under way: nobody may begin to work.
static FORKING: AtomicBool = AtomicBool::new(false);
/// This process was forked while others were at work.
static BROKEN: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// How deep this thread is in work of its own: a callback may ask the engine something.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Shows that this thread is at work on a store.
pub(super) struct AtWork(());

impl AtWork {
    /// Begins to work, after a fork that may be under way.
    pub(super) fn begin(path: &Path) -> Result<Self> {
        loop {
            if BROKEN.load(SeqCst) {
                return Err(Error::Forked { path: path.to_owned() });
            }
            AT_WORK.fetch_add(1, SeqCst);
            if DEPTH.get() > 0 || !FORKING.load(SeqCst) {
                DEPTH.set(DEPTH.get() + 1);
                return Ok(Self(()));
            }
            AT_WORK.fetch_sub(1, SeqCst);
            std::thread::sleep(STEP);
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        AT_WORK.fetch_sub(1, SeqCst);
    }
}

/// Makes forks of this process safe from now on; `close_idle` closes what is open and not in use.
#[cfg(unix)]
pub(super) fn watch(close_idle: fn()) {
    static CLOSE_IDLE: std::sync::OnceLock<fn()> = std::sync::OnceLock::new();

    extern "C" fn before() {
        while FORKING.swap(true, SeqCst) {
            std::thread::sleep(STEP); // another thread is forking
        }
        let deadline = Instant::now() + PATIENCE;
        // A thread that forks amid its own work would wait for itself.
        while AT_WORK.load(SeqCst) > 0 && DEPTH.get() == 0 && Instant::now() < deadline {
            std::thread::sleep(STEP);
        }
        if AT_WORK.load(SeqCst) == 0
            && let Some(close_idle) = CLOSE_IDLE.get()
        {
            close_idle();
        }
    }

    extern "C" fn in_parent() {
        FORKING.store(false, SeqCst);
    }

    extern "C" fn in_child() {
        if AT_WORK.load(SeqCst) > 0 {
            BROKEN.store(true, SeqCst);
        }
        FORKING.store(false, SeqCst);
    }

    CLOSE_IDLE.get_or_init(|| {
        // SAFETY: the three functions live as long as the process, take nothing, and do not unwind.
        #[allow(unsafe_code)]
        unsafe {
            libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child));
        }
        close_idle
    });
}

/// Elsewhere processes do not fork.
#[cfg(not(unix))]
pub(super) fn watch(_close_idle: fn()) {}
