//! Undo removes what a run made and nothing else (contract 3.9).

use tenantry::backfill::undo::{Kept, KeptTenant};
use tenantry::{Engine, NewSlug, NewTenant, Plan, Role, Roster, TenantId};

use crate::{Store, acme_users, user};

/// A store in which a run has made one tenant, for user "1".
fn store_after_a_run() -> (Store, TenantId) {
    let store = Store::new();
    store.run(&acme_users(1));
    let id = store.tenants().unwrap().remove(0).id;
    (store, id)
}

/// Undoes the run, which must keep the tenant for this reason.
fn assert_kept(store: &Store, reason: Kept) {
    let slug = store.slugs().remove(0);
    let before = store.rows();
    let undone = store.undo(None).unwrap();
    let kept = KeptTenant { slug, user_key: "1".to_owned(), reason };
    assert_eq!((undone.removed, undone.kept), (0, vec![kept]));
    assert_eq!(store.rows(), before);
}

#[test]
fn undo_removes_every_tenant_of_the_run_and_a_further_run_gives_the_same_slugs() {
    let store = Store::new();
    let users = acme_users(5);
    let run = store.run(&users).run;
    let slugs = store.slugs();

    let undone = store.undo(run).unwrap();

    assert_eq!((Some(undone.run), undone.removed, undone.kept), (run, 5, vec![]));
    assert_eq!(store.tenants().unwrap(), []);
    let run = store.runs().unwrap().remove(0);
    assert_eq!((run.tenants, run.undone_at.is_some()), (0, true));
    assert_eq!(store.run(&users).created, 5);
    assert_eq!(store.slugs(), slugs);
}

#[test]
fn undo_never_touches_a_tenant_that_the_run_did_not_make() {
    let store = Store::new();
    let before = store.add("Acme", "x");
    store.run(&acme_users(3));
    let after = store.add("Acme", "y");
    store.undo(None).unwrap();
    assert_eq!(store.tenants().unwrap(), [before, after]);
}

#[test]
fn undo_without_a_number_takes_the_newest_run_that_was_not_undone() {
    let store = Store::new();
    let first = store.run(&acme_users(2)).run.unwrap();
    let second = store.run(&acme_users(3)).run.unwrap();

    let undone = store.undo(None).unwrap();
    assert_eq!((undone.run, undone.removed), (second, 1));
    let undone = store.undo(None).unwrap();
    assert_eq!((undone.run, undone.removed), (first, 2));
    assert_eq!(store.undo(None).unwrap_err().code(), "no_such_run");
    assert_eq!(store.undo(Some(99)).unwrap_err().code(), "no_such_run");
}

#[test]
fn undone_twice_a_run_has_nothing_left_to_remove() {
    let (store, _) = store_after_a_run();
    let run = store.undo(None).unwrap().run;
    let again = store.undo(Some(run)).unwrap();
    assert_eq!((again.run, again.removed, again.kept), (run, 0, vec![]));
}

#[test]
fn a_kept_tenant_goes_by_a_later_undo_when_it_is_again_as_it_was_made() {
    let (store, id) = store_after_a_run();
    store.join(id, "bob", Role::Member).unwrap();
    let run = store.undo(None).unwrap().run;
    store.leave(id, "bob").unwrap();
    assert_eq!(store.undo(Some(run)).unwrap().removed, 1);
}

#[test]
fn a_tenant_that_another_joined_is_kept() {
    let (store, id) = store_after_a_run();
    store.join(id, "bob", Role::Member).unwrap();
    store.set_membership_active(id, "bob", false).unwrap();
    assert_kept(&store, Kept::HasOtherMembers);
}

#[test]
fn a_tenant_that_was_changed_is_kept() {
    let changes: [fn(&Engine, TenantId); 6] = [
        |engine, id| drop(engine.rename(id, "Globex", NewSlug::Keep).unwrap()),
        |engine, id| drop(engine.rename(id, "Acme", NewSlug::Exactly("globex")).unwrap()),
        |engine, id| drop(engine.set_plan(id, Plan::Pro).unwrap()),
        |engine, id| drop(engine.set_domain(id, "acme.example.com").unwrap()),
        |engine, id| drop(engine.set_tenant_active(id, false).unwrap()),
        // Changed back is changed: somebody cares for it.
        |engine, id| {
            engine.set_plan(id, Plan::Pro).unwrap();
            engine.set_plan(id, Plan::Free).unwrap();
        },
    ];
    for change in changes {
        let (store, id) = store_after_a_run();
        change(&store, id);
        assert_kept(&store, Kept::Changed);
    }
}

