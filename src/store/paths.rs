//! The names of a store's files.

use std::path::{Path, PathBuf};

/// One name for a file, even before it is made.
pub(super) fn real_path(path: &Path) -> PathBuf {
    let made_of_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(made_of_folder).unwrap_or_else(|| path.to_owned())
}

/// The file that SQLite keeps beside a database: `-wal`, `-journal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
