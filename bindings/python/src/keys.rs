//! User keys: whatever the application's primary key is, as text.

use pyo3::PyTypeInfo;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyFloat, PyInt, PyString};
use tenantry::backfill::RowFault;

use crate::errors;

/// What is wrong with a value, and how it looks.
pub(crate) type Fault = (RowFault, String);

/// A user key as text, `str(key)`; an argument of many functions.
pub(crate) struct UserKey(PyBackedStr);

impl std::ops::Deref for UserKey {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl UserKey {
    pub(crate) fn as_py_str(&self) -> &Py<PyString> {
        self.0.as_py_str()
    }
}

impl FromPyObject<'_, '_> for UserKey {
    type Error = PyErr;

    fn extract(key: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let fault = match key_text(&key)? {
            Ok(text) => return Ok(Self(text)),
            Err((fault, _)) => fault,
        };
        let reason = match fault {
            RowFault::NotUtf8 => "it holds half of a surrogate pair",
            _ => {
                "pass the user's primary key, such as an int, a text or a UUID; not the user, and not \
                 None, a bool, a float or bytes"
            }
        };
        Err(errors::invalid(key.py(), "user key", &shown(&key)?, reason))
    }
}

/// The text of a key, or what is wrong with it and how it looks.
pub(crate) fn key_text(key: &Bound<'_, PyAny>) -> PyResult<Result<PyBackedStr, Fault>> {
    if let Ok(text) = key.cast::<PyString>() {
        return Ok(utf8(text));
    }
    if key.is_none() {
        return Ok(Err((RowFault::Empty, String::new())));
    }
    if !has_text_of_its_own(key)? {
        return Ok(Err((RowFault::WrongType, shown(key)?)));
    }
    Ok(utf8(&key.str()?))
}

/// Whether `str()` makes of it what a database would.
///
/// A bool is an int in Python and a float nearly one: as keys both are slips, and so is `str(b"1")`.
/// Without a `__str__` of its own, an object is shown by its address, which another one soon has; and
/// a model is shown by a name that may change.
fn has_text_of_its_own(key: &Bound<'_, PyAny>) -> PyResult<bool> {
    if key.is_instance_of::<PyInt>() {
        return Ok(!key.is_instance_of::<PyBool>());
    }
    if key.is_instance_of::<PyFloat>()
        || key.is_instance_of::<PyBytes>()
        || key.is_instance_of::<PyByteArray>()
    {
        return Ok(false);
    }
    let py = key.py();
    let of_object = PyAny::type_object(py).getattr(intern!(py, "__str__"))?;
    if key.get_type().getattr(intern!(py, "__str__"))?.is(&of_object) {
        return Ok(false);
    }
    Ok(!key.hasattr(intern!(py, "pk"))?)
}

/// The text as UTF-8, or that it is none.
pub(crate) fn utf8(text: &Bound<'_, PyString>) -> Result<PyBackedStr, Fault> {
    PyBackedStr::try_from(text.clone())
        .map_err(|_| (RowFault::NotUtf8, text.to_string_lossy().into_owned()))
}

/// How a value that is no text looks.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(match value.cast::<PyString>() {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(_) => value.repr()?.to_string_lossy().into_owned(),
    })
}
