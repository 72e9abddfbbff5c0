//! `conform openapi`: the contract in the words of OpenAPI.

use std::path::PathBuf;

use clap::Args;

use super::ended::{CliError, Ended};
use super::selection::load_suite;
use crate::openapi::openapi as described;
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct OpenApiArguments {
    /// Describe the contract of the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
}

pub(super) fn openapi(arguments: &OpenApiArguments) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    terminal::out(&described(&suite)?);
    Ok(Ended::Well)
}
