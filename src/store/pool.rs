//! The connections to one file: one writer and several readers, lent one at a time.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::StoreOptions;
use super::cache::Cache;
use super::failure::Outcome;
use super::fork::{self, AtWork};
use super::open::{Link, StoreFile};
use super::paths::real_path;
use crate::error::{Error, Result};
use once_cell::sync::OnceCell;

/// The connections of all pools of this process, for the fork handler. They stay here until they
/// are closed: a pool that is being dropped waits for a fork under way, which has to close them.
static POOLS: Mutex<Vec<Arc<Mutex<State>>>> = Mutex::new(Vec::new());

/// How long the locks are trusted while nothing is written: to look at each read would be felt.
pub(super) const TRUST: Duration = Duration::from_millis(20);
/// How often a connection is opened anew whose locks are gone at once.
const ATTEMPTS: usize = 5;

pub(super) struct Pool {
    pub(super) file: StoreFile,
    /// Set when the file was found to be, or made, a store of the current schema: its path without
    /// links, as the system knows it.
    prepared: OnceCell<PathBuf>,
    state: Arc<Mutex<State>>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    writer: Option<Conn>,
    writer_is_lent: bool,
    readers: Vec<Conn>,
    readers_lent: usize,
    /// Threads that wait for a connection. To wake nobody would be a system call too.
    waiting: usize,
}

/// An open connection, with what was read over it.
pub(super) struct Conn {
    pub(super) link: Link,
    pub(super) cache: Cache,
    pub(super) process: u32,
    /// When its locks were looked at.
    looked: Cell<Option<Instant>>,
}

/// Which of the connections.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Use {
    Read,
    Write,
}

/// The right to one connection, and the connection while it is idle. Ends when dropped.
struct Loan<'p> {
    pool: &'p Pool,
    kind: Use,
    idle: Option<Conn>,
}

impl Pool {
    pub(super) fn new(file: StoreFile) -> Arc<Self> {
        let at_work = AtWork::begin(&file.path);
        fork::watch(close_all_idle);
        let pool = Arc::new(Self {
            file,
            prepared: OnceCell::new(),
            state: Arc::default(),
            returned: Condvar::new(),
        });
        // Where nothing may be opened, there is nothing to close either, nor a lock to be trusted.
        if at_work.is_ok() {
            lock(&POOLS).push(Arc::clone(&pool.state));
        }
        pool
    }

    /// Works with a connection, opening one if none is idle and waiting if all are lent.
    pub(super) fn with<T>(
        &self,
        kind: Use,
        work: impl FnOnce(&mut Conn) -> Outcome<T>,
    ) -> Result<T> {
        self.real_path()?;
        let mut loan = self.borrow(kind)?;
        let mut conn = self.take(&mut loan)?;
        let result = work(&mut conn);
        if conn.process != std::process::id() {
            // The work called back, and the callback forked. Nothing may be touched in the child,
            // not even the lock of the pool, which another thread may have held.
            std::mem::forget((conn, loan));
            return Err(Error::Forked { path: self.file.path.clone() });
        }
        // Without its locks, SQLite fails in ways of which it gives no true account.
        let is_true = result.is_ok() || conn.is_sound();
        loan.idle = Some(conn);
        if !is_true {
            return Err(self.second_sqlite());
        }
        result.map_err(|failure| self.file.explain(failure))
    }

    /// The connection of a loan: with its locks, so if need be a new one.
    fn take(&self, loan: &mut Loan<'_>) -> Result<Conn> {
        for _ in 0..ATTEMPTS {
            let conn = match loan.idle.take().map(Conn::of_this_process) {
                Some(Some(conn)) => conn,
                // The fork was made past the handler that closes connections.
                Some(None) => {
                    fork::give_up();
                    return Err(Error::Forked { path: self.file.path.clone() });
                }
                None => self.open(loan.kind)?,
            };
            let is_sound = match loan.kind {
                Use::Read => conn.was_sound_lately(),
                Use::Write => conn.is_sound(),
            };
            if is_sound {
                return Ok(conn);
            }
        }
        Err(self.second_sqlite())
    }

    pub(super) fn second_sqlite(&self) -> Error {
        Error::SecondSqlite { path: self.file.path.clone() }
    }

    /// The path without links. Prepares the file at the first call.
    pub(super) fn real_path(&self) -> Result<&Path> {
        let prepare = || self.file.prepare().map(|()| real_path(&self.file.path));
        self.prepared.get_or_try_init(prepare).map(PathBuf::as_path)
    }

