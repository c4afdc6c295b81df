//! Whether the locks that SQLite believes to hold are there.
//!
//! When anything in a process closes a file, all locks of the process on it are gone: another copy
//! of SQLite may have come and gone, or somebody may just have read the file. SQLite is not told,
//! but Linux lists in `/proc` the locks that were set through a descriptor. Two of them SQLite keeps
//! as long as a connection is open, so that they give away every loss, be it long past.
//!
//! Where none are listed, on other systems and on a file system that keeps its locks to itself,
//! nothing is found wrong.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use list::Lists;

/// The locks of this process on one store. All its connections share them.
pub(super) struct Locks {
    file: PathBuf,
    /// Where they are listed, if they are.
    lists: Mutex<Option<Lists>>,
    lost: AtomicBool,
}

impl Locks {
    /// The locks on a file that nothing in this process has open, by its path without links.
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, lists: Mutex::new(None), lost: AtomicBool::new(false) }
    }

    /// Learns where they are listed. To be called with a connection that has read something.
    pub(super) fn learn(&self) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.is_none() {
            *lists = Lists::find(&self.file, false).unwrap_or_default();
        }
    }

    /// Whether they were found to be gone. What still has the file open must be given up.
    pub(super) fn are_lost(&self) -> bool {
        self.lost.load(SeqCst)
    }

    /// Looks whether they are there. To be called with a connection that has read something: while
    /// there is one, SQLite neither drops them nor sets them anew.
    pub(super) fn are_held(&self) -> bool {
        self.look(false)
    }

    /// The same, amid a transaction that writes.
    pub(super) fn are_held_to_write(&self) -> bool {
        self.look(true)
    }

    fn look(&self, is_writing: bool) -> bool {
        if self.are_lost() {
            return false;
        }
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.as_ref().is_none_or(|lists| lists.are_full(is_writing)) {
            return true;
        }
        // Before this connection had a share, others may have closed and opened the file.
        match Lists::find(&self.file, is_writing) {
            Ok(Some(found)) => *lists = Some(found),
            Ok(None) => self.lost.store(true, SeqCst),
            // What cannot be asked, for want of a descriptor, is not taken for a loss.
            Err(_) => {}
        }
        !self.are_lost()
    }
}

#[cfg(target_os = "linux")]
mod list {
    use std::fs::{File, Metadata, metadata, read_dir};
    use std::io::{Error, ErrorKind, Result};
    use std::os::unix::fs::{FileExt, MetadataExt};
    use std::path::Path;

    use crate::store::paths::beside;

    /// A lock on a byte of a file.
    #[derive(Clone, Copy)]
    struct Lock {
        /// As Linux calls it.
        kind: &'static str,
        byte: u64,
    }

    /// On the database: no other process clears the log away. If it is one to write, another copy of
    /// SQLite in this process is just about to.
    const IN_USE: Lock = Lock { kind: "READ", byte: 0x4000_0002 };
    /// On the shared memory: no other process makes that anew.
    const ALIVE: Lock = Lock { kind: "READ", byte: 128 };
    /// On the shared memory too: nobody else writes.
    const TURN: Lock = Lock { kind: "WRITE", byte: 120 };

    /// What Linux says of the two descriptors through which SQLite has set its locks.
    pub(super) struct Lists {
        database: File,
        shared_memory: File,
    }

    impl Lists {
        /// None if not all of the locks are listed. Without a log it is so at once: what is locked
        /// then comes and goes.
        pub(super) fn find(file: &Path, is_writing: bool) -> Result<Option<Self>> {
            let Some(database) = list_with(file, &[IN_USE])? else { return Ok(None) };
            let shared_memory = list_with(&beside(file, "-shm"), in_memory(is_writing))?;
            Ok(shared_memory.map(|shared_memory| Self { database, shared_memory }))
        }

        /// Whether they still tell of all the locks.
        pub(super) fn are_full(&self, is_writing: bool) -> bool {
            let has = |list, locks| names(list, locks).unwrap_or(false);
            has(&self.database, &[IN_USE]) && has(&self.shared_memory, in_memory(is_writing))
        }
    }

    fn in_memory(is_writing: bool) -> &'static [Lock] {
        if is_writing { &[ALIVE, TURN] } else { &[ALIVE] }
    }

    /// The list with these locks on the file, among those of all descriptors.
    fn list_with(file: &Path, locks: &[Lock]) -> Result<Option<File>> {
        let identity = |file: Metadata| (file.dev(), file.ino());
        let Ok(file) = metadata(file).map(identity) else { return Ok(None) };
        let mut is_told = false;
        for descriptor in read_dir("/proc/self/fd")? {
            let descriptor = descriptor?;
            is_told = true;
            // The link is followed by the kernel. To open the file would be to drop the locks.
            if metadata(descriptor.path()).map(identity).ok() != Some(file) {
                continue;
            }
            match File::open(Path::new("/proc/self/fdinfo").join(descriptor.file_name())) {
                Ok(list) if names(&list, locks)? => return Ok(Some(list)),
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        // Of a process whose first thread has ended nothing is told, not even this look itself.
        if is_told { Ok(None) } else { Err(ErrorKind::NotFound.into()) }
    }

    /// Whether all these locks are on it. On that of a descriptor that was closed are none.
    fn names(list: &File, locks: &[Lock]) -> Result<bool> {
        // A dozen lines at most, as SQLite locks no more bytes than that.
        let mut text = [0; 4096];
        let end = match list.read_at(&mut text, 0) {
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            read => read?,
        };
        let text = str::from_utf8(&text[..end]).map_err(Error::other)?;
        let is_listed = |lock: &Lock| text.lines().any(|line| covers(line, *lock));
        Ok(locks.iter().all(is_listed))
    }

    /// Whether a line such as `lock: 1: POSIX  ADVISORY  READ 4711 fe:00:264 127 128` tells of it.
    /// Locks of one kind that lie side by side make one line.
    fn covers(line: &str, lock: Lock) -> bool {
        let words: Vec<_> = line.split_ascii_whitespace().collect();
        let ["lock:", _, "POSIX", _, kind, _, _, first, last] = words[..] else { return false };
        let number = |word: &str| word.parse::<u64>().ok();
        kind == lock.kind
            && number(first).is_some_and(|first| first <= lock.byte)
            && (last == "EOF" || number(last).is_some_and(|last| last >= lock.byte))
    }
}

#[cfg(not(target_os = "linux"))]
mod list {
    use std::io::Result;
    use std::path::Path;

    /// There are none.
    pub(super) enum Lists {}

    impl Lists {
        #[expect(clippy::unnecessary_wraps, reason = "it is as on Linux")]
        pub(super) fn find(_file: &Path, _is_writing: bool) -> Result<Option<Self>> {
            Ok(None)
        }

        pub(super) fn are_full(&self, _is_writing: bool) -> bool {
            match *self {}
        }
    }
}
