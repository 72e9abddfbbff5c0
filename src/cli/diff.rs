//! `conform diff`: what changed from one report to another.

use super::ended::{CliError, Ended};
use crate::report::{Comparison, Report};
use crate::terminal;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The earlier report, or its folder.
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The later report, or its folder.
    #[arg(value_name = "AFTER")]
    after: PathBuf,
}

pub(super) fn diff(arguments: &DiffArguments) -> Result<Ended, CliError> {
    let (before, after) = (
        Report::read(&arguments.before)?,
        Report::read(&arguments.after)?,
    );
    let comparison = Comparison::of(&before, &after);
    terminal::out(&comparison.to_string());
    Ok(if comparison.is_worse() {
        Ended::Worse
    } else {
        Ended::Well
    })
}
