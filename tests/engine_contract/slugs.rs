//! Slugs are retired, taken back, released and reserved (contract 2.5, 2.7, 6).

use tenantry::{EngineOptions, Error, NewSlug, NewTenant, SlugOptions, TenantId, UserProfile};

use crate::Store;

/// Whether a slug was refused because it is not free.
fn slug_taken<T>(result: tenantry::Result<T>) -> bool {
    matches!(result.err(), Some(Error::SlugTaken(_)))
}

#[test]
fn a_retired_slug_leads_to_its_own_tenant_by_whatever_slug_that_goes_now() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    store.rename(acme.id, "Initech", NewSlug::Exactly("initech")).unwrap();

    for slug in ["acme", "globex", "initech"] {
        assert_eq!(store.selected("ann", slug).as_deref(), Some("initech"));
        assert_eq!(store.selected("eve", slug), None);
    }
    assert_eq!(store.tenant_by_slug("acme").unwrap(), None, "only resolution follows it");
}

#[test]
fn a_new_name_keeps_the_slug_unless_another_is_asked_for() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    let renamed = store.rename(acme.id, "  Globex ", NewSlug::Keep).unwrap();
    assert_eq!((&*renamed.name, &*renamed.slug), ("Globex", "acme"));
    assert_eq!(store.add("Globex", "bob").slug, "globex");
}

#[test]
fn a_tenant_may_take_back_a_slug_of_its_own() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    assert_eq!(store.rename(acme.id, "Acme", NewSlug::OfName).unwrap().slug, "acme");

    assert_eq!(store.selected("ann", "acme").as_deref(), Some("acme"));
    assert_eq!(store.selected("ann", "globex").as_deref(), Some("acme"));
    assert!(!store.release_slug("acme").unwrap(), "it is not retired any more");
}

#[test]
fn a_tenant_that_asks_for_the_slug_of_its_name_keeps_the_numbered_one_it_has() {
    let store = Store::new();
    store.add("Acme", "ann");
    let second = store.add("Acme", "bob");
    assert_eq!(store.rename(second.id, "Acme", NewSlug::OfName).unwrap().slug, "acme-1");
}

#[test]
fn a_retired_slug_is_never_given_to_another_tenant() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    let gone = store.add("Hooli", "ann");
    store.rename(gone.id, "Pied Piper", NewSlug::OfName).unwrap();
    store.delete(gone.id).unwrap();
    let other = store.add("Other", "bob");
    let before = store.rows();

    for slug in ["acme", "ACME", "hooli", "pied-piper"] {
        let asked = NewTenant { slug: Some(slug), ..NewTenant::named("Evil") };
        assert!(slug_taken(store.create(&asked, "eve")), "{slug}");
        assert!(slug_taken(store.rename(other.id, "Evil", NewSlug::Exactly(slug))), "{slug}");
    }
    assert_eq!(store.rows(), before, "what is refused changes nothing");

    assert_eq!(store.add("Acme", "bob").slug, "acme-1");
    assert_eq!(store.rename(other.id, "Hooli", NewSlug::OfName).unwrap().slug, "hooli-1");
    let sign_up = UserProfile { key: "7", business_name: "Pied Piper", ..Default::default() };
    assert_eq!(store.ensure_tenant(&sign_up).unwrap().unwrap().slug, "pied-piper-1");
    assert_eq!(store.run(&crate::acme_users(1)).slugs_suffixed, 1);
    assert_eq!(store.slug_of("1"), "acme-2");
}

#[test]
fn a_released_slug_leads_nowhere_until_another_tenant_has_it() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    store.rename(acme.id, "Globex", NewSlug::OfName).unwrap();

    assert!(store.release_slug("acme").unwrap());
    assert!(!store.release_slug("acme").unwrap());
    assert_eq!(store.selected("ann", "acme"), None);

    assert_eq!(store.add("Acme", "eve").slug, "acme");
    assert_eq!(store.selected("ann", "acme"), None, "ann is no member of the new one");
    assert_eq!(store.selected("eve", "acme").as_deref(), Some("acme"));
}

#[test]
fn a_slug_in_use_cannot_be_released() {
    let store = Store::new();
    store.add("Acme", "ann");
    assert!(!store.release_slug("acme").unwrap());
    assert_eq!(store.add("Acme", "bob").slug, "acme-1");
}

