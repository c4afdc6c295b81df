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
mod memberships;
mod open;
mod pool;
mod references;
mod resolution;
mod rows;
mod schema;
mod slugs;
mod snapshot;
mod tenants;
mod verify;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub(crate) use backfill::Entry;
pub(crate) use cache::Cache;
pub(crate) use failure::{Failure, Outcome};
pub(crate) use references::References;
pub(crate) use resolution::{resolve, resolve_selection};
pub(crate) use rows::{Rows, to_micros};

use crate::error::{Error, Result};
use fork::AtWork;
use open::StoreFile;
use pool::{Pool, Use};

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
        self.read_cached(|conn, _| {
            // Outside a transaction each statement would see a state of its own.
            let tx = conn.unchecked_transaction()?;
            let result = work(Rows(&tx))?;
            tx.commit()?;
            Ok(result)
        })
    }

    /// Reads by way of the connection's cache, without a transaction around it.
    pub(crate) fn read_cached<T>(
        &self,
        work: impl FnOnce(&Connection, &mut Cache) -> Outcome<T>,
    ) -> Result<T> {
        let _at_work = AtWork::begin(self.path())?;
        self.pool
            .with(Use::Read, |conn| work(&conn.link.sqlite, &mut conn.cache))?
            .map_err(|failure| self.explain(failure))
    }

    /// Writes, in one transaction that is kept whole or not at all.
    pub(crate) fn write<T>(&self, work: impl FnOnce(Rows<'_>) -> Outcome<T>) -> Result<T> {
        let _at_work = AtWork::begin(self.path())?;
        let forked = || Error::Forked { path: self.path().to_owned() };
        let real_path = self.pool.real_path()?;
        let result = self.pool.with(Use::Write, |conn| {
            if guard::is_mapped_twice(real_path) {
                return Err(Error::SecondSqlite { path: self.path().to_owned() }.into());
            }
            let process = std::process::id();
            let tx = begin(&conn.link.sqlite, self.pool.file.options.busy_timeout)?;
            let result = work(Rows(&tx));
            if process != std::process::id() {
                // A callback has forked, and this is the child: the transaction is the parent's.
                std::mem::forget(tx);
                return Err(forked().into());
            }
            let result = result?;
            tx.commit()?;
            Ok(result)
        })?;
        result.map_err(|failure| self.explain(failure))
    }
}

/// Begins to write, after others who do. IMMEDIATE: what is read in it stays true until it ends.
///
/// SQLite's own wait looks ever more seldom, up to 100 ms apart: of eight processes that wrote
/// without a pause some did not get in within 5 s. Looked at this often, all did within 0.3 s.
fn begin(conn: &Connection, busy_timeout: Duration) -> Outcome<Transaction<'_>> {
    let deadline = Instant::now() + busy_timeout;
    conn.busy_timeout(Duration::ZERO)?;
    let begun = loop {
        let begun = Transaction::new_unchecked(conn, TransactionBehavior::Immediate);
        match begun.map_err(Failure::from) {
            Err(failure) if failure.is_busy() && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_micros(500));
            }
            result => break result,
        }
    };
    conn.busy_timeout(busy_timeout)?;
    begun
}
