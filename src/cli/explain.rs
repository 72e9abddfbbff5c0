//! `conform explain`: what a clause or a scenario is about, or what there is.

use super::ended::{CliError, Ended};
use super::selection::load_suite;
use crate::explain::{explain as told, list};
use crate::selftest::mutants;
use crate::terminal;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The id of a clause, the id or name of a scenario, or a feature, such as `login.succeeds`,
    /// `login::default-client-type` or `login`.
    id: Option<String>,
    /// Explain the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
}

pub(super) fn explain(arguments: &ExplainArguments) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    let mutants = mutants(&suite)?;
    let text = match &arguments.id {
        Some(id) => told(&suite, &mutants, id)?,
        None => list(&suite, &mutants, None),
    };
    terminal::out(&text);
    Ok(Ended::Well)
}
