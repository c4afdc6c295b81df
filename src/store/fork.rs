//! Forks: no connection crosses one.
//!
//! SQLite keeps its locks in a list for the process. A child inherits the list but not the locks,
//! so even a connection it opens anew would believe in locks that nobody holds, and would lose
//! rows as soon as the parent closes. Hence the parent closes its idle connections before a fork,
//! waiting a little for those in use; both sides open anew when they need to. If some are still in
//! use, only the child is refused.
//!
//! The state is one number, and no lock: a lock held by another thread during the fork would stay
//! locked in the child for ever. Whatever else takes locks, the pool and the guard, does so only at
//! work, and so not during a fork.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
#[cfg(unix)]
use std::{sync::OnceLock, time::Instant};

use crate::error::{Error, Result};

/// How long a fork waits for work on the store to end.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_micros(200);

/// The bit that says that a fork is under way, so that nobody may begin to work.
const FORKING: usize = 1 << (usize::BITS - 1);
/// How many threads are at work on any store of this process, and [`FORKING`].
static STATE: AtomicUsize = AtomicUsize::new(0);
/// This process was forked while connections were open.
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
            let one_more = |state: usize| {
                (state & FORKING == 0 || DEPTH.get() > 0).then_some(state.wrapping_add(1))
            };
            if STATE.fetch_update(SeqCst, SeqCst, one_more).is_ok() {
                DEPTH.set(DEPTH.get() + 1);
                return Ok(Self(()));
            }
            std::thread::sleep(STEP);
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        STATE.fetch_sub(1, SeqCst);
    }
}

/// Whether this thread works amid work of its own, and so must not wait for that.
pub(super) fn is_nested() -> bool {
    DEPTH.get() > 1
}

/// Refuses all further work in this process: a connection was found that crossed a fork.
pub(super) fn give_up() {
    BROKEN.store(true, SeqCst);
}

/// Makes forks of this process safe from now on; `close_idle` closes what is open and not in use.
#[cfg(unix)]
pub(super) fn watch(close_idle: fn()) {
    static CLOSE_IDLE: OnceLock<fn()> = OnceLock::new();
    /// Whether nothing was open when the fork was made.
    static CLOSED: AtomicBool = AtomicBool::new(false);

    extern "C" fn before() {
        let begin = |state: usize| (state & FORKING == 0).then_some(state | FORKING);
        while STATE.fetch_update(SeqCst, SeqCst, begin).is_err() {
            std::thread::sleep(STEP); // another thread is forking
        }
        let deadline = Instant::now() + PATIENCE;
        // A thread that forks amid its own work would wait for itself.
        while STATE.load(SeqCst) != FORKING && DEPTH.get() == 0 && Instant::now() < deadline {
            std::thread::sleep(STEP);
        }
        let is_quiet = STATE.load(SeqCst) == FORKING;
        if is_quiet && let Some(close_idle) = CLOSE_IDLE.get() {
            close_idle();
        }
        CLOSED.store(is_quiet, SeqCst);
    }

    extern "C" fn in_parent() {
        STATE.fetch_and(!FORKING, SeqCst);
    }

    extern "C" fn in_child() {
        if !CLOSED.load(SeqCst) {
            give_up();
        }
        // The other threads, and their work, are not here.
        STATE.store(DEPTH.get(), SeqCst);
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
