//! From one user to one planned tenant.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::report::SlugKind;
use super::{Column, Report, RowError, RowFault};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::model::{DOMAIN_MAX, NAME_MAX, Plan, USER_KEY_MAX, UserProfile, first_chars, trim};
use crate::slug::{Origin, SlugAllocator, SlugOptions, base, candidate};

/// How tenants are planned; right for most as it is.
///
/// ```
/// use tenantry::backfill::{PlanOptions, UnknownPlan};
///
/// let options = PlanOptions { unknown_plan: UnknownPlan::Reject, ..Default::default() };
/// assert_eq!(options.slug.limit, 80);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanOptions {
    /// How slugs are made.
    pub slug: SlugOptions,
    /// What becomes of a tier that is no plan.
    pub unknown_plan: UnknownPlan,
}

/// What becomes of a tier that is no plan.
///
/// ```
/// use tenantry::backfill::UnknownPlan;
///
/// assert_eq!(UnknownPlan::default(), UnknownPlan::Free);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownPlan {
    /// It becomes `free`, and the report lists it.
    #[default]
    Free,
    /// It is an error of the row.
    Reject,
}

/// A tenant to be made, and the user who will own it.
///
/// ```
/// use tenantry::{Plan, UserProfile, backfill::{PlanOptions, Planner}};
///
/// let mut planner = Planner::new(PlanOptions::default())?;
/// let planned = planner.plan(&UserProfile { key: "7", username: "ann", ..Default::default() }).unwrap();
/// assert_eq!((&*planned.name, planned.slug.as_str()), ("ann's Workspace", "anns-workspace"));
/// assert_eq!((planned.user_key, planned.plan), ("7", Plan::Free));
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedTenant<'a> {
    /// The user who gets an active `owner` membership.
    pub user_key: &'a str,
    /// The tenant's name.
    pub name: Cow<'a, str>,
    /// Its slug: free as far as the planner knows.
    pub slug: String,
    /// Its domain; may be empty.
    pub domain: &'a str,
    /// Its plan.
    pub plan: Plan,
}

/// Plans tenants, user by user, and counts what it did.
///
/// Tell it first which slugs are taken, by [`Planner::take_slug`]. Then give it each user without a
/// membership, in the order of [`key_order`](super::key_order) or of the host's own primary key, so
/// that the result depends on nothing else.
///
/// ```
/// use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
///
/// let mut planner = Planner::new(PlanOptions::default())?;
/// planner.take_slug("acme")?;
/// let user = UserProfile { key: "1", business_name: "Acme", tier: "gold", ..Default::default() };
/// assert_eq!(planner.plan(&user).unwrap().slug, "acme-1");
/// planner.skip(1); // a user who has a membership
/// let report = planner.into_report();
/// assert_eq!((report.seen, report.created, report.skipped), (2, 1, 1));
/// assert_eq!(report.unknown_plans["gold"], 1);
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Debug)]
pub struct Planner {
    options: PlanOptions,
    slugs: SlugAllocator,
    report: Report,
}

impl Planner {
    /// A planner that knows of no taken slugs but the reserved words.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a slug limit out of range.
    ///
    /// ```
    /// # use tenantry::backfill::{PlanOptions, Planner};
    /// let planner = Planner::new(PlanOptions::default())?;
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn new(options: PlanOptions) -> Result<Self> {
        let mut slugs = SlugAllocator::new(options.slug.limit)?;
        for word in &options.slug.reserved {
            slugs.take(word)?;
        }
        Ok(Self { options, slugs, report: Report::default() })
    }

    /// Makes an existing or retired slug one that is not given out.
    ///
    /// # Errors
    ///
    /// [`Error::TooManySlugs`].
    ///
    /// ```
    /// # use tenantry::backfill::{PlanOptions, Planner};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// planner.take_slug("acme")?;
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn take_slug(&mut self, slug: &str) -> Result<()> {
        self.slugs.take(slug)
    }

