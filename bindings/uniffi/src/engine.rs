//! The engine: every verb over one store.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tenantry::backfill::Report;
use tenantry::slug::SlugOptions;
use tenantry::{Membership, NewSlug, NewTenant, Plan, Role, Snapshot, Source, Tenant, TenantId};

use crate::backfill::{BackfillOptions, UserProfile, roster};
use crate::error::EngineError;
use crate::kernel::SlugStyle;
use crate::values::{MemberOf, Request, Resolution};

type Result<T> = std::result::Result<T, EngineError>;

/// How an engine works. The defaults are right for most.
#[derive(Clone, Debug, uniffi::Record)]
pub struct EngineOptions {
    /// Whether the file is made if it is not there.
    #[uniffi(default = true)]
    pub create: bool,
    /// How long others may keep the store busy, in milliseconds.
    #[uniffi(default = 5000)]
    pub busy_timeout_millis: u64,
    /// What may name the tenant of a request, in the order of trying.
    pub sources: Vec<Source>,
    /// How a name becomes a slug.
    pub slug_style: SlugStyle,
    /// The longest slug that is given out, 16 to 80.
    #[uniffi(default = 80)]
    pub slug_limit: u32,
    /// Words that are never given out.
    #[uniffi(default = [])]
    pub reserved_slugs: Vec<String>,
}

/// Tenants, memberships and the answers about them, in one file. May be used from many threads.
#[derive(Debug, uniffi::Object)]
pub struct Engine {
    path: PathBuf,
    /// None once it is closed.
    open: RwLock<Option<tenantry::Engine>>,
}

impl Engine {
    fn core(&self) -> Result<tenantry::Engine> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| EngineError::closed(&self.path))
    }
}

// What crosses the border is passed by value.
#[allow(clippy::needless_pass_by_value)]
#[uniffi::export]
impl Engine {
    /// An engine over the file at this path, which is opened when it is first needed.
    ///
    /// # Errors
    ///
    /// `Store` for a path that can be none, `Invalid` for a limit of slugs out of range.
    #[uniffi::constructor]
    pub fn open(path: &str, options: EngineOptions) -> Result<Arc<Self>> {
        let options = tenantry::EngineOptions {
            create: options.create,
            busy_timeout: Duration::from_millis(options.busy_timeout_millis),
            sources: options.sources,
            slug: SlugOptions {
                style: options.slug_style,
                limit: options.slug_limit as usize,
                reserved: options.reserved_slugs,
            },
            ..Default::default()
        };
        let core = tenantry::Engine::open_with(path, options)?;
        let path = core.path().to_owned();
        Ok(Arc::new(Self { path, open: RwLock::new(Some(core)) }))
    }

    /// The absolute path of the file.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Closes it. What runs ends first; what is asked later is `Closed`. Closing twice does nothing.
    pub fn close_store(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    // Resolution

    /// Decides which tenant a request is in.
    ///
    /// # Errors
    ///
    /// Trouble with the store, as everywhere below.
    pub fn resolve(&self, request: &Request) -> Result<Resolution> {
        Ok(self.core()?.resolve(&request.as_core())?.into())
    }

    /// The tenant that a user is in by the selection that the store keeps.
    ///
    /// # Errors
    ///
    /// As [`Engine::resolve`].
    pub fn current(&self, user: &str) -> Result<Resolution> {
        Ok(self.core()?.current(user)?.into())
    }

    /// Selects the tenant of a slug for a user, until it is cleared.
    ///
    /// # Errors
    ///
    /// `NotAvailable` for what the user may not enter and for what does not exist.
    pub fn select(&self, user: &str, slug: &str) -> Result<Resolution> {
        Ok(self.core()?.select(user, slug)?.into())
    }

    /// Forgets the selection of a user.
    ///
    /// # Errors
    ///
    /// As [`Engine::resolve`].
    pub fn clear(&self, user: &str) -> Result<()> {
        Ok(self.core()?.clear(user)?)
    }

    /// The tenants of a user, with the memberships, active or not.
    ///
    /// # Errors
    ///
    /// As [`Engine::resolve`].
    pub fn tenants_of(&self, user: &str) -> Result<Vec<MemberOf>> {
        let found = self.core()?.tenants_of(user)?;
        Ok(found.into_iter().map(|(tenant, membership)| MemberOf { tenant, membership }).collect())
    }

    // Snapshots

    /// A user's usable tenants as JSON.
    ///
    /// # Errors
    ///
    /// As [`Engine::resolve`].
    pub fn export_snapshot(&self, user: &str) -> Result<String> {
        Ok(self.core()?.export(user)?.to_json())
    }

    /// Makes the tenants of a user those of a snapshot; how many these are.
    ///
    /// # Errors
    ///
    /// `Snapshot` for one that is damaged or newer than this library; nothing has changed then.
    pub fn import_snapshot(&self, json: &str) -> Result<u64> {
        let snapshot = Snapshot::from_json(json)?;
        Ok(self.core()?.import(&snapshot)? as u64)
    }

    // Tenants and members

    /// Makes a tenant and its owner's membership.
    ///
    /// # Errors
    ///
    /// `Invalid`, `SlugTaken`.
    pub fn create(
        &self,
        name: &str,
        owner: &str,
        slug: Option<String>,
        domain: &str,
        plan: Plan,
    ) -> Result<Tenant> {
        let tenant = NewTenant { name, slug: slug.as_deref(), domain, plan };
        Ok(self.core()?.create(&tenant, owner)?)
    }

    /// Gives a user without any membership a tenant, as the backfill would; none if there is one.
    ///
    /// # Errors
    ///
    /// `Row` for a user that the backfill would refuse.
    pub fn ensure_tenant(&self, user: &UserProfile) -> Result<Option<Tenant>> {
        Ok(self.core()?.ensure_tenant(&user.as_core())?)
    }

    /// The tenant with this slug now.
    ///
    /// # Errors
    ///
    /// As [`Engine::resolve`].
    pub fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        Ok(self.core()?.tenant_by_slug(slug)?)
    }

