//! `conform merge`: the reports of all slices of a run, made one.

use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

use super::ended::{CliError, Ended};
use super::output::{LATEST, last_line};
use super::selection::load_suite;
use crate::report::{Length, Report, merge as merged, summary, write_reports};
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The reports of all slices, or their folders.
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// The slices ran the suite in this folder instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// Folder for the reports.
    #[arg(long, value_name = "DIR", default_value = LATEST)]
    report_dir: PathBuf,
}

pub(super) fn merge(arguments: &MergeArguments) -> Result<Ended, CliError> {
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let reports = arguments.reports.iter().map(|path| {
        let report = Report::read(path)?;
        Ok((path.clone(), report))
    });
    let reports = reports.collect::<Result<Vec<_>, CliError>>()?;
    let report = merged(reports, &suite)?;
    write_reports(&report, &arguments.report_dir)?;
    terminal::out(&summary(&report, Length::Short));
    let ended = Ended::Concluded(report.conclusion);
    terminal::out(&last_line(&report, ended, &arguments.report_dir));
    Ok(ended)
}
