//! A tenant always keeps one active owner (contract 6).

use tenantry::{Error, Role};

use crate::Store;

/// Whether a change was refused because it would take the last owner.
fn last_owner<T>(result: tenantry::Result<T>) -> bool {
    matches!(result.err(), Some(Error::LastOwner { .. }))
}

#[test]
fn the_last_owner_cannot_be_demoted_revoked_or_leave() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Admin).unwrap();
    let before = store.rows();

    for role in [Role::Admin, Role::Member] {
        assert!(last_owner(store.set_role(acme.id, "ann", role)));
    }
    assert!(last_owner(store.set_membership_active(acme.id, "ann", false)));
    assert!(last_owner(store.leave(acme.id, "ann")));
    assert_eq!(store.rows(), before);
}

#[test]
fn beside_another_owner_an_owner_may_be_demoted_revoked_and_leave() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Owner).unwrap();

    store.set_role(acme.id, "bob", Role::Member).unwrap();
    store.set_role(acme.id, "bob", Role::Owner).unwrap();
    store.set_membership_active(acme.id, "ann", false).unwrap();
    assert!(last_owner(store.leave(acme.id, "bob")));
    store.set_membership_active(acme.id, "ann", true).unwrap();
    store.leave(acme.id, "ann").unwrap();
    assert!(last_owner(store.leave(acme.id, "bob")));
}

#[test]
fn an_inactive_owner_does_not_count_and_may_go() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Owner).unwrap();
    store.set_membership_active(acme.id, "bob", false).unwrap();

    assert!(last_owner(store.set_role(acme.id, "ann", Role::Member)));
    assert!(last_owner(store.leave(acme.id, "ann")));
    store.set_role(acme.id, "bob", Role::Member).unwrap();
    store.leave(acme.id, "bob").unwrap();
}

#[test]
fn what_keeps_the_owner_an_owner_is_not_refused() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.set_role(acme.id, "ann", Role::Owner).unwrap();
    store.set_membership_active(acme.id, "ann", true).unwrap();
}

#[test]
fn the_owner_of_an_inactive_tenant_is_kept_too() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.set_tenant_active(acme.id, false).unwrap();
    assert!(last_owner(store.leave(acme.id, "ann")));
}

#[test]
fn a_membership_stands_once_and_must_be_there_to_be_changed() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.join(acme.id, "bob", Role::Member).unwrap();
    store.set_membership_active(acme.id, "bob", false).unwrap();

    // Joining anew would be a way around a revocation.
    let error = store.join(acme.id, "bob", Role::Owner).unwrap_err();
    assert_eq!(error.code(), "already_member");
    assert_eq!(store.selected("bob", "acme"), None);
    for error in [
        store.set_role(acme.id, "eve", Role::Owner).unwrap_err(),
        store.set_membership_active(acme.id, "eve", true).unwrap_err(),
        store.leave(acme.id, "eve").unwrap_err(),
    ] {
        assert_eq!(error.code(), "no_such_membership");
    }
}
