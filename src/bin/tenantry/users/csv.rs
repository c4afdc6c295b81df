//! Users from CSV.

use std::io::{self, Read};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use tenantry::Roster;
use tenantry::backfill::RowFault;

use super::{Collected, Columns, ReadError, Tick};

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
    let mut collected = Collected::new(tick);
    let mut record = ByteRecord::new();
    let mut line = 1;
    while reader.read_byte_record(&mut record).map_err(malformed)? {
        line = record.position().map_or(line, csv::Position::line);
        let mut fields = [""; 5];
        let mut fault = None;
        for (field, (column, at)) in fields.iter_mut().zip(places) {
            let bytes = at.and_then(|at| record.get(at)).unwrap_or_default();
            if let Ok(text) = std::str::from_utf8(bytes) {
                *field = text;
            } else {
                let value = || String::from_utf8_lossy(bytes).into_owned();
                fault.get_or_insert_with(|| (column, RowFault::NotUtf8, value()));
            }
        }
        collected.add(line, fields, fault)?;
    }
    if !reader.into_inner().quotes.is_multiple_of(2) {
        // An open quote swallows all lines to the end, and may leave the fields in number.
        let detail = "a quote is opened in this row or an earlier one and never closed".to_owned();
        return Err(ReadError::Malformed { line, detail });
    }
    Ok(collected.users)
}

fn malformed(error: csv::Error) -> ReadError {
    let line = error.position().map_or(1, csv::Position::line);
    let detail = match error.into_kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
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
    // Some quotes in some kilobytes: a plain count is fast enough.
    #[allow(clippy::naive_bytecount)]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.quotes += buffer[..length].iter().filter(|&&byte| byte == b'"').count();
        Ok(length)
    }
}
