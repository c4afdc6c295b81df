//! The one read of a resolution.

use rusqlite::{Connection, Row, params};

use super::failure::Outcome;
use super::rows::{Rows, TENANT_WIDTH, tenant, tenant_columns, word};
use crate::model::{Role, Tenant};
use crate::resolve::{Candidate, Decision, Need, Reason, Request, Resolution, Source, decide};

/// The user's membership in the tenant of a slug or a retired slug.
const BY_SLUG: &str = concat!(
    "WITH named (id, retired) AS (
        SELECT id, NULL FROM tenant WHERE slug = ?2 AND slug = ?2 COLLATE BINARY
        UNION ALL SELECT tenant_id, slug FROM retired_slug WHERE slug = ?2
    )
    SELECT ",
    tenant_columns!(),
    ", m.role, m.is_active, named.retired FROM named
    JOIN membership m ON m.user_key = ?1 AND m.tenant_id = named.id
    JOIN tenant t ON t.id = named.id"
);

/// All memberships of the user, and which of their tenants had the slug.
const BY_USER: &str = concat!(
    "SELECT ",
    tenant_columns!(),
    ", m.role, m.is_active, r.slug FROM membership m
    JOIN tenant t ON t.id = m.tenant_id
    LEFT JOIN retired_slug r ON r.slug = ?2 AND r.tenant_id = t.id
    WHERE m.user_key = ?1"
);

/// The same, with the slug that the user selected in the store; one row of it at least.
const BY_SELECTION: &str = concat!(
    "SELECT ",
    tenant_columns!(),
    ", m.role, m.is_active, r.slug, s.slug FROM (SELECT ?1 AS user_key) u
    LEFT JOIN selection s ON s.user_key = u.user_key
    LEFT JOIN membership m ON m.user_key = u.user_key
    LEFT JOIN tenant t ON t.id = m.tenant_id
    LEFT JOIN retired_slug r ON r.slug = s.slug AND r.tenant_id = t.id"
);

/// A membership that was read, with its tenant.
struct Found {
    tenant: Tenant,
    role: Role,
    is_active: bool,
    retired_slug: Option<String>,
}

impl Found {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            tenant: tenant(row)?,
            role: word(row, TENANT_WIDTH)?,
            is_active: row.get(TENANT_WIDTH + 1)?,
            retired_slug: row.get(TENANT_WIDTH + 2)?,
        })
    }
}

/// Reads what `request` needs, and answers it.
pub(crate) fn resolve(
    conn: &Connection,
    request: &Request<'_>,
    sources: &[Source],
) -> Outcome<Resolution> {
    let rows = Rows(conn);
    let found = match request.need(sources) {
        Need::Nothing(reason) => return Ok(Resolution::None { reason }),
        Need::Tenant { user, slug } => rows.list(BY_SLUG, [user, slug], Found::read)?,
        Need::Memberships { user, slug } => rows.list(BY_USER, params![user, slug], Found::read)?,
    };
    Ok(answer(request, sources, found))
}

/// Reads the user's selection and memberships, and answers by them.
pub(crate) fn resolve_selection(conn: &Connection, user: &str) -> Outcome<Resolution> {
    let mut statement = conn.prepare_cached(BY_SELECTION)?;
    let mut rows = statement.query([user])?;
    let (mut found, mut selected) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        selected = row.get::<_, Option<String>>(TENANT_WIDTH + 3)?;
        if row.get::<_, Option<i64>>(0)?.is_some() {
            found.push(Found::read(row)?);
        }
    }
    let request = Request { user: Some(user), selected: selected.as_deref(), ..Request::default() };
    Ok(answer(&request, &[Source::Session], found))
}

fn answer(request: &Request<'_>, sources: &[Source], mut found: Vec<Found>) -> Resolution {
    let candidates: Vec<_> = found
        .iter()
        .map(|row| Candidate {
            slug: &row.tenant.slug,
            retired_slug: row.retired_slug.as_deref(),
            domain: &row.tenant.domain,
            usable: row.is_active && row.tenant.is_active,
        })
        .collect();
    let decision = decide(request, sources, &candidates);
    drop(candidates);
    match decision {
        Decision::Chosen { index, source } if index < found.len() => {
            let Found { tenant, role, .. } = found.swap_remove(index);
            Resolution::Tenant { tenant, role, source }
        }
        Decision::Chosen { .. } => Resolution::None { reason: Reason::NotAvailable },
        Decision::None(reason) => Resolution::None { reason },
    }
}
