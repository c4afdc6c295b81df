//! Runs that are stopped, watched, or not alone (contract 3.5, 3.6).

use std::num::NonZeroUsize;
use std::sync::Mutex;

use tenantry::backfill::UnknownPlan;
use tenantry::{BackfillOptions, Cancel, Error, OnError, Progress, Roster, UserProfile};

use crate::{Store, acme_users, user};

fn in_chunks(size: usize) -> BackfillOptions<'static> {
    BackfillOptions { chunk: NonZeroUsize::new(size), ..Default::default() }
}

/// Cancels a chunked run of `users` behind its first chunk.
fn interrupt(store: &Store, users: &Roster, options: BackfillOptions<'_>) {
    let cancel = Cancel::default();
    let progress = |now: Progress| {
        if now.done > 0 {
            cancel.cancel();
        }
    };
    let options = BackfillOptions { progress: Some(&progress), cancel: Some(&cancel), ..options };
    let result = store.backfill(users.clone(), &options);
    let committed = options.chunk.unwrap().get() as u64;
    assert!(matches!(result, Err(Error::Interrupted { committed: n }) if n == committed));
}

#[test]
fn of_a_cancelled_atomic_run_nothing_is_kept() {
    let store = Store::new();
    let cancel = Cancel::default();
    let progress = |now: Progress| {
        if now.done == 1_000 {
            cancel.cancel();
        }
    };
    let options =
        BackfillOptions { progress: Some(&progress), cancel: Some(&cancel), ..Default::default() };
    let result = store.backfill(acme_users(1_500), &options);
    assert!(matches!(result, Err(Error::Interrupted { committed: 0 })), "{result:?}");
    assert_eq!((store.tenants().unwrap().len(), store.runs().unwrap().len()), (0, 0));
}

#[test]
fn a_cancelled_chunked_run_stops_behind_its_chunk_and_goes_on_under_the_same_number() {
    let store = Store::new();
    let users = acme_users(6);
    interrupt(&store, &users, in_chunks(2));
    let run = store.runs().unwrap().remove(0);
    assert_eq!((store.slugs().len(), run.tenants, run.finished_at), (2, 2, None));

    let report = store.backfill(users, &in_chunks(2)).unwrap();

    assert_eq!((report.run, report.created, report.skipped), (Some(run.id), 4, 2));
    let run = store.runs().unwrap().remove(0);
    assert_eq!((run.tenants, run.finished_at.is_some()), (6, true));
    let undone = store.undo(report.run).unwrap();
    assert_eq!((undone.removed, store.tenants().unwrap().len()), (6, 0));
}

#[test]
fn an_interrupted_run_ends_with_the_rows_of_an_uninterrupted_one() {
    let (stopped, whole) = (Store::new(), Store::new());
    let names = ["Acme", "Globex", "Acme", "Acme-1", "Globex", "Acme"];
    let keys = ["1", "2", "3", "4", "5", "6"];
    let users: Roster = keys.into_iter().zip(names).map(|(key, name)| user(key, name)).collect();
    interrupt(&stopped, &users, in_chunks(2));
    stopped.backfill(users.clone(), &in_chunks(3)).unwrap();
    whole.run(&users);
    for key in keys {
        assert_eq!(stopped.slug_of(key), whole.slug_of(key));
    }
}

#[test]
fn with_other_options_an_interrupted_run_is_not_gone_on_with() {
    let store = Store::new();
    let users = acme_users(4);
    interrupt(&store, &users, in_chunks(2));
    let other = BackfillOptions { unknown_plan: UnknownPlan::Reject, ..in_chunks(2) };
    let report = store.backfill(users, &other).unwrap();
    assert_eq!(store.runs().unwrap().len(), 2);
    assert_eq!(store.undo(report.run).unwrap().removed, 2);
}

#[test]
fn an_interrupted_run_that_was_undone_is_not_gone_on_with() {
    let store = Store::new();
    let users = acme_users(4);
    interrupt(&store, &users, in_chunks(2));
    let first = store.undo(None).unwrap();
    assert_eq!(first.removed, 2);
    let report = store.backfill(users, &in_chunks(2)).unwrap();
    assert_eq!(report.created, 4);
    assert_ne!(report.run, Some(first.run));
}

