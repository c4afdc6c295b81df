//! The turn to write, kept by a second lock that nothing else in the process can drop.
//!
//! If SQLite's own lock goes while a transaction writes, the next writer must not begin before it
//! has noticed and ended. A lock by `flock` belongs to the open file and not to the process; it is
//! on the log, on which SQLite itself has no locks. The writers of every tenantry heed it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::failure::{Failure, Outcome};
use super::paths::beside;

/// The log of a store, to be locked by the connection that writes.
#[derive(Default)]
pub(super) struct Log(Option<File>);

/// The turn. Ends when dropped.
pub(super) struct Turn<'l>(&'l Log);

impl Log {
    /// The log beside the file at this path without links; none where there is none yet, or where
    /// it cannot be written.
    pub(super) fn open(file: &Path) -> Self {
        // Elsewhere such a lock would keep readers out.
        let is_of_file = cfg!(target_os = "linux");
        let open = || OpenOptions::new().read(true).write(true).open(beside(file, "-wal")).ok();
        Self(if is_of_file { open() } else { None })
    }

    /// The turn, if nobody else has it. What cannot be locked is not waited for.
    pub(super) fn try_turn(&self) -> Outcome<Turn<'_>> {
        match self.0.as_ref().map(File::try_lock) {
            Some(Err(TryLockError::WouldBlock)) => Err(Failure::busy()),
            _ => Ok(Turn(self)),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // It may never have been locked. Else it ends with the file at the latest.
        let _ = self.0.0.as_ref().map(File::unlock);
    }
}
