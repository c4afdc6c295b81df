//! The store: one SQLite file with tenants, memberships, retired slugs, selections and runs.
//!
//! The only floor that knows SQL. [`Store::read`] and [`Store::write`] lend a connection; the
//! functions on [`Rows`] read and write rows and decide nothing.

mod backfill;
mod backup;
mod cache;
mod failure;
mod fork;
mod guard;
mod locks;
mod memberships;
mod open;
mod paths;
mod pool;
mod references;
mod resolution;
mod rows;
mod schema;
mod slugs;
mod snapshot;
mod tenants;
mod turn;
mod verify;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, TransactionState};

pub(crate) use backfill::Entry;
pub(crate) use cache::Cache;
pub(crate) use failure::{Failure, Outcome};
pub(crate) use references::References;
pub(crate) use resolution::{resolve, resolve_selection};
pub(crate) use rows::{Rows, to_micros};

use crate::error::{Error, Result};
use fork::AtWork;
use open::StoreFile;
use pool::{Pool, TRUST, Use};

/// How to open the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoreOptions {
    pub(crate) create: bool,
    pub(crate) busy_timeout: Duration,
    pub(crate) max_readers: usize,
    pub(crate) cache_size: usize,
}

/// A store, opened when it is first used.
#[derive(Clone)]
pub(crate) struct Store {
    pool: Arc<Pool>,
}

impl Store {
    pub(crate) fn new(path: &Path, options: StoreOptions) -> Result<Self> {
        Ok(Self { pool: Pool::new(StoreFile::new(path, options)?) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.pool.file.path
    }

    /// The public error of a failure.
    pub(crate) fn explain(&self, failure: Failure) -> Error {
        self.pool.file.explain(failure)
    }

    /// Reads, in one statement or in several that see the same state.
    pub(crate) fn read<T>(&self, work: impl FnOnce(Rows<'_>) -> Outcome<T>) -> Result<T> {
        self.read_long(|conn| {
            // Outside a transaction each statement would see a state of its own.
            let tx = conn.unchecked_transaction()?;
            let result = work(Rows(&tx))?;
            tx.commit()?;
            Ok(result)
        })
    }

    /// Reads for a while, and looks at the end whether the locks were there so long.
    fn read_long<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        let _at_work = AtWork::begin(self.path())?;
        self.pool.with(Use::Read, |conn| {
            let result = work(&conn.link.sqlite)?;
            // Without them it may be of two states. In a child that was forked amid it, they are not
            // to be touched.
            if conn.process == std::process::id() && !conn.was_sound_lately() {
                return Err(self.pool.second_sqlite().into());
            }
            Ok(result)
        })
    }

    /// Reads in one statement, by way of the connection's cache.
    pub(crate) fn read_cached<T>(
        &self,
        work: impl FnOnce(&Connection, &mut Cache) -> Outcome<T>,
    ) -> Result<T> {
        let _at_work = AtWork::begin(self.path())?;
        self.pool.with(Use::Read, |conn| work(&conn.link.sqlite, &mut conn.cache))
    }

    /// Writes, in one transaction that is kept whole or not at all.
    pub(crate) fn write<T>(&self, work: impl FnOnce(Rows<'_>) -> Outcome<T>) -> Result<T> {
        let _at_work = AtWork::begin(self.path())?;
        let forked = || Error::Forked { path: self.path().to_owned() };
        let real_path = self.pool.real_path()?;
        self.pool.with(Use::Write, |conn| {
            if guard::is_mapped_twice(real_path) {
                return Err(self.pool.second_sqlite().into());
            }
            let (process, began) = (std::process::id(), Instant::now());
            let busy_timeout = self.pool.file.options.busy_timeout;
            let turn = when_free(busy_timeout, || conn.link.log.try_turn())?;
            let tx = begin(&conn.link.sqlite, busy_timeout)?;
            let result = work(Rows(&tx));
            if process != std::process::id() {
                // A callback has forked, and this is the child: the transaction is the parent's.
                std::mem::forget((tx, turn));
                return Err(forked().into());
            }
            let may_commit = || {
                let was_long = began.elapsed() > TRUST;
                conn.has_turn() && !(was_long && guard::is_mapped_twice(real_path))
            };
            // SQLite ends it itself when the disk is full, and takes no turn where it cannot write.
            let is_writing = tx.transaction_state(Some("main"))? == TransactionState::Write;
            if is_writing && !may_commit() {
                return Err(self.pool.second_sqlite().into());
            }
            let result = result?;
            tx.commit()?;
            // All locks go at once. Those that are still there say that the turn was, to the end.
            if !conn.is_sound() {
                return Err(self.pool.second_sqlite().into());
            }
            Ok(result)
        })
    }

    /// Fails amid a long transaction if the locks are gone: until it ends, nobody can go on.
    pub(crate) fn check_locks(&self) -> Result<()> {
        match guard::locks_on(self.pool.real_path()?) {
            Some(locks) if !locks.are_held() => Err(self.pool.second_sqlite()),
            _ => Ok(()),
        }
    }
}

/// Begins to write, after others who do. IMMEDIATE: what is read in it stays true until it ends.
fn begin(conn: &Connection, busy_timeout: Duration) -> Outcome<Transaction<'_>> {
    conn.busy_timeout(Duration::ZERO)?;
    let begun = when_free(busy_timeout, || {
        Ok(Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?)
    });
    conn.busy_timeout(busy_timeout)?;
    begun
}

/// Tries until nobody else has it, for as long as may be waited.
///
/// SQLite's own wait looks ever more seldom, up to 100 ms apart: of eight processes that wrote
/// without a pause some did not get in within 5 s. Looked at this often, all did within 0.3 s.
fn when_free<T>(busy_timeout: Duration, attempt: impl Fn() -> Outcome<T>) -> Outcome<T> {
    let deadline = Instant::now() + busy_timeout;
    loop {
        match attempt() {
            Err(failure) if failure.is_busy() && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_micros(500));
            }
            result => return result,
        }
    }
}
