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
    let mut slug = Pass { out: String::with_capacity(name.len()), last: BREAK };
    for c in name.chars() {
        if c.is_ascii() {
            slug.push(ASCII[c as usize]);
        } else {
            mapped(c).bytes().for_each(|byte| slug.push(byte));
        }
    }
    slug.finish()
}

/// The second step: breaks collapse, and the ends are stripped.
struct Pass {
    out: String,
    /// What was pushed last; at first as if it were a break, so that none begins the slug.
    last: u8,
}

impl Pass {
    fn push(&mut self, byte: u8) {
        // Everything else that stays is greater than the break.
        if byte > BREAK || (byte == BREAK && self.last != BREAK) {
            // It is ASCII: the mask tells the compiler, which then leaves out the rest of UTF-8.
            self.out.push(char::from(byte & 0x7f));
            self.last = byte;
        }
    }

    fn finish(mut self) -> String {
        while self.out.ends_with(is_stripped) {
            self.out.pop();
        }
        if self.out.starts_with(is_stripped) {
            self.out = self.out.trim_start_matches(is_stripped).to_owned();
        }
        self.out
    }
}

fn is_stripped(c: char) -> bool {
    c == '-' || c == '_'
}

/// What a code point that is not ASCII becomes.
fn mapped(c: char) -> &'static str {
    let page = c as usize / PAGE;
    let (Some(&start), Some(&end)) = (STARTS.get(page), STARTS.get(page + 1)) else {
        return "";
    };
    let entries = &TABLE[usize::from(start)..usize::from(end)];
    match entries.binary_search_by_key(&c, |entry| entry.0) {
        Ok(at) => entries[at].1,
        Err(_) => "",
    }
}

/// Code points for each start: most pages are empty, and a search in the others is short.
const PAGE: usize = 64;
const PAGES: usize = TABLE[TABLE.len() - 1].0 as usize / PAGE + 1;

/// Where the entries of each page begin in the table; one more, for the end of the last.
static STARTS: [u16; PAGES + 1] = starts();

#[allow(clippy::cast_possible_truncation)]
const fn starts() -> [u16; PAGES + 1] {
    let mut starts = [0; PAGES + 1];
    let (mut page, mut at) = (0, 0);
    while page <= PAGES {
        while at < TABLE.len() && (TABLE[at].0 as usize) < page * PAGE {
            at += 1;
        }
        starts[page] = at as u16;
        page += 1;
    }
    starts
}
