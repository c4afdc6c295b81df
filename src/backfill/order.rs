//! The order of user keys.

use std::cmp::Ordering;

/// The order in which a backfill takes users: that of the host's primary key, whatever its type.
///
/// Keys are text here, so whole numbers come first, by value, and all other keys after them, by
/// their UTF-8 bytes (which is also the order of UUIDs in hexadecimal). A whole number is written
/// as a database writes it: no leading zeros, no plus sign.
///
/// ```
/// use tenantry::backfill::key_order;
///
/// let mut keys = ["b", "10", "9", "-3", "007"];
/// keys.sort_by(|a, b| key_order(a, b));
/// assert_eq!(keys, ["-3", "9", "10", "007", "b"]);
/// ```
#[must_use]
pub fn key_order(a: &str, b: &str) -> Ordering {
    match (whole_number(a), whole_number(b)) {
        (Some((true, a)), Some((true, b))) => magnitude(b, a),
        (Some((false, a)), Some((false, b))) => magnitude(a, b),
        (Some((true, _)), Some((false, _))) | (Some(_), None) => Ordering::Less,
        (Some((false, _)), Some((true, _))) | (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// The sign and the digits, if the key is a whole number.
fn whole_number(key: &str) -> Option<(bool, &str)> {
    let (negative, digits) = match key.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, key),
    };
    let canonical = match digits.as_bytes() {
        [b'0'] => !negative,
        [] | [b'0', ..] => false,
        bytes => bytes.iter().all(u8::is_ascii_digit),
    };
    canonical.then_some((negative, digits))
}

/// Without leading zeros, the longer number is the larger one.
fn magnitude(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
