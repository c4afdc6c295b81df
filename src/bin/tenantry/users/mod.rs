//! Users of an existing application: from CSV, JSON lines or an SQLite file into a roster.

mod columns;
mod csv;
mod jsonl;
mod read_error;
mod sqlite;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use clap::{Args, ValueEnum};
use tenantry::backfill::{Column, RowError, RowFault};
use tenantry::{Roster, UserProfile};

pub(crate) use columns::Columns;
pub(crate) use read_error::ReadError;

/// Is told how many rows were read; false stops the reading.
pub(crate) type Tick<'a> = &'a mut dyn FnMut(usize) -> bool;

/// What a file of users is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values in UTF-8, the names of the columns in the first line
    Csv,
    /// A JSON object a line
    Jsonl,
    /// An SQLite file, opened read-only
    Sqlite,
}

/// What can be said of where users come from.
#[derive(Args)]
pub(crate) struct SourceArgs {
    /// What the file is; by default its name or its beginning tells
    #[arg(long, value_enum, requires = "users")]
    pub(crate) format: Option<Format>,
    /// The table of users in an SQLite file
    #[arg(long, value_name = "TABLE", requires = "users", conflicts_with = "query")]
    pub(crate) table: Option<String>,
    /// A SELECT that gives the users of an SQLite file
    #[arg(long, value_name = "SQL", requires = "users")]
    pub(crate) query: Option<String>,
    /// Which columns to read; an empty name for none, as in domain=,plan=
    #[arg(
        long,
        value_name = "FIELD=COLUMN,..",
        default_value = "",
        hide_default_value = true,
        long_help = "Which columns to read. By default \
            id=id,username=username,name=business_name,domain=business_domain,plan=tier; \
            name those that differ. An empty name means that there is none, as in domain=,plan="
    )]
    pub(crate) columns: Columns,
}

/// Reads the users at `path`; `-` is standard input.
pub(crate) fn read(path: &Path, args: &SourceArgs, tick: Tick<'_>) -> Result<Roster, ReadError> {
    let is_stdin = path.as_os_str() == "-";
    let format = match args.format {
        Some(format) => format,
        None if is_stdin => {
            return Err(ReadError::NoFormat { path: path.to_owned() });
        }
        None => detect(path)?,
    };
    let asks_sqlite = args.table.is_some() || args.query.is_some();
    if asks_sqlite && format != Format::Sqlite {
        return Err(ReadError::NotSqlite);
    }
    if format == Format::Sqlite {
        if is_stdin {
            return Err(ReadError::SqliteFromStdin);
        }
        let source = sqlite::Source { table: args.table.as_deref(), query: args.query.as_deref() };
        return sqlite::read(path, &source, &args.columns, tick);
    }
    let input: Box<dyn Read> = if is_stdin { Box::new(io::stdin()) } else { open(path)? };
    let input = BufReader::with_capacity(1 << 16, input);
    match format {
        Format::Jsonl => jsonl::read(input, &args.columns, tick),
        _ => csv::read(input, &args.columns, tick),
    }
}

fn open(path: &Path) -> Result<Box<File>, ReadError> {
    let cannot_read = |error| ReadError::CannotRead { path: path.to_owned(), error };
    let file = File::open(path).map_err(cannot_read)?;
    if file.metadata().is_ok_and(|file| file.is_dir()) {
        return Err(cannot_read(io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(file))
}

/// The format by the name of the file or, if that says nothing, by its first bytes.
fn detect(path: &Path) -> Result<Format, ReadError> {
    let mut start = Vec::new();
    let read = open(path)?.take(16).read_to_end(&mut start);
    read.map_err(|error| ReadError::CannotRead { path: path.to_owned(), error })?;
    if start == b"SQLite format 3\0" {
        return Ok(Format::Sqlite);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "csv" => Ok(Format::Csv),
        "jsonl" | "ndjson" => Ok(Format::Jsonl),
        _ => Err(ReadError::NoFormat { path: path.to_owned() }),
    }
}

/// The users read so far.
struct Collected<'t> {
    users: Roster,
    tick: Tick<'t>,
}

/// A value that is no text, in the column where it stands.
type Fault = (Column, RowFault, String);

impl<'t> Collected<'t> {
    fn new(tick: Tick<'t>) -> Self {
        Self { users: Roster::new(), tick }
    }

    /// Adds a row: its fields in the order of [`Columns`], and the first that is no text.
    fn add(&mut self, row: u64, fields: [&str; 5], fault: Option<Fault>) -> Result<(), ReadError> {
        let [key, username, business_name, business_domain, tier] = fields;
        if let Some((column, fault, value)) = fault {
            let start = |text: &str| text.chars().take(40).collect();
            let user_key = Some(key).filter(|key| !key.is_empty()).map(start);
            let value = start(&value);
            self.users.reject(RowError { row: Some(row), user_key, column, fault, value });
        } else {
            let user = UserProfile { key, username, business_name, business_domain, tier };
            self.users.push_row(row, &user);
        }
        if self.users.len().is_multiple_of(1000) && !(self.tick)(self.users.len()) {
            return Err(ReadError::Stopped);
        }
        Ok(())
    }
}