#[test]
fn a_tenant_whose_first_owner_changed_or_left_is_kept() {
    let changes: [fn(&Engine, TenantId); 3] = [
        |engine, id| {
            engine.join(id, "bob", Role::Owner).unwrap();
            engine.leave(id, "1").unwrap();
        },
        |engine, id| {
            engine.join(id, "bob", Role::Owner).unwrap();
            engine.set_role(id, "1", Role::Member).unwrap();
            engine.set_role(id, "1", Role::Owner).unwrap();
            engine.leave(id, "bob").unwrap();
        },
        |engine, _| assert_eq!(engine.forget_user("1").unwrap(), 1),
    ];
    for change in changes {
        let (store, id) = store_after_a_run();
        change(&store, id);
        assert_kept(&store, Kept::OwnerChanged);
    }
}

#[test]
fn a_tenant_that_a_table_of_others_refers_to_is_kept_whatever_that_table_does_on_deletion() {
    // The last is how Django declares its foreign keys.
    let clauses = [
        "",
        "ON DELETE RESTRICT",
        "ON DELETE CASCADE",
        "ON DELETE SET NULL",
        "DEFERRABLE INITIALLY DEFERRED",
    ];
    for clause in clauses {
        let (store, id) = store_after_a_run();
        let sqlite = store.sqlite();
        sqlite
            .execute_batch(&format!(
                "CREATE TABLE invoice (tenant_id INTEGER REFERENCES tenant (id) {clause});
                 INSERT INTO invoice VALUES ({id});"
            ))
            .unwrap();

        let undone = store.undo(None).unwrap_or_else(|error| panic!("{clause}: {error}"));

        let reasons: Vec<Kept> = undone.kept.iter().map(|kept| kept.reason).collect();
        assert_eq!((undone.removed, reasons), (0, vec![Kept::ReferredTo]), "{clause}");
        let referring: Option<i64> =
            sqlite.query_row("SELECT tenant_id FROM invoice", [], |row| row.get(0)).unwrap();
        assert_eq!(referring, Some(id.0), "{clause}");
    }
}

#[test]
fn what_is_kept_keeps_nothing_else() {
    let store = Store::new();
    store.run(&acme_users(3));
    let second = store.tenant_by_slug("acme-1").unwrap().unwrap();
    store.set_plan(second.id, Plan::Pro).unwrap();
    let undone = store.undo(None).unwrap();
    assert_eq!((undone.removed, undone.kept.len()), (2, 1));
    assert_eq!(store.slugs(), ["acme-1"]);
    // The next run goes around it.
    store.run(&acme_users(3));
    assert_eq!((store.slug_of("1"), store.slug_of("3")), ("acme".into(), "acme-2".into()));
}

#[test]
fn undo_releases_the_slugs_of_what_it_removes_and_of_nothing_else() {
    let store = Store::new();
    let users: Roster = [user("1", "Acme"), user("2", "Globex")].into_iter().collect();
    store.run(&users);
    // Deleted by hand before: retired as ever.
    let globex = store.tenant_by_slug("globex").unwrap().unwrap();
    store.delete(globex.id).unwrap();

    assert_eq!(store.undo(None).unwrap().removed, 1);

    assert_eq!(store.add("Acme", "x").slug, "acme");
    assert_eq!(store.add("Globex", "x").slug, "globex-1");
}

#[test]
fn a_number_is_never_given_to_another_tenant_again() {
    let store = Store::new();
    store.run(&acme_users(3));
    let last = store.tenants().unwrap().iter().map(|tenant| tenant.id).max().unwrap();
    store.undo(None).unwrap();
    assert!(store.add("Acme", "x").id > last);

    let newest = store.create(&NewTenant::named("Hooli"), "x").unwrap();
    store.delete(newest.id).unwrap();
    assert!(store.add("Hooli", "x").id > newest.id);
}

#[test]
fn undo_forgets_the_selection_of_what_it_removed() {
    let (store, _) = store_after_a_run();
    store.select("1", "acme").unwrap();
    store.undo(None).unwrap();
    store.add("Acme", "1");
    store.add("Globex", "1");
    assert_eq!(store.current("1").unwrap().tenant(), None, "ambiguous: nothing is selected");
}

#[test]
fn a_reference_in_another_case_keeps_its_tenant_too() {
    // A foreign key compares by the collation of the column that it refers to.
    let (store, _) = store_after_a_run();
    let slug = store.slugs().remove(0).to_uppercase();
    let sqlite = store.sqlite();
    sqlite
        .execute_batch(&format!(
            "CREATE TABLE invoice (of TEXT REFERENCES tenant (slug) ON DELETE CASCADE);
             INSERT INTO invoice VALUES ('{slug}');"
        ))
        .unwrap();
    let undone = store.undo(None).unwrap();
    assert_eq!(undone.kept.iter().map(|kept| kept.reason).collect::<Vec<_>>(), [Kept::ReferredTo]);
    let left: i64 = sqlite.query_row("SELECT count(*) FROM invoice", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
}
