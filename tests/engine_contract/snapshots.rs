//! One user's tenants, carried to another store (contract 6).

use serde_json::{Value, json};
use tenantry::{NewSlug, NewTenant, Role, Snapshot};

use crate::Store;

/// Exports at one side and imports at the other, by way of JSON.
fn carry(server: &Store, phone: &Store, user: &str) {
    let json = server.export(user).unwrap().to_json();
    phone.import(&Snapshot::from_json(&json).unwrap()).unwrap();
}

#[test]
fn an_import_resolves_like_the_store_it_came_from() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "ann");
    server.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    let other = server.add("Other", "bob");
    server.join(other.id, "ann", Role::Admin).unwrap();

    carry(&server, &phone, "ann");

    for slug in ["acme", "globex", "other", "nowhere"] {
        assert_eq!(phone.selected("ann", slug), server.selected("ann", slug), "{slug}");
        assert_eq!(phone.selected("bob", slug), None);
    }
    let here = phone.tenant_by_slug("globex").unwrap().unwrap();
    let there = server.tenant_by_slug("globex").unwrap().unwrap();
    assert_eq!(tenantry::Tenant { id: there.id, ..here }, there, "times and all");
}

#[test]
fn an_ex_member_gets_nothing_and_loses_what_an_earlier_import_brought() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "bob");
    server.join(acme.id, "ann", Role::Member).unwrap();
    carry(&server, &phone, "ann");
    assert_eq!(phone.selected("ann", "acme").as_deref(), Some("acme"));

    server.set_membership_active(acme.id, "ann", false).unwrap();

    assert_eq!(server.export("ann").unwrap().tenants, []);
    assert_eq!(server.export("nobody").unwrap().tenants, []);
    carry(&server, &phone, "ann");
    assert_eq!(phone.selected("ann", "acme"), None);
    assert_eq!(phone.tenants().unwrap(), []);
}

#[test]
fn an_import_replaces_the_one_before_and_the_same_twice_changes_nothing() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "ann");
    carry(&server, &phone, "ann");
    let id = phone.tenants().unwrap()[0].id;

    server.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    server.add("Hooli", "ann");
    carry(&server, &phone, "ann");
    let first = phone.tenants_of("ann").unwrap();
    carry(&server, &phone, "ann");

    assert_eq!(phone.tenants_of("ann").unwrap(), first, "the times of the memberships too");
    assert_eq!(phone.slugs(), ["globex", "hooli"]);
    assert_eq!(phone.tenant_by_slug("globex").unwrap().unwrap().id, id, "the same tenant here too");
    assert_eq!(phone.selected("ann", "acme").as_deref(), Some("globex"));
    assert_eq!(phone.tenants_of("ann").unwrap().len(), 2);
}

#[test]
fn an_import_changes_the_role_and_leaves_the_other_memberships_as_they_are() {
    let (server, phone) = (Store::new(), Store::new());
    let [acme, globex] = ["Acme", "Globex"].map(|name| server.add(name, "bob"));
    for tenant in [&acme, &globex] {
        server.join(tenant.id, "ann", Role::Member).unwrap();
    }
    carry(&server, &phone, "ann");
    let before = phone.tenants_of("ann").unwrap();

    server.set_role(acme.id, "ann", Role::Admin).unwrap();
    carry(&server, &phone, "ann");

    let after = phone.tenants_of("ann").unwrap();
    assert_eq!(after[0].1.role, Role::Admin);
    assert_eq!(after[0].1.created_at, before[0].1.created_at);
    assert!(after[0].1.updated_at > before[0].1.updated_at);
    assert_eq!(after[1], before[1]);
}

#[test]
fn a_released_slug_leads_to_the_tenant_that_has_it_now() {
    let (server, phone) = (Store::new(), Store::new());
    let first = server.add("Acme", "ann");
    carry(&server, &phone, "ann");

    server.rename(first.id, "Globex", NewSlug::OfName).unwrap();
    server.release_slug("acme").unwrap();
    let second = server.create(&NewTenant::named("Acme"), "ann").unwrap();
    assert_eq!(second.slug, "acme");
    carry(&server, &phone, "ann");

    assert_eq!(phone.slugs(), ["acme", "globex"]);
    let now = phone.tenant_by_slug("acme").unwrap().unwrap();
    assert_eq!(now.created_at, second.created_at);
}

