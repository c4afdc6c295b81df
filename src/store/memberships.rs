//! Rows of memberships and selections.

use rusqlite::params;

use super::failure::Outcome;
use super::rows::{Rows, TENANT_WIDTH, membership, membership_columns, tenant, tenant_columns};
use crate::error::Error;
use crate::model::{Membership, Role, Tenant, TenantId};

impl Rows<'_> {
    pub(crate) fn membership(self, id: TenantId, user_key: &str) -> Outcome<Option<Membership>> {
        const SQL: &str = concat!(
            "SELECT ",
            membership_columns!(),
            " FROM membership m WHERE m.user_key = ?2 AND m.tenant_id = ?1"
        );
        self.find(SQL, params![id.0, user_key], |row| membership(row, 0))
    }

    /// The membership, or the error that there is none.
    pub(crate) fn existing_membership(self, id: TenantId, user_key: &str) -> Outcome<Membership> {
        self.membership(id, user_key)?.ok_or_else(|| {
            Error::NoSuchMembership { tenant_id: id, user_key: user_key.to_owned() }.into()
        })
    }

    /// All memberships of a tenant, in the order in which they were made.
    pub(crate) fn members(self, id: TenantId) -> Outcome<Vec<Membership>> {
        const SQL: &str = concat!(
            "SELECT ",
            membership_columns!(),
            " FROM membership m WHERE m.tenant_id = ?1 ORDER BY m.id"
        );
        self.list(SQL, [id.0], |row| membership(row, 0))
    }

    /// All memberships of a user with their tenants, in the order of the tenants' numbers.
    pub(crate) fn memberships_of(self, user_key: &str) -> Outcome<Vec<(Tenant, Membership)>> {
        const SQL: &str = concat!(
            "SELECT ",
            tenant_columns!(),
            ", ",
            membership_columns!(),
            " FROM membership m JOIN tenant t ON t.id = m.tenant_id",
            " WHERE m.user_key = ?1 ORDER BY m.tenant_id"
        );
        self.list(SQL, [user_key], |row| Ok((tenant(row)?, membership(row, TENANT_WIDTH)?)))
    }

    /// Whether a user has any membership, active or not.
    pub(crate) fn has_membership(self, user_key: &str) -> Outcome<bool> {
        const SQL: &str = "SELECT 1 FROM membership WHERE user_key = ?1";
        Ok(self.0.prepare_cached(SQL)?.exists([user_key])?)
    }

    pub(crate) fn insert_membership(
        self,
        id: TenantId,
        user_key: &str,
        role: Role,
        now: i64,
    ) -> Outcome<()> {
        const SQL: &str = "INSERT INTO membership
                (tenant_id, user_key, role, is_active, created_at, updated_at)
            VALUES (?1, ?2, ?3, 1, ?4, ?4)";
        self.change(SQL, params![id.0, user_key, role.as_str(), now]).map(drop)
    }

    /// Writes the role and the active flag of a membership.
    pub(crate) fn update_membership(self, membership: &Membership, now: i64) -> Outcome<()> {
        const SQL: &str = "UPDATE membership
            SET role = ?3, is_active = ?4, updated_at = max(?5, updated_at + 1)
            WHERE user_key = ?2 AND tenant_id = ?1";
        let Membership { tenant_id, user_key, role, is_active, .. } = membership;
        let values = params![tenant_id.0, user_key, role.as_str(), is_active, now];
        self.change(SQL, values).map(drop)
    }

    /// Removes a membership; how many there were, one or none.
    pub(crate) fn delete_membership(self, id: TenantId, user_key: &str) -> Outcome<usize> {
        const SQL: &str = "DELETE FROM membership WHERE user_key = ?2 AND tenant_id = ?1";
        self.change(SQL, params![id.0, user_key])
    }

    /// Removes all memberships of a user; how many there were.
    pub(crate) fn delete_memberships_of(self, user_key: &str) -> Outcome<usize> {
        self.change("DELETE FROM membership WHERE user_key = ?1", [user_key])
    }

    /// How many active owners a tenant has.
    pub(crate) fn active_owners(self, id: TenantId) -> Outcome<u64> {
        const SQL: &str = "SELECT count(*) FROM membership
            WHERE tenant_id = ?1 AND role = 'owner' AND is_active";
        Ok(self.0.prepare_cached(SQL)?.query_row([id.0], |row| row.get(0))?)
    }

    pub(crate) fn set_selection(self, user_key: &str, slug: &str, now: i64) -> Outcome<()> {
        const SQL: &str = "INSERT INTO selection (user_key, slug, selected_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET slug = excluded.slug, selected_at = excluded.selected_at";
        self.change(SQL, params![user_key, slug, now]).map(drop)
    }

    pub(crate) fn delete_selection(self, user_key: &str) -> Outcome<()> {
        self.change("DELETE FROM selection WHERE user_key = ?1", [user_key]).map(drop)
    }

    /// Forgets what a user selected, if it is this slug.
    pub(crate) fn delete_selection_of(self, user_key: &str, slug: &str) -> Outcome<()> {
        const SQL: &str = "DELETE FROM selection WHERE user_key = ?1 AND slug = ?2";
        self.change(SQL, [user_key, slug]).map(drop)
    }
}
