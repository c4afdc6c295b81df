//! Users from CSV.

use std::io::{self, Read};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use tenantry::backfill::RowFault;
use tenantry::{Roster, UserProfile};

use super::{Columns, ReadError, Tick, unusable};

/// Reads CSV in UTF-8 with a line of headings. Lines with another number of fields, and quotes that
/// do not pair, are errors of the file: what follows them may be anything.
pub(crate) fn read(
    input: impl Read,
    columns: &Columns,
    tick: Tick<'_>,
) -> Result<Roster, ReadError> {
    let mut reader = ReaderBuilder::new().from_reader(CountQuotes { input, quotes: 0 });
    let headings: Vec<String> = reader
        .byte_headers()
        .map_err(malformed)?
        .iter()
        .map(|heading| String::from_utf8_lossy(heading).into_owned())
        .collect();
    let places = columns.places(&headings)?;
    let mut users = Roster::new();
    let mut record = ByteRecord::new();
    let mut line = 1;
    while reader.read_byte_record(&mut record).map_err(malformed)? {
        line = record.position().map_or(line, csv::Position::line);
        let mut texts = [""; 5];
        let mut fault = None;
        for (text, (column, at)) in texts.iter_mut().zip(places) {
            let bytes = at.and_then(|at| record.get(at)).unwrap_or_default();
            match std::str::from_utf8(bytes) {
                Ok(valid) => *text = valid,
                Err(_) => {
                    fault.get_or_insert((column, String::from_utf8_lossy(bytes)));
                }
            }
        }
        let [key, username, business_name, business_domain, tier] = texts;
        if let Some((column, value)) = fault {
            let key = Some(key).filter(|key| !key.is_empty());
            users.reject(unusable(line, key, column, RowFault::NotUtf8, &value));
        } else {
            let user = UserProfile {
                key,
                username,
                business_name,
                business_domain,
                tier,
            };
            users.push_row(line, &user);
        }
        if users.len().is_multiple_of(1000) && !tick(users.len()) {
            return Err(ReadError::Stopped);
        }
    }
    if !reader.into_inner().quotes.is_multiple_of(2) {
        // An open quote swallows all lines to the end, and may leave the fields in number.
        let detail = "a quote is opened in this row or an earlier one and never closed".to_owned();
        return Err(ReadError::Malformed { line, detail });
    }
    Ok(users)
}

fn malformed(error: csv::Error) -> ReadError {
    let line = error.position().map_or(1, csv::Position::line);
    let detail = match error.into_kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let fields = if len == 1 { "field" } else { "fields" };
            format!("{len} {fields} where the headings are {expected_len}; a quote may be missing")
        }
        ErrorKind::Io(error) => error.to_string(),
        kind => format!("it is not CSV: {kind:?}"),
    };
    ReadError::Malformed { line, detail }
}

/// Counts the quotes that pass: in a whole CSV file they are even in number.
struct CountQuotes<R> {
    input: R,
    quotes: usize,
}

impl<R: Read> Read for CountQuotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.quotes += buffer[..length]
            .iter()
            .filter(|&&byte| byte == b'"')
            .count();
        Ok(length)
    }
}