#[test]
fn two_tenants_that_changed_slugs_change_them_here_too() {
    let (server, phone) = (Store::new(), Store::new());
    let [acme, globex] = ["Acme", "Globex"].map(|name| server.add(name, "ann"));
    carry(&server, &phone, "ann");

    server.rename(acme.id, "Acme", NewSlug::Exactly("x")).unwrap();
    server.release_slug("acme").unwrap();
    server.rename(globex.id, "Globex", NewSlug::Exactly("acme")).unwrap();
    server.release_slug("globex").unwrap();
    server.rename(acme.id, "Acme", NewSlug::Exactly("globex")).unwrap();
    carry(&server, &phone, "ann");

    assert_eq!(phone.tenant_by_slug("acme").unwrap().unwrap().name, "Globex");
    assert_eq!(phone.tenant_by_slug("globex").unwrap().unwrap().name, "Acme");
    assert_eq!(phone.tenants_of("ann").unwrap().len(), 2);
}

#[test]
fn an_import_does_not_touch_another_users_tenants() {
    let (server, phone) = (Store::new(), Store::new());
    let shared = server.add("Shared", "ann");
    server.join(shared.id, "bob", Role::Member).unwrap();
    server.add("Own", "bob");
    carry(&server, &phone, "ann");
    carry(&server, &phone, "bob");

    server.leave(shared.id, "bob").unwrap();
    server.forget_user("ann").unwrap();
    carry(&server, &phone, "ann");

    assert_eq!(phone.tenants_of("ann").unwrap().len(), 0);
    assert_eq!(phone.tenants_of("bob").unwrap().len(), 2, "as of bob's own import");
}

#[test]
fn a_store_that_made_a_tenant_of_that_slug_refuses_the_import_and_is_as_before() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "ann");
    server.add("Before", "ann");
    carry(&server, &phone, "ann");
    let mine = phone.add("Mine", "ann");
    phone.rename(mine.id, "Mine", NewSlug::Exactly("mine-now")).unwrap();
    let before = phone.rows();

    for slug in ["Mine", "mine-now"] {
        server.rename(acme.id, "Acme", NewSlug::Exactly(slug)).unwrap();
        let error = phone.import(&server.export("ann").unwrap()).unwrap_err();
        assert_eq!(error.code(), "slug_taken", "{slug}");
        assert_eq!(phone.rows(), before);
    }
}

#[test]
fn a_slug_that_was_retired_here_is_not_given_to_an_import() {
    let (server, phone) = (Store::new(), Store::new());
    let mine = phone.add("Acme", "me");
    phone.delete(mine.id).unwrap();
    server.add("Acme", "ann");
    let error = phone.import(&server.export("ann").unwrap()).unwrap_err();
    assert_eq!(error.code(), "slug_taken");
    assert!(phone.release_slug("acme").unwrap());
    carry(&server, &phone, "ann");
}

#[test]
fn what_an_import_brought_and_took_away_leaves_no_slug_behind() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "ann");
    server.rename(acme.id, "Globex", NewSlug::OfName).unwrap();
    carry(&server, &phone, "ann");
    let imported = phone.tenant_by_slug("globex").unwrap().unwrap();
    phone.delete(imported.id).unwrap();
    carry(&server, &phone, "ann");
    server.set_tenant_active(acme.id, false).unwrap();
    carry(&server, &phone, "ann");
    assert_eq!(phone.add("Acme", "me").slug, "acme");
    assert_eq!(phone.add("Globex", "me").slug, "globex");
}

#[test]
fn tenants_of_two_servers_are_never_taken_for_one_another() {
    let (east, west, phone) = (Store::new(), Store::new(), Store::new());
    // Both are number 1 where they were made.
    east.add("Acme", "ann");
    west.add("Globex", "bob");
    carry(&east, &phone, "ann");
    carry(&west, &phone, "bob");
    assert_eq!(phone.selected("ann", "acme").as_deref(), Some("acme"));
    assert_eq!(phone.selected("ann", "globex"), None);
    assert_eq!(phone.selected("bob", "globex").as_deref(), Some("globex"));
}

#[test]
fn what_a_phone_exports_can_be_imported_again() {
    let (server, phone, tablet) = (Store::new(), Store::new(), Store::new());
    server.add("Others", "bob");
    server.add("Acme", "ann");
    carry(&server, &phone, "ann");
    phone.add("Mine", "ann");
    carry(&phone, &tablet, "ann");
    assert_eq!(tablet.slugs(), ["acme", "mine"]);
}

