//! Tables that others have added to the file and that refer to tenants.

use std::collections::BTreeMap;

use super::failure::Outcome;
use super::rows::Rows;
use crate::model::TenantId;

/// One statement for each foreign key of another table to `tenant` or `membership`: whether a row
/// refers to the tenant `?1`.
pub(crate) struct References(Vec<String>);

impl Rows<'_> {
    /// Finds the foreign keys of tables that are not the store's own.
    pub(crate) fn references(self) -> Outcome<References> {
        const SQL: &str =
            "SELECT c.name, f.id, lower(f.\"table\"), f.\"from\", coalesce(f.\"to\", 'id')
            FROM sqlite_schema c JOIN pragma_foreign_key_list(c.name) f
            WHERE c.type = 'table' AND lower(f.\"table\") IN ('tenant', 'membership')
            AND c.name NOT IN ('membership', 'retired_slug', 'backfill_entry')";
        // A key may have several columns.
        let mut keys: BTreeMap<(String, i64, String), Vec<String>> = BTreeMap::new();
        // The parent first: a foreign key compares by the parent's collation.
        let columns = self.list(SQL, [], |row| {
            let (from, to): (String, String) = (row.get(3)?, row.get(4)?);
            let equal = format!("parent.{} = child.{}", quoted(&to), quoted(&from));
            Ok(((row.get(0)?, row.get(1)?, row.get(2)?), equal))
        })?;
        for (key, equal) in columns {
            keys.entry(key).or_default().push(equal);
        }
        let statement = |((child, _, parent), equals): ((String, i64, String), Vec<String>)| {
            let id = if parent == "tenant" { "id" } else { "tenant_id" };
            format!(
                "SELECT 1 FROM {parent} parent JOIN {} child ON {} WHERE parent.{id} = ?1",
                quoted(&child),
                equals.join(" AND ")
            )
        };
        Ok(References(keys.into_iter().map(statement).collect()))
    }

    /// Whether a row of another's table refers to a tenant or to one of its memberships.
    pub(crate) fn is_referred_to(self, references: &References, id: TenantId) -> Outcome<bool> {
        for sql in &references.0 {
            if self.0.prepare_cached(sql)?.exists([id.0])? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A name as it may stand in a statement; names cannot be bound as values are.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
