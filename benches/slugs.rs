//! Slugs: making one against the `slug` crate, and giving out many.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    // Figures to be read, not to be reckoned with.
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_docs
)]

mod support;

use std::fmt::Write;

use support::Target::{AtMost, None};
use support::memory::{Counting, counted};
use support::users::{Users, base36, real};
use support::{compare, line, time};
use tenantry::backfill::{PlanOptions, Planner, tenant_name};
use tenantry::slug::{Style, base};
use tenantry::{SlugAllocator, UserProfile, slugify};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    making();
    println!();
    allocation();
    println!();
    memory();
}

fn making() {
    let names: Vec<String> =
        real().iter().map(|(username, name)| tenant_name(name, username).0.into_owned()).collect();
    let ascii: Vec<String> = names.iter().filter(|name| name.is_ascii()).cloned().collect();
    for (what, names) in [("real names", &names), ("ASCII names", &ascii)] {
        let all = |slugify: fn(&str) -> String| {
            time(|| names.iter().map(|name| slugify(name).len()).sum::<usize>())
        };
        let pair = compare(300, || all(slugify), || all(|name| slug::slugify(name)));
        let each = |seconds: f64| seconds * 1e9 / names.len() as f64;
        let what = format!("slugify, {} {what}: django style", names.len());
        line(&what, each(pair.ours), " ns", None);
        line("  slug::slugify", each(pair.peer), " ns", None);
        line("  ratio of times", pair.ratio, "", AtMost(1.0));
    }
}

fn allocation() {
    const USERS: usize = 100_000;
    let same = vec!["Acme Labs Company".to_owned(); USERS];
    let unique: Vec<String> =
        (0..USERS).map(|n| format!("Acme Labs {} Company", base36(n))).collect();
    let report = |what: &str, work: &dyn Fn(&[String])| {
        let pair = compare(30, || time(|| work(&same)), || time(|| work(&unique)));
        line(&format!("{what}, same name"), pair.ours * 1e3, " ms", None);
        line("  unique names", pair.peer * 1e3, " ms", None);
        line("  same name / unique names", pair.ratio, "", AtMost(2.0));
    };
    report("allocate 100,000 slugs", &|names| {
        let mut slugs = SlugAllocator::new(80).unwrap();
        for name in names {
            slugs.allocate(&slugify(name)).unwrap();
        }
    });
    report("plan 100,000 tenants", &|names| {
        let mut planner = Planner::new(PlanOptions::default()).unwrap();
        for business_name in names {
            let user = UserProfile { key: "1", business_name, ..UserProfile::default() };
            planner.plan(&user).unwrap();
        }
    });
}

fn memory() {
    const SLUGS: usize = 1_000_000;
    let unique = |slug: &mut String, n: usize| {
        write!(slug, "acme-labs-{}-company", base36(n + 36_usize.pow(3))).unwrap();
    };
    slots("unique slugs", SLUGS, unique);
    slots("slugs, of 500,000 names given twice", SLUGS, |slug, n| {
        unique(slug, n % (SLUGS / 2));
    });
    let mut users = Users::new();
    slots("slugs of realistic users", SLUGS, |slug, _| {
        let user = users.make();
        let (name, _) = tenant_name(&user.business_name, &user.username);
        slug.push_str(&base(Style::Django, &name, &user.username).0);
    });
}

/// Gives out so many slugs, and prints what each costs.
fn slots(what: &str, count: usize, mut next: impl FnMut(&mut String, usize)) {
    let mut base = String::with_capacity(256);
    let mut length = 0;
    let (slugs, bytes) = counted(|| {
        let mut slugs = SlugAllocator::new(80).unwrap();
        for n in 0..count {
            base.clear();
            next(&mut base, n);
            length += slugs.allocate(&base).unwrap().len();
        }
        slugs
    });
    assert_eq!(slugs.len(), count);
    let each = |bytes: i64| bytes as f64 / count as f64;
    println!("memory, {count} {what} (average {:.1} characters)", length as f64 / count as f64);
    line("  live at the end, a slug", each(bytes.live), " B", AtMost(60.0));
    line("  peak, a slug", each(bytes.peak), " B", AtMost(60.0));
}
