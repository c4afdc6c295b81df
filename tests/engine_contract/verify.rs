//! Verify finds everything that does not keep the promises (contract 6).

use rusqlite::Connection;
use tenantry::verify::Finding;
use tenantry::{Engine, EngineOptions, Role, Roster, SlugOptions, UserProfile};

use crate::{Store, acme_users};

/// A store of one tenant, "acme" of "ann", and what SQLite can do to it without our checks.
fn damaged(sql: &str) -> Store {
    let store = Store::new();
    store.add("Acme", "ann");
    let sqlite = store.sqlite();
    sqlite.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    sqlite.execute_batch(sql).unwrap();
    store
}

#[test]
fn a_store_made_by_its_verbs_has_no_findings() {
    let store = Store::new();
    let users = acme_users(3);
    store.run(&users);
    let tenant = store.tenants().unwrap().remove(0);
    store.rename(tenant.id, "Globex", tenantry::NewSlug::OfName).unwrap();
    store.join(tenant.id, "2", Role::Member).unwrap();
    store.set_membership_active(tenant.id, "2", false).unwrap();
    store.set_tenant_active(tenant.id, false).unwrap();
    assert_eq!(store.verify(Some(&users)).unwrap(), []);
}

#[test]
fn a_user_without_a_membership_and_a_membership_without_a_user_are_found() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Member).unwrap();
    store.set_membership_active(acme.id, "bob", false).unwrap();
    let host: Roster =
        ["bob", "eve"].map(|key| UserProfile { key, ..Default::default() }).into_iter().collect();
    assert_eq!(
        store.verify(Some(&host)).unwrap(),
        [
            Finding::MissingUser { tenant: "acme".into(), user_key: "ann".into() },
            Finding::UserWithoutMembership { user_key: "eve".into() },
        ]
    );
    assert_eq!(store.verify(None).unwrap(), [], "nothing is said where the host cannot tell");
}

#[test]
fn a_tenant_without_an_active_owner_is_found() {
    let found = [Finding::TenantWithoutOwner { tenant: "acme".into() }];
    let forgotten = Store::new();
    let acme = forgotten.add("Acme", "ann");
    forgotten.join(acme.id, "bob", Role::Admin).unwrap();
    forgotten.forget_user("ann").unwrap();
    assert_eq!(forgotten.verify(None).unwrap(), found);

    for sql in ["UPDATE membership SET role = 'admin'", "UPDATE membership SET is_active = 0"] {
        assert_eq!(damaged(sql).verify(None).unwrap(), found);
    }
}

#[test]
fn an_invalid_slug_is_found() {
    let long = "x".repeat(81);
    for slug in ["", "a b", "é", long.as_str()] {
        let store = damaged(&format!("UPDATE tenant SET slug = '{slug}'"));
        let found = Finding::InvalidSlug { id: "1".into(), slug: slug.into() };
        assert_eq!(store.verify(None).unwrap(), [found]);
    }
}

#[test]
fn a_reserved_slug_is_found() {
    let store = Store::new();
    store.add("Admin", "ann");
    // Reserved only since.
    let slug = SlugOptions { reserved: vec!["ADMIN".into()], ..Default::default() };
    let options = EngineOptions { slug, ..Default::default() };
    let engine = Engine::open_with(store.path(), options).unwrap();
    let found = Finding::ReservedSlug { id: "1".into(), slug: "admin".into() };
    assert_eq!(engine.verify(None).unwrap(), [found]);
}

#[test]
fn an_unknown_plan_and_an_unknown_role_are_found() {
    let store = damaged("UPDATE tenant SET plan = 'gold'; UPDATE membership SET role = 'boss';");
    assert_eq!(
        store.verify(None).unwrap(),
        [
            Finding::UnknownPlan { tenant: "acme".into(), plan: "gold".into() },
            Finding::TenantWithoutOwner { tenant: "acme".into() },
            Finding::UnknownRole {
                tenant: "acme".into(),
                user_key: "ann".into(),
                role: "boss".into()
            },
        ]
    );
}

#[test]
fn a_duplicate_slug_is_found() {
    let store = Store::new();
    for owner in ["ann", "bob", "eve"] {
        store.add("Acme", owner);
    }
    lose_the_constraints(&store.sqlite());
    let sql = "UPDATE tenant SET slug = 'ACME' WHERE slug = 'acme-2'";
    assert_eq!(store.sqlite().execute(sql, []).unwrap(), 1);
    let found = Finding::DuplicateSlug { id: "3".into(), slug: "ACME".into() };
    assert_eq!(store.verify(None).unwrap(), [found]);
}

/// Makes the tenants' table anew, as a clumsy repair does: without what kept slugs unique.
fn lose_the_constraints(sqlite: &Connection) {
    sqlite
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             PRAGMA legacy_alter_table = ON;
             BEGIN;
             ALTER TABLE tenant RENAME TO sound;
             CREATE TABLE tenant (
                 id INTEGER PRIMARY KEY, name TEXT, slug TEXT COLLATE NOCASE, domain TEXT,
                 plan TEXT, is_active INTEGER, created_at INTEGER, updated_at INTEGER, origin_id TEXT
             );
             INSERT INTO tenant SELECT * FROM sound;
             DROP TABLE sound;
             COMMIT;",
        )
        .unwrap();
}

#[test]
fn findings_name_what_they_are_and_explain_themselves() {
    let store = damaged("UPDATE tenant SET plan = 'gold'");
    let finding = &store.verify(None).unwrap()[0];
    assert_eq!(finding.to_string(), "tenant \"acme\" has the unknown plan \"gold\"");
    assert_eq!(
        serde_json::to_string(finding).unwrap(),
        r#"{"finding":"unknown_plan","tenant":"acme","plan":"gold"}"#
    );
}

#[test]
fn users_of_which_a_row_could_not_be_read_are_not_compared() {
    let store = Store::new();
    store.add("Acme", "ann");
    let mut host = Roster::new();
    host.reject(tenantry::backfill::RowError {
        row: Some(2),
        user_key: Some("ann".to_owned()),
        column: tenantry::backfill::Column::Name,
        fault: tenantry::backfill::RowFault::NotUtf8,
        value: "Caf".to_owned(),
    });
    assert_eq!(store.verify(Some(&host)).unwrap_err().code(), "row");
}

#[test]
fn a_slug_that_another_tenant_gave_up_is_found() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    let globex = store.add("Globex", "bob");
    store.rename(acme.id, "Initech", tenantry::NewSlug::OfName).unwrap();
    store.sqlite().execute("UPDATE tenant SET slug = 'ACME' WHERE id = ?1", [globex.id.0]).unwrap();
    let found = Finding::RetiredSlug { id: "2".into(), slug: "ACME".into() };
    assert_eq!(store.verify(None).unwrap(), [found]);
}

#[test]
fn names_and_domains_that_no_tenant_may_have_are_found() {
    for name in ["", " Acme", &"x".repeat(201)] {
        let store = damaged(&format!("UPDATE tenant SET name = '{name}'"));
        let found = Finding::InvalidName { tenant: "acme".into(), name: name.into() };
        assert_eq!(store.verify(None).unwrap(), [found]);
    }
    for domain in ["acme.example ", &"x".repeat(256)] {
        let store = damaged(&format!("UPDATE tenant SET domain = '{domain}'"));
        let found = Finding::InvalidDomain { tenant: "acme".into(), domain: domain.into() };
        assert_eq!(store.verify(None).unwrap(), [found]);
    }
}
