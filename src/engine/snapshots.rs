//! Verbs that carry a user's tenants from one engine to another.

use std::collections::HashSet;

use super::{Engine, now, now_micros};
use crate::error::Result;
use crate::model::check_user_key;
use crate::snapshot::{FORMAT, Snapshot, SnapshotTenant, VERSION};

impl Engine {
    /// The tenants that a user may enter, to be imported elsewhere, as on the user's phone.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a user key that cannot be one.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.export("ann")?.tenants.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn export(&self, user_key: &str) -> Result<Snapshot> {
        check_user_key(user_key)?;
        self.store.read(|rows| {
            let mut tenants = Vec::new();
            for (tenant, membership) in rows.memberships_of(user_key)? {
                if !(tenant.is_active && membership.is_active) {
                    continue;
                }
                tenants.push(SnapshotTenant {
                    id: rows.origin_of(tenant.id)?,
                    retired_slugs: rows.retired_slugs(tenant.id)?,
                    name: tenant.name,
                    slug: tenant.slug,
                    domain: tenant.domain,
                    plan: tenant.plan,
                    created_at: tenant.created_at,
                    updated_at: tenant.updated_at,
                    role: membership.role,
                });
            }
            Ok(Snapshot {
                format: FORMAT.to_owned(),
                version: VERSION,
                exported_at: now(),
                user_key: user_key.to_owned(),
                tenants,
            })
        })
    }

    /// Makes the user's tenants and memberships those of the snapshot, whole or not at all. How
    /// many there are.
    ///
    /// What an earlier snapshot brought for this user and this one lacks, goes. Tenants that were
    /// made here are never touched. A tenant of an earlier snapshot whose slug another one has now is
    /// removed, for all users, until it is imported again. Snapshots of one user have to be imported
    /// in the order of their export: the latest import counts.
    ///
    /// # Errors
    ///
    /// [`Error::Snapshot`](crate::Error::Snapshot) for a snapshot that holds what no store could;
    /// [`Error::SlugTaken`](crate::Error::SlugTaken) if a tenant that was made here
    /// has a slug of it, or had one.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let server = Engine::open(dir.path().join("server.db"))?;
    /// let acme = server.create(&NewTenant::named("Acme"), "ann")?;
    /// let phone = Engine::open(dir.path().join("phone.db"))?;
    /// phone.import(&server.export("ann")?)?;
    /// assert!(phone.current("ann")?.tenant().is_some());
    ///
    /// server.set_tenant_active(acme.id, false)?;
    /// phone.import(&server.export("ann")?)?;
    /// assert!(phone.current("ann")?.tenant().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn import(&self, snapshot: &Snapshot) -> Result<usize> {
        snapshot.check()?;
        self.store.write(|rows| {
            let now = now_micros();
            let mut brought = HashSet::new();
            for tenant in &snapshot.tenants {
                let id = rows.put_imported(tenant, now)?;
                rows.put_imported_membership(id, &snapshot.user_key, tenant.role, now)?;
                brought.insert(id);
            }
            for id in rows.imports_of(&snapshot.user_key)? {
                if !brought.contains(&id) {
                    rows.delete_membership(id, &snapshot.user_key)?;
                }
            }
            rows.delete_deserted_imports()?;
            Ok(snapshot.tenants.len())
        })
    }
}
