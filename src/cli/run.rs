//! The run itself, from the suite to the reports.

use std::sync::Arc;

use super::arguments::{Environment, Format, RunArguments};
use super::baseline::Baseline;
use super::execute::CutShort;
use super::selection::{is_plain, plan};
use super::server_under_test::{RunRequest, ServerUnderTest};
use super::settings::{load_suite, nothing_selected, trial_arguments};
use super::signals::Interruption;
use super::target::described;
use super::{CliError, Ended, annotate};
use crate::harness;
use crate::report::{Report, summary, where_reports_are, write_reports};
use crate::suite::built_in_names;
use crate::terminal;

pub(super) fn run(arguments: &RunArguments, environment: &Environment) -> Result<Ended, CliError> {
    if arguments.list && is_plain(arguments) {
        return list(arguments, built_in_names());
    }
    let suite = Arc::new(load_suite(arguments.suite.as_deref())?);
    let described = described(&arguments.target, environment, &suite.contract)?;
    let plan = plan(arguments, environment, &suite, described.as_ref())?;
    if arguments.list {
        return list(arguments, plan.names().collect());
    }
    let trial_arguments = trial_arguments(arguments);
    let selected = harness::selected(&plan, &trial_arguments);
    if selected.is_empty() {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    let baseline = Baseline::read(arguments.baseline.as_deref())?;
    let server = ServerUnderTest::start(described, &arguments.target, &suite.contract)?;
    let request = RunRequest {
        plan,
        selected: &selected,
        trial_arguments: &trial_arguments,
        fail_fast: arguments.fail_fast,
        report_dir: &arguments.report_dir,
        detail: arguments.detail(),
        show_secrets: arguments.show_secrets,
    };
    let ended = server.run(request, |report, cut_short| {
        conclude(arguments, environment, &report, cut_short, &baseline)
    });
    server.close();
    ended
}

fn list(arguments: &RunArguments, names: Vec<String>) -> Result<Ended, CliError> {
    let trial_arguments = trial_arguments(arguments);
    let trials = harness::listed(names);
    if trials
        .iter()
        .all(|trial| trial_arguments.is_filtered_out(trial))
    {
        return Err(CliError::Usage(nothing_selected(arguments)));
    }
    terminal::quietly(|| libtest_mimic::run(&trial_arguments, trials));
    Ok(Ended::Well)
}

fn conclude(
    arguments: &RunArguments,
    environment: &Environment,
    report: &Report,
    cut_short: Option<CutShort>,
    baseline: &Baseline,
) -> Result<Ended, CliError> {
    // A report of a run that verified nothing is written all the same: an older one must not pass for it.
    let files = write_reports(report, &arguments.report_dir);
    annotate::annotate(arguments, environment, report);
    if let Some(CutShort::NotTestable(reason)) = cut_short {
        return Err(CliError::NotTestable(reason));
    }
    show(&summary(report), arguments.format);
    files?;
    let files = where_reports_are(&arguments.report_dir);
    show(&format!("{files}\n"), arguments.format);
    let (told, ended) = baseline.judge(report);
    show(&told, arguments.format);
    Ok(match cut_short {
        Some(CutShort::Interrupted(Interruption::Signal(signal))) => Ended::Interrupted(signal),
        _ => ended,
    })
}

/// Standard output belongs to the events where they are asked for.
pub(super) fn show(text: &str, format: Format) {
    match format {
        Format::Json => terminal::err(text.trim_end()),
        Format::Pretty | Format::Terse => terminal::out(text),
    }
}
