//! One store, many threads (contract 2.8, 6).

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::thread;

use tenantry::{BackfillOptions, Error, NewTenant, Request, Role};

use crate::{Store, acme_users, user};

const THREADS: usize = 8;
const EACH: usize = 10;

#[test]
fn eight_threads_create_and_resolve_and_nobody_sees_the_race() {
    let store = Store::new();
    store.tenants().unwrap();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            // Every other one through an engine of its own, as another process would.
            let engine = if thread % 2 == 0 { store.engine.clone() } else { store.again() };
            scope.spawn(move || {
                for n in 0..EACH {
                    let owner = format!("{thread}-{n}");
                    let made = engine.create(&NewTenant::named("Acme"), &owner).unwrap();
                    let request = Request { user: Some(&owner), ..Default::default() };
                    let answer = engine.resolve(&request).unwrap();
                    assert_eq!(answer.tenant(), Some(&made));
                }
            });
        }
    });

    let count = THREADS * EACH;
    let numbered = (1..count).map(|n| format!("acme-{n}"));
    let expected: BTreeSet<String> = numbered.chain(["acme".to_owned()]).collect();
    assert_eq!(BTreeSet::from_iter(store.slugs()), expected);
    assert_eq!(store.verify(None).unwrap(), []);
}

#[test]
fn a_user_who_signs_up_eight_times_at_once_gets_one_tenant() {
    let store = Store::new();
    store.tenants().unwrap();
    let sign_up = || store.again().ensure_tenant(&user("7", "Acme")).unwrap();
    let made = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(sign_up)).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).count()
    });
    assert_eq!(made, 1);
    assert_eq!(store.slug_of("7"), "acme");
}

#[test]
fn two_owners_who_leave_at_once_do_not_both_go() {
    let store = Store::new();
    for _ in 0..20 {
        let tenant = store.add("Acme", "ann");
        store.join(tenant.id, "bob", Role::Owner).unwrap();
        let (ann, bob) = thread::scope(|scope| {
            let ann = scope.spawn(|| store.again().leave(tenant.id, "ann"));
            let bob = scope.spawn(|| store.again().set_role(tenant.id, "bob", Role::Member));
            (ann.join().unwrap(), bob.join().unwrap().map(drop))
        });
        let (went, stayed) = if ann.is_ok() { (ann, bob) } else { (bob, ann) };
        went.unwrap();
        assert!(matches!(stayed, Err(Error::LastOwner { .. })));
    }
    assert_eq!(store.verify(None).unwrap(), []);
}

#[test]
fn two_backfills_at_once_give_every_user_one_tenant() {
    let store = Store::new();
    let users = acme_users(200);
    store.tenants().unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let chunk = NonZeroUsize::new(7);
                let options = BackfillOptions { chunk, ..Default::default() };
                store.again().backfill(users.clone(), &options).unwrap();
            });
        }
    });
    assert_eq!(store.tenants().unwrap().len(), 200);
    assert_eq!(store.verify(Some(&users)).unwrap(), []);
}

#[test]
fn engines_that_open_one_file_at_the_same_moment_do_not_take_each_other_for_a_stranger() {
    for _ in 0..20 {
        let store = Store::new();
        let engines: Vec<_> = (0..THREADS).map(|_| store.again()).collect();
        thread::scope(|scope| {
            for engine in &engines {
                scope.spawn(|| engine.tenants().unwrap());
            }
        });
    }
}

#[test]
fn an_engine_may_be_dropped_at_the_moment_at_which_another_opens_its_file() {
    let store = Store::new();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..50 {
                    store.again().tenants().unwrap();
                }
            });
        }
    });
}