/// A snapshot of one tenant, with one change made to its JSON.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let store = Store::new();
    store.add("Acme", "ann");
    let mut json = serde_json::from_str(&store.export("ann").unwrap().to_json()).unwrap();
    change(&mut json);
    json.to_string()
}

#[test]
fn a_snapshot_that_is_none_is_refused() {
    let refused = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        "[".repeat(100_000),
        changed(|json| json["format"] = json!("something else")),
        changed(|json| json["version"] = json!(2)),
        changed(|json| json["version"] = json!("1")),
        changed(|json| json["exported_at"] = json!("yesterday")),
        changed(|json| json["user_key"] = json!("")),
        changed(|json| json["user_key"] = json!("a\0")),
        changed(|json| json["user_key"] = json!("x".repeat(256))),
        changed(|json| json["user_key"] = json!(7)),
        changed(|json| json["tenants"] = json!(null)),
        changed(|json| drop(json["tenants"][0].as_object_mut().unwrap().remove("role"))),
        changed(|json| json["tenants"][0]["role"] = json!("god")),
        changed(|json| json["tenants"][0]["plan"] = json!("gold")),
        changed(|json| json["tenants"][0]["id"] = json!("")),
        changed(|json| json["tenants"][0]["name"] = json!("  ")),
        changed(|json| json["tenants"][0]["name"] = json!("a\0b")),
        changed(|json| json["tenants"][0]["name"] = json!("x".repeat(201))),
        changed(|json| json["tenants"][0]["domain"] = json!("x".repeat(256))),
        changed(|json| json["tenants"][0]["slug"] = json!("a b")),
        changed(|json| json["tenants"][0]["slug"] = json!("x".repeat(81))),
        changed(|json| json["tenants"][0]["retired_slugs"] = json!(["acme"])),
        changed(|json| json["tenants"][0]["retired_slugs"] = json!(["x", "x"])),
        changed(|json| json["tenants"] = json!([json["tenants"][0], json["tenants"][0]])),
    ];
    for json in refused {
        let error = Snapshot::from_json(&json).unwrap_err();
        assert_eq!(error.code(), "snapshot", "{error}: {}", json.get(..400).unwrap_or(&json));
    }
}

#[test]
fn a_tenant_that_had_its_slug_in_several_cases_is_carried_with_all_of_them() {
    let phone = Store::new();
    let json = changed(|json| json["tenants"][0]["retired_slugs"] = json!(["ACME", "Acme"]));
    phone.import(&Snapshot::from_json(&json).unwrap()).unwrap();
    for slug in ["acme", "ACME", "Acme"] {
        assert_eq!(phone.selected("ann", slug).as_deref(), Some("acme"), "{slug}");
    }
}

#[test]
fn verify_does_not_miss_the_members_that_a_snapshot_leaves_out() {
    let (server, phone) = (Store::new(), Store::new());
    let acme = server.add("Acme", "bob");
    server.join(acme.id, "ann", Role::Member).unwrap();
    carry(&server, &phone, "ann");
    assert_eq!(phone.verify(None).unwrap(), []);
}

#[test]
fn fields_of_a_later_writer_are_passed_over() {
    let json = changed(|json| {
        json["colour"] = json!("red");
        json["tenants"][0]["colour"] = json!({"of": ["the", "logo"]});
    });
    assert_eq!(Snapshot::from_json(&json).unwrap().tenants.len(), 1);
}

#[test]
fn outer_white_space_never_gets_into_a_store_by_a_snapshot() {
    let long = "x".repeat(200) + " ";
    for (field, text) in [("name", " Acme "), ("name", &long), ("domain", " acme.example.com ")] {
        let phone = Store::new();
        let json = changed(|json| json["tenants"][0][field] = json!(text));
        match Snapshot::from_json(&json).and_then(|snapshot| phone.import(&snapshot)) {
            Ok(_) => {
                let tenant = phone.tenants().unwrap().remove(0);
                assert_eq!(
                    (tenant.name.trim(), tenant.domain.trim()),
                    (&*tenant.name, &*tenant.domain)
                );
            }
            Err(error) => assert_eq!(error.code(), "snapshot", "{field} {text:?}: {error}"),
        }
    }
}

#[test]
fn a_snapshot_made_by_hand_is_checked_too() {
    let store = Store::new();
    let mut snapshot = store.export("ann").unwrap();
    snapshot.version = 2;
    assert_eq!(store.import(&snapshot).unwrap_err().code(), "snapshot");
}
