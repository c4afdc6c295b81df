//! Selecting, and what the store answers by the selection it keeps (contract 4, 5).

use tenantry::{NewSlug, Reason, Resolution, Role, Source};

use crate::Store;

#[test]
fn what_a_user_may_not_enter_is_refused_like_what_does_not_exist() {
    let store = Store::new();
    store.add("Own", "ann");
    store.add("Others", "bob");
    let revoked = store.add("Revoked", "bob");
    store.join(revoked.id, "ann", Role::Admin).unwrap();
    store.set_membership_active(revoked.id, "ann", false).unwrap();
    let closed = store.add("Closed", "ann");
    store.set_tenant_active(closed.id, false).unwrap();
    let deleted = store.add("Deleted", "ann");
    store.delete(deleted.id).unwrap();
    store.select("ann", "own").unwrap();

    let long = "x".repeat(81);
    for slug in
        ["nowhere", "others", "revoked", "closed", "deleted", "", "a b", "own\0", "OWN", &long]
    {
        let error = store.select("ann", slug).unwrap_err();
        assert_eq!(error.code(), "not_available");
        let words = error.to_string().replace(&format!("{:?}", &slug[..slug.len().min(80)]), "_");
        assert_eq!(
            words,
            "the tenant _ is not available to this user; choose one of the user's own tenants"
        );
        assert_eq!(store.current("ann").unwrap().tenant().unwrap().slug, "own", "it stays");
    }
}

#[test]
fn a_selection_that_became_unusable_falls_back_to_no_other_tenant() {
    let store = Store::new();
    store.add("Own", "ann");
    let acme = store.add("Acme", "bob");
    store.join(acme.id, "ann", Role::Member).unwrap();
    store.select("ann", "acme").unwrap();

    store.set_membership_active(acme.id, "ann", false).unwrap();
    let refused = Resolution::None { reason: Reason::NotAvailable };
    assert_eq!(store.current("ann").unwrap(), refused);

    store.clear("ann").unwrap();
    let Resolution::Tenant { tenant, source, .. } = store.current("ann").unwrap() else {
        panic!("there is one left")
    };
    assert_eq!((&*tenant.slug, source), ("own", Source::SoleMembership));
}

#[test]
fn a_selection_follows_its_tenant_to_a_new_slug() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.add("Other", "ann");
    store.select("ann", "acme").unwrap();
    store.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    assert_eq!(store.current("ann").unwrap().tenant().unwrap().slug, "globex");
    assert_eq!(store.select("ann", "acme").unwrap().tenant().unwrap().slug, "globex");
}

#[test]
fn a_selection_is_each_users_own_and_outlives_the_engine() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    let other = store.add("Other", "ann");
    for tenant in [&acme, &other] {
        store.join(tenant.id, "bob", Role::Member).unwrap();
    }
    store.select("ann", "acme").unwrap();
    store.select("ann", "other").unwrap();
    store.select("bob", "acme").unwrap();

    let later = store.again();
    assert_eq!(later.current("ann").unwrap().tenant().unwrap().slug, "other");
    assert_eq!(later.current("bob").unwrap().tenant().unwrap().slug, "acme");
}

#[test]
fn a_forgotten_user_selects_nothing_any_more() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Member).unwrap();
    store.select("bob", "acme").unwrap();
    assert_eq!(store.forget_user("bob").unwrap(), 1);
    assert_eq!(store.current("bob").unwrap(), Resolution::None { reason: Reason::NoMembership });
    assert_eq!(store.forget_user("bob").unwrap(), 0);
}

#[test]
fn a_change_counts_at_once_in_every_engine_over_the_file() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Member).unwrap();
    let other = store.again();
    assert_eq!(store.selected("bob", "acme").as_deref(), Some("acme"));

    other.set_membership_active(acme.id, "bob", false).unwrap();
    assert_eq!(store.selected("bob", "acme"), None);
    other.set_membership_active(acme.id, "bob", true).unwrap();
    assert_eq!(store.selected("bob", "acme").as_deref(), Some("acme"));
    other.set_tenant_active(acme.id, false).unwrap();
    assert_eq!(store.selected("bob", "acme"), None);
    assert_eq!(store.selected("ann", "acme"), None);
}

#[test]
fn who_may_not_enter_is_told_so_while_another_writes() {
    let options = tenantry::EngineOptions {
        busy_timeout: std::time::Duration::from_millis(20),
        ..Default::default()
    };
    let store = Store::with(options);
    store.add("Acme", "ann");
    let writer = store.sqlite();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(store.select("eve", "acme").unwrap_err().code(), "not_available");
    assert_eq!(store.select("ann", "acme").unwrap_err().code(), "busy");
}

#[test]
fn any_time_out_is_taken() {
    let options =
        tenantry::EngineOptions { busy_timeout: std::time::Duration::MAX, ..Default::default() };
    assert!(Store::with(options).tenants().unwrap().is_empty());
}
