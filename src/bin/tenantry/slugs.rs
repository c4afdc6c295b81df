//! `slugify`

use std::fmt::Write as _;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use serde_json::json;
use tenantry::slug::Style;

use crate::args::Slugify;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn slugify(args: &Slugify, out: Output) -> Result<ExitCode, Failure> {
    let style = Style::from(args.style);
    if args.names.is_empty() {
        return from_lines(style, out.json);
    }
    if out.json {
        let pairs =
            args.names.iter().map(|name| json!({ "name": name, "slug": style.slugify(name) }));
        return Ok(out.document(&pairs.collect::<Vec<_>>())?);
    }
    let mut text = String::new();
    for name in &args.names {
        let _ = writeln!(text, "{}", style.slugify(name));
    }
    Ok(out.text(&text)?)
}

/// One name a line in, one slug a line out; in JSON both are strings, so that a name may hold any
/// character.
fn from_lines(style: Style, json: bool) -> Result<ExitCode, Failure> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let unusable = |error: &dyn std::fmt::Display| {
            Failure::Usage(format!("line {} of standard input: {error}", number + 1))
        };
        let line = line.map_err(|error| unusable(&error))?;
        if json {
            let name: String = serde_json::from_str(&line).map_err(|error| unusable(&error))?;
            writeln!(stdout, "{}", json!(style.slugify(&name)))?;
        } else {
            writeln!(stdout, "{}", style.slugify(&line))?;
        }
    }
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}
