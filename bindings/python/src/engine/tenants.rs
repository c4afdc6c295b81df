//! Verbs about tenants.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use tenantry::{NewTenant, Plan, TenantId};

use super::Engine;
use crate::arguments::{Number, Text};
use crate::errors;
use crate::keys::UserKey;
use crate::rows::{self, Columns};
use crate::values::Tenant;
use crate::words::In;

/// A slug that a renaming asks for: `NewSlug.OF_NAME`, or a text.
enum NewSlug {
    OfName,
    Exactly(Text),
}

impl FromPyObject<'_, '_> for NewSlug {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            return Ok(Self::Exactly(value.extract()?));
        }
        if value.is_instance(&value.py().import("tenantry.enums")?.getattr("NewSlug")?)? {
            return Ok(Self::OfName);
        }
        let name = value.get_type().name()?;
        let message =
            format!("slug is a text, NewSlug.OF_NAME or None, and this is of type {name}");
        Err(PyTypeError::new_err(message))
    }
}

#[pymethods]
impl Engine {
    /// Makes a tenant and its owner's membership, both or neither.
    ///
    /// Without a slug it gets the first free one made of the name. Raises `InvalidValueError` for a
    /// value that cannot be stored, `SlugTakenError` if a slug was asked for that is taken, retired or
    /// reserved.
    ///
    /// >>> engine.create("Acme", "ann").slug, engine.create("ACME", "bob", plan="pro").slug
    /// ('acme', 'acme-1')
    #[pyo3(
        signature = (name, owner, *, slug=None, domain=None, plan=In(Plan::Free)),
        text_signature = "($self, name, owner, *, slug=None, domain=None, plan='free')"
    )]
    fn create(
        &self,
        py: Python<'_>,
        name: Text,
        owner: UserKey,
        slug: Option<Text>,
        domain: Option<Text>,
        plan: In<Plan>,
    ) -> PyResult<Tenant> {
        let tenant = NewTenant {
            name: &name,
            slug: slug.as_deref(),
            domain: domain.as_deref().unwrap_or_default(),
            plan: plan.0,
        };
        self.run(py, |core| core.create(&tenant, &owner)).map(Tenant::from)
    }

    /// Gives a user who has no membership, active or not, a tenant of its own, as the backfill would:
    /// one call at every sign-up. None if the user has a membership.
    ///
    /// `user` and `columns` are as in `backfill`; a mapping or object has each of the columns. Raises `RowError` for a profile that the backfill
    /// would refuse; an unknown tier becomes `free`.
    ///
    /// >>> engine.ensure_tenant((7, "ann")).slug
    /// 'anns-workspace'
    /// >>> engine.ensure_tenant((7, "ann")) is None
    /// True
    #[pyo3(signature = (user, *, columns=None))]
    fn ensure_tenant(
        &self,
        py: Python<'_>,
        user: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Tenant>> {
        let row = rows::user(user, &Columns::new(py, columns)?)?;
        let profile = row.profile().map_err(|row| errors::bad_row(py, &row))?;
        Ok(self.run(py, |core| core.ensure_tenant(&profile))?.map(Tenant::from))
    }

    /// The tenant of this number, if there is one.
    ///
    /// >>> engine.tenant(1) is None
    /// True
    #[pyo3(signature = (tenant_id, /))]
    fn tenant(&self, py: Python<'_>, tenant_id: Number<i64>) -> PyResult<Option<Tenant>> {
        Ok(self.run(py, |core| core.tenant(TenantId(tenant_id.0)))?.map(Tenant::from))
    }

    /// The tenant that bears this slug now, if there is one.
    ///
    /// It asks nothing about any user: what a request may see is for `resolve`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.tenant_by_slug("acme") == acme
    /// True
    #[pyo3(signature = (slug, /))]
    fn tenant_by_slug(
        &self,
        py: Python<'_>,
        slug: &Bound<'_, PyString>,
    ) -> PyResult<Option<Tenant>> {
        // Half of a surrogate pair is in no slug.
        let slug = slug.to_str().unwrap_or_default();
        Ok(self.run(py, |core| core.tenant_by_slug(slug))?.map(Tenant::from))
    }

    /// All tenants, in the order of their slugs.
    ///
    /// >>> engine.tenants()
    /// []
    fn tenants(&self, py: Python<'_>) -> PyResult<Vec<Tenant>> {
        let tenants = self.run(py, tenantry::Engine::tenants)?;
        Ok(tenants.into_iter().map(Tenant::from).collect())
    }

    /// Gives a tenant another name and, if asked, another slug; the old one is then retired: it still
    /// leads to this tenant, and is never given to another.
    ///
    /// `slug` is the new slug, `NewSlug.OF_NAME` for the first free one made of the name, or None to
    /// keep the one it has. Raises
    /// `NoSuchTenantError`, `InvalidValueError`, `SlugTakenError`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.rename(acme.id, "Globex").slug
    /// 'acme'
    /// >>> engine.rename(acme.id, "Globex", slug=tenantry.NewSlug.OF_NAME).slug
    /// 'globex'
    /// >>> engine.resolve("ann", selected="acme").tenant.slug
    /// 'globex'
    #[pyo3(signature = (tenant_id, name, *, slug=None))]
    fn rename(
        &self,
        py: Python<'_>,
        tenant_id: Number<i64>,
        name: Text,
        slug: Option<NewSlug>,
    ) -> PyResult<Tenant> {
        let slug = match &slug {
            None => tenantry::NewSlug::Keep,
            Some(NewSlug::OfName) => tenantry::NewSlug::OfName,
            Some(NewSlug::Exactly(slug)) => tenantry::NewSlug::Exactly(slug),
        };
        self.run(py, |core| core.rename(TenantId(tenant_id.0), &name, slug)).map(Tenant::from)
    }

    /// Puts a tenant on another plan. Raises `NoSuchTenantError`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.set_plan(acme.id, "growth").plan
    /// <Plan.GROWTH: 'growth'>
    #[pyo3(signature = (tenant_id, plan, /))]
    fn set_plan(&self, py: Python<'_>, tenant_id: Number<i64>, plan: In<Plan>) -> PyResult<Tenant> {
        self.run(py, |core| core.set_plan(TenantId(tenant_id.0), plan.0)).map(Tenant::from)
    }

    /// Gives a tenant another domain; an empty one for none. Raises `NoSuchTenantError`,
    /// `InvalidValueError`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.set_domain(acme.id, "acme.example.com").domain
    /// 'acme.example.com'
    #[pyo3(signature = (tenant_id, domain, /))]
    fn set_domain(&self, py: Python<'_>, tenant_id: Number<i64>, domain: Text) -> PyResult<Tenant> {
        self.run(py, |core| core.set_domain(TenantId(tenant_id.0), &domain)).map(Tenant::from)
    }

    /// Makes a tenant inactive or active again. An inactive one is refused by the next request, in
    /// every process. Raises `NoSuchTenantError`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.set_tenant_active(acme.id, False).is_active
    /// False
    /// >>> engine.resolve("ann").reason
    /// <Reason.NO_MEMBERSHIP: 'no_membership'>
    #[pyo3(signature = (tenant_id, active, /))]
    fn set_tenant_active(
        &self,
        py: Python<'_>,
        tenant_id: Number<i64>,
        active: bool,
    ) -> PyResult<Tenant> {
        self.run(py, |core| core.set_tenant_active(TenantId(tenant_id.0), active)).map(Tenant::from)
    }

    /// Removes a tenant with all its memberships. Its slugs stay retired, given to nobody; those of an
    /// imported tenant are for the other side to retire, and go too. Raises `NoSuchTenantError`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.delete(acme.id)
    /// >>> engine.create("Acme", "eve").slug
    /// 'acme-1'
    #[pyo3(signature = (tenant_id, /))]
    fn delete(&self, py: Python<'_>, tenant_id: Number<i64>) -> PyResult<()> {
        self.run(py, |core| core.delete(TenantId(tenant_id.0)))
    }

    /// Releases a retired slug, so that any tenant may get it; whether it was retired.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.delete(acme.id)
    /// >>> engine.release_slug("acme"), engine.create("Acme", "bob").slug
    /// (True, 'acme')
    #[pyo3(signature = (slug, /))]
    fn release_slug(&self, py: Python<'_>, slug: &Bound<'_, PyString>) -> PyResult<bool> {
        let slug = slug.to_str().unwrap_or_default();
        self.run(py, |core| core.release_slug(slug))
    }
}