    /// Plans the tenant of one user.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] when the row cannot be used. It is neither counted nor listed: call
    /// [`Planner::fail`] with the [`RowError`] in it to go on without the row.
    /// [`Error::TooManySlugs`].
    ///
    /// ```
    /// # use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// let user = UserProfile { key: "1", business_name: " Acme ", ..Default::default() };
    /// assert_eq!(planner.plan(&user).unwrap().name, "Acme");
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn plan<'a>(&mut self, user: &UserProfile<'a>) -> Result<PlannedTenant<'a>> {
        check(user)?;
        let (plan, known) = tenant_plan(user.tier);
        if !known {
            if self.options.unknown_plan == UnknownPlan::Reject {
                let error = RowError::new(user.key, Column::Plan, RowFault::Unknown, user.tier);
                return Err(error.into());
            }
            self.report.count_unknown_plan(user.tier);
        }
        let (name, name_cut) = tenant_name(user.business_name, user.username);
        let (base, origin) = base(self.options.slug.style, &name, user.username);
        let slug = self.slugs.allocate(&base)?;
        self.report.seen += 1;
        self.report.created += 1;
        self.report.names_cut += u64::from(name_cut);
        self.report.count_slug(self.kind(&base, origin, &slug), 1);
        Ok(PlannedTenant {
            user_key: user.key,
            name,
            slug,
            domain: trim(user.business_domain),
            plan,
        })
    }

    /// The next slug of a user's tenant, after another writer was first to take `lost`, which was
    /// planned for it.
    ///
    /// # Errors
    ///
    /// [`Error::TooManySlugs`].
    ///
    /// ```
    /// # use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// let user = UserProfile { key: "1", business_name: "Acme", ..Default::default() };
    /// let mut planned = planner.plan(&user).unwrap();
    /// planned.slug = planner.next_slug(&user, &planned.slug)?;
    /// assert_eq!(planned.slug, "acme-1");
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn next_slug(&mut self, user: &UserProfile<'_>, lost: &str) -> Result<String> {
        let (base, origin, _) = self.base_of(user);
        let slug = self.slugs.allocate(&base)?;
        self.report.count_slug(self.kind(&base, origin, lost), -1);
        self.report.count_slug(self.kind(&base, origin, &slug), 1);
        Ok(slug)
    }

    /// Takes a planned tenant back, after another writer was first to give its user one: the user
    /// counts as one who has a membership. Its slug is not given out again.
    ///
    /// ```
    /// # use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// let user = UserProfile { key: "1", username: "ann", ..Default::default() };
    /// let planned = planner.plan(&user).unwrap();
    /// planner.withdraw(&user, &planned.slug);
    /// assert_eq!((planner.report().created, planner.report().skipped), (0, 1));
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn withdraw(&mut self, user: &UserProfile<'_>, slug: &str) {
        if !tenant_plan(user.tier).1 {
            self.report.uncount_unknown_plan(user.tier);
        }
        let (base, origin, name_cut) = self.base_of(user);
        self.report.count_slug(self.kind(&base, origin, slug), -1);
        // Saturating, for a user may be withdrawn that was never planned.
        self.report.names_cut = self.report.names_cut.saturating_sub(u64::from(name_cut));
        self.report.created = self.report.created.saturating_sub(1);
        self.report.skipped = self.report.skipped.saturating_add(1);
    }

    /// Counts users who have a membership already, active or not.
    ///
    /// ```
    /// # use tenantry::backfill::{PlanOptions, Planner};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// planner.skip(3);
    /// assert_eq!(planner.report().skipped, 3);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn skip(&mut self, count: u64) {
        self.report.seen = self.report.seen.saturating_add(count);
        self.report.skipped = self.report.skipped.saturating_add(count);
    }

    /// Counts and lists a row in error, to go on without it.
    ///
    /// ```
    /// # use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
    /// # let mut planner = Planner::new(PlanOptions::default())?;
    /// let no_key = UserProfile::default();
    /// if let Err(tenantry::Error::Row { row, .. }) = planner.plan(&no_key) {
    ///     planner.fail(*row);
    /// }
    /// assert_eq!(planner.report().failed, 1);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    pub fn fail(&mut self, error: RowError) {
        self.report.seen += 1;
        self.report.failed += 1;
        self.report.errors.push(error);
    }

    /// What a user's slug is made of, and whether the name it comes from had to be cut.
    fn base_of(&self, user: &UserProfile<'_>) -> (String, Origin, bool) {
        let (name, name_cut) = tenant_name(user.business_name, user.username);
        let (base, origin) = base(self.options.slug.style, &name, user.username);
        (base, origin, name_cut)
    }

    /// How `slug` came from `base`.
    fn kind(&self, base: &str, origin: Origin, slug: &str) -> SlugKind {
        let suffixed = slug != candidate(base, 0, self.options.slug.limit);
        let stem = if suffixed { slug.rfind('-').unwrap_or(slug.len()) } else { slug.len() };
        SlugKind { origin, suffixed, cut: stem < base.len() }
    }

    /// What was planned so far.
    ///
    /// ```
    /// # use tenantry::backfill::{PlanOptions, Planner};
    /// assert_eq!(Planner::new(PlanOptions::default())?.report().seen, 0);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Ends the run.
    ///
    /// ```
    /// # use tenantry::backfill::{PlanOptions, Planner};
    /// assert_eq!(Planner::new(PlanOptions::default())?.into_report().created, 0);
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[must_use]
    pub fn into_report(self) -> Report {
        self.report
    }
}

