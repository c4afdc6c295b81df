//! Verify and the rule of undo, for those who keep their rows elsewhere.

use std::sync::Mutex;

use pyo3::prelude::*;
use tenantry::SlugOptions;
use tenantry::backfill::undo::{self, Since};
use tenantry::verify::{self, TenantRow};

use crate::arguments::{Number, Text, each};
use crate::keys::UserKey;
use crate::slugs::lone;
use crate::values::{Finding, Tuple};
use crate::words::In;

/// Looks for what does not keep the promises, in rows that are yours, in whatever database.
///
/// `reserved_slugs` are the words that no tenant may bear. Its findings are in the order in which they
/// were made.
///
/// >>> verifier = tenantry.Verifier(reserved_slugs=["admin"])
/// >>> verifier.tenants([(1, "Admin", "admin", "", "free", 0, False)])
/// >>> verifier.memberships([("admin", 7, "boss", True)])
/// >>> verifier.users_without_membership([8])
/// >>> for finding in verifier.findings():
/// ...     print(finding)
/// the slug "admin" of tenant 1 is reserved
/// tenant "admin" has no active owner
/// user "7" has the unknown role "boss" in tenant "admin"
/// user "8" has no membership
#[pyclass(frozen, module = "tenantry")]
pub(crate) struct Verifier(Mutex<verify::Verifier>);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(
        signature = (*, reserved_slugs=Tuple(Vec::new())),
        text_signature = "(*, reserved_slugs=())"
    )]
    fn new(reserved_slugs: Tuple<String>) -> Self {
        let options = SlugOptions { reserved: reserved_slugs.0, ..SlugOptions::default() };
        Self(Mutex::new(verify::Verifier::new(options)))
    }

    /// Looks at tenants, in the order of their slugs in lower case, so that equal ones stand together.
    ///
    /// Each is `(id, name, slug, domain, plan, active_owners, slug_is_retired)`: its primary key, what
    /// it has, how many active memberships with the role `owner`, and whether its slug is retired and
    /// was another tenant's.
    ///
    /// >>> verifier = tenantry.Verifier()
    /// >>> verifier.tenants([(1, "Acme", "Acme", "", "free", 1, False),
    /// ...                   (2, "Acme", "acme", "", "gold", 1, False)])
    /// >>> [finding.kind.value for finding in verifier.findings()]
    /// ['duplicate_slug', 'unknown_plan']
    #[pyo3(signature = (rows, /))]
    fn tenants(&self, rows: &Bound<'_, PyAny>) -> PyResult<()> {
        type Row = (UserKey, Text, Text, Text, Text, Number<u64>, bool);
        each(rows, |row| {
            let (id, name, slug, domain, plan, active_owners, slug_is_retired): Row =
                row.extract()?;
            let row = TenantRow {
                id: &id,
                name: &name,
                slug: &slug,
                slug_is_retired,
                domain: &domain,
                plan: &plan,
                active_owners: active_owners.0,
            };
            lone(&self.0, |verifier| verifier.tenant(row))
        })
    }

    /// Looks at memberships: each is `(slug of the tenant, user, role, whether the user exists)`.
    ///
    /// >>> verifier = tenantry.Verifier()
    /// >>> verifier.memberships([("acme", 7, "member", False)])
    /// >>> [finding.kind.value for finding in verifier.findings()]
    /// ['missing_user']
    #[pyo3(signature = (rows, /))]
    fn memberships(&self, rows: &Bound<'_, PyAny>) -> PyResult<()> {
        each(rows, |row| {
            let (tenant, user, role, exists): (Text, UserKey, Text, bool) = row.extract()?;
            lone(&self.0, |verifier| verifier.membership(&tenant, &user, &role, exists))
        })
    }

    /// Notes users without any membership, active or not.
    ///
    /// >>> verifier = tenantry.Verifier()
    /// >>> verifier.users_without_membership([7, "ann"])
    /// >>> [finding.user_key for finding in verifier.findings()]
    /// ['7', 'ann']
    #[pyo3(signature = (users, /))]
    fn users_without_membership(&self, users: &Bound<'_, PyAny>) -> PyResult<()> {
        each(users, |user| {
            let user: UserKey = user.extract()?;
            lone(&self.0, |verifier| verifier.user_without_membership(&user))
        })
    }

    /// What was found so far.
    ///
    /// >>> tenantry.Verifier().findings()
    /// []
    fn findings(&self, py: Python<'_>) -> PyResult<Vec<Finding>> {
        let findings = lone(&self.0, |verifier| verifier.findings().to_vec())?;
        findings.into_iter().map(|finding| Finding::of(py, finding)).collect()
    }

    fn __repr__(&self) -> String {
        match lone(&self.0, |verifier| verifier.findings().len()) {
            Ok(findings) => format!("<Verifier: {findings} findings>"),
            Err(_) => "<Verifier: at work>".to_owned(),
        }
    }
}

/// Why undo keeps a tenant that the backfill made, or None if it is still as it was left.
///
/// - `changed`: whether its name, slug, domain, plan or active flag was changed.
/// - `members`: how many memberships it has now, active or not.
/// - `owner_changed`: whether the membership of the user it was made for was changed or is gone.
/// - `referred_to`: whether anything else refers to it, such as a retired slug.
///
/// >>> tenantry.why_kept(changed=False, members=2, owner_changed=False, referred_to=False)
/// <Kept.HAS_OTHER_MEMBERS: 'has_other_members'>
/// >>> tenantry.why_kept(changed=False, members=1, owner_changed=False, referred_to=False)
#[pyfunction]
#[pyo3(signature = (*, changed, members, owner_changed, referred_to))]
pub(crate) fn why_kept(
    changed: bool,
    members: Number<u64>,
    owner_changed: bool,
    referred_to: bool,
) -> Option<In<undo::Kept>> {
    let since = Since { changed, members: members.0, owner_changed, referred_to };
    undo::may_remove(since).err().map(In)
}
