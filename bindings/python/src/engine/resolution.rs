//! Verbs that answer which tenant a user is in, and that carry the answers elsewhere.

use pyo3::prelude::*;
use tenantry::Error;

use super::Engine;
use crate::errors;
use crate::keys::{UserKey, shown};
use crate::resolve::{Asked, Host, request};
use crate::values::{Resolution, Snapshot};

#[pymethods]
impl Engine {
    /// Which tenant a request is in, decided afresh: what another process has committed counts.
    ///
    /// `user` is the key of the authenticated user, None when nobody is. `selected` is the slug in the
    /// session. `header` and `host` are looked at only if `sources` names them. Another's tenant, a
    /// revoked membership and a slug that does not exist get the same answer.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> answer = engine.resolve("ann", selected="acme")
    /// >>> answer.tenant.name, answer.role, answer.source
    /// ('Acme', <Role.OWNER: 'owner'>, <Source.SESSION: 'session'>)
    /// >>> engine.resolve("eve", selected="acme")
    /// Resolution(tenant=None, role=None, source=None, reason=<Reason.NOT_AVAILABLE: 'not_available'>)
    #[pyo3(
        signature = (user, *, selected=Asked::Nothing, header=Asked::Nothing, host=Host::default()),
        text_signature = "($self, user, *, selected=None, header=None, host=None)"
    )]
    fn resolve(
        &self,
        py: Python<'_>,
        user: Option<UserKey>,
        selected: Asked,
        header: Asked,
        host: Host,
    ) -> PyResult<Resolution> {
        let request = request(user.as_ref(), &selected, &header, &host);
        Resolution::of(py, self.run(py, |core| core.resolve(&request))?)
    }

    /// Which tenant a user is in by the selection kept in the store.
    ///
    /// >>> acme, globex = engine.create("Acme", "ann"), engine.create("Globex", "ann")
    /// >>> engine.current("ann").reason
    /// <Reason.AMBIGUOUS: 'ambiguous'>
    /// >>> engine.select("ann", "globex").source
    /// <Source.SESSION: 'session'>
    /// >>> engine.current("ann").tenant.name
    /// 'Globex'
    #[pyo3(signature = (user, /))]
    fn current(&self, py: Python<'_>, user: UserKey) -> PyResult<Resolution> {
        Resolution::of(py, self.run(py, |core| core.current(&user))?)
    }

    /// Selects a tenant for a user, and keeps the selection in the store.
    ///
    /// Raises `NotAvailableError` for a tenant that the user may not enter and for one that does not
    /// exist, without a difference.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.select("ann", "acme").tenant == acme
    /// True
    /// >>> engine.select("eve", "acme")
    /// Traceback (most recent call last):
    ///     ...
    /// tenantry.exceptions.NotAvailableError: the tenant "acme" is not available to this user; choose one of the user's own tenants
    #[pyo3(signature = (user, slug, /))]
    fn select(
        &self,
        py: Python<'_>,
        user: UserKey,
        slug: &Bound<'_, PyAny>,
    ) -> PyResult<Resolution> {
        let asked: Asked = slug.extract()?;
        if let Asked::Unusable = asked {
            let start = shown(slug)?.chars().take(80).collect();
            return Err(errors::raise(py, &Error::NotAvailable(start)));
        }
        let slug = asked.as_slug().unwrap_or_default();
        Resolution::of(py, self.run(py, |core| core.select(&user, slug))?)
    }

    /// Forgets what a user has selected.
    ///
    /// >>> engine.clear("ann")
    #[pyo3(signature = (user, /))]
    fn clear(&self, py: Python<'_>, user: UserKey) -> PyResult<()> {
        self.run(py, |core| core.clear(&user))
    }

    /// The tenants that a user may enter, to be imported elsewhere, as on the user's phone.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> [tenant.slug for tenant in engine.export("ann").tenants]
    /// ['acme']
    #[pyo3(signature = (user, /))]
    fn export(&self, py: Python<'_>, user: UserKey) -> PyResult<Snapshot> {
        Snapshot::of(py, self.run(py, |core| core.export(&user))?)
    }

    /// Makes the user's tenants and memberships those of the snapshot, whole or not at all; how many
    /// there are.
    ///
    /// What an earlier snapshot brought for this user and this one lacks, goes. Tenants that were made
    /// here are never touched. Snapshots of one user have to be imported in the order of their export.
    /// Raises `SnapshotError`, and `SlugTakenError` if a tenant that was made here has a slug of it.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> phone = tenantry.Engine(folder / "phone.db")
    /// >>> phone.import_(engine.export("ann"))
    /// 1
    #[pyo3(signature = (snapshot, /))]
    fn import_(&self, py: Python<'_>, snapshot: &Bound<'_, Snapshot>) -> PyResult<usize> {
        let snapshot = snapshot.get().to_core();
        self.run(py, |core| core.import(&snapshot))
    }
}
