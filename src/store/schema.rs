//! The schema: numbered migrations, each run once, in one IMMEDIATE transaction.

use std::time::Duration;

use rusqlite::Connection;

use super::begin;
use super::failure::Outcome;

/// Marks the file as ours in its header: "Tnry" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x546e_7279;

const MIGRATIONS: &[&str] = &[include_str!("migrations/001_initial.sql")];

/// The schema that this tenantry writes.
#[allow(clippy::cast_possible_wrap)] // a few
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// What the header of a file says.
pub(super) struct Header {
    pub(super) application_id: i32,
    pub(super) version: i64,
    /// Nothing was ever made in it: a new file, or one whose maker was killed at once.
    pub(super) is_blank: bool,
}

impl Header {
    pub(super) fn read(conn: &Connection) -> Outcome<Self> {
        let number = |pragma| conn.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let application_id = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        let version = number("PRAGMA user_version")?;
        let objects = number("SELECT count(*) FROM sqlite_schema")?;
        let is_blank = application_id == 0 && version == 0 && objects == 0;
        Ok(Self { application_id, version, is_blank })
    }
}

/// Marks a blank file as ours, before anything else: the mark must stand in the file itself, and
/// what comes later stands in the log at first.
pub(super) fn mark(conn: &Connection, busy_timeout: Duration) -> Outcome<()> {
    let tx = begin(conn, busy_timeout)?;
    if Header::read(&tx)?.is_blank {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Ok(tx.commit()?)
}

/// Brings a blank or older file to [`VERSION`], whole or not at all.
pub(super) fn upgrade(conn: &Connection, busy_timeout: Duration) -> Outcome<()> {
    migrate(conn, busy_timeout, MIGRATIONS)
}

fn migrate(conn: &Connection, busy_timeout: Duration, migrations: &[&str]) -> Outcome<()> {
    let tx = begin(conn, busy_timeout)?;
    // Only now does nobody else write: another process may have been first.
    let found = Header::read(&tx)?.version;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for migration in migrations.iter().skip(done) {
        tx.execute_batch(migration)?;
    }
    if done < migrations.len() {
        tx.pragma_update(None, "user_version", migrations.len())?;
    }
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);";
    const SECOND: &str = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;";
    const BROKEN: &str = "ALTER TABLE a ADD COLUMN z INTEGER; UPDATE nowhere SET z = 1;";

    fn version(conn: &Connection) -> i64 {
        Header::read(conn).map_or(99, |header| header.version)
    }

    #[test]
    fn an_older_file_gets_only_what_it_lacks() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST]).unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST, SECOND]).unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST, SECOND]).unwrap();
        let row = conn.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(row, Ok((1, 2)));
        assert_eq!(version(&conn), 2);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST]).unwrap();
        assert!(migrate(&conn, Duration::ZERO, &[FIRST, SECOND, BROKEN]).is_err());
        assert_eq!(version(&conn), 1);
        assert!(conn.query_row("SELECT y FROM a", [], |_| Ok(())).is_err());
    }

    #[test]
    fn a_file_that_is_newer_is_not_touched() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST, SECOND]).unwrap();
        migrate(&conn, Duration::ZERO, &[FIRST]).unwrap();
        assert_eq!(version(&conn), 2);
    }
}