    /// Renames a tenant; with a new slug, the old one is retired.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`, `Invalid`, `SlugTaken`.
    pub fn rename(&self, id: TenantId, name: &str, slug: Option<String>) -> Result<Tenant> {
        let slug = slug.as_deref().map_or(NewSlug::Keep, NewSlug::Exactly);
        Ok(self.core()?.rename(id, name, slug)?)
    }

    /// Sets the domain of a tenant.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`, `Invalid`.
    pub fn set_domain(&self, id: TenantId, domain: &str) -> Result<Tenant> {
        Ok(self.core()?.set_domain(id, domain)?)
    }

    /// Sets the plan of a tenant.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`.
    pub fn set_plan(&self, id: TenantId, plan: Plan) -> Result<Tenant> {
        Ok(self.core()?.set_plan(id, plan)?)
    }

    /// Opens or closes a tenant.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`.
    pub fn set_tenant_active(&self, id: TenantId, active: bool) -> Result<Tenant> {
        Ok(self.core()?.set_tenant_active(id, active)?)
    }

    /// Deletes a tenant with its memberships, and retires its slugs.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`.
    pub fn delete(&self, id: TenantId) -> Result<()> {
        Ok(self.core()?.delete(id)?)
    }

    /// The members of a tenant, active or not.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`.
    pub fn members(&self, id: TenantId) -> Result<Vec<Membership>> {
        Ok(self.core()?.members(id)?)
    }

    /// Makes a user a member.
    ///
    /// # Errors
    ///
    /// `NoSuchTenant`, `AlreadyMember`, `Invalid`.
    pub fn join(&self, id: TenantId, user: &str, role: Role) -> Result<Membership> {
        Ok(self.core()?.join(id, user, role)?)
    }

    /// Revokes a membership, or gives it back.
    ///
    /// # Errors
    ///
    /// `NoSuchMembership`, `LastOwner`.
    pub fn set_membership_active(
        &self,
        id: TenantId,
        user: &str,
        active: bool,
    ) -> Result<Membership> {
        Ok(self.core()?.set_membership_active(id, user, active)?)
    }

    /// Gives a member another role.
    ///
    /// # Errors
    ///
    /// `NoSuchMembership`, `LastOwner`.
    pub fn set_role(&self, id: TenantId, user: &str, role: Role) -> Result<Membership> {
        Ok(self.core()?.set_role(id, user, role)?)
    }

    /// Removes a membership.
    ///
    /// # Errors
    ///
    /// `NoSuchMembership`, `LastOwner`.
    pub fn leave(&self, id: TenantId, user: &str) -> Result<()> {
        Ok(self.core()?.leave(id, user)?)
    }

    // The backfill

    /// Gives every user without a membership a tenant, in the order of their keys. All in one
    /// transaction.
    ///
    /// # Errors
    ///
    /// `Row` for a user that cannot be given one, if that is to stop it.
    pub fn backfill(&self, users: &[UserProfile], options: &BackfillOptions) -> Result<Report> {
        Ok(self.core()?.backfill(roster(users), &options.as_core())?)
    }
}
