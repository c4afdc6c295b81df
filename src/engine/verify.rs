//! The verb that looks for what does not keep the promises.

use std::collections::HashSet;

use super::Engine;
use crate::backfill::Roster;
use crate::error::Result;
use crate::verify::{Finding, Verifier};

impl Engine {
    /// Lists everything in the store that does not keep the promises; nothing when all is well.
    ///
    /// Given the users that the host has, it also lists those without a membership, and the
    /// memberships of users whom the host does not have.
    ///
    /// # Errors
    ///
    /// [`Error::Row`](crate::Error::Row) for users of which a row could not be read.
    ///
    /// ```
    /// # use tenantry::*;
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert_eq!(engine.verify(None)?, []);
    ///
    /// let host: Roster = ["ann", "eve"].map(|key| UserProfile { key, ..Default::default() }).into_iter().collect();
    /// let finding = verify::Finding::UserWithoutMembership { user_key: "eve".into() };
    /// assert_eq!(engine.verify(Some(&host))?, [finding]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, users: Option<&Roster>) -> Result<Vec<Finding>> {
        // Without the rows that cannot be read, real members would seem to be missing users.
        if let Some(row) = users.and_then(Roster::first_rejected) {
            return Err(row.clone().into());
        }
        let mut known = HashSet::new();
        let keys: Vec<&str> =
            users.iter().flat_map(|users| users.keys()).filter(|key| known.insert(*key)).collect();
        self.store.read(|rows| {
            let mut verifier = Verifier::new(self.options.slug.clone());
            rows.each_tenant_to_verify(|row| verifier.tenant(row))?;
            rows.each_membership_to_verify(|tenant, user_key, role| {
                let exists = users.is_none() || known.contains(user_key);
                verifier.membership(tenant, user_key, role, exists);
            })?;
            for user_key in keys {
                if !rows.has_membership(user_key)? {
                    verifier.user_without_membership(user_key);
                }
            }
            Ok(verifier.into_findings())
        })
    }
}
