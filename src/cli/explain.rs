//! `conform explain`: what a clause or a scenario is about, or what there is.

use super::arguments::ExplainArguments;
use super::settings::load_suite;
use super::{CliError, Ended};
use crate::explain::{explain as told, list};
use crate::terminal;

pub(super) fn explain(arguments: &ExplainArguments) -> Result<Ended, CliError> {
    let suite = load_suite(arguments.suite.as_deref())?;
    let text = match &arguments.id {
        Some(id) => told(&suite, id)?,
        None => list(&suite),
    };
    terminal::out(&text);
    Ok(Ended::Well)
}
