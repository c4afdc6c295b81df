//! Users from JSON lines.

use std::io::BufRead;

use serde_json::{Map, Value};
use tenantry::Roster;
use tenantry::backfill::RowFault;

use super::{Collected, Columns, ReadError, Tick};

/// Reads one JSON object a line; blank lines are passed over. Texts, whole numbers and null can be
/// values. A field may be left out, but not in every line: then its column is misnamed.
pub(crate) fn read(
    mut input: impl BufRead,
    columns: &Columns,
    tick: Tick<'_>,
) -> Result<Roster, ReadError> {
    let mut collected = Collected::new(tick);
    let mut seen = [false; 5];
    let mut last = Map::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        let malformed = |detail: String| ReadError::Malformed { line, detail };
        bytes.clear();
        let length = input.read_until(b'\n', &mut bytes);
        if length.map_err(|error| malformed(error.to_string()))? == 0 {
            break;
        }
        // As editors and exports on Windows begin a file.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| line == 1).unwrap_or(&bytes);
        if text.trim_ascii().is_empty() {
            continue;
        }
        let object: Map<String, Value> = serde_json::from_slice(text)
            .map_err(|error| malformed(format!("it is no JSON object: {error}")))?;
        let mut fields: [String; 5] = Default::default();
        let mut fault = None;
        for (number, (column, name)) in columns.named().into_iter().enumerate() {
            let Some(value) = name.and_then(|name| object.get(name)) else {
                continue;
            };
            seen[number] = true;
            match value {
                Value::String(text) => fields[number].clone_from(text),
                Value::Number(value) if value.is_i64() || value.is_u64() => {
                    fields[number] = value.to_string();
                }
                Value::Null => {}
                value => {
                    fault.get_or_insert_with(|| (column, RowFault::WrongType, value.to_string()));
                }
            }
        }
        collected.add(line, fields.each_ref().map(String::as_str), fault)?;
        last = object;
    }
    let found: Vec<_> = last.keys().collect();
    for ((column, name), seen) in columns.named().into_iter().zip(seen) {
        if name.is_some() && !seen && !collected.users.is_empty() {
            return Err(columns.missing(column, &found));
        }
    }
    Ok(collected.users)
}
