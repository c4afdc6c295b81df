//! The backfill: who is skipped, rows in error, dry runs (contract 3).

use std::num::NonZeroUsize;

use tenantry::backfill::{Column, RowFault, UnknownPlan};
use tenantry::{BackfillOptions, EngineOptions, Error, OnError, Plan, Report, Role, Roster};

use crate::{Store, acme_users, user};

/// Five users, the fourth of whom no store could hold.
fn users_with_an_error() -> Roster {
    let names = ["Acme", "Globex", "Acme", "Ini\0tech", "Hooli"];
    let keys = ["1", "2", "3", "4", "5"];
    keys.into_iter().zip(names).map(|(key, name)| user(key, name)).collect()
}

fn corrected_users() -> Roster {
    let names = ["Acme", "Globex", "Acme", "Initech", "Hooli"];
    let keys = ["1", "2", "3", "4", "5"];
    keys.into_iter().zip(names).map(|(key, name)| user(key, name)).collect()
}

#[test]
fn every_user_gets_an_active_owner_membership_in_an_active_tenant() {
    let store = Store::new();
    store.run(&acme_users(1));
    let (tenant, membership) = store.tenants_of("1").unwrap().remove(0);
    assert_eq!((tenant.is_active, tenant.plan), (true, Plan::Free));
    assert_eq!((membership.role, membership.is_active), (Role::Owner, true));
}

#[test]
fn a_user_with_any_membership_active_or_not_is_skipped() {
    let store = Store::new();
    let [own, revoked, closed] = ["Own", "Revoked", "Closed"].map(|name| store.add(name, "x"));
    store.join(own.id, "1", Role::Member).unwrap();
    store.join(revoked.id, "2", Role::Member).unwrap();
    store.set_membership_active(revoked.id, "2", false).unwrap();
    store.join(closed.id, "3", Role::Member).unwrap();
    store.set_tenant_active(closed.id, false).unwrap();
    let before = store.rows();

    let report = store.run(&acme_users(3));

    assert_eq!((report.seen, report.created, report.skipped), (3, 0, 3));
    assert_eq!(store.rows(), before);
    assert_eq!((report.run, store.runs().unwrap().len()), (None, 0), "it leaves no trace");
}

#[test]
fn nobody_to_give_a_tenant_is_no_run() {
    let store = Store::new();
    let report = store.run(&Roster::new());
    assert_eq!(Report { seconds: 0.0, ..report }, Report::default());
    assert_eq!(store.runs().unwrap(), []);
}

#[test]
fn a_dry_run_gives_the_report_of_the_real_one_and_writes_nothing() {
    let store = Store::new();
    let acme = store.add("Acme", "x");
    store.join(acme.id, "2", Role::Member).unwrap();
    let gone = store.add("Hooli", "x");
    store.delete(gone.id).unwrap();
    let before = store.rows();
    let real = BackfillOptions {
        on_error: OnError::Skip,
        chunk: NonZeroUsize::new(2),
        ..Default::default()
    };
    let dry = BackfillOptions { dry_run: true, ..real };

    let foreseen = store.backfill(users_with_an_error(), &dry).unwrap();

    assert_eq!((store.rows(), store.runs().unwrap().len()), (before, 0));
    assert_eq!((foreseen.run, foreseen.dry_run), (None, true));
    let made = store.backfill(users_with_an_error(), &real).unwrap();
    assert_eq!((made.created, made.skipped, made.failed, made.slugs_suffixed), (3, 1, 1, 3));
    let foreseen = Report { run: made.run, dry_run: false, seconds: made.seconds, ..foreseen };
    assert_eq!(foreseen, made);
}

#[test]
fn a_dry_run_stops_on_the_row_that_would_stop_the_real_one() {
    let store = Store::new();
    let dry = BackfillOptions { dry_run: true, ..Default::default() };
    let foreseen = store.backfill(users_with_an_error(), &dry).unwrap_err();
    let real = store.backfill(users_with_an_error(), &BackfillOptions::default()).unwrap_err();
    assert_eq!(foreseen.to_string(), real.to_string());
}

#[test]
fn a_dry_run_without_a_store_makes_none() {
    let store = Store::new();
    let dry = BackfillOptions { dry_run: true, ..Default::default() };
    assert_eq!(store.backfill(acme_users(3), &dry).unwrap().created, 3);
    assert!(store.files().is_empty());
}

#[test]
fn without_leave_to_make_a_store_a_run_refuses_a_path_without_one() {
    let store = Store::with(EngineOptions { create: false, ..Default::default() });
    let result = store.backfill(acme_users(1), &BackfillOptions::default());
    assert!(matches!(result, Err(Error::NoStore { .. })), "{result:?}");
    assert!(store.files().is_empty());
}

