//! Users as Python has them: tuples, mappings, or objects with attributes.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyList, PyString, PyTuple, PyType};
use tenantry::backfill::{Column, RowError, RowFault};
use tenantry::{Roster, UserProfile};

use crate::arguments::each;
use crate::errors;
use crate::keys::{Fault, key_text, shown, utf8};

/// The fields of a user in the order of a tuple: what they are called in `columns`, and the key or
/// attribute that each is read from by default.
const FIELDS: [(&str, &str, Column); 5] = [
    ("id", "id", Column::Key),
    ("username", "username", Column::Username),
    ("name", "business_name", Column::Name),
    ("domain", "business_domain", Column::Domain),
    ("plan", "tier", Column::Plan),
];

/// The key or attribute of each field; none for a field that the rows do not have.
pub(crate) struct Columns {
    names: [Option<Py<PyString>>; 5],
    are_given: bool,
}

impl Columns {
    /// `{"id": "pk", "plan": None}`: those that differ.
    pub(crate) fn new(py: Python<'_>, columns: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut names = FIELDS.map(|(_, name, _)| Some(PyString::intern(py, name).unbind()));
        let Some(columns) = columns else { return Ok(Self { names, are_given: false }) };
        let no_mapping = |_| {
            PyTypeError::new_err("columns is a mapping such as {\"id\": \"pk\", \"plan\": None}")
        };
        let items = columns.call_method0(intern!(py, "items")).map_err(no_mapping)?;
        for item in items.try_iter()? {
            let (field, name): (String, Option<Bound<'_, PyString>>) =
                item?.extract().map_err(no_mapping)?;
            let Some(number) = FIELDS.iter().position(|(known, ..)| *known == field) else {
                let reason = "the fields are id, username, name, domain and plan";
                return Err(errors::invalid(py, "field in columns", &field, reason));
            };
            if number == 0 && name.is_none() {
                return Err(errors::invalid(py, "column", "None", "every user needs an id"));
            }
            names[number] = name.map(Bound::unbind);
        }
        Ok(Self { names, are_given: true })
    }

    /// The error that a column stood in no row.
    fn missing(&self, py: Python<'_>, field: usize) -> PyErr {
        let name = self.names[field].as_ref().map_or(String::new(), |name| name.to_string());
        let called = FIELDS[field].0;
        let or_none = match field {
            0 => String::new(),
            _ => format!(", or say that there is none by columns={{\"{called}\": None}}"),
        };
        let reason = format!(
            "no row has it; name the right one, as in columns={{\"{called}\": \"...\"}}{or_none}"
        );
        errors::invalid(py, "column", &name, &reason)
    }
}

/// How a row is looked into.
#[derive(Clone, Copy)]
enum Shape {
    Tuple,
    List,
    Mapping,
    Attributes,
}

/// A user as it was given, and as text.
pub(crate) struct UserRow {
    /// The key itself: an int stays an int.
    pub(crate) key: Py<PyAny>,
    texts: [Option<PyBackedStr>; 5],
    fault: Option<(Column, RowFault, String)>,
}

impl UserRow {
    pub(crate) fn text(&self, column: Column) -> Option<&PyBackedStr> {
        self.texts[FIELDS.iter().position(|(.., known)| *known == column)?].as_ref()
    }

    /// The profile, or the row's first value that is no text.
    pub(crate) fn profile(&self) -> Result<UserProfile<'_>, RowError> {
        let [key, username, business_name, business_domain, tier] =
            self.texts.each_ref().map(|text| text.as_deref().unwrap_or_default());
        let Some((column, fault, value)) = &self.fault else {
            return Ok(UserProfile { key, username, business_name, business_domain, tier });
        };
        let start = |text: &str| text.chars().take(40).collect();
        let user_key = Some(key).filter(|key| !key.is_empty()).map(start);
        Err(RowError { row: None, user_key, column: *column, fault: *fault, value: start(value) })
    }
}

/// What a reader has read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Read {
    /// How many rows.
    pub(crate) rows: u64,
    /// Whether any of them had names, and not places, for its fields.
    any_named: bool,
    /// Which columns stood in those that had.
    seen: [bool; 5],
}

/// Reads rows, and remembers which columns it has seen.
pub(crate) struct Reader<'a> {
    columns: &'a Columns,
    pub(crate) read: Read,
    /// The last row's type, and its shape: most rows are of one.
    last: Option<(Py<PyType>, Shape)>,
}

impl<'a> Reader<'a> {
    /// A reader that goes on where an earlier one stopped.
    pub(crate) fn new(columns: &'a Columns, read: Read) -> Self {
        Self { columns, read, last: None }
    }

