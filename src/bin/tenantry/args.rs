//! What can be typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use tenantry::slug::Style;
use tenantry::{EngineOptions, SlugOptions};

use crate::users::SourceArgs;

/// Give every user a tenant, and ask which tenant a user is in.
#[derive(Parser)]
#[command(
    version,
    max_term_width = 100,
    propagate_version = true,
    after_help = "The main job:\n  \
        tenantry backfill --store tenancy.db --users users.csv\n  \
        tenantry resolve --store tenancy.db --user 42\n  \
        tenantry verify --store tenancy.db --users users.csv\n  \
        tenantry undo --store tenancy.db\n\n\
        Exit codes: 0 done; 1 findings, rows in error or a refusal; 2 bad usage; \
        3 trouble with the store; 130 stopped by Ctrl-C."
)]
pub(crate) struct Args {
    /// Print one JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Print the slug of each name
    Slugify(Slugify),
    /// Give every user without a membership a tenant of its own
    ///
    /// Users are taken in the order of their keys. Run again, it creates nothing; interrupted and
    /// run again, it ends with the same tenants. `undo` takes a run back.
    #[command(after_help = "Examples:\n  \
        tenantry backfill --store t.db --users users.csv --dry-run\n  \
        tenantry backfill --store t.db --users app.sqlite3 --table core_user --chunk 10000\n  \
        tenantry backfill --store t.db --users app.sqlite3 --columns plan= \\\n      \
        --query 'SELECT id, username, business_name, business_domain FROM core_user'\n  \
        psql -c \"\\copy (SELECT ...) TO STDOUT CSV HEADER\" | \\\n      \
        tenantry backfill --store t.db --users - --format csv")]
    Backfill(Backfill),
    /// Say which tenant a user is in, or why in none
    Resolve(Resolve),
    /// Select a tenant for a user, as a session would; `resolve` then takes it
    Select(Select),
    /// List what in the store does not keep the promises, and check the file
    Verify(Verify),
    /// List the runs of the backfill that made tenants
    Runs(StoreArg),
    /// Remove the tenants that a run made and that are still as it left them
    Undo(Undo),
    /// Print what one user may enter, as a snapshot in JSON
    Export(Export),
    /// Take in a snapshot made by `export`
    Import(Import),
    /// Copy the store to a new file while it is in use
    Backup(Backup),
    /// Print a script that completes the command in your shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(ClapArgs)]
pub(crate) struct StoreArg {
    /// The file that holds the tenants
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
}

#[derive(ClapArgs)]
pub(crate) struct SlugArgs {
    /// How a name becomes a slug
    #[arg(long, value_enum, default_value_t = StyleArg::Django)]
    style: StyleArg,
    /// Most characters of a slug, 16 to 80
    #[arg(long, value_name = "N", default_value_t = tenantry::slug::SLUG_MAX)]
    limit: usize,
    /// Words that may not be slugs, such as admin,api
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    reserved: Vec<String>,
}

impl SlugArgs {
    pub(crate) fn options(&self) -> EngineOptions {
        let slug = SlugOptions {
            style: self.style.into(),
            limit: self.limit,
            reserved: self.reserved.clone(),
        };
        EngineOptions { slug, ..EngineOptions::default() }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum StyleArg {
    /// As Django's slugify: what has no ASCII form is dropped
    Django,
    /// What has no ASCII form is transliterated
    Transliterate,
}

impl From<StyleArg> for Style {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Django => Self::Django,
            StyleArg::Transliterate => Self::Transliterate,
        }
    }
}

#[derive(ClapArgs)]
pub(crate) struct Slugify {
    /// The names; without any, one is read from each line of standard input
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// How a name becomes a slug
    #[arg(long, value_enum, default_value_t = StyleArg::Django)]
    pub(crate) style: StyleArg,
}

#[derive(ClapArgs)]
pub(crate) struct Backfill {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The users: a CSV, JSON lines or SQLite file, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) users: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Commit after every N users; by default all are one transaction
    #[arg(long, value_name = "N")]
    pub(crate) chunk: Option<NonZeroUsize>,
    /// Report what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// What a row in error does
    #[arg(long, value_enum, default_value_t = OnErrorArg::Stop)]
    pub(crate) on_error: OnErrorArg,
    /// What becomes of a tier that is no plan
    #[arg(long, value_enum, default_value_t = UnknownPlanArg::Free)]
    pub(crate) unknown_plan: UnknownPlanArg,
    #[command(flatten)]
    pub(crate) slug: SlugArgs,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OnErrorArg {
    /// It ends the run, and nothing of its transaction is kept
    Stop,
    /// It is listed, and the run goes on without it
    Skip,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UnknownPlanArg {
    /// It becomes free, and is listed
    Free,
    /// It is an error of the row
    Reject,
}

#[derive(ClapArgs)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The user's key
    #[arg(long, value_name = "KEY")]
    pub(crate) user: String,
    /// The slug that the session holds; by default what `select` has kept
    #[arg(long, value_name = "SLUG")]
    pub(crate) selected: Option<String>,
}

#[derive(ClapArgs)]
pub(crate) struct Select {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The user's key
    #[arg(long, value_name = "KEY")]
    pub(crate) user: String,
    /// The slug of the tenant
    #[arg(required_unless_present = "clear", conflicts_with = "clear")]
    pub(crate) slug: Option<String>,
    /// Forget what was selected
    #[arg(long)]
    pub(crate) clear: bool,
}

#[derive(ClapArgs)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The users of the host, to be compared with the memberships
    #[arg(long, value_name = "FILE")]
    pub(crate) users: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Words that may not be slugs, such as admin,api
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    pub(crate) reserved: Vec<String>,
}

#[derive(ClapArgs)]
pub(crate) struct Undo {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The number of the run, as `runs` lists it; by default the newest that was not undone
    #[arg(long, value_name = "N")]
    pub(crate) run: Option<i64>,
}

#[derive(ClapArgs)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The user's key
    #[arg(long, value_name = "KEY")]
    pub(crate) user: String,
}

#[derive(ClapArgs)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The snapshot, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) snapshot: PathBuf,
}

#[derive(ClapArgs)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) store: StoreArg,
    /// The new file
    #[arg(value_name = "FILE")]
    pub(crate) to: PathBuf,
}
