//! Undo: which tenants of a run may go again.

use serde::Serialize;

/// What became of a tenant since a run made it.
///
/// ```
/// use tenantry::backfill::undo::{Kept, Since, may_remove};
///
/// let untouched = Since { changed: false, members: 1, owner_changed: false, referred_to: false };
/// assert_eq!(may_remove(untouched), Ok(()));
/// assert_eq!(may_remove(Since { members: 2, ..untouched }), Err(Kept::HasOtherMembers));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// Whether the tenant itself was changed: name, slug, domain, plan or active flag.
    pub changed: bool,
    /// How many memberships it has now, active or not.
    pub members: u64,
    /// Whether the membership of the user it was made for was changed or is gone.
    pub owner_changed: bool,
    /// Whether anything else refers to it, such as a retired slug.
    pub referred_to: bool,
}

/// Why undo keeps a tenant.
///
/// ```
/// assert!(tenantry::backfill::undo::Kept::Changed.explain().contains("changed"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Others joined it.
    HasOtherMembers,
    /// The membership of the user it was made for was changed or is gone.
    OwnerChanged,
    /// Its name, slug, domain, plan or active flag was changed.
    Changed,
    /// Something else refers to it.
    ReferredTo,
}

impl Kept {
    /// The reason in words, to be read behind the tenant's name.
    ///
    /// ```
    /// assert_eq!(tenantry::backfill::undo::Kept::HasOtherMembers.explain(), "has other members");
    /// ```
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::HasOtherMembers => "has other members",
            Self::OwnerChanged => "has lost its first owner, or that membership was changed",
            Self::Changed => "was changed",
            Self::ReferredTo => "is referred to by something else",
        }
    }
}

/// Whether a tenant is still as its run left it, and so may be removed by undo.
///
/// # Errors
///
/// The first reason to keep it.
///
/// ```
/// # use tenantry::backfill::undo::{Kept, Since, may_remove};
/// let renamed = Since { changed: true, members: 1, owner_changed: false, referred_to: false };
/// assert_eq!(may_remove(renamed), Err(Kept::Changed));
/// ```
pub const fn may_remove(since: Since) -> Result<(), Kept> {
    if since.members > 1 {
        Err(Kept::HasOtherMembers)
    } else if since.owner_changed || since.members == 0 {
        Err(Kept::OwnerChanged)
    } else if since.changed {
        Err(Kept::Changed)
    } else if since.referred_to {
        Err(Kept::ReferredTo)
    } else {
        Ok(())
    }
}

/// What undo did.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// let users: Roster = [UserProfile { key: "1", username: "ann", ..Default::default() }].into_iter().collect();
/// engine.backfill(users, &BackfillOptions::default())?;
/// let undone = engine.undo(None)?;
/// assert_eq!((undone.removed, undone.kept.len()), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The number of the run.
    pub run: i64,
    /// How many tenants were removed, each with its owner's membership.
    pub removed: u64,
    /// The tenants that are no longer as the run left them, and stay.
    pub kept: Vec<KeptTenant>,
}

/// A tenant that undo kept.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// # let users: Roster = [UserProfile { key: "1", username: "ann", ..Default::default() }].into_iter().collect();
/// # engine.backfill(users, &BackfillOptions::default())?;
/// let tenant = engine.tenants_of("1")?.remove(0).0;
/// engine.join(tenant.id, "2", Role::Member)?;
/// let undone = engine.undo(None)?;
/// assert_eq!((undone.removed, undone.kept[0].slug.as_str()), (0, "anns-workspace"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptTenant {
    /// Its slug now.
    pub slug: String,
    /// The user it was made for.
    pub user_key: String,
    /// Why it stays.
    pub reason: Kept,
}
