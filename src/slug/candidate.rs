//! Fitting: a base and a number inside the limit.

use std::fmt::Write;

/// Candidate `n` of `base` within `limit` characters, always cut from the whole base.
///
/// Number 0 is the base itself, cut to the limit. Number n is the base cut so far that `-n` fits
/// behind it. What a cut leaves at the end of `-` and `_` is trimmed off. `base` is ASCII, as
/// [`slugify`](super::slugify) gives it.
///
/// ```
/// use tenantry::slug::candidate;
///
/// assert_eq!(candidate("acme", 0, 80), "acme");
/// assert_eq!(candidate("acme", 12, 80), "acme-12");
/// assert_eq!(candidate("grand-hotel-budapest", 0, 16), "grand-hotel-buda");
/// assert_eq!(candidate("grand-hotel-budapest", 1000, 16), "grand-hotel-1000");
/// ```
#[must_use]
pub fn candidate(base: &str, n: u32, limit: usize) -> String {
    if n == 0 {
        return cut(base, limit).to_owned();
    }
    let stem = cut(base, limit.saturating_sub(1 + digits(n)));
    let mut slug = String::with_capacity(stem.len() + 11);
    slug.push_str(stem);
    let _ = write!(slug, "-{n}");
    slug
}

/// The first `limit` bytes of `base`, without `-` and `_` at the end.
pub(super) fn cut(base: &str, limit: usize) -> &str {
    let mut end = limit.min(base.len());
    while !base.is_char_boundary(end) {
        end -= 1;
    }
    base[..end].trim_end_matches(['-', '_'])
}

/// How many decimal digits `n` has; 1 for 0.
pub(super) fn digits(n: u32) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}
