//! Opening: a path becomes a connection to a store of the current schema.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::StoreOptions;
use super::failure::{Failure, Outcome};
use super::guard::Claim;
use super::locks::Locks;
use super::paths::{beside, real_path};
use super::schema::{self, APPLICATION_ID, Header};
use super::turn::Log;
use crate::error::{Error, Result};

/// Each connection is used by one thread at a time: SQLite need not see to that.
const READ_WRITE: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The file of a store, and how to open it.
#[derive(Debug)]
pub(super) struct StoreFile {
    /// Absolute, and so taken literally: SQLite gives a meaning to `:memory:`, `file:` and the empty path.
    pub(super) path: PathBuf,
    pub(super) options: StoreOptions,
}

/// A connection, and the claim to it that outlives it.
pub(super) struct Link {
    pub(super) sqlite: Connection,
    /// To be locked by the one who writes.
    pub(super) log: Log,
    claim: Claim,
}

impl Link {
    /// The locks that SQLite has through this connection and its fellows.
    pub(super) fn locks(&self) -> &Locks {
        &self.claim.locks
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if !self.locks().are_held() {
            // Without them another process may have begun a new log, which is not ours to clear away.
            let no_checkpoint = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            let _ = self.sqlite.set_db_config(no_checkpoint, true);
        }
    }
}

impl StoreFile {
    pub(super) fn new(path: &Path, options: StoreOptions) -> Result<Self> {
        let cannot_open = |detail: String| Error::CannotOpen { path: path.to_owned(), detail };
        if path.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(cannot_open("the path contains a NUL".to_owned()));
        }
        let path = std::path::absolute(path).map_err(|error| cannot_open(error.to_string()))?;
        Ok(Self { path, options })
    }

    /// Makes the file one of the current schema, or refuses it and leaves it as it is.
    pub(super) fn prepare(&self) -> Result<()> {
        if !self.options.create && !self.path.try_exists().unwrap_or(true) {
            return Err(Error::NoStore { path: self.path.clone() });
        }
        self.prepare_file().map_err(|failure| self.explain(failure))
    }

    fn prepare_file(&self) -> Outcome<()> {
        let mut flags = READ_WRITE;
        if self.options.create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let link = self.connect(flags)?;
        let path = || self.path.clone();
        // In one transaction: of a file that another process is just making, three statements could
        // see the state before and the state behind.
        let header = {
            let tx = link.sqlite.unchecked_transaction()?;
            Header::read(&tx)?
        };
        if !header.is_blank && header.application_id != APPLICATION_ID {
            let application_id = header.application_id;
            return Err(Error::ForeignFile { path: path(), application_id }.into());
        }
        // Blank, or left by a maker that was killed at once.
        if header.version == 0 && !self.options.create {
            return Err(Error::NoStore { path: path() }.into());
        }
        if header.version > schema::VERSION {
            let (found, known) = (header.version, schema::VERSION);
            return Err(Error::NewerStore { path: path(), found, known }.into());
        }
        if header.is_blank {
            schema::mark(&link.sqlite, self.options.busy_timeout)?;
        }
        match self.write_ahead(&link.sqlite) {
            // A file that cannot be written can still be read.
            Err(failure) if failure.is_read_only() && header.version == schema::VERSION => {}
            result => result?,
        }
        if header.version < schema::VERSION {
            schema::upgrade(&link.sqlite, self.options.busy_timeout)?;
        }
        Ok(())
    }

    /// Looks at the file before SQLite does. SQLite takes the shortest files for new ones, and to
    /// open and close the file of somebody who was killed is to clear away what he left in the log.
    fn look(&self) -> Result<()> {
        let corrupt =
            |detail: &str| Error::Corrupt { path: self.path.clone(), detail: detail.to_owned() };
        // Before the file: who makes it fills that first, and may do so between two looks.
        let has_wal = is_filled(&beside(&self.path, "-wal"));
        let has_log = has_wal || is_filled(&beside(&self.path, "-journal"));
        let size = match self.path.metadata() {
            Ok(file) if file.is_dir() => {
                let detail = "it is a directory".to_owned();
                return Err(Error::CannotOpen { path: self.path.clone(), detail });
            }
            Ok(file) => file.len(),
            Err(_) => 0,
        };
        if size == 0 {
            return if has_wal { Err(corrupt("it is empty, and its log is not")) } else { Ok(()) };
        }
        let mut start = [0; 100];
        match File::open(&self.path).and_then(|mut file| file.read_exact(&mut start)) {
            Ok(()) if size >= 512 && start.starts_with(b"SQLite format 3\0") => {}
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Ok(()), // SQLite says it
            _ => return Err(corrupt("it is no SQLite database")),
        }
        let application_id = i32::from_be_bytes([start[68], start[69], start[70], start[71]]);
        if application_id != APPLICATION_ID && (application_id != 0 || has_log) {
            return Err(Error::ForeignFile { path: self.path.clone(), application_id });
        }
        Ok(())
    }

    /// Sets the journal to WAL. SQLite does not wait for others here, so this does.
    fn write_ahead(&self, conn: &Connection) -> Outcome<()> {
        let deadline = Instant::now() + self.options.busy_timeout;
        loop {
            let mode = conn.pragma_update_and_check(None, "journal_mode", "wal", |row| {
                row.get::<_, String>(0)
            });
            match mode.map_err(Failure::from) {
                Err(failure) if failure.is_busy() && Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                result => return result.map(drop),
            }
        }
    }

    /// A connection that may write.
    pub(super) fn connect_writer(&self) -> Outcome<Link> {
        let mut link = self.connect(READ_WRITE)?;
        link.log = Log::open(&real_path(&self.path));
        // The index of the slugs is written all over: with SQLite's 2 MB a large backfill reads its
        // pages again and again.
        link.sqlite.pragma_update(None, "cache_size", -16_384)?;
        Ok(link)
    }

    /// A connection that only reads. The file is opened for writing all the same, because the
    /// shared memory of the WAL has to be written by readers too.
    pub(super) fn connect_reader(&self) -> Outcome<Link> {
        let link = self.connect(READ_WRITE)?;
        link.sqlite.pragma_update(None, "query_only", true)?;
        Ok(link)
    }

    fn connect(&self, flags: OpenFlags) -> Outcome<Link> {
        // Before anything is opened: to close the file again would drop the other copy's locks.
        let claim = Claim::new(&self.path, self.options.busy_timeout, || self.look())?;
        let conn = Connection::open_with_flags(&self.path, flags)?;
        conn.busy_timeout(self.options.busy_timeout)?;
        conn.pragma_update(None, "foreign_keys", true)?;
        // It is a source of truth: a commit is on the disk when it returns.
        conn.pragma_update(None, "synchronous", "full")?;
        // Do not run code that a prepared file brings along in views or triggers.
        conn.pragma_update(None, "trusted_schema", false)?;
        // Plans that do not depend on values: else the bundled SQLite prepares again at each value.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(64);
        Ok(Link { sqlite: conn, log: Log::default(), claim })
    }

    pub(super) fn explain(&self, failure: Failure) -> Error {
        failure.at(&self.path, self.options.busy_timeout)
    }
}

fn is_filled(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.len() > 0)
}
