//! Backups, and the check of the whole file.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::Store;
use super::failure::{Failure, Outcome};
use super::paths::beside;
use super::rows::Rows;
use crate::error::{Error, Result};

impl Store {
    /// Copies the store as it is now to a new file, while others read and write.
    ///
    /// The copy is made beside its place and moved there when it is whole.
    pub(crate) fn backup(&self, to: &Path) -> Result<()> {
        let failed = |error: &dyn std::fmt::Display| Error::CannotOpen {
            path: to.to_owned(),
            detail: error.to_string(),
        };
        let to = std::path::absolute(to).map_err(|error| failed(&error))?;
        if to.try_exists().unwrap_or(true) {
            return Err(failed(&"there is something already; choose a new name for the backup"));
        }
        // SQLite would take it for the log of the copy.
        for log in ["-wal", "-journal"].map(|suffix| beside(&to, suffix)) {
            if log.try_exists().unwrap_or(true) {
                return Err(failed(&format_args!("{} is in the way; move it", log.display())));
            }
        }
        let folder = to.parent().ok_or_else(|| failed(&"it has no folder"))?;
        let part = tempfile::Builder::new()
            .prefix(".tenantry-backup-")
            .tempfile_in(folder)
            .map_err(|error| failed(&error))?
            .into_temp_path();
        let deadline = Instant::now() + self.pool.file.options.busy_timeout;
        self.read_long(|conn| copy(conn, &part, deadline))?;
        part.persist_noclobber(&to).map_err(|error| failed(&error))
    }

    /// What SQLite finds wrong with the file; nothing when it is sound.
    pub(crate) fn check(&self) -> Result<Vec<String>> {
        self.read(|rows| rows.problems())
    }
}

fn copy(conn: &Connection, to: &Path, deadline: Instant) -> Outcome<()> {
    let mut target = Connection::open(to)?;
    let backup = Backup::new(conn, &mut target)?;
    // One step for the whole: a writer between two steps would make it begin again.
    while backup.step(-1)? != StepResult::Done {
        if Instant::now() > deadline {
            return Err(Failure::busy());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(backup);
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

impl Rows<'_> {
    fn problems(self) -> Outcome<Vec<String>> {
        let mut problems =
            self.list("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?;
        problems.retain(|line| line != "ok");
        let orphans = self.list("PRAGMA foreign_key_check", [], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of {table} refers to a missing row of {parent}"))
        })?;
        problems.extend(orphans);
        // SQLite does not look into texts and numbers.
        for (table, unreadable) in self.unreadable_rows()? {
            problems.push(format!("{unreadable} rows of {table} hold what is no value of theirs"));
        }
        Ok(problems)
    }
}
