//! The django style: `django.utils.text.slugify` of Django 3.2 to 6.1, in ASCII mode.
//!
//! There it is NFKD, drop what is not ASCII, lower-case, drop all but `[a-z0-9_]`, white space and
//! `-`, make each run of the latter two one `-`, strip `-` and `_`. Every step but the last two
//! works on one code point at a time, so a map and one pass give the same.

use super::django_table::TABLE;

/// What an ASCII byte becomes: a byte of the slug, [`BREAK`], or 0 for nothing.
const ASCII: [u8; 128] = ascii();
const BREAK: u8 = b'-';

const fn ascii() -> [u8; 128] {
    let mut map = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        map[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => byte,
            b'A'..=b'Z' => byte.to_ascii_lowercase(),
            // What Python's `\s` matches in ASCII; 1C to 1F are the surprise.
            b'\t'..=b'\r' | 0x1c..=0x1f | b' ' | b'-' => BREAK,
            _ => 0,
        };
        byte += 1;
    }
    map
}

/// The slug of `name`, bit for bit `django.utils.text.slugify(name)`; empty when nothing is left.
///
/// The map of code points is frozen at [`UNICODE_VERSION`](super::UNICODE_VERSION), so an upgrade
/// never changes a slug. Source: Django's documentation of `slugify`, and its results over every
/// code point, which the tests compare.
///
/// ```
/// use tenantry::slugify;
///
/// assert_eq!(slugify("  Gonzalez, Brown & Sons  "), "gonzalez-brown-sons");
/// assert_eq!(slugify("Fábrica ½ ﬁn"), "fabrica-12-fin");
/// assert_eq!(slugify("東京"), "");
/// ```
#[must_use]
pub fn slugify(name: &str) -> String {
    let mut slug = Pass { out: Vec::with_capacity(name.len()), pending: false };
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii() {
            let end = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
            for byte in rest[..end].bytes() {
                slug.push(ASCII[usize::from(byte)]);
            }
            rest = &rest[end..];
        } else {
            if let Ok(at) = TABLE.binary_search_by_key(&first, |entry| entry.0) {
                TABLE[at].1.bytes().for_each(|byte| slug.push(byte));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    slug.finish()
}

/// The second step: breaks collapse, and the ends are stripped.
struct Pass {
    out: Vec<u8>,
    pending: bool,
}

impl Pass {
    fn push(&mut self, byte: u8) {
        match byte {
            0 => {}
            BREAK => self.pending = true,
            b'_' if self.out.is_empty() => self.pending = false,
            _ => {
                if self.pending && !self.out.is_empty() {
                    self.out.push(BREAK);
                }
                self.pending = false;
                self.out.push(byte);
            }
        }
    }

    fn finish(mut self) -> String {
        while let Some(b'-' | b'_') = self.out.last() {
            self.out.pop();
        }
        // Only ASCII was pushed, so nothing is lost here.
        String::from_utf8(self.out).unwrap_or_default()
    }
}
