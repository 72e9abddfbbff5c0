//! `conform diff`: what changed from one report to another.

use super::report_arguments::DiffArguments;
use super::{CliError, Ended};
use crate::report::{Comparison, Report};
use crate::terminal;

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
