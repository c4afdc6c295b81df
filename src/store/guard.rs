//! The guard against a second SQLite in this process.
//!
//! POSIX locks belong to the process, not to the library: when one of two copies of SQLite closes
//! a file, the locks of the other vanish, and committed rows get lost. Both checks read what Linux
//! says of the process, and never open the file: that alone would drop the locks. On other systems
//! they find nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// How many connections this copy of SQLite has to each file.
static OURS: Mutex<BTreeMap<PathBuf, usize>> = Mutex::new(BTreeMap::new());

/// The right to one connection to a file. To be had before it is opened, and kept until it is
/// closed: so all engines of this process know each other.
pub(super) struct Claim {
    file: PathBuf,
}

impl Claim {
    /// Refused if something else in this process has the file open. If nothing has, `look` may open
    /// and close it: as long as there are connections, that would drop their locks.
    pub(super) fn new(path: &Path, look: impl FnOnce() -> Result<()>) -> Result<Self> {
        let file = real_path(path);
        let mut ours = ours();
        if !ours.contains_key(&file) {
            if is_open_elsewhere(path) {
                return Err(Error::SecondSqlite { path: path.to_owned() });
            }
            look()?;
        }
        *ours.entry(file.clone()).or_default() += 1;
        Ok(Self { file })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut ours = ours();
        if let Some(count) = ours.get_mut(&self.file) {
            *count -= 1;
            if *count == 0 {
                ours.remove(&self.file);
            }
        }
    }
}

fn ours() -> MutexGuard<'static, BTreeMap<PathBuf, usize>> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One name for a file, even before it is made.
pub(super) fn real_path(path: &Path) -> PathBuf {
    let made_of_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(made_of_folder).unwrap_or_else(|| path.to_owned())
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
