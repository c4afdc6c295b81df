//! Snapshots: what one user may enter, as JSON, to be resolved elsewhere by the same rules.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Plan, Role, check_domain, check_name, check_user_key, first_chars};
use crate::slug;

/// The word that marks a snapshot.
pub const FORMAT: &str = "tenantry.snapshot";
/// The version written, and the only one read.
pub const VERSION: u32 = 1;

/// One user's usable memberships with their tenants.
///
/// What the user may not enter is left out: it never changes an answer, and an ex-member learns
/// nothing of what became of the tenant.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let server = Engine::open(dir.path().join("server.db"))?;
/// # server.create(&NewTenant::named("Acme"), "ann")?;
/// let json = server.export("ann")?.to_json();
///
/// let phone = Engine::open(dir.path().join("phone.db"))?;
/// phone.import(&Snapshot::from_json(&json)?)?;
/// let answer = phone.resolve(&Request { user: Some("ann"), ..Default::default() })?;
/// assert_eq!(answer.tenant().unwrap().name, "Acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Always [`FORMAT`].
    pub format: String,
    /// [`VERSION`] of the writer.
    pub version: u32,
    /// When it was exported, UTC, RFC 3339.
    pub exported_at: Timestamp,
    /// The user.
    pub user_key: String,
    /// The tenants that the user may enter.
    pub tenants: Vec<SnapshotTenant>,
}

/// A tenant in a snapshot, with the user's membership in it.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// # engine.create(&NewTenant::named("Acme"), "ann")?;
/// let tenant = engine.export("ann")?.tenants.remove(0);
/// assert_eq!((tenant.slug.as_str(), tenant.role), ("acme", Role::Owner));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotTenant {
    /// What tells it from every other tenant of every server. An engine writes the random name of
    /// the store that made it, its number there, and when it was made.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// Slugs it had before, which still lead to it.
    pub retired_slugs: Vec<String>,
    /// Its domain; may be empty.
    pub domain: String,
    /// Its plan.
    pub plan: Plan,
    /// When it was made, UTC, RFC 3339.
    pub created_at: Timestamp,
    /// When it was last changed, UTC, RFC 3339.
    pub updated_at: Timestamp,
    /// The user's role in it.
    pub role: Role,
}

impl Snapshot {
    /// Reads and checks a snapshot. Fields that are not known are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Snapshot`] when it is no JSON, no snapshot, of another version, or holds values that
    /// no store could.
    ///
    /// ```
    /// use tenantry::Snapshot;
    ///
    /// assert_eq!(Snapshot::from_json("{}").unwrap_err().code(), "snapshot");
    /// ```
    pub fn from_json(json: &str) -> Result<Self> {
        // The head first: a newer version may have any other fields.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let no_json =
            |error: serde_json::Error| Error::snapshot(format!("it is not valid: {error}"));
        let head: Head = serde_json::from_str(json).map_err(no_json)?;
        check_head(&head.format, head.version)?;
        let snapshot: Self = serde_json::from_str(json).map_err(no_json)?;
        snapshot.check()?;
        Ok(snapshot)
    }

    /// The snapshot as one line of JSON.
    ///
    /// ```
    /// # use tenantry::*;
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// assert!(engine.export("ann")?.to_json().contains(r#""user_key":"ann","tenants":[]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts, numbers and lists: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Refuses what a store would refuse, and ids or slugs that stand twice.
    pub(crate) fn check(&self) -> Result<()> {
        check_head(&self.format, self.version)?;
        let wrong = |error: Error| Error::snapshot(error.to_string());
        check_user_key(&self.user_key).map_err(wrong)?;
        let (mut ids, mut bearers) = (HashSet::new(), HashMap::new());
        for tenant in &self.tenants {
            if check_name(&tenant.name).map_err(wrong)? != tenant.name
                || check_domain(&tenant.domain).map_err(wrong)? != tenant.domain
            {
                let reason = format!("white space around the name or domain of {:?}", tenant.id);
                return Err(Error::snapshot(reason));
            }
            if tenant.id.is_empty() || tenant.id.len() > 255 || !ids.insert(&tenant.id) {
                let reason =
                    format!("the tenant id {:?} is empty, too long or repeated", tenant.id);
                return Err(Error::snapshot(reason));
            }
            let mut own = HashSet::new();
            for slug in tenant.retired_slugs.iter().chain([&tenant.slug]) {
                slug::check(slug).map_err(wrong)?;
                // Slugs of two tenants differ by more than case; one tenant may have had both cases.
                let bearer = bearers.insert(slug.to_ascii_lowercase(), &tenant.id);
                if !own.insert(slug) || bearer.is_some_and(|bearer| *bearer != tenant.id) {
                    return Err(Error::snapshot(format!("the slug {slug:?} stands in it twice")));
                }
            }
        }
        Ok(())
    }
}

fn check_head(format: &str, version: u32) -> Result<()> {
    if format != FORMAT {
        let format = first_chars(format, 80);
        return Err(Error::snapshot(format!("its format is {format:?}, not {FORMAT:?}")));
    }
    if version != VERSION {
        let reason = format!("its version is {version}, and this tenantry reads {VERSION}");
        return Err(Error::snapshot(reason));
    }
    Ok(())
}
