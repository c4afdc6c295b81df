//! The vector files: how they are read, and how a test goes through one.
//!
//! Answers are compared as JSON, in the words of the files: what fails then reads like the file.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry::backfill::{RowError, UnknownPlan};
use tenantry::{Error, OnError, Report, Request, SlugOptions, Source, UserProfile};

/// The folder of the vectors.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Compares what every case of a file expects with what `answer` makes of it: both sides, as a
/// pair. Fails with all cases that differ. Returns how many cases there are.
pub(crate) fn check<C: DeserializeOwned, T: PartialEq + Serialize>(
    file: &str,
    answer: impl Fn(&C) -> (T, T),
) -> usize {
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Value>,
    }
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let File { cases } = serde_json::from_str(&text).unwrap();
    let mut failures = String::new();
    for case in &cases {
        // Some files have cases too small to need a description: these describe themselves.
        let description = case.get("description").unwrap_or(case).to_string();
        let (expected, got) = answer(&C::deserialize(case).unwrap());
        if expected != got {
            let [expected, got] = [expected, got].map(|side| serde_json::to_string(&side).unwrap());
            failures +=
                &format!("\n{file}, {description}:\n  expected {expected}\n       got {got}");
        }
    }
    assert!(failures.is_empty(), "{failures}");
    cases.len()
}

/// A case of `resolution.json`.
#[derive(Deserialize)]
pub(crate) struct ResolutionCase {
    pub(crate) sources: Vec<Source>,
    request: Asked,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) memberships: Vec<Member>,
    pub(crate) answer: Value,
}

#[derive(Deserialize)]
struct Asked {
    user: Option<String>,
    selected: Option<String>,
    header: Option<String>,
    host: Option<String>,
}

#[derive(Deserialize, Clone, PartialEq)]
pub(crate) struct Tenant {
    pub(crate) slug: String,
    pub(crate) retired_slugs: Vec<String>,
    pub(crate) domain: String,
    pub(crate) is_active: bool,
}

#[derive(Deserialize, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) user: String,
    pub(crate) tenant: String,
    pub(crate) role: tenantry::Role,
    pub(crate) is_active: bool,
}

impl ResolutionCase {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            user: self.request.user.as_deref(),
            selected: self.request.selected.as_deref(),
            header: self.request.header.as_deref(),
            host: self.request.host.as_deref(),
        }
    }
}

/// A case of `backfill.json`.
#[derive(Deserialize)]
pub(crate) struct BackfillCase {
    options: Options,
    pub(crate) existing: Vec<String>,
    pub(crate) retired: Vec<String>,
    pub(crate) users: Vec<User>,
    pub(crate) planned: Vec<Value>,
    errors: Vec<Value>,
    report: Value,
}

#[derive(Deserialize)]
struct Options {
    #[serde(flatten)]
    slug: SlugOptions,
    unknown_plan: UnknownPlan,
    on_error: String,
}

#[derive(Deserialize)]
pub(crate) struct User {
    pub(crate) key: String,
    username: String,
    name: Option<String>,
    domain: Option<String>,
    plan: Option<String>,
    pub(crate) has_membership: bool,
}

impl User {
    pub(crate) fn profile(&self) -> UserProfile<'_> {
        UserProfile {
            key: &self.key,
            username: &self.username,
            business_name: self.name.as_deref().unwrap_or_default(),
            business_domain: self.domain.as_deref().unwrap_or_default(),
            tier: self.plan.as_deref().unwrap_or_default(),
        }
    }
}

impl BackfillCase {
    pub(crate) fn slug_options(&self) -> SlugOptions {
        self.options.slug.clone()
    }

    pub(crate) fn unknown_plan(&self) -> UnknownPlan {
        self.options.unknown_plan
    }

    pub(crate) fn on_error(&self) -> OnError {
        match self.options.on_error.as_str() {
            "stop" => OnError::Stop,
            "skip" => OnError::Skip,
            other => panic!("on_error is {other:?}"),
        }
    }

    /// All that the case expects.
    pub(crate) fn expected(&self) -> Value {
        let errors: Vec<Value> = self.errors.iter().map(cut_key).collect();
        json!({"planned": self.planned, "errors": errors, "report": self.report})
    }
}

/// What a run came to, in the words of `backfill.json`: its tenants, and its report or the row that
/// stopped it.
pub(crate) fn outcome(planned: &[Value], ended: Result<Report, Error>) -> Value {
    match ended {
        Ok(report) => {
            let errors: Vec<Value> = report.errors.iter().map(row_error).collect();
            json!({"planned": planned, "errors": errors, "report": counters(&report)})
        }
        Err(Error::Row { row, .. }) => {
            json!({"planned": planned, "errors": [row_error(&row)], "report": null})
        }
        Err(error) => panic!("{error}"),
    }
}

fn row_error(error: &RowError) -> Value {
    json!({"user_key": error.user_key, "column": error.column, "code": error.fault})
}

/// A [`RowError`] holds no more than the first 40 characters of a key.
fn cut_key(error: &Value) -> Value {
    let mut error = error.clone();
    let key: String = error["user_key"].as_str().unwrap().chars().take(40).collect();
    error["user_key"] = key.into();
    error
}

fn counters(report: &Report) -> Value {
    let mut report = serde_json::to_value(report).unwrap();
    let fields = report.as_object_mut().unwrap();
    for field in ["run", "dry_run", "errors", "seconds"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    report
}
