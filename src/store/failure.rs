//! What a piece of work on the store can fail with, before the path is known.

use std::path::Path;
use std::time::Duration;

use rusqlite::ErrorCode;

use crate::error::Error;

/// The result of work inside the store.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// SQLite's trouble or a broken rule; [`Failure::at`] makes the public error of it.
#[derive(Debug)]
pub(crate) enum Failure {
    Sqlite(rusqlite::Error),
    Rule(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rule(error)
    }
}

impl Failure {
    pub(super) fn busy() -> Self {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        Self::Sqlite(rusqlite::Error::SqliteFailure(busy, None))
    }

    /// Whether the UNIQUE index of the slugs refused a row.
    pub(crate) fn is_slug_taken(&self) -> bool {
        matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(code, Some(message)))
            if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                && message.ends_with("tenant.slug"))
    }

    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)))
    }

    pub(super) fn is_read_only(&self) -> bool {
        matches!(self, Self::Sqlite(error)
            if error.sqlite_error_code() == Some(ErrorCode::ReadOnly))
    }

    /// The public error, for the store at `path`.
    pub(super) fn at(self, path: &Path, busy_timeout: Duration) -> Error {
        let error = match self {
            Self::Rule(error) => return error,
            Self::Sqlite(error) => error,
        };
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Error::Busy { path, seconds: busy_timeout.as_secs_f64() }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Error::ReadOnly { path, detail }
            }
            Some(ErrorCode::DiskFull) => Error::Full { path, detail },
            // How a full disk shows when the shared memory beside the file cannot grow.
            Some(ErrorCode::SystemIoFailure)
                if error.sqlite_error().is_some_and(|error| {
                    error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
                }) =>
            {
                Error::Full { path, detail }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Corrupt { path, detail }
            }
            Some(ErrorCode::CannotOpen) => Error::CannotOpen { path, detail },
            Some(_) => Error::Store { path, detail },
            // Not SQLite's word but a value of the wrong kind in a row.
            None => Error::Corrupt { path, detail },
        }
    }
}
