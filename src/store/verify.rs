//! Rows as they stand, for verify to look at.

use super::failure::Outcome;
use super::rows::Rows;
use crate::verify::TenantRow;

impl Rows<'_> {
    /// Calls `look` with every tenant, in the order of the slugs without regard to ASCII case.
    ///
    /// An imported tenant counts as owned: a snapshot leaves the other members out.
    pub(crate) fn each_tenant_to_verify(self, mut look: impl FnMut(TenantRow<'_>)) -> Outcome<()> {
        const SQL: &str = "SELECT CAST(t.id AS TEXT), t.slug, t.plan,
                (t.origin_id IS NOT NULL) + (SELECT count(*) FROM membership m
                    WHERE m.tenant_id = t.id AND m.role = 'owner' AND m.is_active)
            FROM tenant t ORDER BY t.slug";
        let mut statement = self.0.prepare_cached(SQL)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str()?);
            look(TenantRow {
                id: text(0)?,
                slug: text(1)?,
                plan: text(2)?,
                active_owners: row.get(3)?,
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
