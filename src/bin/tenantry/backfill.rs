//! `backfill`

use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tenantry::backfill::UnknownPlan;
use tenantry::{BackfillOptions, Cancel, Engine, EngineOptions, OnError, Progress, Report};

use crate::args::{Backfill, OnErrorArg, UnknownPlanArg};
use crate::failure::{FOUND, Failure};
use crate::output::{Output, columns, complain, pairs};
use crate::users;

/// Most rows in error that are printed; JSON has them all.
const LISTED: usize = 20;

pub(crate) fn backfill(args: &Backfill, out: Output) -> Result<ExitCode, Failure> {
    let cancel = stop_on_ctrl_c(args.chunk.is_some())?;
    let bar = progress_bar(0, "reading users {pos} {per_sec}");
    let users = users::read(&args.users, &args.source, &mut |count| {
        bar.set_position(count as u64);
        !cancel.is_cancelled()
    })?;
    bar.finish_and_clear();

    let options = EngineOptions { create: !args.dry_run, ..args.slug.options() };
    let engine = Engine::open_with(&args.store.store, options)?;
    let bar = progress_bar(users.len(), "{bar:40} {pos} of {len} users, {per_sec}, {eta} left");
    let progress = |progress: Progress| bar.set_position(progress.done as u64);
    let options = BackfillOptions {
        chunk: args.chunk,
        dry_run: args.dry_run,
        on_error: match args.on_error {
            OnErrorArg::Stop => OnError::Stop,
            OnErrorArg::Skip => OnError::Skip,
        },
        unknown_plan: match args.unknown_plan {
            UnknownPlanArg::Free => UnknownPlan::Free,
            UnknownPlanArg::Reject => UnknownPlan::Reject,
        },
        progress: Some(&progress),
        cancel: Some(&cancel),
    };
    let result = engine.backfill(users, &options);
    bar.finish_and_clear();
    let report = result?;
    if out.json {
        out.document(&report)?;
    } else {
        out.text(&in_words(&report))?;
    }
    Ok(if report.failed > 0 { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// A bar on standard error if that is a terminal; else it draws nothing.
fn progress_bar(total: usize, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The first Ctrl-C asks the run to stop where it can be gone on with; the second ends it at once,
/// which loses nothing that was committed.
fn stop_on_ctrl_c(chunked: bool) -> Result<Cancel, Failure> {
    let cancel = Cancel::default();
    let handle = cancel.clone();
    ctrlc::set_handler(move || {
        if handle.is_cancelled() {
            std::process::exit(130);
        }
        handle.cancel();
        complain(if chunked {
            "stopping behind this chunk; Ctrl-C again to stop at once"
        } else {
            "stopping and taking everything back; Ctrl-C again to stop at once"
        });
    })
    .map_err(|error| Failure::Usage(format!("Ctrl-C cannot be caught: {error}")))?;
    Ok(cancel)
}

fn in_words(report: &Report) -> String {
    let plans = report.unknown_plans.values().sum();
    let counts = [
        ("users seen", report.seen),
        ("tenants created", report.created),
        ("skipped, had a membership", report.skipped),
        ("rows in error", report.failed),
        ("slugs as the name gives them", report.slugs_unchanged),
        ("slugs with a number", report.slugs_suffixed),
        ("slugs cut to the limit", report.slugs_cut),
        ("slugs transliterated", report.slugs_transliterated),
        ("slugs of the username", report.slugs_fallen_back),
        ("names cut to 200", report.names_cut),
        ("unknown plans, now free", plans),
    ];
    // The first four always; of the rest what there is.
    let worth_reading =
        counts.into_iter().enumerate().filter(|(n, (_, count))| *n < 4 || *count > 0);
    let mut rows: Vec<_> = worth_reading.map(|(_, (what, n))| (what, n.to_string())).collect();
    rows.push(("seconds", format!("{:.2}", report.seconds)));
    if report.dry_run {
        rows.insert(0, ("dry run", "nothing was written".to_owned()));
    } else if let Some(run) = report.run {
        rows.insert(0, ("run", format!("{run} (undo --run {run} takes it back)")));
    }
    let mut text = pairs(&rows);
    if !report.unknown_plans.is_empty() {
        let plans = report.unknown_plans.iter();
        text.push('\n');
        text.push_str(&columns(
            ["unknown plan", "users"],
            plans.map(|(plan, count)| [format!("{plan:?}"), count.to_string()]).collect(),
        ));
    }
    if !report.errors.is_empty() {
        text.push_str("\nrows in error, not used:\n");
        for error in report.errors.iter().take(LISTED) {
            text.push_str(&format!("  {error}\n"));
        }
        if let Some(more @ 1..) = report.errors.len().checked_sub(LISTED) {
            text.push_str(&format!("  and {more} more; --json lists all\n"));
        }
    }
    text
}
