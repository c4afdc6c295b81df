//! Frozen classes of values: each is compared, hashed, shown, matched and pickled by its fields.

mod carried;
mod finding;
mod report;
mod snapshot;
mod tenant;

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMappingProxy, PyTuple};

pub(crate) use carried::{Counts, RowErrors, Seconds, Shared, Tuple, Utc};
pub(crate) use finding::Finding;
pub(crate) use report::{KeptTenant, Report, Run, UndoReport};
pub(crate) use snapshot::{Snapshot, SnapshotTenant};
pub(crate) use tenant::{Membership, Resolution, Tenant};

/// Defines a class of values by its fields, in their order. A default that is more than one token is
/// shown to people by a signature of its own.
macro_rules! value {
    (
        $(#[$meta:meta])*
        $name:ident $(($signature:literal))? {
            $($(#[$field_meta:meta])* $field:ident: $type:ty $(= $default:tt)?,)+
        }
        $($methods:tt)*
    ) => {
        $(#[$meta])*
        #[pyo3::pyclass(frozen, get_all, eq, hash, module = "tenantry")]
        #[derive(PartialEq, Eq, Hash)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)+
        }

        #[pyo3::pymethods]
        impl $name {
            #[allow(clippy::too_many_arguments)]
            #[new]
            #[pyo3(signature = ($($field $(= $default)?),+) $(, text_signature = $signature)?)]
            fn new($($field: $type),+) -> Self {
                Self { $($field),+ }
            }

            /// The fields in their order, for `match`.
            #[classattr]
            fn __match_args__(
                py: pyo3::Python<'_>,
            ) -> pyo3::PyResult<pyo3::Bound<'_, pyo3::types::PyTuple>> {
                pyo3::types::PyTuple::new(py, Self::FIELDS)
            }

            fn __repr__(slf: &pyo3::Bound<'_, Self>) -> pyo3::PyResult<String> {
                $crate::values::repr(slf.as_any(), &Self::FIELDS)
            }

            fn __reduce__<'py>(
                slf: &pyo3::Bound<'py, Self>,
            ) -> pyo3::PyResult<$crate::values::Reduced<'py>> {
                $crate::values::reduce(slf.as_any(), &Self::FIELDS)
            }

            $($methods)*
        }

        impl $name {
            const FIELDS: [&'static str; [$(stringify!($field)),+].len()] =
                [$(stringify!($field)),+];
        }
    };
}
pub(crate) use value;

/// `Tenant(id=1, name='Acme', ...)`
pub(crate) fn repr(value: &Bound<'_, PyAny>, fields: &[&str]) -> PyResult<String> {
    let mut shown = Vec::with_capacity(fields.len());
    for field in fields {
        shown.push(format!("{field}={}", value.getattr(*field)?.repr()?));
    }
    Ok(format!("{}({})", value.get_type().name()?, shown.join(", ")))
}

/// The class and the arguments that make the value anew.
pub(crate) type Reduced<'py> = (Bound<'py, PyAny>, Bound<'py, PyTuple>);

pub(crate) fn reduce<'py>(value: &Bound<'py, PyAny>, fields: &[&str]) -> PyResult<Reduced<'py>> {
    let py = value.py();
    let mut parts = Vec::with_capacity(fields.len());
    for field in fields {
        let part = value.getattr(*field)?;
        // A read-only view of a dict cannot be pickled, the dict can.
        let is_view = part.is_instance_of::<PyMappingProxy>();
        parts.push(if is_view { PyDict::type_object(py).call1((part,))? } else { part });
    }
    Ok((value.get_type().into_any(), PyTuple::new(py, parts)?))
}
