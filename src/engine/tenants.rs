//! Verbs about tenants.

use super::{Engine, now_micros};
use crate::backfill::{PlanOptions, PlannedTenant, Planner};
use crate::error::{Error, Result};
use crate::model::{
    Plan, Role, Tenant, TenantId, UserProfile, check_domain, check_name, check_user_key,
};
use crate::slug::{self, candidate};
use crate::store::{Outcome, Rows};

/// A tenant to be made.
///
/// ```
/// use tenantry::{NewTenant, Plan};
///
/// let tenant = NewTenant { plan: Plan::Pro, ..NewTenant::named("Acme") };
/// assert_eq!(tenant.slug, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NewTenant<'a> {
    /// Its name, 1 to 200 characters; outer white space is removed.
    pub name: &'a str,
    /// Its slug; the first free one made of the name if none.
    pub slug: Option<&'a str>,
    /// Its domain; may be empty.
    pub domain: &'a str,
    /// Its plan; `free` unless told.
    pub plan: Plan,
}

impl<'a> NewTenant<'a> {
    /// A tenant of this name, the rest by default.
    ///
    /// ```
    /// assert_eq!(tenantry::NewTenant::named("Acme").domain, "");
    /// ```
    #[must_use]
    pub fn named(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }
}

/// The slug that a tenant shall have after a renaming.
///
/// ```
/// assert_eq!(tenantry::NewSlug::default(), tenantry::NewSlug::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NewSlug<'a> {
    /// The one it has.
    #[default]
    Keep,
    /// The first free one made of the new name.
    OfName,
    /// This one.
    Exactly(&'a str),
}

