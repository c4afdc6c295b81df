//! The engine: one object with every verb, over one store.
//!
//! Each file holds the verbs of one subject: tenants, members, resolution, the backfill, undo,
//! verify, snapshots.

mod backfill;
mod members;
mod options;
mod resolution;
mod snapshots;
mod tenants;
mod undo;
mod verify;

use std::path::{Path, PathBuf};

use jiff::{Timestamp, Unit};

pub use backfill::{BackfillOptions, Cancel, OnError, Progress};
pub use options::EngineOptions;
pub use tenants::{NewSlug, NewTenant};

use crate::error::Result;
use crate::slug::check_limit;
use crate::store::{Store, StoreOptions, to_micros};

/// Tenants, memberships and the answers about them, in one file.
///
/// An engine is cheap to clone and may be used from many threads at once. The file is opened when
/// it is first needed, and made if it is not there. After a `fork` both processes may go on using
/// the engine; see [`Error::Forked`](crate::Error::Forked) for the one exception.
///
/// ```
/// use tenantry::{Engine, NewTenant, Request};
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("tenancy.db");
/// let engine = Engine::open(path)?;
/// engine.create(&NewTenant::named("Acme Inc."), "ann")?;
///
/// let answer = engine.resolve(&Request { user: Some("ann"), ..Default::default() })?;
/// assert_eq!(answer.tenant().unwrap().slug, "acme-inc");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Engine {
    store: Store,
    options: std::sync::Arc<EngineOptions>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over the file at `path`, with the options that are right for most.
    ///
    /// The path is taken literally: `:memory:` and `file:x` are names of files.
    ///
    /// # Errors
    ///
    /// [`Error::CannotOpen`](crate::Error::CannotOpen) for a path that can be none. What is wrong
    /// with the file itself shows at the first verb.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// let engine = tenantry::Engine::open(dir.path().join("tenancy.db"))?;
    /// assert!(!engine.path().exists(), "nothing was asked of it yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, EngineOptions::default())
    }

    /// An engine with options of your own.
    ///
    /// # Errors
    ///
    /// As [`Engine::open`], and [`Error::Invalid`](crate::Error::Invalid) for a slug limit out of
    /// range.
    ///
    /// ```
    /// use tenantry::{Engine, EngineOptions, Source};
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("tenancy.db");
    /// let options = EngineOptions { sources: vec![Source::Header, Source::Session], ..Default::default() };
    /// let engine = Engine::open_with(path, options)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_with(path: impl AsRef<Path>, options: EngineOptions) -> Result<Self> {
        check_limit(options.slug.limit)?;
        let store = StoreOptions {
            create: options.create,
            busy_timeout: options.busy_timeout.min(options::BUSY_TIMEOUT_MAX),
            max_readers: options.max_readers.max(1),
            cache_size: options.cache_size,
        };
        Ok(Self { store: Store::new(path.as_ref(), store)?, options: options.into() })
    }

    /// The absolute path of the file.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// let engine = tenantry::Engine::open(dir.path().join("tenancy.db"))?;
    /// assert!(engine.path().is_absolute());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Copies the store as it is now to a new file, while it is in use. The copy is a store too.
    ///
    /// # Errors
    ///
    /// [`Error::CannotOpen`](crate::Error::CannotOpen) if there is something at `to` already.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// let copy = dir.path().join("backup.db");
    /// engine.backup(&copy)?;
    /// assert_eq!(Engine::open(copy)?.tenants()?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn backup(&self, to: impl Into<PathBuf>) -> Result<()> {
        self.store.backup(&to.into())
    }

    /// What is wrong with the file itself, in SQLite's words; nothing when it is sound.
    ///
    /// Reads the whole file, and every row as what it is. SQLite keeps no check sums: a changed letter
    /// in a name is a name. [`Engine::verify`] looks at what the rows say.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = tenantry::Engine::open(dir.path().join("t.db"))?;
    /// assert!(engine.check_file()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_file(&self) -> Result<Vec<String>> {
        self.store.check()
    }
}

/// The time now, as precisely as the store keeps it.
fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Microsecond).unwrap_or(now)
}

fn now_micros() -> i64 {
    to_micros(now())
}
