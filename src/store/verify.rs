//! Rows as they stand, for verify to look at.

use super::failure::Outcome;
use super::rows::Rows;
use crate::verify::TenantRow;

impl Rows<'_> {
    /// Calls `look` with every tenant, in the order of the slugs without regard to ASCII case.
    ///
    /// An imported tenant counts as owned: a snapshot leaves the other members out.
    pub(crate) fn each_tenant_to_verify(self, mut look: impl FnMut(TenantRow<'_>)) -> Outcome<()> {
        const SQL: &str = "SELECT CAST(t.id AS TEXT), t.name, t.slug, t.domain, t.plan,
                EXISTS (SELECT 1 FROM retired_slug r
                    WHERE r.slug = t.slug COLLATE NOCASE AND r.tenant_id IS NOT t.id),
                (t.origin_id IS NOT NULL) + (SELECT count(*) FROM membership m
                    WHERE m.tenant_id = t.id AND m.role = 'owner' AND m.is_active)
            FROM tenant t ORDER BY t.slug";
        let mut statement = self.0.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str()?);
            look(TenantRow {
                id: text(0)?,
                name: text(1)?,
                slug: text(2)?,
                domain: text(3)?,
                plan: text(4)?,
                slug_is_retired: row.get(5)?,
                active_owners: row.get(6)?,
            });
        }
        Ok(())
    }

    /// Calls `look` with every membership: the slug of its tenant, its user and its role.
    pub(crate) fn each_membership_to_verify(
        self,
        mut look: impl FnMut(&str, &str, &str),
    ) -> Outcome<()> {
        const SQL: &str = "SELECT t.slug, m.user_key, m.role
            FROM membership m JOIN tenant t ON t.id = m.tenant_id ORDER BY m.id";
        let mut statement = self.0.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str()?);
            look(text(0)?, text(1)?, text(2)?);
        }
        Ok(())
    }
}
