//! The guard against a second SQLite in this process.
//!
//! POSIX locks belong to the process, not to the library: when one of two copies of SQLite closes
//! a file, the locks of the other vanish, and committed rows get lost. Both checks read what Linux
//! says of the process, and never open the file: that alone would drop the locks. On other systems
//! they find nothing.

use std::path::Path;

/// Whether something in this process has the file open. Only to be asked while we do not.
#[cfg(target_os = "linux")]
pub(super) fn is_open_elsewhere(path: &Path) -> bool {
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

/// Whether two copies of SQLite have mapped the shared memory beside the file. One copy maps each
/// part of it once, however many connections it has.
#[cfg(target_os = "linux")]
pub(super) fn is_mapped_twice(path: &Path) -> bool {
    use std::collections::HashSet;
    use std::os::unix::ffi::OsStrExt;

    let mut shared_memory = path.as_os_str().as_bytes().to_vec();
    shared_memory.extend_from_slice(b"-shm");
    let Ok(maps) = std::fs::read("/proc/self/maps") else {
        return false;
    };
    let mut offsets = HashSet::new();
    maps.split(|&byte| byte == b'\n')
        .filter(|line| line.ends_with(&shared_memory))
        // address, permissions, offset, device, inode, path
        .filter_map(|line| line.split(|&byte| byte == b' ').nth(2))
        .any(|offset| !offsets.insert(offset))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_open_elsewhere(_path: &Path) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_mapped_twice(_path: &Path) -> bool {
    false
}
