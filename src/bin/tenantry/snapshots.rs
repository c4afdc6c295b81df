//! `export` and `import`

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use tenantry::{Engine, Snapshot};

use crate::args::{Export, Import};
use crate::failure::Failure;
use crate::output::Output;
use crate::stores::existing;

pub(crate) fn export(args: &Export, out: Output) -> Result<ExitCode, Failure> {
    let snapshot = existing(&args.store.store)?.export(&args.user)?;
    Ok(out.document(&snapshot)?)
}

pub(crate) fn import(args: &Import, out: Output) -> Result<ExitCode, Failure> {
    let json = read_text(&args.snapshot)?;
    let snapshot = Snapshot::from_json(&json)?;
    let tenants = Engine::open(&args.store.store)?.import(&snapshot)?;
    if out.json {
        return Ok(out.document(&json!({ "user_key": snapshot.user_key, "tenants": tenants }))?);
    }
    Ok(out.text(&format!("user {:?} has {tenants} tenants now\n", snapshot.user_key))?)
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
}