    fn borrow(&self, kind: Use) -> Result<Loan<'_>> {
        let StoreOptions { busy_timeout, max_readers, .. } = self.file.options;
        // Asked only when there is something to wait for.
        let mut deadline = None;
        let mut state = lock(&self.state);
        loop {
            if state.may_lend(kind, max_readers) {
                let idle = state.lend(kind);
                return Ok(Loan { pool: self, kind, idle });
            }
            let now = Instant::now();
            let end = *deadline.get_or_insert(now + busy_timeout);
            let Some(left) = end.checked_duration_since(now) else {
                let (path, seconds) = (self.file.path.clone(), busy_timeout.as_secs_f64());
                return Err(Error::Busy { path, seconds });
            };
            state.waiting += 1;
            let waited = self.returned.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiting -= 1;
        }
    }

    fn open(&self, kind: Use) -> Result<Conn> {
        let opened = match kind {
            Use::Write => self.file.connect_writer(),
            Use::Read => self.file.connect_reader(),
        };
        let link = opened.map_err(|failure| self.file.explain(failure))?;
        // It has read the file, to be set up.
        link.locks().learn();
        Ok(Conn {
            link,
            cache: Cache::new(self.file.options.cache_size),
            process: std::process::id(),
            looked: Cell::new(None),
        })
    }
}

impl State {
    fn may_lend(&self, kind: Use, max_readers: usize) -> bool {
        match kind {
            Use::Write => !self.writer_is_lent,
            Use::Read => self.readers_lent < max_readers,
        }
    }

    fn lend(&mut self, kind: Use) -> Option<Conn> {
        match kind {
            Use::Write => {
                self.writer_is_lent = true;
                self.writer.take()
            }
            Use::Read => {
                self.readers_lent += 1;
                // The one used last: its pages are still warm.
                self.readers.pop()
            }
        }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut idle = self.idle.take().and_then(Conn::of_this_process);
        let mut state = lock(&self.pool.state);
        // Looked at under the lock: who finds them gone closes what lies in the pool.
        let lost = idle.take_if(|conn| conn.link.locks().are_lost());
        match self.kind {
            Use::Write => {
                state.writer = idle;
                state.writer_is_lent = false;
            }
            Use::Read => {
                state.readers.extend(idle);
                state.readers_lent -= 1;
            }
        }
        let is_awaited = state.waiting > 0;
        drop(state);
        drop(lost);
        if is_awaited {
            self.pool.returned.notify_all();
        }
    }
}

impl Conn {
    /// A connection that crossed a fork is forgotten: it must not even be closed.
    fn of_this_process(self) -> Option<Self> {
        if self.process == std::process::id() {
            return Some(self);
        }
        std::mem::forget(self);
        None
    }

    /// Whether its locks are there.
    pub(super) fn is_sound(&self) -> bool {
        self.looked.set(Some(Instant::now()));
        self.link.locks().are_held() || give_up_lost()
    }

    /// Whether its locks are there, amid a transaction that writes.
    pub(super) fn has_turn(&self) -> bool {
        self.link.locks().are_held_to_write() || give_up_lost()
    }

    /// Whether its locks were there not long ago.
    pub(super) fn was_sound_lately(&self) -> bool {
        if self.looked.get().is_some_and(|looked| looked.elapsed() < TRUST) {
            return !self.link.locks().are_lost();
        }
        self.is_sound()
    }
}

/// Closes what lies in any pool, behind the loss of locks: the file must not stay open with any
/// connection before it can be opened anew. What is lent is closed when it comes back.
fn give_up_lost() -> bool {
    close_all_idle();
    false
}

impl Drop for Pool {
    fn drop(&mut self) {
        // To close is work too: a fork amid it would take half-closed connections along.
        let Ok(_at_work) = AtWork::begin(&self.file.path) else {
            return; // Nothing that was inherited may be closed, nor a lock be waited for.
        };
        close_idle(&self.state);
        lock(&POOLS).retain(|state| !Arc::ptr_eq(state, &self.state));
    }
}

/// Closes what is open and idle in every pool.
fn close_all_idle() {
    lock(&POOLS).iter().for_each(close_idle);
}

fn close_idle(state: &Arc<Mutex<State>>) {
    let mut state = lock(state);
    let idle = std::mem::take(&mut state.readers).into_iter().chain(state.writer.take());
    idle.for_each(|conn| drop(conn.of_this_process()));
}

/// A panic of a caller's callback leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