#[test]
fn progress_never_goes_back_and_ends_at_the_total() {
    let users = || -> Roster {
        let mut users = acme_users(2_500);
        users.push(&UserProfile { key: "2501", business_name: "A\0", ..Default::default() });
        users.push(&user("2502", "Acme"));
        users.push(&user("2502", "comes twice"));
        users
    };
    for chunk in [None, NonZeroUsize::new(1_000), NonZeroUsize::new(999)] {
        for dry_run in [false, true] {
            let store = Store::new();
            let seen = Mutex::new(Vec::new());
            let progress = |now: Progress| seen.lock().unwrap().push(now);
            let options = BackfillOptions {
                chunk,
                dry_run,
                on_error: OnError::Skip,
                progress: Some(&progress),
                ..Default::default()
            };
            store.backfill(users(), &options).unwrap();

            let seen = seen.into_inner().unwrap();
            assert!(seen.len() > 2);
            assert!(seen.iter().all(|now| now.total == 2_503));
            assert!(seen.is_sorted_by_key(|now| now.done));
            assert_eq!(seen.last().unwrap().done, 2_503, "chunk {chunk:?}, dry run: {dry_run}");
        }
    }
}

/// Runs six users of the business Acme in chunks of two, with something happening behind the first.
fn run_with(store: &Store, between: impl Fn() + Sync) -> tenantry::Report {
    let happened = Mutex::new(false);
    let progress = |now: Progress| {
        let mut happened = happened.lock().unwrap();
        if now.done == 2 && !*happened {
            *happened = true;
            between();
        }
    };
    let options = BackfillOptions { progress: Some(&progress), ..in_chunks(2) };
    let report = store.backfill(acme_users(6), &options).unwrap();
    assert!(*happened.lock().unwrap());
    report
}

#[test]
fn a_tenant_made_between_two_chunks_keeps_its_slug_and_the_run_takes_the_next() {
    let store = Store::new();
    let report = run_with(&store, || {
        assert_eq!(store.add("Acme", "x").slug, "acme-2");
        assert_eq!(store.add("Acme", "x").slug, "acme-3");
    });
    assert_eq!((report.created, report.slugs_unchanged, report.slugs_suffixed), (6, 1, 5));
    let slugs = ["1", "2", "3", "4", "5", "6"].map(|key| store.slug_of(key));
    assert_eq!(slugs, ["acme", "acme-1", "acme-4", "acme-5", "acme-6", "acme-7"]);
}

#[test]
fn a_slug_retired_between_two_chunks_is_not_given_out() {
    let store = Store::new();
    run_with(&store, || {
        let gone = store.add("Acme", "x");
        store.delete(gone.id).unwrap();
    });
    assert_eq!((store.slug_of("3"), store.slug_of("4")), ("acme-3".into(), "acme-4".into()));
}

#[test]
fn a_user_who_signs_up_between_two_chunks_is_not_given_a_second_tenant() {
    let store = Store::new();
    let report = run_with(&store, || {
        store.ensure_tenant(&user("4", "Acme")).unwrap();
    });
    assert_eq!((report.created, report.skipped), (5, 1));
    assert_eq!(store.slug_of("4"), "acme-2");
    // What the run did not make is not undone.
    assert_eq!((store.undo(None).unwrap().removed, store.slugs()), (5, vec!["acme-2".into()]));
}

#[test]
fn a_run_undone_between_two_of_its_chunks_loses_nothing() {
    let store = Store::new();
    let report = run_with(&store, || assert_eq!(store.undo(None).unwrap().removed, 2));
    // Whoever was undone is without a tenant until the next run; the rest can be undone again.
    assert_eq!(report.created, 6);
    assert_eq!(store.tenants().unwrap().len(), 4);
    assert_eq!(store.undo(None).unwrap().removed, 4);
}
