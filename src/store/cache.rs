//! Answers already given, kept only as long as nothing at all was written.

use hashbrown::{Equivalent, HashMap};
use rusqlite::Connection;
use std::hash::{Hash, RandomState};

use super::failure::Outcome;
use crate::resolve::{Request, Resolution};

/// A request with longer texts is not remembered, so that nobody can fill the memory with hosts.
const TEXT_MAX: usize = 512;

/// The answers of one connection.
///
/// `PRAGMA data_version` changes when any other connection commits, in this process or another, and
/// readers never write. An unchanged number thus says that what was read still stands, and any
/// change throws everything away: a revocation counts at once.
pub(crate) struct Cache {
    answers: HashMap<OwnedRequest, Resolution, RandomState>,
    version: i64,
    size: usize,
}

impl Cache {
    pub(super) fn new(size: usize) -> Self {
        Self { answers: HashMap::with_hasher(RandomState::new()), version: 0, size }
    }

    /// The answer to `request`: the kept one if nothing was written since, else that of `read`.
    pub(crate) fn answer(
        &mut self,
        conn: &Connection,
        request: &Request<'_>,
        read: impl FnOnce(&Connection) -> Outcome<Resolution>,
    ) -> Outcome<Resolution> {
        if self.size == 0 {
            return read(conn);
        }
        // Asked before the read: what is written between the two makes the next question miss.
        let version =
            conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.version {
            self.answers.clear();
            self.version = version;
        }
        if let Some(answer) = self.answers.get(request) {
            return Ok(answer.clone());
        }
        let answer = read(conn)?;
        if text_len(request) <= TEXT_MAX {
            if self.answers.len() >= self.size {
                self.answers.clear();
            }
            self.answers.insert(OwnedRequest::from(request), answer.clone());
        }
        Ok(answer)
    }
}

fn text_len(request: &Request<'_>) -> usize {
    let Request { user, selected, header, host } = request;
    [user, selected, header, host].iter().map(|text| text.map_or(0, str::len)).sum()
}

/// A [`Request`] that owns its texts; equal and hashed as the borrowed one.
struct OwnedRequest {
    user: Option<Box<str>>,
    selected: Option<Box<str>>,
    header: Option<Box<str>>,
    host: Option<Box<str>>,
}

impl OwnedRequest {
    fn borrow(&self) -> Request<'_> {
        Request {
            user: self.user.as_deref(),
            selected: self.selected.as_deref(),
            header: self.header.as_deref(),
            host: self.host.as_deref(),
        }
    }
}

impl From<&Request<'_>> for OwnedRequest {
    fn from(request: &Request<'_>) -> Self {
        Self {
            user: request.user.map(Into::into),
            selected: request.selected.map(Into::into),
            header: request.header.map(Into::into),
            host: request.host.map(Into::into),
        }
    }
}

impl Hash for OwnedRequest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.borrow().hash(state);
    }
}

impl PartialEq for OwnedRequest {
    fn eq(&self, other: &Self) -> bool {
        self.borrow() == other.borrow()
    }
}

impl Eq for OwnedRequest {}

impl Equivalent<OwnedRequest> for Request<'_> {
    fn equivalent(&self, key: &OwnedRequest) -> bool {
        *self == key.borrow()
    }
}
