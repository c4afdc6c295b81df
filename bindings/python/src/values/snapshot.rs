//! What one user may enter, to be resolved elsewhere.

use jiff::Timestamp;
use pyo3::prelude::*;
use pyo3::types::PyType;
use tenantry::snapshot::{FORMAT, VERSION};
use tenantry::{Error, Plan, Role};

use super::{Shared, Tuple, Utc, value};
use crate::arguments::Text;
use crate::errors::{self, OrRaise};
use crate::words::In;

value! {
    /// A tenant in a snapshot, with the user's membership in it.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> [tenant] = engine.export("ann").tenants
    /// >>> tenant.slug, tenant.role
    /// ('acme', <Role.OWNER: 'owner'>)
    SnapshotTenant {
        /// What tells it from every other tenant of every server.
        id: String,
        /// Its name.
        name: String,
        /// Its slug.
        slug: String,
        /// Slugs it had before, which still lead to it.
        retired_slugs: Tuple<String>,
        /// Its domain; may be empty.
        domain: String,
        /// Its plan.
        plan: In<Plan>,
        /// When it was made, UTC.
        created_at: Utc,
        /// When it was last changed, UTC.
        updated_at: Utc,
        /// The user's role in it.
        role: In<Role>,
    }
}

impl SnapshotTenant {
    fn of(py: Python<'_>, tenant: tenantry::snapshot::SnapshotTenant) -> PyResult<Self> {
        Ok(Self {
            id: tenant.id,
            name: tenant.name,
            slug: tenant.slug,
            retired_slugs: Tuple(tenant.retired_slugs),
            domain: tenant.domain,
            plan: In(tenant.plan),
            created_at: moment(py, tenant.created_at)?,
            updated_at: moment(py, tenant.updated_at)?,
            role: In(tenant.role),
        })
    }
}

impl From<&SnapshotTenant> for tenantry::snapshot::SnapshotTenant {
    fn from(tenant: &SnapshotTenant) -> Self {
        Self {
            id: tenant.id.clone(),
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            retired_slugs: tenant.retired_slugs.0.clone(),
            domain: tenant.domain.clone(),
            plan: tenant.plan.0,
            created_at: tenant.created_at.0,
            updated_at: tenant.updated_at.0,
            role: tenant.role.0,
        }
    }
}

value! {
    /// One user's usable memberships with their tenants, as JSON to be carried to another store.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> text = engine.export("ann").to_json()
    /// >>> phone = tenantry.Engine(folder / "phone.db")
    /// >>> phone.import_(tenantry.Snapshot.from_json(text))
    /// 1
    /// >>> phone.resolve("ann").tenant.name
    /// 'Acme'
    Snapshot("(user_key, tenants, exported_at, format='tenantry.snapshot', version=1)") {
        /// The user.
        user_key: String,
        /// The tenants that the user may enter.
        tenants: Tuple<Shared<SnapshotTenant>>,
        /// When it was exported, UTC.
        exported_at: Utc,
        /// Always `tenantry.snapshot`.
        format: String = (FORMAT.to_owned()),
        /// The version of its form.
        version: u32 = VERSION,
    }

    /// Reads and checks a snapshot. Fields that are not known are passed over.
    ///
    /// Raises `SnapshotError` when it is no JSON, no snapshot, of another version, or holds values
    /// that no store could.
    ///
    /// >>> tenantry.Snapshot.from_json("{}")
    /// Traceback (most recent call last):
    ///     ...
    /// tenantry.exceptions.SnapshotError: the snapshot cannot be imported: it is not valid: missing field `format` at line 1 column 2; export a new one
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn from_json(_cls: &Bound<'_, PyType>, py: Python<'_>, text: Text) -> PyResult<Self> {
        let snapshot = py.detach(|| tenantry::Snapshot::from_json(&text)).or_raise(py)?;
        Self::of(py, snapshot)
    }

    /// The snapshot as one line of JSON.
    ///
    /// >>> engine.export("ann").to_json()[:56]
    /// '{"format":"tenantry.snapshot","version":1,"exported_at":'
    fn to_json(&self) -> String {
        self.to_core().to_json()
    }
}

impl Snapshot {
    pub(crate) fn of(py: Python<'_>, snapshot: tenantry::Snapshot) -> PyResult<Self> {
        let tenantry::Snapshot { format, version, exported_at, user_key, tenants } = snapshot;
        let tenants =
            tenants.into_iter().map(|tenant| Shared::new(py, SnapshotTenant::of(py, tenant)?));
        Ok(Self {
            user_key,
            tenants: Tuple(tenants.collect::<PyResult<_>>()?),
            exported_at: moment(py, exported_at)?,
            format,
            version,
        })
    }

    pub(crate) fn to_core(&self) -> tenantry::Snapshot {
        tenantry::Snapshot {
            format: self.format.clone(),
            version: self.version,
            exported_at: self.exported_at.0,
            user_key: self.user_key.clone(),
            tenants: self.tenants.0.iter().map(|tenant| tenant.get().into()).collect(),
        }
    }
}

fn moment(py: Python<'_>, time: Timestamp) -> PyResult<Utc> {
    Utc::new(time).ok_or_else(|| {
        errors::raise(py, &Error::Snapshot { reason: format!("{time} is before the year 1") })
    })
}
