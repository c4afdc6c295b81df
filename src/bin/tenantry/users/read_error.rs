//! Why users cannot be read.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("{path:?} cannot be read: {error}")]
    CannotRead { path: PathBuf, error: io::Error },
    #[error(
        "{path:?} does not tell what it is; say so by --format csv, --format jsonl or --format sqlite"
    )]
    NoFormat { path: PathBuf },
    #[error("--table and --query are for SQLite files; leave them out, or give such a file")]
    NotSqlite,
    #[error("an SQLite file cannot come from standard input; give its path")]
    SqliteFromStdin,
    #[error(
        "there is no column {column:?}, but {found}; name the right one by --columns {field}=NAME, or by --columns {field}= say that there is none"
    )]
    MissingColumn { column: String, field: &'static str, found: String },
    #[error("the column {column:?} stands there twice; keep one of the two")]
    RepeatedColumn { column: String },
    #[error("line {line}: {detail}; correct the file, nothing was written")]
    Malformed { line: u64, detail: String },
    #[error(
        "an SQLite file has several tables; name that of the users by --table, one of {tables}, or give a --query"
    )]
    NoTable { tables: String },
    #[error("there is no table {table:?}; the tables are {tables}")]
    UnknownTable { table: String, tables: String },
    #[error("the query may only read: {detail}; give one SELECT")]
    Query { detail: String },
    #[error("{path:?} cannot be read as SQLite: {detail}")]
    Sqlite { path: PathBuf, detail: String },
    #[error("stopped while users were read; nothing was written")]
    Stopped,
}

impl ReadError {
    /// Whether what the rows hold is at fault, and not what was asked for.
    pub(crate) fn is_in_rows(&self) -> bool {
        matches!(self, Self::Malformed { .. } | Self::Sqlite { .. })
    }

    /// The kind in one word, for JSON.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::CannotRead { .. } => "cannot_read",
            Self::NoFormat { .. } => "no_format",
            Self::NotSqlite | Self::SqliteFromStdin => "usage",
            Self::MissingColumn { .. } => "missing_column",
            Self::RepeatedColumn { .. } => "repeated_column",
            Self::Malformed { .. } => "malformed",
            Self::NoTable { .. } => "no_table",
            Self::UnknownTable { .. } => "unknown_table",
            Self::Query { .. } => "query",
            Self::Sqlite { .. } => "sqlite",
            Self::Stopped => "interrupted",
        }
    }
}