/// The name of a user's tenant, and whether it had to be cut: the business name without outer white
/// space or, if that leaves nothing, `<username>'s Workspace`; at most [`NAME_MAX`] characters.
///
/// ```
/// use tenantry::backfill::tenant_name;
///
/// assert_eq!(tenant_name(" Acme ", "ann"), ("Acme".into(), false));
/// assert_eq!(tenant_name("   ", "ann"), ("ann's Workspace".into(), false));
/// ```
#[must_use]
pub fn tenant_name<'a>(business_name: &'a str, username: &str) -> (Cow<'a, str>, bool) {
    let trimmed = trim(business_name);
    let mut name = Cow::Borrowed(trimmed);
    if trimmed.is_empty() {
        // A trim again: the username may begin with white space.
        name = Cow::Owned(trim(&format!("{username}'s Workspace")).to_owned());
    }
    let kept = first_chars(&name, NAME_MAX);
    if kept.len() == name.len() {
        return (name, false);
    }
    // What was inner white space may now be outer.
    let kept = trim(kept).len();
    match name {
        Cow::Borrowed(name) => (Cow::Borrowed(&name[..kept]), true),
        Cow::Owned(mut name) => {
            name.truncate(kept);
            (Cow::Owned(name), true)
        }
    }
}

/// The plan of a tier, and whether the tier is known: blank means `free`, a plan's name means that
/// plan, anything else is unknown and means `free` too.
///
/// ```
/// use tenantry::{Plan, backfill::tenant_plan};
///
/// assert_eq!(tenant_plan("pro"), (Plan::Pro, true));
/// assert_eq!(tenant_plan(""), (Plan::Free, true));
/// assert_eq!(tenant_plan("Pro"), (Plan::Free, false));
/// ```
#[must_use]
pub fn tenant_plan(tier: &str) -> (Plan, bool) {
    match tier.parse() {
        Ok(plan) => (plan, true),
        Err(_) => (Plan::Free, trim(tier).is_empty()),
    }
}

/// Refuses what no store could hold. An unknown tier is the planner's matter.
fn check(user: &UserProfile<'_>) -> Result<(), RowError> {
    let error = |column, fault, value| Err(RowError::new(user.key, column, fault, value));
    let too_long = |text, max| first_chars(text, max).len() < text.len();
    if user.key.is_empty() {
        return error(Column::Key, RowFault::Empty, user.key);
    }
    if too_long(user.key, USER_KEY_MAX) {
        return error(Column::Key, RowFault::TooLong, user.key);
    }
    for (column, value) in [
        (Column::Key, user.key),
        (Column::Username, user.username),
        (Column::Name, user.business_name),
        (Column::Domain, user.business_domain),
        (Column::Plan, user.tier),
    ] {
        if value.contains('\0') {
            return error(column, RowFault::Nul, value);
        }
        if column == Column::Domain && too_long(trim(value), DOMAIN_MAX) {
            return error(column, RowFault::TooLong, value);
        }
    }
    Ok(())
}
