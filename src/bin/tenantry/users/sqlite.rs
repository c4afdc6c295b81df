//! Users from the SQLite file of an existing application.

use std::path::Path;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tenantry::Roster;
use tenantry::backfill::RowFault;

use super::{Collected, Columns, ReadError, Tick};

/// What to read from the file.
pub(crate) struct Source<'a> {
    pub(crate) table: Option<&'a str>,
    pub(crate) query: Option<&'a str>,
}

/// Reads users from a table or by a query. The file is opened read-only, and an authorizer lets
/// nothing through but reading. The application may use it meanwhile: this is another process.
pub(crate) fn read(
    path: &Path,
    source: &Source<'_>,
    columns: &Columns,
    tick: Tick<'_>,
) -> Result<Roster, ReadError> {
    let trouble = |error: rusqlite::Error| ReadError::Sqlite {
        path: path.to_owned(),
        detail: error.to_string(),
    };
    let literal = std::path::absolute(path)
        .map_err(|error| ReadError::CannotRead { path: path.to_owned(), error })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(literal, flags).map_err(trouble)?;
    conn.busy_timeout(std::time::Duration::from_secs(5)).map_err(trouble)?;
    let sql = match (source.query, source.table) {
        (Some(query), _) => query.to_owned(),
        (None, Some(table)) => select(&conn, table, columns, path)?,
        (None, None) => {
            let tables = tables(&conn).map_err(trouble)?.join(", ");
            return Err(ReadError::NoTable { tables });
        }
    };
    conn.authorizer(Some(only_reading)).map_err(trouble)?;
    let unusable_query = |error: rusqlite::Error| match source.query {
        Some(_) => ReadError::Query { detail: error.to_string() },
        None => trouble(error),
    };
    let mut statement = conn.prepare(&sql).map_err(unusable_query)?;
    if statement.column_count() == 0 || !statement.readonly() {
        return Err(ReadError::Query { detail: "it gives no rows".to_owned() });
    }
    let found: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let places = columns.places(&found)?;
    let mut collected = Collected::new(tick);
    let mut rows = statement.query([]).map_err(unusable_query)?;
    let mut number = 0;
    while let Some(row) = rows.next().map_err(trouble)? {
        number += 1;
        let mut fields: [String; 5] = Default::default();
        let mut fault = None;
        for (field, (column, at)) in fields.iter_mut().zip(places) {
            let Some(at) = at else { continue };
            match text(row.get_ref(at).map_err(trouble)?) {
                Ok(text) => *field = text,
                Err((kind, value)) => {
                    fault.get_or_insert((column, kind, value));
                }
            }
        }
        collected.add(number, fields.each_ref().map(String::as_str), fault)?;
    }
    Ok(collected.users)
}

/// A value as text, or what is wrong with it and how it looks.
fn text(value: ValueRef<'_>) -> Result<String, (RowFault, String)> {
    match value {
        ValueRef::Null => Ok(String::new()),
        ValueRef::Integer(value) => Ok(value.to_string()),
        ValueRef::Text(bytes) => String::from_utf8(bytes.to_vec())
            .map_err(|_| (RowFault::NotUtf8, String::from_utf8_lossy(bytes).into_owned())),
        ValueRef::Real(value) => Err((RowFault::WrongType, value.to_string())),
        ValueRef::Blob(_) => Err((RowFault::WrongType, "a BLOB".to_owned())),
    }
}

/// The SELECT of a table. Names are quoted, and only those that the file has: SQLite would take an
/// unknown quoted name for a text.
fn select(
    conn: &Connection,
    table: &str,
    columns: &Columns,
    path: &Path,
) -> Result<String, ReadError> {
    let trouble = |error: rusqlite::Error| ReadError::Sqlite {
        path: path.to_owned(),
        detail: error.to_string(),
    };
    let tables = tables(conn).map_err(trouble)?;
    if !tables.iter().any(|found| found == table) {
        let tables = tables.join(", ");
        return Err(ReadError::UnknownTable { table: table.to_owned(), tables });
    }
    let found: Vec<String> = conn
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .and_then(|mut names| names.query_map([table], |row| row.get(0))?.collect())
        .map_err(trouble)?;
    columns.places(&found)?;
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut names: Vec<_> =
        columns.named().iter().filter_map(|(_, name)| name.map(quote)).collect();
    names.sort_unstable();
    names.dedup();
    Ok(format!("SELECT {} FROM {}", names.join(", "), quote(table)))
}

fn tables(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    conn.prepare(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
            AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name",
    )?
    .query_map([], |row| row.get(0))?
    .collect()
}

fn only_reading(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive => Authorization::Allow,
        _ => Authorization::Deny,
    }
}
