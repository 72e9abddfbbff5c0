//! `conform merge`: the reports of all slices of a run, made one.

use std::sync::Arc;

use super::report_arguments::MergeArguments;
use super::settings::load_suite;
use super::{CliError, Ended};
use crate::report::{Report, merge as merged, summary, write_reports};
use crate::terminal;

pub(super) fn merge(arguments: &MergeArguments) -> Result<Ended, CliError> {
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let reports = arguments.reports.iter().map(|path| {
        let report = Report::read(path)?;
        Ok((path.clone(), report))
    });
    let reports = reports.collect::<Result<Vec<_>, CliError>>()?;
    let (report, plan) = merged(reports, &suite)?;
    let files = write_reports(&report, &plan, &arguments.report_dir)?;
    terminal::out(&summary(&report));
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    terminal::out(&format!("reports: {}\n", names.join(", ")));
    Ok(Ended::Concluded(report.conclusion))
}
