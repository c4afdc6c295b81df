//! Verbs that answer which tenant a user is in.

use super::{Engine, now_micros};
use crate::error::{Error, Result};
use crate::model::check_user_key;
use crate::resolve::{Need, Request, Resolution, Source};
use crate::store::{resolve, resolve_selection};

impl Engine {
    /// Which tenant a request is in, decided afresh: what another process has committed counts.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant, Reason, Request, Resolution};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// let own = Request { user: Some("ann"), selected: Some("acme"), ..Default::default() };
    /// assert_eq!(engine.resolve(&own)?.tenant().unwrap().name, "Acme");
    ///
    /// let other = Request { user: Some("eve"), selected: Some("acme"), ..Default::default() };
    /// assert_eq!(engine.resolve(&other)?, Resolution::None { reason: Reason::NotAvailable });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, request: &Request<'_>) -> Result<Resolution> {
        let sources = &self.options.sources;
        if let Need::Nothing(reason) = request.need(sources) {
            return Ok(Resolution::None { reason });
        }
        // What no source looks at makes no other question of it.
        let looks_at = |source| sources.contains(&source);
        let request = &Request {
            selected: request.selected.filter(|_| looks_at(Source::Session)),
            header: request.header.filter(|_| looks_at(Source::Header)),
            host: request.host.filter(|_| looks_at(Source::Domain)),
            ..*request
        };
        self.store.read_cached(|conn, cache| {
            cache.answer(conn, request, |conn| resolve(conn, request, sources))
        })
    }

    /// Which tenant a user is in by the selection kept in the store, as on a phone.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.create(&NewTenant::named("Globex"), "ann")?;
    /// assert_eq!(engine.current("ann")?.tenant(), None); // ambiguous
    /// engine.select("ann", "globex")?;
    /// assert_eq!(engine.current("ann")?.tenant().unwrap().name, "Globex");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn current(&self, user_key: &str) -> Result<Resolution> {
        self.store.read_cached(|conn, _| resolve_selection(conn, user_key))
    }

    /// Selects a tenant for a user, and keeps the selection in the store.
    ///
    /// # Errors
    ///
    /// [`Error::NotAvailable`] for a tenant that the user may not enter and for one that does not
    /// exist, without a difference.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// engine.create(&NewTenant::named("Acme"), "ann")?;
    /// assert!(engine.select("ann", "acme")?.tenant().is_some());
    /// assert_eq!(engine.select("eve", "acme").unwrap_err().code(), "not_available");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn select(&self, user_key: &str, slug: &str) -> Result<Resolution> {
        check_user_key(user_key)?;
        let not_available = || Error::NotAvailable(crate::model::first_chars(slug, 80).to_owned());
        if slug.is_empty() {
            return Err(not_available());
        }
        let request = Request { user: Some(user_key), selected: Some(slug), ..Request::default() };
        let sources = [Source::Session];
        // A read first: whoever may not enter takes no writer's time, and learns nothing of it.
        let answer = self.store.read_cached(|conn, _| resolve(conn, &request, &sources))?;
        if answer.tenant().is_none() {
            return Err(not_available());
        }
        self.store.write(|rows| {
            let answer = resolve(rows.connection(), &request, &sources)?;
            if answer.tenant().is_none() {
                return Err(not_available().into());
            }
            rows.set_selection(user_key, slug, now_micros())?;
            Ok(answer)
        })
    }

    /// Forgets what a user has selected.
    ///
    /// ```
    /// # use tenantry::{Engine, NewTenant};
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// # engine.create(&NewTenant::named("Acme"), "ann")?;
    /// engine.select("ann", "acme")?;
    /// engine.clear("ann")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear(&self, user_key: &str) -> Result<()> {
        self.store.write(|rows| rows.delete_selection(user_key))
    }
}
