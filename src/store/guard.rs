//! The guard against a second SQLite in this process.
//!
//! POSIX locks belong to the process, not to the library: when one of two copies of SQLite closes
//! a file, the locks of the other vanish, and committed rows get lost. Both checks read what Linux
//! says of the process, and never open the file: that alone would drop the locks. On other systems
//! they find nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fork;
use super::locks::Locks;
use super::paths::real_path;
use crate::error::{Error, Result};

/// How many connections this copy of SQLite has to each file, and their locks.
static OURS: Mutex<Ours> = Mutex::new(Ours::new());
type Ours = BTreeMap<PathBuf, (usize, Arc<Locks>)>;

/// How often it is looked whether the others are closed.
const STEP: Duration = Duration::from_millis(1);

/// The right to one connection to a file. To be had before it is opened, and kept until it is
/// closed: so all engines of this process know each other.
pub(super) struct Claim {
    file: PathBuf,
    pub(super) locks: Arc<Locks>,
}

impl Claim {
    /// Refused if something else in this process has the file open. If nothing has, `look` may open
    /// and close it: as long as there are connections, that would drop their locks.
    ///
    /// If the locks of the others are lost, waits until all of them are closed. A new connection
    /// would share what SQLite believes of the old ones.
    pub(super) fn new(
        path: &Path,
        patience: Duration,
        look: impl FnOnce() -> Result<()>,
    ) -> Result<Self> {
        let second_sqlite = || Error::SecondSqlite { path: path.to_owned() };
        let file = real_path(path);
        let deadline = Instant::now() + patience;
        let mut ours = loop {
            let ours = ours();
            if ours.get(&file).is_none_or(|(_, locks)| !locks.are_lost()) {
                break ours;
            }
            drop(ours);
            // In a callback, the one to be waited for may be this thread's own.
            if fork::is_nested() || Instant::now() >= deadline {
                return Err(second_sqlite());
            }
            std::thread::sleep(STEP);
        };
        if !ours.contains_key(&file) {
            if is_open_elsewhere(path) {
                return Err(second_sqlite());
            }
            look()?;
        }
        let fresh = || (0, Arc::new(Locks::new(file.clone())));
        let (count, locks) = ours.entry(file.clone()).or_insert_with(fresh);
        *count += 1;
        let locks = Arc::clone(locks);
        Ok(Self { file, locks })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut ours = ours();
        if let Some((count, _)) = ours.get_mut(&self.file) {
            *count -= 1;
            if *count == 0 {
                ours.remove(&self.file);
            }
        }
    }
}

fn ours() -> MutexGuard<'static, Ours> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The locks of this process on the file at this path, which is that of [`real_path`].
pub(super) fn locks_on(file: &Path) -> Option<Arc<Locks>> {
    ours().get(file).map(|(_, locks)| Arc::clone(locks))
}

/// Whether something in this process has the file open.
#[cfg(target_os = "linux")]
fn is_open_elsewhere(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let identity = |path: &Path| std::fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let Some(file) = identity(path) else {
        return false;
    };
    let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") else {
        return false;
    };
    // The links are followed by the kernel, and nothing is opened.
    descriptors.flatten().any(|descriptor| identity(&descriptor.path()) == Some(file))
}

/// Whether two copies of SQLite have mapped the shared memory beside the file, whose path is that of
/// [`real_path`]. One copy maps each part of it once, however many connections it has.
#[cfg(target_os = "linux")]
pub(super) fn is_mapped_twice(path: &Path) -> bool {
    use std::collections::HashSet;
    use std::os::unix::ffi::OsStrExt;

    let mut shared_memory = Vec::new();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'\n' => shared_memory.extend_from_slice(b"\\012"),
            byte => shared_memory.push(byte),
        }
    }
    shared_memory.extend_from_slice(b"-shm");
    let Ok(maps) = std::fs::read("/proc/self/maps") else { return false };
    let mut offsets = HashSet::new();
    maps.split(|&byte| byte == b'\n')
        .filter_map(|line| {
            // address, permissions, offset, device, inode, and the path behind some spaces
            let mut fields = line.splitn(6, |&byte| byte == b' ');
            let (offset, path) = (fields.nth(2)?, fields.nth(2)?);
            (path.trim_ascii_start() == shared_memory).then_some(offset)
        })
        .any(|offset| !offsets.insert(offset))
}

#[cfg(not(target_os = "linux"))]
fn is_open_elsewhere(_path: &Path) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_mapped_twice(_path: &Path) -> bool {
    false
}
