//! Rows and what they mean here: the columns of the nouns, and times.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::failure::Outcome;
use crate::error::Error;
use crate::model::{Membership, Tenant, TenantId};

/// The rows of the store, within a transaction.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'c>(pub(super) &'c Connection);

impl<'c> Rows<'c> {
    pub(crate) fn connection(self) -> &'c Connection {
        self.0
    }

    /// The row that a statement gives, if it gives one.
    pub(super) fn find<T>(
        self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Option<T>> {
        Ok(self.0.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    /// All rows that a statement gives.
    pub(super) fn list<T>(
        self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Vec<T>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Runs a statement; how many rows it changed.
    pub(super) fn change(self, sql: &str, params: impl Params) -> Outcome<usize> {
        Ok(self.0.prepare_cached(sql)?.execute(params)?)
    }
}

impl Rows<'_> {
    /// The tables with rows that cannot be read as what they are, and how many.
    pub(super) fn unreadable_rows(self) -> Outcome<Vec<(&'static str, usize)>> {
        type Read = fn(&Row<'_>) -> rusqlite::Result<()>;
        const TENANTS: &str = concat!("SELECT ", tenant_columns!(), ", t.origin_id FROM tenant t");
        const MEMBERSHIPS: &str = concat!("SELECT ", membership_columns!(), " FROM membership m");
        let texts: Read = |row| row.get::<_, String>(0).and(row.get::<_, String>(1)).map(drop);
        let tables: [(&str, &str, Read); 6] = [
            ("tenant", TENANTS, |row| {
                tenant(row).and(row.get::<_, Option<String>>(TENANT_WIDTH)).map(drop)
            }),
            ("membership", MEMBERSHIPS, |row| membership(row, 0).map(drop)),
            ("retired_slug", "SELECT slug, '' FROM retired_slug", texts),
            ("selection", "SELECT user_key, slug FROM selection", texts),
            (
                "backfill_run",
                "SELECT options, started_at, finished_at, undone_at FROM backfill_run",
                |row| {
                    let options = row.get::<_, String>(0);
                    options.and(time(row, 1)).and(opt_time(row, 2)).and(opt_time(row, 3)).map(drop)
                },
            ),
            ("backfill_entry", "SELECT user_key, '' FROM backfill_entry", texts),
        ];
        let mut found = Vec::new();
        for (table, sql, read) in tables {
            let mut statement = self.0.prepare(sql)?;
            let mut rows = statement.query([])?;
            let mut unreadable = 0;
            while let Some(row) = rows.next()? {
                unreadable += usize::from(read(row).is_err());
            }
            if unreadable > 0 {
                found.push((table, unreadable));
            }
        }
        Ok(found)
    }
}

/// The columns that [`tenant`] reads, of a table named `t`.
macro_rules! tenant_columns {
    () => {
        "t.id, t.name, t.slug, t.domain, t.plan, t.is_active, t.created_at, t.updated_at"
    };
}
/// The columns that [`membership`] reads, of a table named `m`.
macro_rules! membership_columns {
    () => {
        "m.tenant_id, m.user_key, m.role, m.is_active, m.created_at, m.updated_at"
    };
}
pub(super) use {membership_columns, tenant_columns};

/// How many columns `tenant_columns` names.
pub(super) const TENANT_WIDTH: usize = 8;

/// A tenant from its columns, which begin the row.
pub(super) fn tenant(row: &Row<'_>) -> rusqlite::Result<Tenant> {
    Ok(Tenant {
        id: TenantId(row.get(0)?),
        name: row.get(1)?,
        slug: row.get(2)?,
        domain: row.get(3)?,
        plan: word(row, 4)?,
        is_active: row.get(5)?,
        created_at: time(row, 6)?,
        updated_at: time(row, 7)?,
    })
}

/// A membership from its columns, which stand from `at` on.
pub(super) fn membership(row: &Row<'_>, at: usize) -> rusqlite::Result<Membership> {
    Ok(Membership {
        tenant_id: TenantId(row.get(at)?),
        user_key: row.get(at + 1)?,
        role: word(row, at + 2)?,
        is_active: row.get(at + 3)?,
        created_at: time(row, at + 4)?,
        updated_at: time(row, at + 5)?,
    })
}

/// A plan or a role.
pub(super) fn word<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err = Error>,
{
    let text = row.get_ref(at)?.as_str()?;
    text.parse()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

pub(super) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    from_micros(at, row.get(at)?)
}

pub(super) fn opt_time(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(at)?.map(|micros| from_micros(at, micros)).transpose()
}

fn from_micros(at: usize, micros: i64) -> rusqlite::Result<Timestamp> {
    // Not `from_microsecond`: it refuses the last second that it can hold.
    let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let time = Timestamp::from_second(seconds)
        .and_then(|time| time.checked_add(SignedDuration::from_micros(rest)));
    time.map_err(|_| {
        let error = FromSqlError::OutOfRange(micros);
        rusqlite::Error::FromSqlConversionFailure(at, Type::Integer, error.into())
    })
}

/// A time as it stands in the store.
pub(crate) fn to_micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}
