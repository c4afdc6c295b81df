//! Realistic users, as many as asked for, from the 10,000 of the test data.
//!
//! Ten in a hundred have no business name, twenty one of 200 common names (Zipf), ten a name
//! without a Latin letter. The rest have the head of one real name and the tail of another.

use tenantry::UserProfile;

use super::{Random, Zipf};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/users_b_10k.csv");

const HEADS: [&str; 20] = [
    "Acme", "Global", "Apex", "Summit", "Pioneer", "Blue Sky", "Green", "Digital", "Smart",
    "Bright", "Elite", "Prime", "Nova", "Alpha", "Delta", "Phoenix", "Atlas", "Horizon", "Legacy",
    "Premier",
];
const TAILS: [&str; 10] = [
    "",
    " Consulting",
    " Solutions",
    " Group",
    " Inc.",
    " Media",
    " Labs",
    " Studio",
    " & Co",
    " Agency",
];
const FIRST_NAMES: [&str; 20] = [
    "anna", "bob", "carla", "dmitri", "emma", "farid", "grace", "hiro", "ines", "jack", "kim",
    "li", "maria", "nina", "omar", "paul", "rosa", "sam", "tara", "wei",
];

/// A row of the host's table.
pub(crate) struct User {
    pub(crate) key: Box<str>,
    pub(crate) username: Box<str>,
    pub(crate) business_name: Box<str>,
    pub(crate) business_domain: Box<str>,
    pub(crate) tier: &'static str,
}

impl User {
    pub(crate) fn profile(&self) -> UserProfile<'_> {
        UserProfile {
            key: &self.key,
            username: &self.username,
            business_name: &self.business_name,
            business_domain: &self.business_domain,
            tier: self.tier,
        }
    }
}

/// The users of the test data: username and business name.
pub(crate) fn real() -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_path(FILE).unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (row[1].to_owned(), row[2].to_owned())).collect()
}

/// Makes users with the keys 1, 2, 3 ...
pub(crate) struct Users {
    random: Random,
    common: Vec<String>,
    zipf: Zipf,
    latin: Halves,
    other: Halves,
    made: usize,
}

impl Users {
    pub(crate) fn new() -> Self {
        let common: Vec<String> = HEADS
            .iter()
            .flat_map(|head| TAILS.iter().map(move |tail| format!("{head}{tail}")))
            .collect();
        let is_latin = |name: &String| name.chars().any(|c| c.is_ascii_alphabetic());
        let (latin, other): (Vec<_>, Vec<_>) = real()
            .into_iter()
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty() && !common.contains(name))
            .partition(is_latin);
        Self {
            random: Random::new(42),
            zipf: Zipf::new(common.len()),
            common,
            latin: Halves::of(&latin),
            other: Halves::of(&other),
            made: 0,
        }
    }

    pub(crate) fn make(&mut self) -> User {
        self.made += 1;
        let number = self.made;
        let random = &mut self.random;
        let first = random.pick(&FIRST_NAMES);
        let username = format!("{first}.{}{number}", base36(random.below(36_usize.pow(3))));
        let business_domain = match random.below(100) {
            ..40 => String::new(),
            _ => format!("{}.example.com", base36(random.below(36_usize.pow(5)))),
        };
        let tier = match random.below(100) {
            ..60 => "free",
            60..75 => "starter",
            75..83 => "growth",
            83..91 => "pro",
            91..95 => "enterprise",
            _ => "",
        };
        let business_name = match random.below(100) {
            ..10 => String::new(),
            10..30 => self.common[self.zipf.rank(random)].clone(),
            30..40 => self.other.join(random),
            _ => self.latin.join(random),
        };
        User {
            key: number.to_string().into(),
            username: username.into(),
            business_name: business_name.into(),
            business_domain: business_domain.into(),
            tier,
        }
    }

    pub(crate) fn take(mut self, count: usize) -> Vec<User> {
        (0..count).map(|_| self.make()).collect()
    }
}

/// Names cut in two, to be put together anew.
struct Halves {
    heads: Vec<String>,
    tails: Vec<String>,
}

impl Halves {
    fn of(names: &[String]) -> Self {
        let (heads, tails) = names.iter().map(|name| halves(name)).unzip();
        Self { heads, tails }
    }

    fn join(&self, random: &mut Random) -> String {
        format!("{}{}", random.pick(&self.heads), random.pick(&self.tails))
    }
}

/// Cuts behind the first word, or in the middle of a name of one word.
fn halves(name: &str) -> (String, String) {
    let middle = name.char_indices().nth(name.chars().count() / 2);
    let gap = name.char_indices().skip(1).find(|(_, c)| [' ', ',', '-'].contains(c));
    let at = gap.or(middle).map_or(0, |(at, _)| at);
    (name[..at].to_owned(), name[at..].to_owned())
}

pub(crate) fn base36(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
        number /= 36;
        if number == 0 {
            digits.reverse();
            return String::from_utf8(digits).unwrap();
        }
    }
}
