//! User keys: whatever the application's primary key is, as text.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyFloat, PyString};
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
                "it is text, an int, a UUID or whatever str() makes the same text of as the \
                  database; not None, a bool, a float or bytes"
            }
        };
        Err(errors::invalid(key.py(), "user key", &shown(&key)?, reason))
    }
}

/// The text of a key, or what is wrong with it and how it looks.
///
/// A bool is an int in Python and a float nearly one: as keys both are slips, and so is `str(b"1")`.
pub(crate) fn key_text(key: &Bound<'_, PyAny>) -> PyResult<Result<PyBackedStr, Fault>> {
    if let Ok(text) = key.cast::<PyString>() {
        return Ok(utf8(text));
    }
    if key.is_none() {
        return Ok(Err((RowFault::Empty, String::new())));
    }
    if key.is_instance_of::<PyBool>()
        || key.is_instance_of::<PyFloat>()
        || key.is_instance_of::<PyBytes>()
        || key.is_instance_of::<PyByteArray>()
    {
        return Ok(Err((RowFault::WrongType, shown(key)?)));
    }
    Ok(utf8(&key.str()?))
}

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
