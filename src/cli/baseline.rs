//! `--baseline`: a run compared with an earlier one.

use std::path::Path;

use super::ended::{CliError, Ended};
use crate::report::{Comparison, Report};
use crate::verdict::Conclusion;

/// The report to compare with, where there is one.
pub(super) struct Baseline(Option<Report>);

impl Baseline {
    /// Reads it before the run: a mistake in its name must not cost one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, CliError> {
        let report = path.map(Report::read).transpose();
        let wrong = |error| CliError::Usage(format!("--baseline: {error}"));
        report.map(Self).map_err(wrong)
    }

    /// What is to be said of a run, and how it ends: with a baseline what counts is that nothing got worse.
    pub(super) fn judge(&self, report: &Report) -> (String, Ended) {
        let conclusion = Ended::Concluded(report.conclusion);
        let Some(baseline) = &self.0 else {
            return (String::new(), conclusion);
        };
        let comparison = Comparison::of(baseline, report);
        let ended = match report.conclusion {
            // Nothing was verified that could be compared.
            Conclusion::NotTestable => conclusion,
            _ if comparison.is_worse() => Ended::Worse,
            _ => Ended::Well,
        };
        (format!("\nagainst the baseline\n{comparison}"), ended)
    }
}