#[test]
fn a_row_in_error_stops_the_run_and_nothing_of_it_is_kept() {
    let store = Store::new();
    let error = store.backfill(users_with_an_error(), &BackfillOptions::default()).unwrap_err();
    let Error::Row { row, committed } = error else { panic!("{error}") };
    assert_eq!((row.user_key.as_deref(), row.row), (Some("4"), Some(4)));
    assert_eq!((row.column, row.fault, committed), (Column::Name, RowFault::Nul, 0));
    assert_eq!((store.tenants().unwrap().len(), store.runs().unwrap().len()), (0, 0));
}

#[test]
fn in_chunks_those_before_the_error_stay_and_a_corrected_run_goes_on() {
    let store = Store::new();
    let options = BackfillOptions { chunk: NonZeroUsize::new(2), ..Default::default() };

    let Err(Error::Row { committed, .. }) = store.backfill(users_with_an_error(), &options) else {
        panic!("it did not stop")
    };
    assert_eq!((committed, store.slugs()), (2, vec!["acme".to_owned(), "globex".to_owned()]));
    let run = store.runs().unwrap().remove(0);
    assert_eq!(run.finished_at, None);

    let report = store.backfill(corrected_users(), &options).unwrap();
    assert_eq!((report.run, report.created, report.skipped), (Some(run.id), 3, 2));
    assert_eq!(store.slugs(), ["acme", "acme-1", "globex", "hooli", "initech"]);
    assert_eq!(store.undo(None).unwrap().removed, 5);
}

#[test]
fn rows_in_error_can_be_skipped_and_are_listed() {
    for chunk in [None, NonZeroUsize::new(1), NonZeroUsize::new(3)] {
        let store = Store::new();
        let options = BackfillOptions { chunk, on_error: OnError::Skip, ..Default::default() };

        let report = store.backfill(users_with_an_error(), &options).unwrap();

        assert_eq!((report.seen, report.created, report.failed), (5, 4, 1));
        let error = &report.errors[0];
        assert_eq!((error.user_key.as_deref(), error.row), (Some("4"), Some(4)));
        assert_eq!(store.slugs(), ["acme", "acme-1", "globex", "hooli"]);
        // Corrected later, the user gets what was left out.
        assert_eq!(store.run(&corrected_users()).created, 1);
        assert_eq!(store.slug_of("4"), "initech");
    }
}

#[test]
fn a_key_that_comes_twice_is_an_error_of_the_later_row() {
    let store = Store::new();
    let users: Roster =
        [user("1", "Acme"), user("2", "Globex"), user("1", "Evil")].into_iter().collect();
    let Err(Error::Row { row, .. }) = store.backfill(users.clone(), &BackfillOptions::default())
    else {
        panic!("it did not stop")
    };
    assert_eq!((row.row, row.fault), (Some(3), RowFault::Duplicate));

    let options = BackfillOptions { on_error: OnError::Skip, ..Default::default() };
    let report = store.backfill(users, &options).unwrap();
    assert_eq!((report.seen, report.created, report.failed), (3, 2, 1));
    assert_eq!(store.slug_of("1"), "acme");
}

#[test]
fn rows_in_error_are_listed_in_the_order_of_the_users() {
    let store = Store::new();
    let users: Roster = [user("1", "A\0"), user("2", "Acme"), user("2", "Acme"), user("3", "B\0")]
        .into_iter()
        .collect();
    let options = BackfillOptions { on_error: OnError::Skip, ..Default::default() };
    let report = store.backfill(users, &options).unwrap();
    let keys: Vec<_> = report.errors.iter().filter_map(|row| row.user_key.as_deref()).collect();
    assert_eq!(keys, ["1", "2", "3"]);
}

#[test]
fn an_unknown_plan_becomes_free_or_on_demand_an_error() {
    let gold = || -> Roster {
        let gold = tenantry::UserProfile { tier: "gold", ..user("1", "Acme") };
        let pro = tenantry::UserProfile { tier: "pro", ..user("2", "Globex") };
        [gold, pro].into_iter().collect()
    };
    let store = Store::new();
    let reject = BackfillOptions { unknown_plan: UnknownPlan::Reject, ..Default::default() };

    let Err(Error::Row { row, .. }) = store.backfill(gold(), &reject) else {
        panic!("it was not rejected")
    };
    assert_eq!((row.column, row.fault, &*row.value), (Column::Plan, RowFault::Unknown, "gold"));
    assert_eq!(store.tenants().unwrap(), []);

    let skip = BackfillOptions { on_error: OnError::Skip, ..reject };
    let report = store.backfill(gold(), &skip).unwrap();
    assert_eq!((report.created, report.failed, report.unknown_plans.len()), (1, 1, 0));

    let report = store.run(&gold());
    assert_eq!((report.created, report.unknown_plans["gold"]), (1, 1));
    assert_eq!(store.tenants_of("1").unwrap()[0].0.plan, Plan::Free);
    assert_eq!(store.tenants_of("2").unwrap()[0].0.plan, Plan::Pro);
}
