//! Rows of tenants.

use rusqlite::params;

use super::failure::{Failure, Outcome};
use super::rows::{Rows, tenant, tenant_columns};
use crate::error::Error;
use crate::model::{Plan, Tenant, TenantId};

impl Rows<'_> {
    pub(crate) fn tenant(self, id: TenantId) -> Outcome<Option<Tenant>> {
        const SQL: &str = concat!("SELECT ", tenant_columns!(), " FROM tenant t WHERE t.id = ?1");
        self.find(SQL, [id.0], tenant)
    }

    /// The tenant, or the error that there is none.
    pub(crate) fn existing_tenant(self, id: TenantId) -> Outcome<Tenant> {
        self.tenant(id)?.ok_or_else(|| Error::NoSuchTenant(id).into())
    }

    pub(crate) fn tenant_by_slug(self, slug: &str) -> Outcome<Option<Tenant>> {
        // The index does not regard ASCII case, and the answer does.
        const SQL: &str = concat!(
            "SELECT ",
            tenant_columns!(),
            " FROM tenant t WHERE t.slug = ?1 AND t.slug = ?1 COLLATE BINARY"
        );
        self.find(SQL, [slug], tenant)
    }

    /// All tenants, in the order of their slugs without regard to ASCII case.
    pub(crate) fn tenants(self) -> Outcome<Vec<Tenant>> {
        const SQL: &str = concat!("SELECT ", tenant_columns!(), " FROM tenant t ORDER BY t.slug");
        self.list(SQL, [], tenant)
    }

    /// Adds a tenant unless its slug is taken or retired; its number if it was added.
    pub(crate) fn insert_tenant(
        self,
        name: &str,
        slug: &str,
        domain: &str,
        plan: Plan,
        now: i64,
    ) -> Outcome<Option<TenantId>> {
        const SQL: &str = "INSERT INTO tenant
                (name, slug, domain, plan, is_active, created_at, updated_at)
            SELECT ?1, ?2, ?3, ?4, 1, ?5, ?5
            WHERE NOT EXISTS (SELECT 1 FROM retired_slug WHERE slug = ?2 COLLATE NOCASE)";
        match self.change(SQL, params![name, slug, domain, plan.as_str(), now]) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(TenantId(self.0.last_insert_rowid()))),
            Err(failure) if failure.is_slug_taken() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Writes the name, slug, domain, plan and active flag of a tenant.
    pub(crate) fn update_tenant(self, tenant: &Tenant, now: i64) -> Outcome<()> {
        // Later than before even if the clock was set back: undo tells by it that it was changed.
        const SQL: &str = "UPDATE tenant
            SET name = ?2, slug = ?3, domain = ?4, plan = ?5, is_active = ?6,
                updated_at = max(?7, updated_at + 1)
            WHERE id = ?1";
        let Tenant { id, name, slug, domain, plan, is_active, .. } = tenant;
        let values = params![id.0, name, slug, domain, plan.as_str(), is_active, now];
        match self.change(SQL, values) {
            Err(failure) if failure.is_slug_taken() => {
                Err(Failure::Rule(Error::SlugTaken(slug.clone())))
            }
            result => result.map(drop),
        }
    }

    /// Removes a tenant, with its memberships and its place in a run.
    pub(crate) fn delete_tenant(self, id: TenantId) -> Outcome<()> {
        self.change("DELETE FROM tenant WHERE id = ?1", [id.0]).map(drop)
    }
}
