//! `ensure_tenant`: what the backfill does, for one user who signs up (contract 7, last row).

use tenantry::backfill::{Column, RowFault};
use tenantry::{Error, Plan, Role, UserProfile};

use crate::{Store, acme_users, user};

#[test]
fn a_new_user_gets_the_tenant_that_the_backfill_would_give() {
    let store = Store::new();
    store.run(&acme_users(2));
    let profile = UserProfile {
        key: "3",
        username: "ann",
        business_name: "  Acme ",
        business_domain: " acme.example.com ",
        tier: "pro",
    };

    let tenant = store.ensure_tenant(&profile).unwrap().unwrap();

    assert_eq!((&*tenant.name, &*tenant.slug), ("Acme", "acme-2"));
    assert_eq!((&*tenant.domain, tenant.plan), ("acme.example.com", Plan::Pro));
    let members = store.members(tenant.id).unwrap();
    assert_eq!((members.len(), &*members[0].user_key), (1, "3"));
    assert_eq!((members[0].role, members[0].is_active), (Role::Owner, true));
    assert_eq!(store.run(&acme_users(3)).skipped, 3);
}

#[test]
fn a_user_with_any_membership_gets_none() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Member).unwrap();
    store.set_membership_active(acme.id, "bob", false).unwrap();
    assert_eq!(store.ensure_tenant(&user("bob", "Bob Inc")).unwrap(), None);

    store.set_tenant_active(acme.id, false).unwrap();
    assert_eq!(store.ensure_tenant(&user("ann", "Ann Inc")).unwrap(), None);
    assert_eq!(store.slugs(), ["acme"]);
}

#[test]
fn an_unusable_profile_is_refused_and_leaves_nothing() {
    let store = Store::new();
    let Err(Error::Row { row, .. }) = store.ensure_tenant(&user("7", "A\0cme")) else {
        panic!("it was not refused")
    };
    assert_eq!((row.column, row.fault), (Column::Name, RowFault::Nul));
    assert_eq!(store.tenants().unwrap(), []);
}

#[test]
fn the_profile_of_a_user_with_a_membership_is_not_looked_at() {
    // As the backfill does: see "who is skipped is not checked" in the vectors.
    let store = Store::new();
    store.add("Acme", "ann");
    assert_eq!(store.ensure_tenant(&user("ann", "A\0cme")).unwrap(), None);
}

#[test]
fn a_name_of_which_nothing_is_left_falls_back_as_in_the_backfill() {
    let store = Store::new();
    let profile =
        UserProfile { key: "1", username: "ann", business_name: "...", ..Default::default() };
    assert_eq!(store.ensure_tenant(&profile).unwrap().unwrap().slug, "ann");
}

#[test]
fn no_run_has_made_it_and_no_undo_removes_it() {
    let store = Store::new();
    store.ensure_tenant(&user("1", "Acme")).unwrap();
    assert_eq!(store.runs().unwrap(), []);
    assert_eq!(store.undo(None).unwrap_err().code(), "no_such_run");
}
