//! What a verb can fail with, and the exit code of it.

use std::io;
use std::process::ExitCode;

use serde_json::json;
use tenantry::Error;

use crate::output::Output;
use crate::users::ReadError;

/// Findings, rows in error, refusals.
pub(crate) const FOUND: u8 = 1;
const USAGE: u8 = 2;
const STORE: u8 = 3;
const INTERRUPTED: u8 = 130;
/// As shells say of a program that a closed pipe has ended.
const BROKEN_PIPE: u8 = 141;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Engine(#[from] Error),
    #[error(transparent)]
    Users(#[from] ReadError),
    #[error("{0}")]
    Usage(String),
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Engine(Error::Interrupted { .. }) | Self::Users(ReadError::Stopped) => {
                INTERRUPTED
            }
            Self::Engine(error) if error.is_store_trouble() => STORE,
            Self::Engine(_) => FOUND,
            Self::Users(error) if error.is_in_rows() => FOUND,
            Self::Users(_) | Self::Usage(_) | Self::Output(_) => USAGE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::Users(error) => error.code(),
            Self::Usage(_) => "usage",
            Self::Output(_) => "output",
        }
    }

    /// Says what went wrong, on standard error and, where JSON is asked for, as that too.
    pub(crate) fn report(&self, out: Output) -> ExitCode {
        match self {
            // The reader of our output has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::from(BROKEN_PIPE);
            }
            _ => {}
        }
        let code = self.exit_code();
        if out.json {
            let document = json!({ "error": self.code(), "message": self.to_string() });
            let _ = out.document(&document);
        }
        crate::output::complain(&format!("error: {self}"));
        ExitCode::from(code)
    }
}
