//! Slugs: `tenantry::slug`.

use std::sync::{Mutex, TryLockError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use tenantry::slug::{self, Style};

use crate::arguments::{Number, Text, each_text};
use crate::errors::OrRaise;
use crate::words::In;

/// Longer texts are worth letting other threads run meanwhile; shorter ones are done sooner than the
/// GIL is given up and taken back.
const LONG: usize = 16 * 1024;

/// The slug of a name; empty when nothing is left of it.
///
/// In the default style it is bit for bit `django.utils.text.slugify(name)` of Django 3.2 to 6.1, at
/// Unicode 18.0 whatever the running Python knows, so that a slug never changes under an upgrade. The
/// style `transliterate` writes in ASCII what Django drops.
///
/// >>> tenantry.slugify("  Gonzalez, Brown & Sons  ")
/// 'gonzalez-brown-sons'
/// >>> tenantry.slugify("東京"), tenantry.slugify("東京", style="transliterate")
/// ('', 'dong-jing')
#[pyfunction]
#[pyo3(signature = (name, /, *, style=None), text_signature = "(name, /, *, style='django')")]
pub(crate) fn slugify<'py>(
    name: &Bound<'py, PyString>,
    style: Option<In<Style>>,
) -> PyResult<Bound<'py, PyString>> {
    let py = name.py();
    let style = style.map_or(Style::Django, |style| style.0);
    let slug = match name.to_str() {
        Ok(name) if name.len() > LONG => py.detach(|| style.slugify(name)),
        Ok(name) => style.slugify(name),
        // Half of a surrogate pair is no letter: Django drops it, and so do all.
        Err(_) => {
            let bytes = name.call_method1("encode", ("utf-8", "ignore"))?;
            style.slugify(&String::from_utf8_lossy(bytes.extract()?))
        }
    };
    Ok(PyString::new(py, &slug))
}

/// The base of a tenant's slug: the first that is not empty of the name in the style, the name
/// transliterated, the username in the style, the username transliterated, and `workspace`.
///
/// >>> tenantry.slug_base("Acme & Co", "ann"), tenantry.slug_base("...", "ann")
/// ('acme-co', 'ann')
#[pyfunction]
#[pyo3(
    signature = (name, username=None, *, style=In(Style::Django)),
    text_signature = "(name, username=None, *, style='django')"
)]
pub(crate) fn slug_base(name: Text, username: Option<Text>, style: In<Style>) -> String {
    slug::base(style.0, &name, username.as_deref().unwrap_or_default()).0
}

/// Candidate `n` of a base within `limit` characters, always cut from the whole base.
///
/// >>> tenantry.slug_candidate("acme", 12)
/// 'acme-12'
/// >>> tenantry.slug_candidate("grand-hotel-budapest", 1000, limit=16)
/// 'grand-hotel-1000'
#[pyfunction]
#[pyo3(
    signature = (base, n, *, limit=Number(slug::SLUG_MAX)),
    text_signature = "(base, n, *, limit=80)"
)]
pub(crate) fn slug_candidate(base: Text, n: Number<u32>, limit: Number<usize>) -> String {
    slug::candidate(&base, n.0, limit.0)
}

/// Whether a tenant may bear this slug: 1 to 80 of ASCII letters, digits, `-` and `_`, which is what
/// Django's `SlugField` accepts.
///
/// >>> tenantry.is_valid_slug("acme-2"), tenantry.is_valid_slug("a b")
/// (True, False)
#[pyfunction]
#[pyo3(signature = (slug, /))]
pub(crate) fn is_valid_slug(slug: &Bound<'_, PyString>) -> bool {
    slug.to_str().is_ok_and(slug::is_valid)
}

/// Gives out slugs, each only once: the first free one of `acme`, `acme-1`, `acme-2` and so on.
///
/// All calls together try at most as many taken slugs as there are: 100,000 equal names cost little
/// more than 100,000 different ones.
///
/// `limit` is the most characters of a slug, 16 to 80. `taken` are slugs never to be given out.
/// Raises `InvalidValueError` for a limit out of range.
///
/// >>> slugs = tenantry.SlugAllocator(taken=["Acme"])
/// >>> slugs.allocate("acme"), slugs.allocate("acme"), slugs.allocate("globex")
/// ('acme-1', 'acme-2', 'globex')
/// >>> len(slugs)
/// 4
#[pyclass(frozen, module = "tenantry")]
pub(crate) struct SlugAllocator(Mutex<slug::SlugAllocator>);

#[pymethods]
impl SlugAllocator {
    #[new]
    #[pyo3(
        signature = (*, limit=Number(slug::SLUG_MAX), taken=None),
        text_signature = "(*, limit=80, taken=())"
    )]
    fn new(
        py: Python<'_>,
        limit: Number<usize>,
        taken: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let slugs = Self(Mutex::new(slug::SlugAllocator::new(limit.0).or_raise(py)?));
        if let Some(taken) = taken {
            each_text(taken, |slug| lone(&slugs.0, |slugs| slugs.take(slug))?.or_raise(py))?;
        }
        Ok(slugs)
    }

    /// Makes a slug one that is never given out; without regard to ASCII case.
    ///
    /// >>> slugs = tenantry.SlugAllocator()
    /// >>> slugs.take("ADMIN")
    /// >>> slugs.allocate("admin")
    /// 'admin-1'
    #[pyo3(signature = (slug, /))]
    fn take(&self, py: Python<'_>, slug: Text) -> PyResult<()> {
        lone(&self.0, |slugs| slugs.take(&slug))?.or_raise(py)
    }

    /// Gives out the first free candidate of a base.
    ///
    /// Raises `InvalidValueError` for a base that `slugify` would not give, and for an empty one:
    /// `slug_base` has fall-backs.
    ///
    /// >>> tenantry.SlugAllocator(limit=16).allocate("grand-hotel-budapest")
    /// 'grand-hotel-buda'
    #[pyo3(signature = (base, /))]
    fn allocate(&self, py: Python<'_>, base: Text) -> PyResult<String> {
        lone(&self.0, |slugs| slugs.allocate(&base))?.or_raise(py)
    }

    /// How many slugs are taken or given out.
    fn __len__(&self) -> PyResult<usize> {
        lone(&self.0, |slugs| slugs.len())
    }

    fn __repr__(&self) -> String {
        match self.__len__() {
            Ok(taken) => format!("<SlugAllocator: {taken} taken>"),
            Err(_) => "<SlugAllocator: at work>".to_owned(),
        }
    }
}

/// Works with what only one thread may work with at a time. Another one is refused and does not wait:
/// the result would depend on who came first, and in a forked child it would wait for ever.
pub(crate) fn lone<T, R>(lock: &Mutex<T>, work: impl FnOnce(&mut T) -> R) -> PyResult<R> {
    match lock.try_lock() {
        Ok(mut guarded) => Ok(work(&mut guarded)),
        Err(TryLockError::Poisoned(guarded)) => Ok(work(&mut guarded.into_inner())),
        Err(TryLockError::WouldBlock) => {
            let message = "another thread is at work with it; the order of the work decides the \
                           slugs, so keep it to one thread";
            Err(PyRuntimeError::new_err(message))
        }
    }
}
