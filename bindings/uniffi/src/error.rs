//! The core's error, as one with fields. The border carries no message, so `words` does.

use std::path::Path;

use tenantry::Error;
use tenantry::backfill::RowError;

/// What went wrong; `words` says it with the offending value and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error, uniffi::Error)]
#[allow(missing_docs)] // each is the core's of this name
pub enum EngineError {
    #[error("{words}")]
    Invalid { words: String, what: String, value: String, reason: String },
    #[error("{words}")]
    SlugTaken { words: String, slug: String },
    #[error("{words}")]
    NotAvailable { words: String, slug: String },
    #[error("{words}")]
    NoSuchTenant { words: String, tenant_id: i64 },
    #[error("{words}")]
    NoSuchMembership { words: String, tenant_id: i64, user_key: String },
    #[error("{words}")]
    AlreadyMember { words: String, tenant_id: i64, user_key: String },
    #[error("{words}")]
    LastOwner { words: String, tenant_id: i64, user_key: String },
    #[error("{words}")]
    Row { words: String, row: RowError, committed: u64 },
    #[error("{words}")]
    Snapshot { words: String, reason: String },
    #[error("{words}")]
    Closed { words: String, path: String },
    /// Trouble with the file; `code` says which.
    #[error("{words}")]
    Store { words: String, code: String, path: String },
    /// What nothing here can lead to, and what the core may learn to say later.
    #[error("{words}")]
    Other { words: String, code: String },
}

impl EngineError {
    pub(crate) fn closed(path: &Path) -> Self {
        let path = path.display().to_string();
        let words = format!("the engine over {path:?} is closed; open it anew");
        Self::Closed { words, path }
    }
}

impl From<Error> for EngineError {
    fn from(error: Error) -> Self {
        let (words, code) = (error.to_string(), error.code().to_owned());
        match error {
            Error::Invalid { what, value, reason } => {
                Self::Invalid { words, what: what.to_owned(), value, reason: reason.to_owned() }
            }
            Error::SlugTaken(slug) => Self::SlugTaken { words, slug },
            Error::NotAvailable(slug) => Self::NotAvailable { words, slug },
            Error::NoSuchTenant(id) => Self::NoSuchTenant { words, tenant_id: id.0 },
            Error::NoSuchMembership { tenant_id, user_key } => {
                Self::NoSuchMembership { words, tenant_id: tenant_id.0, user_key }
            }
            Error::AlreadyMember { tenant_id, user_key } => {
                Self::AlreadyMember { words, tenant_id: tenant_id.0, user_key }
            }
            Error::LastOwner { tenant_id, user_key } => {
                Self::LastOwner { words, tenant_id: tenant_id.0, user_key }
            }
            Error::Row { row, committed } => Self::Row { words, row: *row, committed },
            Error::Snapshot { reason } => Self::Snapshot { words, reason },
            Error::NoStore { path }
            | Error::ForeignFile { path, .. }
            | Error::NewerStore { path, .. }
            | Error::Corrupt { path, .. }
            | Error::Busy { path, .. }
            | Error::ReadOnly { path, .. }
            | Error::Full { path, .. }
            | Error::CannotOpen { path, .. }
            | Error::SecondSqlite { path }
            | Error::Forked { path }
            | Error::Store { path, .. } => {
                Self::Store { words, code, path: path.display().to_string() }
            }
            _ => Self::Other { words, code },
        }
    }
}
