//! `conform merge`: the reports of all slices of a run, made one.

use std::sync::Arc;

use super::report_arguments::MergeArguments;
use super::settings::load_suite;
use super::{CliError, Ended};
use crate::report::{Report, merge as merged, summary, where_reports_are, write_reports};
use crate::terminal;

pub(super) fn merge(arguments: &MergeArguments) -> Result<Ended, CliError> {
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let reports = arguments.reports.iter().map(|path| {
        let report = Report::read(path)?;
        Ok((path.clone(), report))
    });
    let reports = reports.collect::<Result<Vec<_>, CliError>>()?;
    let report = merged(reports, &suite)?;
    write_reports(&report, &arguments.report_dir)?;
    terminal::out(&summary(&report));
    terminal::out(&format!("{}\n", where_reports_are(&arguments.report_dir)));
    Ok(Ended::Concluded(report.conclusion))
}
