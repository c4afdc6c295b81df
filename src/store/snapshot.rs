//! Rows that came from elsewhere, in a snapshot.

use rusqlite::params;

use super::failure::{Failure, Outcome};
use super::rows::{Rows, to_micros};
use crate::error::Error;
use crate::model::{Role, TenantId};
use crate::snapshot::SnapshotTenant;

impl Rows<'_> {
    /// The key by which a tenant is known everywhere: where it came from, or else this store, and
    /// its number and time of making there. Numbers alone would make tenants of two servers one,
    /// and a store that was restored from a backup gives numbers again.
    pub(crate) fn origin_of(self, id: TenantId) -> Outcome<String> {
        const SQL: &str =
            "SELECT coalesce(t.origin_id, s.uid || ':' || t.id || ':' || t.created_at)
            FROM tenant t, store s WHERE t.id = ?1";
        Ok(self.0.prepare_cached(SQL)?.query_row([id.0], |row| row.get(0))?)
    }

    /// Adds or renews a tenant that came from elsewhere, and its retired slugs.
    pub(crate) fn put_imported(self, tenant: &SnapshotTenant, now: i64) -> Outcome<TenantId> {
        const SQL: &str = "INSERT INTO tenant
                (name, slug, domain, plan, is_active, created_at, updated_at, origin_id)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)
            ON CONFLICT (origin_id) WHERE origin_id IS NOT NULL DO UPDATE
            SET name = excluded.name, slug = excluded.slug, domain = excluded.domain,
                plan = excluded.plan, is_active = 1,
                created_at = excluded.created_at, updated_at = excluded.updated_at
            RETURNING id";
        for slug in tenant.retired_slugs.iter().chain([&tenant.slug]) {
            self.make_way(slug, &tenant.id)?;
        }
        let values = params![
            tenant.name,
            tenant.slug,
            tenant.domain,
            tenant.plan.as_str(),
            to_micros(tenant.created_at),
            to_micros(tenant.updated_at),
            tenant.id,
        ];
        let id = self.0.prepare_cached(SQL)?.query_row(values, |row| row.get(0).map(TenantId))?;
        self.delete_retired_slugs_of(id)?;
        for slug in &tenant.retired_slugs {
            self.retire_slug(slug, Some(id), now)?;
        }
        Ok(id)
    }

    /// Frees a slug that the other side has given to the tenant `origin`. An imported tenant that
    /// still has it here is out of date, and goes until it is imported again. One that was made
    /// here keeps it, even when it was deleted.
    fn make_way(self, slug: &str, origin: &str) -> Outcome<()> {
        const HOLDER: &str = "SELECT t.id, t.origin_id FROM tenant t WHERE t.slug = ?1
            UNION ALL SELECT r.tenant_id, t.origin_id FROM retired_slug r
            LEFT JOIN tenant t ON t.id = r.tenant_id WHERE r.slug = ?1 COLLATE NOCASE";
        let holder = self.find(HOLDER, [slug], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        match holder {
            Some((Some(id), Some(other))) if other != origin => self.delete_import(TenantId(id)),
            None | Some((_, Some(_))) => Ok(()),
            Some((_, None)) => Err(Failure::Rule(Error::SlugTaken(slug.to_owned()))),
        }
    }

    pub(crate) fn is_imported(self, id: TenantId) -> Outcome<bool> {
        const SQL: &str = "SELECT 1 FROM tenant WHERE id = ?1 AND origin_id IS NOT NULL";
        Ok(self.0.prepare_cached(SQL)?.exists([id.0])?)
    }

    /// Removes an imported tenant with its retired slugs: who may have them is for the other side.
    pub(crate) fn delete_import(self, id: TenantId) -> Outcome<()> {
        self.delete_retired_slugs_of(id)?;
        self.delete_tenant(id)
    }

    fn delete_retired_slugs_of(self, id: TenantId) -> Outcome<()> {
        self.change("DELETE FROM retired_slug WHERE tenant_id = ?1", [id.0]).map(drop)
    }

    /// Removes imported tenants that nobody here is a member of any more.
    pub(crate) fn delete_deserted_imports(self) -> Outcome<()> {
        const SQL: &str = "SELECT t.id FROM tenant t WHERE t.origin_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.tenant_id = t.id)";
        for id in self.list(SQL, [], |row| row.get(0).map(TenantId))? {
            self.delete_import(id)?;
        }
        Ok(())
    }

    /// The imported tenants that a user is a member of.
    pub(crate) fn imports_of(self, user_key: &str) -> Outcome<Vec<TenantId>> {
        const SQL: &str = "SELECT t.id FROM membership m JOIN tenant t ON t.id = m.tenant_id
            WHERE m.user_key = ?1 AND t.origin_id IS NOT NULL";
        self.list(SQL, [user_key], |row| row.get(0).map(TenantId))
    }

    /// Adds or renews a membership that came from elsewhere. One that is the same keeps its times.
    pub(crate) fn put_imported_membership(
        self,
        id: TenantId,
        user_key: &str,
        role: Role,
        now: i64,
    ) -> Outcome<()> {
        const SQL: &str = "INSERT INTO membership
                (tenant_id, user_key, role, is_active, created_at, updated_at)
            VALUES (?1, ?2, ?3, 1, ?4, ?4)
            ON CONFLICT (tenant_id, user_key) DO UPDATE
            SET role = excluded.role, is_active = 1,
                updated_at = max(excluded.updated_at, updated_at + 1)
            WHERE role <> excluded.role OR NOT is_active";
        self.change(SQL, params![id.0, user_key, role.as_str(), now]).map(drop)
    }
}
