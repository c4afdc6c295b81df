//! Slugs that are taken: those of tenants, and retired ones.

use rusqlite::params;

use super::failure::Outcome;
use super::rows::Rows;
use crate::error::Result;
use crate::model::TenantId;

impl Rows<'_> {
    /// Calls `take` with every slug that is taken.
    pub(crate) fn each_taken_slug(self, mut take: impl FnMut(&str) -> Result<()>) -> Outcome<()> {
        const SQL: &str = "SELECT slug FROM tenant UNION ALL SELECT slug FROM retired_slug";
        let mut statement = self.0.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        }
        Ok(())
    }

    /// Whether a slug may not be given to `tenant`, or to a new tenant if that is none: another
    /// tenant has it, or had it.
    pub(crate) fn is_taken(self, slug: &str, tenant: Option<TenantId>) -> Outcome<bool> {
        const SQL: &str = "SELECT 1 FROM tenant WHERE slug = ?1 AND id IS NOT ?2
            UNION ALL SELECT 1 FROM retired_slug
                WHERE slug = ?1 COLLATE NOCASE AND (tenant_id IS NOT ?2 OR ?2 IS NULL)";
        let tenant = tenant.map(|id| id.0);
        Ok(self.0.prepare_cached(SQL)?.exists(params![slug, tenant])?)
    }

    /// Retires a slug that a tenant has, or had until it was deleted.
    pub(crate) fn retire_slug(self, slug: &str, tenant: Option<TenantId>, now: i64) -> Outcome<()> {
        const SQL: &str = "INSERT INTO retired_slug (slug, tenant_id, retired_at)
            VALUES (?1, ?2, ?3)";
        self.change(SQL, params![slug, tenant.map(|id| id.0), now]).map(drop)
    }

    /// Releases a retired slug in whatever case; whether there was one.
    pub(crate) fn release_slug(self, slug: &str) -> Outcome<bool> {
        const SQL: &str = "DELETE FROM retired_slug WHERE slug = ?1 COLLATE NOCASE";
        Ok(self.change(SQL, [slug])? > 0)
    }

    /// Takes back a slug that its tenant bears again; other cases of it stay retired.
    pub(crate) fn revive_slug(self, slug: &str) -> Outcome<()> {
        self.change("DELETE FROM retired_slug WHERE slug = ?1", [slug]).map(drop)
    }

    /// The retired slugs that still lead to a tenant, in alphabetical order.
    pub(crate) fn retired_slugs(self, id: TenantId) -> Outcome<Vec<String>> {
        const SQL: &str = "SELECT slug FROM retired_slug WHERE tenant_id = ?1 ORDER BY slug";
        self.list(SQL, [id.0], |row| row.get(0))
    }
}
