//! The allocator gives out what a loop over a set would, and never works more than it promises.
//!
//! The first character of the input chooses the limit. Each line after it is a base, or behind a `=`
//! a slug that is taken.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use tenantry::SlugAllocator;
use tenantry::slug::{SLUG_LIMIT_MIN, SLUG_MAX, is_valid};

fuzz_target!(|text: &str| {
    let Some(first) = text.chars().next() else {
        return;
    };
    let limit = SLUG_LIMIT_MIN + first as usize % (SLUG_MAX - SLUG_LIMIT_MIN + 1);
    let mut slugs = SlugAllocator::new(limit).expect("the limit is in range");
    let mut taken = HashSet::new();
    // The loop is quadratic.
    for line in text.lines().skip(1).take(300) {
        if let Some(slug) = line.strip_prefix('=') {
            slugs.take(slug).expect("there is room");
            taken.insert(slug.to_ascii_lowercase());
            continue;
        }
        let Ok(slug) = slugs.allocate(line) else {
            assert!(!is_base(line, limit), "refused {line:?}");
            continue;
        };
        assert!(is_base(line, limit), "took {line:?}");
        assert!(is_valid(&slug) && slug.len() <= limit, "gave {slug:?}");
        assert_eq!(slug, first_free(line, limit, &mut taken), "for {line:?}");
        assert!(slugs.failed_probes() <= slugs.len() as u64, "too much work");
    }
});

fn is_base(text: &str, limit: usize) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
        && !stem(text, limit).is_empty()
}

/// As the contract says it.
fn first_free(base: &str, limit: usize, taken: &mut HashSet<String>) -> String {
    let mut slug = stem(base, limit).to_owned();
    let mut n = 0;
    while taken.contains(&slug) {
        n += 1;
        let suffix = format!("-{n}");
        slug = stem(base, limit - suffix.len()).to_owned() + &suffix;
    }
    taken.insert(slug.clone());
    slug
}

fn stem(base: &str, limit: usize) -> &str {
    base[..limit.min(base.len())].trim_end_matches(['-', '_'])
}
