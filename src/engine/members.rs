//! Verbs about memberships. A tenant always keeps one active owner.

use super::{Engine, now_micros};
use crate::error::{Error, Result};
use crate::model::{Membership, Role, Tenant, TenantId, check_user_key};
use crate::store::{Outcome, Rows};

impl Engine {
    /// Gives a user an active membership.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`], [`Error::AlreadyMember`], [`Error::Invalid`] for a user key that
    /// cannot be stored.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Role};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.join(acme.id, "bob", Role::Admin)?;
    /// assert_eq!(engine.members(acme.id)?.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join(&self, id: TenantId, user_key: &str, role: Role) -> Result<Membership> {
        check_user_key(user_key)?;
        self.store.write(|rows| {
            rows.existing_tenant(id)?;
            if rows.membership(id, user_key)?.is_some() {
                let user_key = user_key.to_owned();
                return Err(Error::AlreadyMember { tenant_id: id, user_key }.into());
            }
            rows.insert_membership(id, user_key, role, now_micros())?;
            rows.existing_membership(id, user_key)
        })
    }

    /// Gives a member another role.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchMembership`]; [`Error::LastOwner`] if the tenant would be left without an
    /// active owner.
    ///
    /// ```
    /// # use tenantry::{Engine, Error, NewTenant, Role};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert!(matches!(engine.set_role(acme.id, "ann", Role::Member), Err(Error::LastOwner { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_role(&self, id: TenantId, user_key: &str, role: Role) -> Result<Membership> {
        self.change_membership(id, user_key, |membership| membership.role = role)
    }

    /// Revokes a membership, or makes it active again. A revoked one is refused by the very next
    /// request, in every process.
    ///
    /// # Errors
    ///
    /// As [`Engine::set_role`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Request, Role};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.join(acme.id, "bob", Role::Member)?;
    /// engine.set_membership_active(acme.id, "bob", false)?;
    /// let answer = engine.resolve(&Request { user: Some("bob"), ..Default::default() })?;
    /// assert_eq!(answer.tenant(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_membership_active(
        &self,
        id: TenantId,
        user_key: &str,
        active: bool,
    ) -> Result<Membership> {
        self.change_membership(id, user_key, |membership| membership.is_active = active)
    }

    /// Removes a membership.
    ///
    /// # Errors
    ///
    /// As [`Engine::set_role`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Role};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.join(acme.id, "bob", Role::Member)?;
    /// engine.leave(acme.id, "bob")?;
    /// assert_eq!(engine.members(acme.id)?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn leave(&self, id: TenantId, user_key: &str) -> Result<()> {
        self.store.write(|rows| {
            let membership = rows.existing_membership(id, user_key)?;
            keep_an_owner(rows, &membership, None)?;
            rows.delete_membership(id, user_key).map(drop)
        })
    }

    /// Removes all traces of a user whom the host has deleted; how many memberships there were.
    ///
    /// That is the host's decision and not refused, even if it leaves tenants without an owner:
    /// [`Engine::verify`] lists those.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.forget_user("ann")?, 1);
    /// assert_eq!(engine.verify(None)?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget_user(&self, user_key: &str) -> Result<usize> {
        self.store.write(|rows| {
            rows.delete_selection(user_key)?;
            rows.delete_memberships_of(user_key)
        })
    }

    /// Removes a user's memberships in these tenants, which the host application has decided. Returns how
    /// many there were. As with [`Engine::forget_user`], a tenant may be left without an owner.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.create(&NewTenant::named("Globex"), "ann")?;
    /// assert_eq!(engine.forget_user_in("ann", &[acme.id])?, 1);
    /// assert_eq!(engine.tenants_of("ann")?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget_user_in(&self, user_key: &str, tenants: &[TenantId]) -> Result<usize> {
        self.store.write(|rows| {
            let mut removed = 0;
            for &tenant in tenants {
                removed += rows.delete_membership(tenant, user_key)?;
            }
            Ok(removed)
        })
    }

    /// All memberships of a tenant, in the order in which they were made.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.members(acme.id)?[0].user_key, "ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn members(&self, id: TenantId) -> Result<Vec<Membership>> {
        self.store.read(|rows| rows.members(id))
    }

    /// All memberships of a user with their tenants, usable or not, the oldest tenant first.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// let (tenant, membership) = engine.tenants_of("ann")?.remove(0);
    /// assert_eq!((tenant.id, membership.is_active), (membership.tenant_id, true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tenants_of(&self, user_key: &str) -> Result<Vec<(Tenant, Membership)>> {
        self.store.read(|rows| rows.memberships_of(user_key))
    }

    fn change_membership(
        &self,
        id: TenantId,
        user_key: &str,
        change: impl FnOnce(&mut Membership),
    ) -> Result<Membership> {
        self.store.write(|rows| {
            let before = rows.existing_membership(id, user_key)?;
            let mut after = before.clone();
            change(&mut after);
            keep_an_owner(rows, &before, Some(&after))?;
            rows.update_membership(&after, now_micros())?;
            rows.existing_membership(id, user_key)
        })
    }
}

/// Refuses a change that takes the last active owner from a tenant. Within the transaction that
/// makes the change, so that two of them cannot each rely on the other's owner.
fn keep_an_owner(rows: Rows<'_>, before: &Membership, after: Option<&Membership>) -> Outcome<()> {
    let owns = |membership: &Membership| membership.is_active && membership.role == Role::Owner;
    if owns(before) && !after.is_some_and(owns) && rows.active_owners(before.tenant_id)? <= 1 {
        let (tenant_id, user_key) = (before.tenant_id, before.user_key.clone());
        return Err(Error::LastOwner { tenant_id, user_key }.into());
    }
    Ok(())
}
