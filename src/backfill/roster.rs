//! The users of a run: held compactly, put in the order of their keys, each key once.

use super::{Column, RowError, RowFault, key_order};
use crate::model::UserProfile;

/// Least size of a block; a record larger than this gets a block of its own.
const BLOCK: usize = 1 << 20;

/// The users to give tenants to.
///
/// They may come in any order; a run takes them in the order of [`key_order`]. Each costs its own
/// bytes and about 20 more, so a million are some 70 MB.
///
/// ```
/// use tenantry::{Roster, UserProfile};
///
/// let rows = [("10", "bob"), ("9", "ann")];
/// let users: Roster =
///     rows.iter().map(|&(key, username)| UserProfile { key, username, ..Default::default() }).collect();
/// assert_eq!(users.len(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Roster {
    blocks: Vec<Vec<u8>>,
    places: Vec<Place>,
    rejected: Vec<RowError>,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    block: u32,
    at: u32,
    row: u32,
}

impl Roster {
    /// A roster of nobody.
    ///
    /// ```
    /// assert!(tenantry::Roster::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a user; its row is its number in the order of adding, from 1.
    ///
    /// ```
    /// # use tenantry::{Roster, UserProfile};
    /// let mut users = Roster::new();
    /// users.push(&UserProfile { key: "1", username: "ann", ..Default::default() });
    /// ```
    pub fn push(&mut self, user: &UserProfile<'_>) {
        let row = self.places.len() as u64 + 1;
        self.push_row(row, user);
    }

    /// Adds a user that stands in row `row` of wherever it comes from, for messages about it.
    ///
    /// ```
    /// # use tenantry::{Roster, UserProfile};
    /// let mut users = Roster::new();
    /// users.push_row(2, &UserProfile { key: "1", username: "ann", ..Default::default() });
    /// ```
    pub fn push_row(&mut self, row: u64, user: &UserProfile<'_>) {
        let fields = [user.key, user.username, user.business_name, user.business_domain, user.tier];
        let size = fields.iter().map(|field| field.len() + 9).sum();
        if self.blocks.last().is_none_or(|block| block.capacity() - block.len() < size) {
            self.blocks.push(Vec::with_capacity(size.max(BLOCK)));
        }
        let number = self.blocks.len() - 1;
        let block = &mut self.blocks[number];
        let at = block.len();
        for field in fields {
            write_length(block, field.len());
            block.extend_from_slice(field.as_bytes());
        }
        // A record begins in the first mebibyte of its block, and 2^32 blocks are 4 PiB.
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.places.push(Place { block: narrow(number), at: narrow(at), row });
    }

    /// Adds a row that could not be read as a user.
    ///
    /// ```
    /// use tenantry::{Roster, backfill::{Column, RowError, RowFault}};
    ///
    /// let mut users = Roster::new();
    /// users.reject(RowError {
    ///     row: Some(3),
    ///     user_key: None,
    ///     column: Column::Name,
    ///     fault: RowFault::NotUtf8,
    ///     value: "Caf\u{fffd}".into(),
    /// });
    /// assert_eq!(users.len(), 1);
    /// ```
    pub fn reject(&mut self, error: RowError) {
        self.rejected.push(error);
    }

    /// How many users were added, rejected ones with them.
    ///
    /// ```
    /// assert_eq!(tenantry::Roster::new().len(), 0);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len() + self.rejected.len()
    }

    /// Whether no user was added.
    ///
    /// ```
    /// assert!(tenantry::Roster::new().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys of the users, in the order in which they were added or put.
    ///
    /// ```
    /// # use tenantry::{Roster, UserProfile};
    /// let users: Roster = [UserProfile { key: "1", ..Default::default() }].into_iter().collect();
    /// assert_eq!(users.keys().collect::<Vec<_>>(), ["1"]);
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|&place| self.fields(place).next_field())
    }

    /// Puts the users in the order of their keys, and makes row errors of repeated keys.
    pub(crate) fn put_in_order(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        let key = |place: &Place| self.fields(*place).next_field();
        // Most sources are in order: a look is cheaper than a sort. Of equal keys the first row
        // stays first.
        let order = |a: &Place, b: &Place| {
            key_order(key(a), key(b)).then_with(|| (a.block, a.at).cmp(&(b.block, b.at)))
        };
        if !places.is_sorted_by(|a, b| order(a, b).is_lt()) {
            places.sort_unstable_by(order);
        }
        let mut repeated = Vec::new();
        places.dedup_by(|later, first| {
            let same = key(later) == key(first);
            if same {
                let mut error =
                    RowError::new(key(later), Column::Key, RowFault::Duplicate, key(later));
                error.row = Some(later.row.into());
                repeated.push(error);
            }
            same
        });
        self.places = places;
        self.rejected.append(&mut repeated);
    }

    /// The first of the rows that cannot be used.
    pub(crate) fn first_rejected(&self) -> Option<&RowError> {
        self.rejected.first()
    }

    /// The rows that cannot be used; leaves none behind.
    pub(crate) fn take_rejected(&mut self) -> Vec<RowError> {
        std::mem::take(&mut self.rejected)
    }

    /// The users that can be used, from number `start` on, with their rows.
    pub(crate) fn users(&self, start: usize) -> impl Iterator<Item = (u64, UserProfile<'_>)> {
        self.places.iter().skip(start).map(|&place| {
            let mut fields = self.fields(place);
            let user = UserProfile {
                key: fields.next_field(),
                username: fields.next_field(),
                business_name: fields.next_field(),
                business_domain: fields.next_field(),
                tier: fields.next_field(),
            };
            (u64::from(place.row), user)
        })
    }

    fn fields(&self, place: Place) -> Fields<'_> {
        Fields(&self.blocks[place.block as usize][place.at as usize..])
    }
}

impl<'a> Extend<UserProfile<'a>> for Roster {
    fn extend<I: IntoIterator<Item = UserProfile<'a>>>(&mut self, users: I) {
        users.into_iter().for_each(|user| self.push(&user));
    }
}

impl<'a> FromIterator<UserProfile<'a>> for Roster {
    fn from_iter<I: IntoIterator<Item = UserProfile<'a>>>(users: I) -> Self {
        let mut roster = Self::new();
        roster.extend(users);
        roster
    }
}

/// Reads back what `push_row` wrote.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next_field(&mut self) -> &'a str {
        let length = read_length(&mut self.0);
        let (field, rest) = self.0.split_at(length);
        self.0 = rest;
        // It went in as text.
        std::str::from_utf8(field).unwrap_or_default()
    }
}

/// A length as one byte, or as 255 and eight bytes.
fn write_length(block: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(byte) if byte < u8::MAX => block.push(byte),
        _ => {
            block.push(u8::MAX);
            block.extend_from_slice(&(length as u64).to_le_bytes());
        }
    }
}

fn read_length(bytes: &mut &[u8]) -> usize {
    if let Some((&first, rest)) = bytes.split_first()
        && first < u8::MAX
    {
        *bytes = rest;
        return usize::from(first);
    }
    let mut long = [0; 8];
    long.copy_from_slice(&bytes[1..9]);
    *bytes = &bytes[9..];
    usize::try_from(u64::from_le_bytes(long)).unwrap_or(usize::MAX)
}
