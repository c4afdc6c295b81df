//! The command `tenantry`: the engine at a terminal.

mod args;
mod backfill;
mod failure;
mod output;
mod slugs;
mod snapshots;
mod stores;
mod users;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Verb};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
    let out = Output { json: args.json };
    match run(args.verb, out) {
        Ok(code) => code,
        Err(failure) => failure.report(out),
    }
}

fn run(verb: Verb, out: Output) -> Result<ExitCode, Failure> {
    match verb {
        Verb::Slugify(args) => slugs::slugify(&args, out),
        Verb::Backfill(args) => backfill::backfill(&args, out),
        Verb::Resolve(args) => stores::resolve(&args, out),
        Verb::Select(args) => stores::select(&args, out),
        Verb::Verify(args) => stores::verify(&args, out),
        Verb::Runs(args) => stores::runs(&args, out),
        Verb::Undo(args) => stores::undo(&args, out),
        Verb::Export(args) => snapshots::export(&args, out),
        Verb::Import(args) => snapshots::import(&args, out),
        Verb::Backup(args) => stores::backup(&args, out),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "tenantry", &mut script);
            Ok(out.text(&String::from_utf8_lossy(&script))?)
        }
    }
}
