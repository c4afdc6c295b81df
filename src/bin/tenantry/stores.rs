//! `resolve`, `select`, `verify`, `runs`, `undo` and `backup`

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use tenantry::{Engine, EngineOptions, Request, Resolution, SlugOptions};

use crate::args::{Backup, Resolve, Select, StoreArg, Undo, Verify};
use crate::failure::{FOUND, Failure};
use crate::output::{Output, columns, pairs};
use crate::users;

/// An engine over a store that must be there already.
pub(crate) fn existing(store: &Path) -> Result<Engine, Failure> {
    let options = EngineOptions { create: false, ..EngineOptions::default() };
    Ok(Engine::open_with(store, options)?)
}

pub(crate) fn resolve(args: &Resolve, out: Output) -> Result<ExitCode, Failure> {
    let engine = existing(&args.store.store)?;
    let answer = match &args.selected {
        Some(_) => engine.resolve(&Request {
            user: Some(&args.user),
            selected: args.selected.as_deref(),
            ..Request::default()
        }),
        None => engine.current(&args.user),
    }?;
    print_answer(&answer, out)
}

pub(crate) fn select(args: &Select, out: Output) -> Result<ExitCode, Failure> {
    let engine = existing(&args.store.store)?;
    let answer = if let Some(slug) = &args.slug {
        engine.select(&args.user, slug)?
    } else {
        engine.clear(&args.user)?;
        engine.current(&args.user)?
    };
    print_answer(&answer, out)
}

fn print_answer(answer: &Resolution, out: Output) -> Result<ExitCode, Failure> {
    if out.json {
        let document = match answer {
            Resolution::Tenant { tenant, role, source } => {
                json!({ "tenant": tenant, "role": role, "source": source, "reason": null })
            }
            Resolution::None { reason } => {
                json!({ "tenant": null, "role": null, "source": null, "reason": reason })
            }
        };
        return Ok(out.document(&document)?);
    }
    Ok(out.text(&pairs(&match answer {
        Resolution::Tenant { tenant, role, source } => vec![
            ("tenant", tenant.slug.clone()),
            ("name", tenant.name.clone()),
            ("plan", tenant.plan.to_string()),
            ("domain", tenant.domain.clone()),
            ("role", role.to_string()),
            ("decided by", source.as_str().to_owned()),
        ],
        Resolution::None { reason } => {
            vec![("tenant", "none".to_owned()), ("reason", reason.as_str().to_owned())]
        }
    }))?)
}

pub(crate) fn verify(args: &Verify, out: Output) -> Result<ExitCode, Failure> {
    let slug = SlugOptions { reserved: args.reserved.clone(), ..SlugOptions::default() };
    let options = EngineOptions { create: false, slug, ..EngineOptions::default() };
    let engine = Engine::open_with(&args.store.store, options)?;
    let users = match &args.users {
        Some(path) => Some(users::read(path, &args.source, &mut |_| true)?),
        None => None,
    };
    let damage = engine.check_file()?;
    let findings = engine.verify(users.as_ref())?;
    if out.json {
        out.document(&json!({ "findings": findings, "file": damage }))?;
    } else {
        let mut text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
        text.extend(damage.iter().map(|problem| format!("the file: {problem}\n")));
        text.push_str(&match findings.len() + damage.len() {
            0 => "no findings: the file is sound and every promise is kept\n".to_owned(),
            1 => "1 finding\n".to_owned(),
            n => format!("{n} findings\n"),
        });
        out.text(&text)?;
    }
    let clean = findings.is_empty() && damage.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

pub(crate) fn runs(args: &StoreArg, out: Output) -> Result<ExitCode, Failure> {
    let runs = existing(&args.store)?.runs()?;
    if out.json {
        return Ok(out.document(&runs)?);
    }
    let row = |run: &tenantry::Run| {
        let state = match (run.undone_at, run.finished_at) {
            (Some(at), _) => format!("undone {at:.0}"),
            (None, Some(at)) => format!("finished {at:.0}"),
            (None, None) => "interrupted".to_owned(),
        };
        [run.id.to_string(), format!("{:.0}", run.started_at), state, run.tenants.to_string()]
    };
    Ok(out.text(&columns(["run", "started", "state", "tenants"], runs.iter().map(row).collect()))?)
}

pub(crate) fn undo(args: &Undo, out: Output) -> Result<ExitCode, Failure> {
    let undone = existing(&args.store.store)?.undo(args.run)?;
    if out.json {
        return Ok(out.document(&undone)?);
    }
    let mut text = pairs(&[
        ("run", undone.run.to_string()),
        ("tenants removed", undone.removed.to_string()),
        ("tenants kept", undone.kept.len().to_string()),
    ]);
    for kept in &undone.kept {
        let reason = kept.reason.explain();
        text.push_str(&format!("  {} of user {:?} {reason}\n", kept.slug, kept.user_key));
    }
    Ok(out.text(&text)?)
}

pub(crate) fn backup(args: &Backup, out: Output) -> Result<ExitCode, Failure> {
    let engine = existing(&args.store.store)?;
    engine.backup(&args.to)?;
    if out.json {
        return Ok(out.document(&json!({ "backup": args.to }))?);
    }
    Ok(out.text(&format!("copied to {}\n", args.to.display()))?)
}