impl Engine {
    /// Makes a tenant and its owner's membership, both or neither.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a name, slug, domain or user key that cannot be stored;
    /// [`Error::SlugTaken`] if a slug was asked for that is taken, retired or reserved.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// let second = engine.create(&NewTenant::named("ACME"), "bob")?;
    /// assert_eq!(second.slug, "acme-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(&self, tenant: &NewTenant<'_>, owner: &str) -> Result<Tenant> {
        let name = check_name(tenant.name)?;
        let domain = check_domain(tenant.domain)?;
        check_user_key(owner)?;
        if let Some(slug) = tenant.slug {
            self.check_slug(slug)?;
        }
        self.store.write(|rows| {
            let slug = match tenant.slug {
                Some(slug) => slug.to_owned(),
                None => self.free_slug(rows, name, "", None)?,
            };
            make(rows, &NewTenant { name, domain, ..*tenant }, slug, owner)
        })
    }

    /// Gives a user who has no membership, active or not, a tenant of its own, as the backfill
    /// would: one call at every sign-up.
    ///
    /// None if the user has a membership. Of the options of the backfill only the slug's apply; an
    /// unknown tier becomes `free`.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] for a profile that the backfill would refuse.
    ///
    /// ```
    /// # use tenantry::{Engine, UserProfile};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let ann = UserProfile { key: "7", username: "ann", ..Default::default() };
    /// assert_eq!(engine.ensure_tenant(&ann)?.unwrap().slug, "anns-workspace");
    /// assert!(engine.ensure_tenant(&ann)?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ensure_tenant(&self, user: &UserProfile<'_>) -> Result<Option<Tenant>> {
        let options = PlanOptions { slug: self.options.slug.clone(), ..PlanOptions::default() };
        let mut planner = Planner::new(options)?;
        self.store.write(|rows| {
            if rows.has_membership(user.key)? {
                return Ok(None);
            }
            let PlannedTenant { name, domain, plan, .. } = planner.plan(user)?;
            let slug = self.free_slug(rows, &name, user.username, None)?;
            let tenant = NewTenant { name: &name, slug: None, domain, plan };
            make(rows, &tenant, slug, user.key).map(Some)
        })
    }

    /// The tenant of this number.
    ///
    /// ```
    /// # use tenantry::{Engine, TenantId};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// assert_eq!(engine.tenant(TenantId(1))?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        self.store.read(|rows| rows.tenant(id))
    }

    /// The tenant that bears this slug now.
    ///
    /// It asks nothing about any user: what a request may see is for [`Engine::resolve`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.tenant_by_slug("acme")?.unwrap().name, "Acme");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>> {
        if !slug::is_valid(slug) {
            return Ok(None);
        }
        self.store.read(|rows| rows.tenant_by_slug(slug))
    }

    /// All tenants, in the order of their slugs.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = tenantry::Engine::open(dir.path().join("t.db"))?;
    /// assert!(engine.tenants()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tenants(&self) -> Result<Vec<Tenant>> {
        self.store.read(|rows| rows.tenants())
    }

    /// Gives a tenant another name and, if asked, another slug; the old one is then retired: it
    /// still leads to this tenant, and is never given to another.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`], [`Error::Invalid`], [`Error::SlugTaken`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewSlug, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.rename(acme.id, "Globex", NewSlug::Keep)?.slug, "acme");
    /// assert_eq!(engine.rename(acme.id, "Globex", NewSlug::OfName)?.slug, "globex");
    /// assert_eq!(engine.create(&NewTenant::named("Acme"), "bob")?.slug, "acme-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rename(&self, id: TenantId, name: &str, slug: NewSlug<'_>) -> Result<Tenant> {
        let name = check_name(name)?;
        if let NewSlug::Exactly(slug) = slug {
            self.check_slug(slug)?;
        }
        self.store.write(|rows| {
            let mut tenant = rows.existing_tenant(id)?;
            let new = match slug {
                NewSlug::Keep => tenant.slug.clone(),
                NewSlug::OfName => self.free_slug(rows, name, "", Some(id))?,
                NewSlug::Exactly(slug) if rows.is_taken(slug, Some(id))? => {
                    return Err(Error::SlugTaken(slug.to_owned()).into());
                }
                NewSlug::Exactly(slug) => slug.to_owned(),
            };
            let now = now_micros();
            if new != tenant.slug {
                // It may take back a slug that it had itself.
                rows.revive_slug(&new)?;
                rows.retire_slug(&tenant.slug, Some(id), now)?;
            }
            name.clone_into(&mut tenant.name);
            tenant.slug = new;
            rows.update_tenant(&tenant, now)?;
            rows.existing_tenant(id)
        })
    }

    /// Puts a tenant on another plan.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Plan};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.set_plan(acme.id, Plan::Growth)?.plan, Plan::Growth);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_plan(&self, id: TenantId, plan: Plan) -> Result<Tenant> {
        self.change_tenant(id, |tenant| tenant.plan = plan)
    }

    /// Gives a tenant another domain; an empty one for none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`], [`Error::Invalid`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.set_domain(acme.id, "acme.example.com")?.domain, "acme.example.com");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_domain(&self, id: TenantId, domain: &str) -> Result<Tenant> {
        let domain = check_domain(domain)?;
        self.change_tenant(id, |tenant| domain.clone_into(&mut tenant.domain))
    }

    /// Makes a tenant inactive or active again. An inactive one is refused by the next request.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Request};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.set_tenant_active(acme.id, false)?;
    /// let answer = engine.resolve(&Request { user: Some("ann"), ..Default::default() })?;
    /// assert_eq!(answer.tenant(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_tenant_active(&self, id: TenantId, active: bool) -> Result<Tenant> {
        self.change_tenant(id, |tenant| tenant.is_active = active)
    }

    /// Removes a tenant with all its memberships. Its slugs stay retired, given to nobody; those of
    /// an imported tenant are for the other side to retire, and go too.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchTenant`].
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.delete(acme.id)?;
    /// assert_eq!(engine.create(&NewTenant::named("Acme"), "eve")?.slug, "acme-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn delete(&self, id: TenantId) -> Result<()> {
        self.store.write(|rows| {
            let tenant = rows.existing_tenant(id)?;
            if rows.is_imported(id)? {
                return rows.delete_import(id);
            }
            rows.retire_slug(&tenant.slug, Some(id), now_micros())?;
            rows.delete_tenant(id)
        })
    }

    /// Releases a retired slug, so that any tenant may get it; whether it was retired.
    ///
    /// Whoever still holds the slug in a session is from then on asking for the new bearer, and is
    /// let in only as a member there.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let acme = engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.delete(acme.id)?;
    /// assert!(engine.release_slug("acme")?);
    /// assert_eq!(engine.create(&NewTenant::named("Acme"), "bob")?.slug, "acme");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn release_slug(&self, slug: &str) -> Result<bool> {
        self.store.write(|rows| rows.release_slug(slug))
    }

    fn change_tenant(&self, id: TenantId, change: impl FnOnce(&mut Tenant)) -> Result<Tenant> {
        self.store.write(|rows| {
            let mut tenant = rows.existing_tenant(id)?;
            change(&mut tenant);
            rows.update_tenant(&tenant, now_micros())?;
            rows.existing_tenant(id)
        })
    }

    fn check_slug(&self, slug: &str) -> Result<()> {
        slug::check(slug)?;
        if self.options.slug.is_reserved(slug) {
            return Err(Error::SlugTaken(slug.to_owned()));
        }
        Ok(())
    }

    /// The first free slug of a name, within a transaction that writes it. `tenant` may take back
    /// what it had itself.
    fn free_slug(
        &self,
        rows: Rows<'_>,
        name: &str,
        username: &str,
        tenant: Option<TenantId>,
    ) -> Outcome<String> {
        let options = &self.options.slug;
        let (base, _) = slug::base(options.style, name, username);
        for n in 0..=u32::MAX {
            let slug = candidate(&base, n, options.limit);
            if !options.is_reserved(&slug) && !rows.is_taken(&slug, tenant)? {
                return Ok(slug);
            }
        }
        Err(Error::TooManySlugs.into())
    }
}

/// Writes a tenant with this slug, and its owner's membership.
fn make(rows: Rows<'_>, tenant: &NewTenant<'_>, slug: String, owner: &str) -> Outcome<Tenant> {
    let now = now_micros();
    let id = rows
        .insert_tenant(tenant.name, &slug, tenant.domain, tenant.plan, now)?
        .ok_or(Error::SlugTaken(slug))?;
    rows.insert_membership(id, owner, Role::Owner, now)?;
    rows.existing_tenant(id)
}
