//! What is printed, and where: results on standard output, all else on standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use comfy_table::{Table, presets};
use serde::Serialize;

/// How results are printed.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Prints one JSON document.
    pub(crate) fn document(self, value: &impl Serialize) -> io::Result<ExitCode> {
        let mut text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
        text.push('\n');
        self.text(&text)
    }

    /// Prints text as it is.
    #[allow(clippy::unused_self)] // like its sisters
    pub(crate) fn text(self, text: &str) -> io::Result<ExitCode> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Lines of a name and a value, in two columns.
pub(crate) fn pairs(rows: &[(&str, String)]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([*name, &printable(value)]);
    }
    lines(&table)
}

/// Lines of several values under their headings.
pub(crate) fn columns<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(headings);
    for row in rows {
        table.add_row(row.map(|value| printable(&value)));
    }
    lines(&table)
}

/// A value without what a terminal would take for a command, or a table for a new line.
fn printable(value: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.into() };
    value.chars().map(escape).collect()
}

fn lines(table: &Table) -> String {
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.trim().is_empty() {
        text.clear();
    }
    text
}

/// Prints a line on standard error. If even that cannot be written, nobody is there to be told.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
