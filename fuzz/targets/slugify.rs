//! Any text makes a slug of the right letters, and a slug is its own slug.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenantry::slug::{Style, base};

fuzz_target!(|name: &str| {
    for style in [Style::Django, Style::Transliterate] {
        let slug = style.slugify(name);
        check(name, &slug);
        assert_eq!(style.slugify(&slug), slug, "{style:?} of its own slug");
    }
    assert!(!Style::Transliterate.slugify(name).contains('_'));

    // Whatever the name, a tenant gets a base.
    let (base, _) = base(Style::Django, name, name);
    assert!(!base.is_empty(), "no base of {name:?}");
    check(name, &base);
});

fn check(name: &str, slug: &str) {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    assert!(slug.bytes().all(is_letter), "{slug:?} of {name:?}");
    assert_eq!(slug.trim_matches(['-', '_']), slug, "ends of {slug:?} of {name:?}");
    assert!(!slug.contains("--"), "a run in {slug:?} of {name:?}");
}