#[test]
fn a_slug_that_changes_its_case_still_leads_to_its_tenant() {
    let store = Store::new();
    let asked = NewTenant { slug: Some("Acme"), ..NewTenant::named("Acme") };
    let acme = store.create(&asked, "ann").unwrap();
    store.rename(acme.id, "Acme", NewSlug::Exactly("acme")).unwrap();

    assert_eq!(store.selected("ann", "acme").as_deref(), Some("acme"));
    assert_eq!(store.selected("ann", "Acme").as_deref(), Some("acme"));
    assert_eq!(store.add("Acme", "bob").slug, "acme-1");
}

#[test]
fn a_slug_may_change_its_case_again_and_again_before_it_is_retired() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    for slug in ["ACME", "Acme", "acme", "ACME", "globex", "aCME"] {
        store.rename(acme.id, "Acme", NewSlug::Exactly(slug)).unwrap();
        assert_eq!(store.selected("ann", slug).as_deref(), Some(slug));
    }
    for slug in ["acme", "Acme", "ACME", "globex"] {
        assert_eq!(store.selected("ann", slug).as_deref(), Some("aCME"), "{slug}");
    }
    store.delete(acme.id).unwrap();
    assert_eq!(store.add("Acme", "bob").slug, "acme-1");
    assert!(store.release_slug("acme").unwrap());
    assert_eq!(store.add("Acme", "bob").slug, "acme");
}

#[test]
fn slugs_are_compared_without_regard_to_case() {
    let store = Store::new();
    let old = NewTenant { slug: Some("Acme"), ..NewTenant::named("Acme") };
    store.create(&old, "ann").unwrap();
    assert_eq!(store.add("Acme", "bob").slug, "acme-1");
    assert!(slug_taken(
        store.create(&NewTenant { slug: Some("aCME"), ..NewTenant::named("x") }, "eve")
    ));
}

#[test]
fn reserved_words_are_given_to_nobody() {
    let slug = SlugOptions { reserved: vec!["Admin".to_owned()], ..Default::default() };
    let store = Store::with(EngineOptions { slug, ..Default::default() });

    for word in ["admin", "ADMIN"] {
        let asked = NewTenant { slug: Some(word), ..NewTenant::named("x") };
        assert!(slug_taken(store.create(&asked, "eve")));
    }
    let tenant = store.add("Admin", "ann");
    assert_eq!(tenant.slug, "admin-1");
    assert!(slug_taken(store.rename(tenant.id, "Admin", NewSlug::Exactly("admin"))));
    assert_eq!(store.rename(tenant.id, "Admin", NewSlug::OfName).unwrap().slug, "admin-1");
    let sign_up = UserProfile { key: "7", business_name: "admin", ..Default::default() };
    assert_eq!(store.ensure_tenant(&sign_up).unwrap().unwrap().slug, "admin-2");
}

#[test]
fn a_slug_that_is_none_and_a_tenant_that_is_none_are_refused() {
    let store = Store::new();
    let acme = store.add("Acme", "ann");
    for slug in ["", "a b", "é", "a\0", &"a".repeat(81)] {
        let error = store.rename(acme.id, "Acme", NewSlug::Exactly(slug)).unwrap_err();
        assert_eq!(error.code(), "invalid", "{slug:?}");
    }
    let error = store.rename(TenantId(99), "Acme", NewSlug::OfName).unwrap_err();
    assert_eq!(error.code(), "no_such_tenant");
}

#[test]
fn a_slug_never_exceeds_the_limit_of_the_engine() {
    let slug = SlugOptions { limit: 16, ..Default::default() };
    let store = Store::with(EngineOptions { slug, ..Default::default() });
    assert_eq!(store.add("Grand Hotel Budapest", "ann").slug, "grand-hotel-buda");
    assert_eq!(store.add("Grand Hotel Budapest", "bob").slug, "grand-hotel-bu-1");
}

#[test]
fn the_key_of_a_user_never_gets_into_a_slug() {
    let store = Store::new();
    assert_eq!(store.add("...", "ann@private.example").slug, "workspace");
}
