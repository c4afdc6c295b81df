//! The engine: one object with every verb. Each file holds the verbs of one subject, as in the core.

mod backfill;
mod members;
mod resolution;
mod tenants;

use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use pyo3::prelude::*;
use tenantry::slug::{self, Style};
use tenantry::{EngineOptions, SlugOptions, Source};

use crate::arguments::Number;
use crate::errors::{self, OrRaise};
use crate::values::Tuple;
use crate::words::In;

/// Tenants, memberships and the answers about them, in one SQLite file.
///
/// An engine may be used from many threads at once, and lets the others run while it works. The file
/// is opened when it is first needed, and made if it is not there. After a fork both processes may go
/// on using the engine. It is a context manager that closes itself; without one, close it or let it
/// go.
///
/// - `path` is a file of the store's own, not the database of your application. It is taken literally:
///   `:memory:` is the name of a file.
/// - `create`: make the file if it is not there. If false, that is a `NoStoreError`.
/// - `busy_timeout`: how many seconds to wait for other writers, or for a free connection; a day at
///   most.
/// - `max_readers`: how many threads may read at once, at least 1; more of them wait.
/// - `cache_size`: how many answers each reading connection keeps while nothing is written, some 2 MB
///   by default; 0 keeps none. No answer is ever stale.
/// - `sources`: where a request may name its tenant, in the order of trying: `session`, `header`,
///   `domain`; None for the session alone.
/// - `slug_style`, `slug_limit` (16 to 80), `reserved_slugs`: how slugs are made, and which words no
///   tenant may have as its own.
///
/// Raises `InvalidValueError` for an option out of range. What is wrong with the file shows at the
/// first verb, as a `StoreError`, which is an `OSError`; for instance as `SecondSqliteError` if this
/// process has the file open by `sqlite3`.
///
/// >>> with tenantry.Engine(folder / "tenancy.db") as engine:
/// ...     acme = engine.create("Acme Inc.", "ann")
/// ...     engine.resolve("ann").tenant.slug
/// 'acme-inc'
#[pyclass(frozen, weakref, module = "tenantry")]
pub(crate) struct Engine {
    path: PathBuf,
    /// None when it is closed. Locked only for the moment of a copy, and only with the interpreter
    /// attached: so it is never locked while another thread forks.
    core: RwLock<Option<tenantry::Engine>>,
}

#[pymethods]
impl Engine {
    #[allow(clippy::too_many_arguments)]
    #[new]
    #[pyo3(
        signature = (
            path,
            *,
            create=true,
            busy_timeout=5.0,
            max_readers=Number(8),
            cache_size=Number(4096),
            sources=None,
            slug_style=In(Style::Django),
            slug_limit=Number(slug::SLUG_MAX),
            reserved_slugs=Tuple(Vec::new()),
        ),
        text_signature = "(path, *, create=True, busy_timeout=5.0, max_readers=8, \
            cache_size=4096, sources=None, slug_style='django', slug_limit=80, \
            reserved_slugs=())"
    )]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        create: bool,
        busy_timeout: f64,
        max_readers: Number<usize>,
        cache_size: Number<usize>,
        sources: Option<Tuple<In<Source>>>,
        slug_style: In<Style>,
        slug_limit: Number<usize>,
        reserved_slugs: Tuple<String>,
    ) -> PyResult<Self> {
        let busy_timeout = Duration::try_from_secs_f64(busy_timeout).map_err(|_| {
            let reason = "it is a number of seconds, 0 or more";
            errors::invalid(py, "busy time-out", &busy_timeout.to_string(), reason)
        })?;
        let options = EngineOptions {
            create,
            busy_timeout,
            max_readers: max_readers.0,
            cache_size: cache_size.0,
            sources: crate::resolve::sources(sources),
            slug: SlugOptions {
                style: slug_style.0,
                limit: slug_limit.0,
                reserved: reserved_slugs.0,
            },
        };
        let core = tenantry::Engine::open_with(path, options).or_raise(py)?;
        Ok(Self { path: core.path().to_owned(), core: RwLock::new(Some(core)) })
    }

    /// The absolute path of the file.
    ///
    /// >>> engine.path == folder / "engine.db"
    /// True
    #[getter]
    fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Whether the engine was closed.
    ///
    /// >>> engine.closed
    /// False
    #[getter]
    fn closed(&self) -> bool {
        self.core.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Closes the file when the work under way in other threads is done. Every verb then raises
    /// `EngineClosedError`. To close twice does no harm.
    ///
    /// >>> engine.close()
    /// >>> engine.tenants()
    /// Traceback (most recent call last):
    ///     ...
    /// tenantry.exceptions.EngineClosedError: the engine on ... is closed; open another one
    fn close(&self, py: Python<'_>) {
        let core = self.core.write().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(core));
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        let closed = if self.closed() { ", closed" } else { "" };
        format!("<Engine {}{closed}>", self.path.display())
    }

    /// Copies the store as it is now to a new file, while it is in use. The copy is a store too.
    ///
    /// Raises `CannotOpenError` if there is something at `to` already.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.backup(folder / "backup.db")
    /// >>> len(tenantry.Engine(folder / "backup.db").tenants())
    /// 1
    #[pyo3(signature = (to, /))]
    fn backup(&self, py: Python<'_>, to: PathBuf) -> PyResult<()> {
        self.run(py, |core| core.backup(to))
    }

    /// What is wrong with the file itself, in SQLite's words; nothing when it is sound.
    ///
    /// Reads the whole file, and every row as what it is. `verify` looks at what the rows say.
    ///
    /// >>> engine.check_file()
    /// []
    fn check_file(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.run(py, tenantry::Engine::check_file)
    }
}

impl Engine {
    /// Does work of the core while other threads run.
    fn run<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&tenantry::Engine) -> tenantry::Result<T> + Send,
    ) -> PyResult<T> {
        let core = self.core.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(core) = core else { return Err(errors::closed(py, &self.path)) };
        // If it was closed meanwhile, this is the last copy, and to drop it is work too.
        py.detach(move || work(&core)).or_raise(py)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let core = self.core.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(core) = core {
            // To close is to write what is in the log to the file.
            Python::try_attach(|py| py.detach(|| drop(core)));
        }
    }
}
