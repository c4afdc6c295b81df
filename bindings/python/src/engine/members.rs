//! Verbs about memberships. A tenant always keeps one active owner.

use pyo3::prelude::*;
use tenantry::{Role, TenantId};

use super::Engine;
use crate::arguments::Number;
use crate::keys::UserKey;
use crate::values::{Membership, Tenant};
use crate::words::In;

#[pymethods]
impl Engine {
    /// Gives a user an active membership. Raises `NoSuchTenantError`, `AlreadyMemberError`,
    /// `InvalidValueError` for a user key that cannot be stored.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.join(acme.id, "bob", "admin").role
    /// <Role.ADMIN: 'admin'>
    #[pyo3(signature = (tenant_id, user, role, /))]
    fn join(
        &self,
        py: Python<'_>,
        tenant_id: Number<i64>,
        user: UserKey,
        role: In<Role>,
    ) -> PyResult<Membership> {
        self.run(py, |core| core.join(TenantId(tenant_id.0), &user, role.0)).map(Membership::from)
    }

    /// Gives a member another role. Raises `NoSuchMembershipError`, and `LastOwnerError` if the tenant
    /// would be left without an active owner.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.set_role(acme.id, "ann", "member")
    /// Traceback (most recent call last):
    ///     ...
    /// tenantry.exceptions.LastOwnerError: user "ann" is the last active owner of tenant 1; make another member its owner first
    #[pyo3(signature = (tenant_id, user, role, /))]
    fn set_role(
        &self,
        py: Python<'_>,
        tenant_id: Number<i64>,
        user: UserKey,
        role: In<Role>,
    ) -> PyResult<Membership> {
        self.run(py, |core| core.set_role(TenantId(tenant_id.0), &user, role.0))
            .map(Membership::from)
    }

    /// Revokes a membership or gives it back; a revoked one is refused by the next request, in every
    /// process. Raises as `set_role`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> bob = engine.join(acme.id, "bob", "member")
    /// >>> bob = engine.set_membership_active(acme.id, "bob", False)
    /// >>> engine.resolve("bob", selected="acme").reason
    /// <Reason.NOT_AVAILABLE: 'not_available'>
    #[pyo3(signature = (tenant_id, user, active, /))]
    fn set_membership_active(
        &self,
        py: Python<'_>,
        tenant_id: Number<i64>,
        user: UserKey,
        active: bool,
    ) -> PyResult<Membership> {
        self.run(py, |core| core.set_membership_active(TenantId(tenant_id.0), &user, active))
            .map(Membership::from)
    }

    /// Removes a membership. Raises as `set_role`.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> bob = engine.join(acme.id, "bob", "member")
    /// >>> engine.leave(acme.id, "bob")
    /// >>> len(engine.members(acme.id))
    /// 1
    #[pyo3(signature = (tenant_id, user, /))]
    fn leave(&self, py: Python<'_>, tenant_id: Number<i64>, user: UserKey) -> PyResult<()> {
        self.run(py, |core| core.leave(TenantId(tenant_id.0), &user))
    }

    /// Removes all traces of a user whom the application has deleted, or with `tenants` the memberships in
    /// these alone. Returns how many memberships there were.
    ///
    /// That is the application's decision and not refused, even if it leaves tenants without an owner:
    /// `verify` lists those.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.forget_user("ann", tenants=[]), engine.forget_user("ann"), len(engine.verify())
    /// (0, 1, 1)
    #[pyo3(signature = (user, /, *, tenants = None))]
    fn forget_user(
        &self,
        py: Python<'_>,
        user: UserKey,
        tenants: Option<Vec<Number<i64>>>,
    ) -> PyResult<usize> {
        let tenants: Option<Vec<_>> =
            tenants.map(|ids| ids.into_iter().map(|id| TenantId(id.0)).collect());
        self.run(py, |core| match &tenants {
            None => core.forget_user(&user),
            Some(tenants) => core.forget_user_in(&user, tenants),
        })
    }

    /// All memberships of a tenant, in the order in which they were made.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> [member.user_key for member in engine.members(acme.id)]
    /// ['ann']
    #[pyo3(signature = (tenant_id, /))]
    fn members(&self, py: Python<'_>, tenant_id: Number<i64>) -> PyResult<Vec<Membership>> {
        let members = self.run(py, |core| core.members(TenantId(tenant_id.0)))?;
        Ok(members.into_iter().map(Membership::from).collect())
    }

    /// All memberships of a user with their tenants, usable or not, the oldest tenant first.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> [(tenant, membership)] = engine.tenants_of("ann")
    /// >>> tenant.slug, membership.role
    /// ('acme', <Role.OWNER: 'owner'>)
    #[pyo3(signature = (user, /))]
    fn tenants_of(&self, py: Python<'_>, user: UserKey) -> PyResult<Vec<(Tenant, Membership)>> {
        let tenants = self.run(py, |core| core.tenants_of(&user))?;
        Ok(tenants.into_iter().map(|(tenant, member)| (tenant.into(), member.into())).collect())
    }
}