    pub(crate) fn read(&mut self, row: &Bound<'_, PyAny>) -> PyResult<UserRow> {
        let py = row.py();
        self.read.rows += 1;
        let shape = self.shape(row)?;
        let is_named = matches!(shape, Shape::Mapping | Shape::Attributes);
        self.read.any_named |= is_named;
        let width = match shape {
            Shape::Tuple => row.cast::<PyTuple>()?.len(),
            Shape::List => row.cast::<PyList>()?.len(),
            Shape::Mapping | Shape::Attributes => FIELDS.len(),
        };
        if width == 0 || width > FIELDS.len() {
            let reason = "a tuple is (id, username, business_name, business_domain, tier), and may \
                          end early";
            return Err(errors::invalid(py, "row", &shown(row)?, reason));
        }
        let mut read = UserRow { key: py.None(), texts: [const { None }; 5], fault: None };
        for (field, name) in self.columns.names.iter().enumerate().take(width) {
            let value = match (shape, name) {
                (Shape::Tuple, _) => Some(row.cast::<PyTuple>()?.get_item(field)?),
                (Shape::List, _) => Some(row.cast::<PyList>()?.get_item(field)?),
                (_, None) => None,
                (Shape::Mapping, Some(name)) => lookup(row, name.bind(py))?,
                (Shape::Attributes, Some(name)) => row.getattr_opt(name.bind(py))?,
            };
            let Some(value) = value else {
                if field == 0 {
                    read.fault = Some((Column::Key, RowFault::Empty, String::new()));
                }
                continue;
            };
            self.read.seen[field] |= is_named;
            let text = if field == 0 { key_text(&value)?.map(Some) } else { plain_text(&value)? };
            match text {
                Ok(text) => read.texts[field] = text,
                Err((fault, shown)) if read.fault.is_none() => {
                    read.fault = Some((FIELDS[field].2, fault, shown));
                }
                Err(_) => {}
            }
            if field == 0 {
                read.key = value.unbind();
            }
        }
        Ok(read)
    }

    /// An error if a column stood in none of the rows: then it is misnamed.
    pub(crate) fn check_columns(&self, py: Python<'_>) -> PyResult<()> {
        let is_missing =
            |field: &usize| !self.read.seen[*field] && self.columns.names[*field].is_some();
        let missing = (0..FIELDS.len()).find(is_missing).filter(|_| self.read.any_named);
        missing.map_or(Ok(()), |field| Err(self.columns.missing(py, field)))
    }

    fn shape(&mut self, row: &Bound<'_, PyAny>) -> PyResult<Shape> {
        if let Some((last, shape)) = &self.last
            && last.as_ptr().cast() == row.get_type_ptr()
        {
            return Ok(*shape);
        }
        let shape = shape(row)?;
        if self.columns.are_given && matches!(shape, Shape::Tuple | Shape::List) {
            let message = "columns name keys or attributes, and a tuple has none; it is read in the \
                           order (id, username, business_name, business_domain, tier)";
            return Err(PyTypeError::new_err(message));
        }
        self.last = Some((row.get_type().unbind(), shape));
        Ok(shape)
    }
}

fn shape(row: &Bound<'_, PyAny>) -> PyResult<Shape> {
    let py = row.py();
    if row.is_exact_instance_of::<PyTuple>() {
        return Ok(Shape::Tuple);
    }
    if row.is_instance_of::<PyDict>() {
        return Ok(Shape::Mapping);
    }
    // A named tuple may have another order.
    let is_named = row.hasattr(intern!(py, "_fields"))?;
    if !is_named && row.is_instance_of::<PyTuple>() {
        return Ok(Shape::Tuple);
    }
    if !is_named && row.is_instance_of::<PyList>() {
        return Ok(Shape::List);
    }
    if row.is_instance_of::<PyString>()
        || row.is_instance_of::<PyBytes>()
        || row.is_instance_of::<PyInt>()
        || row.is_none()
    {
        let name = row.get_type().name()?;
        let message = format!(
            "a user is a tuple, a mapping or an object with attributes, and this one is of type {name}"
        );
        return Err(PyTypeError::new_err(message));
    }
    // As a mapping has it, and a row of sqlite3.
    if row.hasattr(intern!(py, "keys"))? && row.hasattr(intern!(py, "__getitem__"))? {
        return Ok(Shape::Mapping);
    }
    Ok(Shape::Attributes)
}

fn lookup<'py>(
    row: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(dict) = row.cast_exact::<PyDict>() {
        return dict.get_item(name);
    }
    match row.get_item(name) {
        Ok(value) => Ok(Some(value)),
        // sqlite3.Row raises IndexError.
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyLookupError>(row.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A value as text, or what is wrong with it and how it looks. None is no text.
fn plain_text(value: &Bound<'_, PyAny>) -> PyResult<Result<Option<PyBackedStr>, Fault>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(utf8(text).map(Some));
    }
    if value.is_none() {
        return Ok(Ok(None));
    }
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return Ok(utf8(&value.str()?).map(Some));
    }
    Ok(Err((RowFault::WrongType, shown(value)?)))
}

/// All users of an iterable.
pub(crate) fn roster(users: &Bound<'_, PyAny>, columns: &Columns) -> PyResult<Roster> {
    let mut reader = Reader::new(columns, Read::default());
    let mut roster = Roster::new();
    each(users, |row| {
        let read = reader.read(&row)?;
        let number = reader.read.rows;
        match read.profile() {
            Ok(user) => roster.push_row(number, &user),
            Err(error) => roster.reject(RowError { row: Some(number), ..error }),
        }
        Ok(())
    })?;
    reader.check_columns(users.py())?;
    Ok(roster)
}

/// One user, for a verb about one.
pub(crate) fn user(user: &Bound<'_, PyAny>, columns: &Columns) -> PyResult<UserRow> {
    let mut reader = Reader::new(columns, Read::default());
    let row = reader.read(user)?;
    reader.check_columns(user.py())?;
    Ok(row)
}
